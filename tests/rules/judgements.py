"""One row per thing that a rule can say: when, what, in which words, from which facts and parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from claims.rules.engine import assess
from claims.rules.facts import Facts
from claims.rules.findings import Finding
from claims.rules.scheme import Parameter, Reference, Value
from tests.builders import a_reference, the_example

Changes = Mapping[str, Mapping[str, Any]]

REFERENCE = a_reference()


def laid_over(*changes: Changes) -> dict[str, dict[str, Any]]:
    """All the ``changes``, later ones over earlier ones."""
    subjects: dict[str, dict[str, Any]] = {}
    for change in changes:
        for subject, fields in change.items():
            subjects[subject] = {**subjects.get(subject, {}), **fields}
    return subjects


def employer(**fields: Any) -> Changes:
    return {"employer": fields}


def learner(**fields: Any) -> Changes:
    return {"learner": fields}


def training(**fields: Any) -> Changes:
    return {"training": fields}


def claim(**fields: Any) -> Changes:
    return {"claim": fields}


def submitted(on: str | None) -> Changes:
    """Submitted once, on that day."""
    return claim(first_submitted_on=on, submitted_on=on)


NOT_YET_SUBMITTED = submitted(None)
FULL = laid_over(
    training(course="LTS", cost_gbp="500.00", paid_on="2025-05-01", started_on="2025-05-01", completed_on="2025-09-30"),
    claim(part="full"),
    submitted("2025-12-01"),
)
"""A course of the main fund, claimed all at once."""
EXTERNAL_OMMT = laid_over(FULL, training(course="OMMT/T1/EXT", cost_gbp="25.00"))
INTERNAL_OMMT = laid_over(FULL, training(course="OMMT/T1/INT", cost_gbp=None, paid_on=None, started_on="2025-09-30"))
COMPLETION = laid_over(
    training(completed_on="2025-09-30"),
    claim(
        part="completion",
        start_part={"state": "approved", "amount_gbp": "924.00", "reimbursable_gbp": "1540.00"},
    ),
    submitted("2025-12-01"),
)
"""The completion part that follows the example's start part."""


@dataclass(frozen=True)
class Judgement:
    """What ``rule`` says ``when`` the example is changed like this."""

    rule: str
    when: str
    says: str
    message: str
    reads: str
    """Interface names, separated by spaces; their values are those of the facts."""
    uses: str = ""
    """Parameters of the scheme year, separated by spaces."""
    source: str = ""
    changes: Changes = field(default_factory=dict)
    today: date = date(2025, 6, 1)
    reference: Reference = REFERENCE


def when(name: str, changes: Changes, says: str, message: str, **others: Any) -> dict[str, Any]:
    """One row of a rule's table; ``others`` differ from what its table says of reads, uses and source."""
    return {"when": name, "changes": changes, "says": says, "message": message, **others}


def of_rule(rule: str, *rows: Mapping[str, Any], source: str, reads: str, uses: str = "") -> tuple[Judgement, ...]:
    """A rule's table: what it reads and uses and where it comes from, and its rows."""
    return tuple(Judgement(rule, **{"source": source, "reads": reads, "uses": uses, **row}) for row in rows)


def hold(judgement: Judgement) -> None:
    """Assert that the rule says just that."""
    facts = the_example(**judgement.changes)
    finding = the_finding(judgement.rule, facts, judgement.today, judgement.reference)
    assert (str(finding.outcome), finding.message) == (judgement.says, judgement.message)
    assert finding.facts == tuple((name, the_fact(facts, name)) for name in judgement.reads.split())
    assert finding.parameters == tuple(the_parameter(facts, judgement, name) for name in judgement.uses.split())
    assert finding.source == judgement.source


def the_finding(rule: str, facts: Facts, today: date, reference: Reference = REFERENCE) -> Finding:
    """What the rule says in a whole assessment."""
    [finding] = [finding for finding in assess(facts, reference, today).findings if finding.rule == rule]
    return finding


def the_fact(facts: Facts, name: str) -> Value:
    """The value that ``facts`` have under an interface name; pence under names that end in ``_gbp``."""
    value: Any = facts
    for step in name.replace("_gbp", "_pence").split("."):
        value = None if value is None else getattr(value, step)
    return value  # type: ignore[no-any-return]


def the_parameter(facts: Facts, judgement: Judgement, name: str) -> Parameter:
    """The parameter of the only year of these tables, or of the course's entry."""
    course = assess(facts, judgement.reference, judgement.today).course
    if name == "max_reimbursement_pence" and course:
        return course.maximum()
    [year] = judgement.reference.years
    return year.parameters[name]
