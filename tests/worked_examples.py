"""The worked examples of ``docs/rules.md``: one table, walked by the rules, the command line, pages and workbook.

Each row is laid over the example of ``docs/interfaces.md``; names and values are those of the interfaces.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.builders import a_record


@dataclass(frozen=True)
class WorkedExample:
    """What is given, and what must come out. Only what is named is expected."""

    name: str
    facts: Mapping[str, Mapping[str, Any]]
    """Laid over the example, subject by subject."""
    outcome: str | None = None
    amount: Mapping[str, str] = field(default_factory=dict)
    """By interface name: ``reimbursable_gbp``, ``entitlement_gbp``, ``payable_gbp``, ``left_for_completion_gbp``."""
    last_day_to_claim: str | None = None
    findings: Mapping[str, str] = field(default_factory=dict)
    """Outcome by rule."""
    saying: Mapping[str, str] = field(default_factory=dict)
    """Part of the message, by rule."""
    invoice: tuple[str, int, str, str] | None = None
    """What an invoice came to, for how many people, the cost each and the remainder, where there was one."""

    @property
    def record(self) -> dict[str, dict[str, Any]]:
        """The facts in full, as JSON has them."""
        return a_record(self.facts)

    @property
    def today(self) -> str:
        """The day of submission: a day on which to ask."""
        return str(self.record["claim"]["submitted_on"])


def _submitted(on: str, **claim: Any) -> dict[str, Any]:
    return {"first_submitted_on": on, "submitted_on": on, **claim}


def _course(code: str, cost: str | None, **dates: str | None) -> dict[str, Any]:
    """Paid and started on 1 May 2025 unless said."""
    return {"course": code, "cost_gbp": cost, "paid_on": "2025-05-01", "started_on": "2025-05-01", **dates}


def _full(code: str, cost: str | None, submitted_on: str, **dates: str | None) -> dict[str, dict[str, Any]]:
    return {"training": _course(code, cost, **dates), "claim": _submitted(submitted_on, part="full")}


def _internal(completed_on: str, submitted_on: str) -> dict[str, dict[str, Any]]:
    """Not paid, and started on the day it was completed. Workforce records are those of the day."""
    return _full("OMMT/T1/INT", None, submitted_on, paid_on=None, started_on=completed_on, completed_on=completed_on)


def _completion(cost: str, course: str, start: str, reimbursable: str) -> dict[str, dict[str, Any]]:
    """The later completion part of a start part on the example's dates."""
    return {
        "training": {"course": course, "cost_gbp": cost, "completed_on": "2025-11-14"},
        "claim": _submitted(
            "2025-12-01",
            part="completion",
            start_part={"state": "approved", "amount_gbp": start, "reimbursable_gbp": reimbursable},
        ),
    }


def _amount(reimbursable: str, payable: str, **others: str) -> dict[str, str]:
    return {"reimbursable_gbp": reimbursable, "entitlement_gbp": payable, "payable_gbp": payable, **others}


def _paid(on: str, submitted_on: str) -> dict[str, dict[str, Any]]:
    return {"training": {"paid_on": on}, "claim": _submitted(submitted_on)}


EXAMPLES = (
    WorkedExample(
        "the start part of a Level 2 Adult Social Care Certificate",
        {},
        "eligible",
        _amount("1540.00", "924.00", left_for_completion_gbp="616.00"),
        "2025-08-10",
    ),
    WorkedExample(
        "its completion part",
        _completion("1600.00", "610/4009/5", "924.00", "1540.00"),
        "eligible",
        _amount("1540.00", "616.00"),
        "2026-02-14",
    ),
    WorkedExample(
        "a start part of 1,333.33",
        {"training": {"cost_gbp": "1333.33"}},
        "eligible",
        _amount("1333.33", "800.00", left_for_completion_gbp="533.33"),
    ),
    WorkedExample(
        "its completion part of 533.33",
        _completion("1333.33", "610/4009/5", "800.00", "1333.33"),
        "eligible",
        _amount("1333.33", "533.33"),
    ),
    WorkedExample(
        "a start part of 125.55, at most 150",
        {"training": {"course": "501/1648/4", "cost_gbp": "125.55"}},
        "eligible",
        _amount("125.55", "75.33", left_for_completion_gbp="50.22"),
    ),
    WorkedExample(
        "its completion part of 50.22",
        _completion("125.55", "501/1648/4", "75.33", "125.55"),
        "eligible",
        _amount("125.55", "50.22"),
    ),
    WorkedExample(
        "a start part of 99.99, at most 300",
        {"training": {"course": "601/1061/2", "cost_gbp": "99.99"}},
        "eligible",
        _amount("99.99", "59.99", left_for_completion_gbp="40.00"),
    ),
    WorkedExample(
        "its completion part of 40.00",
        _completion("99.99", "601/1061/2", "59.99", "99.99"),
        "eligible",
        _amount("99.99", "40.00"),
    ),
    WorkedExample(
        "a course claimed on its last day",
        _full("LTS", "620.00", "2025-12-30", completed_on="2025-09-30"),
        "eligible",
        _amount("500.00", "500.00"),
        "2025-12-30",
        {"submitted-in-time": "pass"},
    ),
    WorkedExample(
        "a course claimed the day after its last day",
        _full("LTS", "620.00", "2025-12-31", completed_on="2025-09-30"),
        "ineligible",
        _amount("500.00", "500.00"),
        "2025-12-30",
        {"submitted-in-time": "fail"},
    ),
    WorkedExample(
        "a course completed at the end of November",
        _full("LTS", "620.00", "2026-02-28", completed_on="2025-11-30"),
        "eligible",
        last_day_to_claim="2026-02-28",
    ),
    WorkedExample(
        "paid the day before the year",
        _paid("2025-03-31", "2025-06-01"),
        "ineligible",
        findings={"paid-in-scheme-year": "fail"},
    ),
    WorkedExample(
        "paid on the year's first day",
        _paid("2025-04-01", "2025-06-01"),
        "eligible",
        findings={"paid-in-scheme-year": "pass"},
    ),
    WorkedExample(
        "paid on the year's last day",
        {
            "employer": {"workforce_data_updated_on": "2026-04-02"},
            **_paid("2026-03-31", "2026-04-10"),
        },
        "eligible",
        findings={"paid-in-scheme-year": "pass"},
    ),
    WorkedExample(
        "paid the day after the year",
        {
            "employer": {"workforce_data_updated_on": "2026-04-02"},
            **_paid("2026-04-01", "2026-04-10"),
        },
        "ineligible",
        findings={"paid-in-scheme-year": "fail"},
    ),
    WorkedExample(
        "a course that was taken off the list",
        _full("DLP", "620.00", "2025-12-30", paid_on="2025-06-01", started_on="2025-06-01", completed_on="2025-09-30"),
        "ineligible",
        findings={"course-on-eligible-list": "fail"},
        saying={"course-on-eligible-list": "until 4 February 2025"},
    ),
    WorkedExample(
        "a registered nurse on a course of the main fund",
        {
            "learner": {"job_role": "registered-nurse"},
            **_full("LTS", "620.00", "2025-12-30", completed_on="2025-09-30"),
        },
        "ineligible",
        findings={"learner-role-is-funded": "fail"},
    ),
    WorkedExample(
        "a registered nurse on Oliver McGowan training",
        {
            "learner": {"job_role": "registered-nurse"},
            **_full("OMMT/T2/EXT", "90.00", "2025-12-30", completed_on="2025-09-30"),
        },
        "eligible",
        _amount("90.00", "90.00"),
        findings={"learner-role-is-funded": "pass"},
    ),
    WorkedExample(
        "internal Oliver McGowan training claimed on its last day",
        _internal("2026-03-10", "2026-03-20"),
        "eligible",
        _amount("12.50", "12.50"),
        "2026-03-20",
        {"submitted-in-time": "pass"},
    ),
    WorkedExample(
        "internal Oliver McGowan training claimed the day after",
        _internal("2026-03-10", "2026-03-21"),
        "ineligible",
        _amount("12.50", "12.50"),
        "2026-03-20",
        {"submitted-in-time": "fail"},
    ),
    WorkedExample(
        "external Oliver McGowan training of 30",
        _full("OMMT/T1/EXT", "30.00", "2025-06-01", completed_on="2025-05-01"),
        "eligible",
        _amount("25.00", "25.00"),
    ),
    WorkedExample(
        "external Oliver McGowan training of 18",
        _full("OMMT/T1/EXT", "18.00", "2025-06-01", completed_on="2025-05-01"),
        "eligible",
        _amount("18.00", "18.00"),
    ),
    WorkedExample(
        "one of eight learners on an invoice of 360",
        _full("IMLM", "45.00", "2025-06-01", completed_on="2025-05-01"),
        "eligible",
        _amount("45.00", "45.00"),
        invoice=("360.00", 8, "45.00", "0.00"),
    ),
    WorkedExample(
        "one of three learners on an invoice of 100",
        _full("DLCCA", "33.33", "2025-06-01", completed_on="2025-05-01"),
        "eligible",
        _amount("33.33", "33.33"),
        invoice=("100.00", 3, "33.33", "0.01"),
    ),
    WorkedExample(
        "a claim that only partly fits under the cap",
        {
            "employer": {"committed_gbp": "399900.00"},
            **_full("LTS", "500.00", "2025-06-01", completed_on="2025-05-01"),
        },
        "check",
        {"reimbursable_gbp": "500.00", "entitlement_gbp": "500.00", "payable_gbp": "100.00"},
        findings={"employer-within-cap": "check"},
    ),
)
