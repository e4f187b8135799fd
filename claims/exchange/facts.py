"""Facts as the outside writes them (``docs/interfaces.md``), for the command line and the HTTP API alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from marshmallow import Schema, ValidationError, fields, post_load

from claims.exchange.fields import Day, OneOf, Pounds, Text, Truth
from claims.lifecycle import State
from claims.rules.facts import (
    ClaimFacts,
    EmployerFacts,
    Engagement,
    Facts,
    FundFacts,
    LearnerFacts,
    Overlapping,
    Part,
    StartPart,
    TrainingFacts,
)

START_PART_STATES = (*State, "none")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of one record that cannot be read."""

    field: str
    """Its dotted name, such as ``learner.engagement``; blank for the record as a whole."""
    problem: str

    def __str__(self) -> str:
        return f"{self.field} {self.problem}" if self.field else self.problem


class BadFacts(Exception):
    """A record that is not well formed, with every field that is wrong."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


def read_facts(record: object) -> Facts:
    """The facts in a record of JSON values; what is absent, null or blank is not known.

    Raises ``BadFacts`` with every wrong type, unknown field and unknown code.
    """
    try:
        facts: Facts = _FACTS.load(cast("Mapping[str, Any]", record))  # anything else is an error of its own
    except ValidationError as error:
        raise BadFacts(tuple(_flatten("", error.messages))) from None
    return facts


def render_facts(facts: Facts) -> dict[str, Any]:
    """``facts`` as JSON values, unknown ones null; ``read_facts`` gives them back."""
    return cast("dict[str, Any]", _FACTS.dump(facts))


class _Subject(Schema):
    """One object of a record: its known fields, all of which may be absent or null."""

    error_messages = {"unknown": "is not the name of a fact", "type": "must be an object"}  # noqa: RUF012


class EmployerSchema(_Subject):
    provides_adult_social_care = Truth()
    employs_care_staff_in_england = Truth()
    workforce_data_updated_on = Day()
    registered_with_cqc = Truth()
    agreement_signed_on = Day()
    committed_gbp = Pounds("committed_pence")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> EmployerFacts:
        return EmployerFacts(**data)


class LearnerSchema(_Subject):
    national_insurance_number = Text()
    job_role = Text()
    engagement = OneOf(tuple(Engagement), Engagement)
    works_in_england = Truth()
    post_requires_registration = Truth()
    employed_on_start = Truth()
    employed_on_completion = Truth()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LearnerFacts:
        return LearnerFacts(**data)


class TrainingSchema(_Subject):
    course = Text()
    cost_gbp = Pounds("cost_pence")
    other_funding_gbp = Pounds("other_funding_pence")
    apprenticeship = Truth()
    paid_on = Day()
    second_payment_on = Day()
    started_on = Day()
    completed_on = Day()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> TrainingFacts:
        return TrainingFacts(**data)


class StartPartSchema(_Subject):
    state = OneOf(START_PART_STATES)
    amount_gbp = Pounds("amount_pence")
    reimbursable_gbp = Pounds("reimbursable_pence")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> StartPart | None:
        # Amounts of a start claim in no known state say nothing that a rule could use.
        return StartPart(**data) if data.get("state") else None


class OverlappingSchema(_Subject):
    own = fields.List(
        Text(allow_none=False), allow_none=True, error_messages={"invalid": "must be a list of claim references"}
    )
    another_employer = Truth()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Overlapping | None:
        own = tuple(filter(None, data.get("own") or ()))
        elsewhere = data.get("another_employer")
        # An empty list alone does not say that anybody looked at other employers.
        return Overlapping(own, bool(elsewhere)) if own or elsewhere is not None else None


class ClaimSchema(_Subject):
    part = OneOf(tuple(Part), Part)
    first_submitted_on = Day()
    submitted_on = Day()
    start_part = fields.Nested(StartPartSchema, allow_none=True)
    overlapping = fields.Nested(OverlappingSchema, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ClaimFacts:
        return ClaimFacts(**data)


class FundSchema(_Subject):
    open = Truth()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> FundFacts:
        return FundFacts(**data)


class FactsSchema(_Subject):
    """One claim's facts."""

    employer = fields.Nested(EmployerSchema, allow_none=True)
    learner = fields.Nested(LearnerSchema, allow_none=True)
    training = fields.Nested(TrainingSchema, allow_none=True)
    claim = fields.Nested(ClaimSchema, allow_none=True)
    fund = fields.Nested(FundSchema, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Facts:
        return Facts(**{subject: facts for subject, facts in data.items() if facts is not None})


_FACTS = FactsSchema()


def _flatten(name: str, messages: Any) -> list[FieldError]:
    """Marshmallow's tree of messages as a list, in the order of the record."""
    if not isinstance(messages, Mapping):
        return [FieldError(name, str(message)) for message in messages]
    return [
        error
        for key, inner in messages.items()
        for error in _flatten(name if key == "_schema" else f"{name}.{key}" if name else str(key), inner)
    ]
