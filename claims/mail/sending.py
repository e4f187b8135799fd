"""What it is to send a letter, and the two ways in which it can fail."""

from collections.abc import Callable, Iterable
from typing import Protocol, runtime_checkable

from claims.mail.letters import Letter


class Undeliverable(Exception):
    """This letter will never arrive, however often it is tried. The message holds no address."""

    def __init__(self, reason: str, *, address_refused: bool) -> None:
        super().__init__(reason)
        self.address_refused = address_refused
        """The address itself was refused: the person should be asked for another."""


class TryLater(Exception):
    """The letter did not go now; it may go later. The message holds no address."""


class Unsure(TryLater):
    """The letter was on its way when the sender fell silent: nobody can say whether it went."""


Giving = Callable[[], None]
"""Called right before a letter leaves for somebody who cannot be asked later; what it raises keeps the letter here."""


def unheeded() -> None:
    """For whoever keeps no count of what was given."""


class Sender(Protocol):
    """A way out for letters."""

    def send(self, letter: Letter, giving: Giving = unheeded) -> None:
        """Return once the letter is taken; raises ``Undeliverable``, ``TryLater`` or ``Unsure``.

        A sender that cannot be asked what was taken calls ``giving`` at the last moment at which the letter has
        certainly not gone.
        """

    def already_sent(self, reference: str) -> bool | None:
        """Whether a letter with this reference was taken before; ``None`` when this sender cannot be asked."""


@runtime_checkable
class ReportsBounces(Protocol):
    """A sender that can tell afterwards which letters came back."""

    def bounced(self) -> Iterable[str]:
        """References of letters that came back lately; raises ``TryLater``."""
