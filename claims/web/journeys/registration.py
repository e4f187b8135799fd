"""The way from a workplace ID to a registration that was sent. The answers live in the database, so it can be left."""

from dataclasses import dataclass

from claims.services.registering import unanswered
from claims.store.registrations import Dossier


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the journey."""

    slug: str
    """The end of its address; also the part of the registration that it asks for."""
    words: str
    """What it is called in a list of things to do."""


STEPS: tuple[Step, ...] = (
    Step("organisation", "Your organisation"),
    Step("address", "Address"),
    Step("services", "Care you provide"),
    Step("care-staff", "Care staff and workforce data"),
    Step("numbers", "CQC, Companies House and VAT"),
    Step("responsible-officer", "Senior responsible officer"),
    Step("proofs", "Proofs of address"),
    Step("check", "Check your answers"),
)
"""In the order in which they are asked. Each may be opened once those before it are answered."""


def furthest(dossier: Dossier) -> Step:
    """The first step that is not answered: no later one can be opened yet."""
    waits = unanswered(dossier)
    return next((step for step in STEPS if step.slug in waits), STEPS[-1])


def may_open(dossier: Dossier, slug: str) -> bool:
    return _place(slug) <= _place(furthest(dossier).slug)


def step_after(slug: str) -> Step:
    """Where "Continue" leads from the step ``slug``; the last leads to itself."""
    return STEPS[min(_place(slug) + 1, len(STEPS) - 1)]


def step_before(slug: str) -> Step | None:
    """Where "Back" leads; ``None`` from the first step."""
    return STEPS[_place(slug) - 1] if _place(slug) else None


def _place(slug: str) -> int:
    return [step.slug for step in STEPS].index(slug)
