"""What a rule says of a claim, and what all of them say together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from claims.rules.scheme import CourseEntry, Fund, Parameter, PathwayLink, Value


class Says(StrEnum):
    """The outcome of one rule."""

    PASS = "pass"  # noqa: S105 -- an outcome, not a secret
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"
    CHECK = "check"
    FAIL = "fail"


PASS, NOT_APPLICABLE, UNKNOWN, CHECK, FAIL = Says
"""By name, for rules: looking a member up on its class takes five times as long."""


class Outcome(StrEnum):
    """The outcome of an assessment: the worst of its findings."""

    ELIGIBLE = "eligible"
    CHECK = "check"
    INCOMPLETE = "incomplete"
    INELIGIBLE = "ineligible"


class Finding(NamedTuple):
    """What one rule says about one claim. A named tuple, because an assessment makes 25 of them."""

    rule: str
    """The rule's slug, such as ``paid-in-scheme-year``."""
    outcome: Says
    message: str
    """One plain sentence for the employer: what is the case and what to do."""
    facts: tuple[tuple[str, Value], ...]
    """What was read, by interface name (``training.paid_on``). Names ending ``_gbp`` carry whole pence."""
    parameters: tuple[Parameter, ...]
    source: str


def answers(
    rule: str, source: str, fact: str, *, passes: bool, yes: str, no: str, unknown: str
) -> Mapping[bool | None, Finding]:
    """The three findings of a rule that asks one yes-or-no question, by the answer; ``passes`` is the right one."""
    return {
        passes: Finding(rule, PASS, yes if passes else no, ((fact, passes),), (), source),
        not passes: Finding(rule, FAIL, no if passes else yes, ((fact, not passes),), (), source),
        None: Finding(rule, UNKNOWN, unknown, ((fact, None),), (), source),
    }


@dataclass(frozen=True, slots=True)
class Amount:
    """Whole pence; ``None`` where a fact it needs is not known."""

    reimbursable_pence: int | None
    """R: cost less other funding, up to the maximum, for the whole course."""
    entitlement_pence: int | None
    """This part's share of R, before the cap."""
    payable_pence: int | None
    """The entitlement, or what is left under the cap if that is less."""
    left_for_completion_pence: int | None
    """For the start part only."""
    estimate: bool
    """True while the payment date is not known, so that another maximum may apply."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every finding, in guidance order, with the amount and the deadline."""

    outcome: Outcome
    scheme_year: str | None
    fund: Fund
    course: CourseEntry | None
    amount: Amount
    last_day_to_claim: date | None
    """Inclusive; ``None`` while the date it runs from is not known."""
    role_categories: tuple[PathwayLink, ...]
    findings: tuple[Finding, ...]
    rules_version: str

    @property
    def may_be_submitted(self) -> bool:
        return self.outcome in (Outcome.ELIGIBLE, Outcome.CHECK)

    def findings_that(self, *outcomes: Says) -> tuple[Finding, ...]:
        """The findings with one of ``outcomes``, in guidance order."""
        return tuple(finding for finding in self.findings if finding.outcome in outcomes)
