"""When to kill: at random, spread over the time that the thing takes."""

import random
from collections.abc import Iterator
from statistics import median

MEASURED_EVERY = 10
"""Of so many kills, the first waits until the thing is done and so shows how long it takes now."""


class Instants:
    """So many instants, in seconds after the start; ``None`` is to wait until it is done.

    Half of them lie anywhere, some a little before the start and some after the end; half lie close to the end, where
    what was done is kept and not yet told.
    """

    def __init__(self, times: int, chance: random.Random) -> None:
        self._times, self._chance = times, chance
        self._took: list[float] = []

    def __iter__(self) -> Iterator[float | None]:
        for number in range(self._times):
            if number % MEASURED_EVERY == 0:
                yield None
            else:
                share = self._chance.uniform(-0.2, 1.3) if number % 2 else self._chance.gauss(1, 0.1)
                yield share * median(self._took[-5:])

    def note(self, seconds: float) -> None:
        """It took so long this time: what the next instants go by, on a machine that is busy with other things too."""
        self._took.append(seconds)
