"""The way from a chosen course to submitted claims. The answers live in the purchase, so it can be left at any step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from claims.models import Claim, Purchase
from claims.rules.facts import Part


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a purchase has come."""

    purchase: Purchase
    claims: Sequence[Claim]
    is_internal_ommt: bool
    """The employer trains its own people: nothing is bought."""
    offers_split: bool
    may_change: frozenset[str]
    """What may still be told about the purchase."""


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the journey."""

    slug: str
    """The end of its address."""
    words: str
    """What it is called in a list of things to do."""
    tells: frozenset[str]
    """What it tells about the purchase; when none of it may change any more, the step is closed."""
    arises: Callable[[Progress], bool]
    is_done: Callable[[Progress], bool]


def _always(_progress: Progress) -> bool:
    return True


def _is_bought(progress: Progress) -> bool:
    return not progress.is_internal_ommt


def _completes(progress: Progress) -> bool:
    return any(claim.part != Part.START for claim in progress.claims)


STEPS: tuple[Step, ...] = (
    Step(
        "payment",
        "Provider and payment",
        frozenset({"paid_on"}),
        _is_bought,
        # The checker may have told the date already; the provider is only asked here.
        lambda progress: progress.purchase.paid_on is not None and progress.purchase.provider is not None,
    ),
    Step(
        "cost",
        "Cost",
        frozenset({"cost_pence"}),
        _is_bought,
        lambda progress: progress.purchase.cost_pence is not None,
    ),
    Step(
        "training-dates",
        "Training dates",
        frozenset({"apprenticeship"}),
        _always,
        lambda progress: progress.purchase.started_on is not None and progress.purchase.apprenticeship is not None,
    ),
    Step(
        "way-of-claiming",
        "60/40 or all at once",
        frozenset({"claimed_as"}),
        lambda progress: progress.offers_split,
        lambda progress: progress.purchase.claimed_as is not None,
    ),
    Step("learners", "Learners", frozenset(), _always, lambda progress: bool(progress.claims)),
    Step("completion-dates", "Completion dates", frozenset(), _completes, _always),
    Step("evidence", "Evidence", frozenset(), _always, _always),
    Step("check", "Check and submit", frozenset(), _always, lambda _progress: False),
)
"""In the order in which they are asked. A step that can wait, such as evidence, always counts as done."""


def steps_of(progress: Progress) -> list[Step]:
    """The steps that arise and are open, in order."""
    return [step for step in STEPS if step.arises(progress) and (not step.tells or step.tells <= progress.may_change)]


def furthest(progress: Progress) -> Step:
    """The first step that is not done: no later one can be opened yet."""
    return next(step for step in steps_of(progress) if not step.is_done(progress))


def may_open(progress: Progress, slug: str) -> bool:
    slugs = [step.slug for step in steps_of(progress)]
    return slug in slugs and slugs.index(slug) <= slugs.index(furthest(progress).slug)


def step_after(progress: Progress, slug: str) -> Step:
    """Where "Continue" leads from the step ``slug``."""
    slugs = [step.slug for step in STEPS]
    later = [step for step in steps_of(progress) if slugs.index(step.slug) > slugs.index(slug)]
    return later[0] if later else steps_of(progress)[-1]


def step_before(progress: Progress, slug: str) -> Step | None:
    """Where "Back" leads; ``None`` from the first step."""
    slugs = [step.slug for step in STEPS]
    earlier = [step for step in steps_of(progress) if slugs.index(step.slug) < slugs.index(slug)]
    return earlier[-1] if earlier else None
