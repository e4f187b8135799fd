"""One measured figure, beside the bar it has to clear."""

from typing import NamedTuple


class Row(NamedTuple):
    """A line of ``docs/performance.md``."""

    name: str
    """What was measured, in words."""
    value: float
    unit: str
    """Such as ``s``, ``times``, ``MB``."""
    bar: str
    """What it has to be, in words, such as ``at least 8``; blank where the figure only informs."""
    holds: bool
    """Whether it clears its bar; true where there is none."""
    note: str
    """How it was measured, and what was kept equal."""
