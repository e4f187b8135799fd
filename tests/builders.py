"""Facts and a reference for tests: the example of ``docs/interfaces.md``, changed where a test says so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

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
from claims.rules.scheme import (
    CourseEntry,
    Fund,
    FundingModel,
    JobRole,
    Parameter,
    PathwayLink,
    Reference,
    RoleCategory,
    SchemeYear,
    Value,
)

BASE_RECORD: dict[str, dict[str, Any]] = {
    "employer": {
        "provides_adult_social_care": True,
        "employs_care_staff_in_england": True,
        "workforce_data_updated_on": "2025-05-02",
        "registered_with_cqc": True,
        "agreement_signed_on": "2025-04-10",
        "committed_gbp": "0.00",
    },
    "learner": {
        "national_insurance_number": "AB123456C",
        "job_role": "care-worker",
        "engagement": "employee",
        "works_in_england": True,
        "post_requires_registration": False,
        "employed_on_start": True,
        "employed_on_completion": True,
    },
    "training": {
        "course": "610/4009/5",
        "cost_gbp": "1600.00",
        "other_funding_gbp": "0.00",
        "apprenticeship": False,
        "paid_on": "2025-05-01",
        "second_payment_on": None,
        "started_on": "2025-05-10",
        "completed_on": None,
    },
    "claim": {
        "part": "start",
        "first_submitted_on": "2025-06-01",
        "submitted_on": "2025-06-01",
        "start_part": None,
        "overlapping": {"own": [], "another_employer": False},
    },
    "fund": {"open": True},
}
"""The example of ``docs/interfaces.md``, as JSON has it."""


def a_record(changes: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
    """The example, with ``changes`` laid over it, subject by subject."""
    changes = changes or {}
    return {subject: {**fields, **changes.get(subject, {})} for subject, fields in BASE_RECORD.items()}


def facts_of(record: Mapping[str, Mapping[str, Any]]) -> Facts:
    """The values of a well-formed record. Deliberately not the code under test in ``claims.exchange``."""
    employer, learner = dict(record["employer"]), dict(record["learner"])
    training, claim = dict(record["training"]), dict(record["claim"])
    start_part, overlapping = claim.pop("start_part"), claim.pop("overlapping")
    return Facts(
        EmployerFacts(committed_pence=_pence(employer.pop("committed_gbp")), **_dates(employer)),
        LearnerFacts(engagement=_engagement(learner.pop("engagement")), **learner),
        TrainingFacts(
            cost_pence=_pence(training.pop("cost_gbp")),
            other_funding_pence=_pence(training.pop("other_funding_gbp")),
            **_dates(training),
        ),
        ClaimFacts(
            part=None if (part := claim.pop("part")) is None else Part(part),
            start_part=None
            if start_part is None
            else StartPart(
                start_part["state"],
                _pence(start_part.get("amount_gbp")),
                _pence(start_part.get("reimbursable_gbp")),
            ),
            overlapping=None
            if overlapping is None
            else Overlapping(tuple(overlapping["own"]), overlapping["another_employer"]),
            **_dates(claim),
        ),
        FundFacts(**record["fund"]),
    )


def the_example(**changes: Mapping[str, Any]) -> Facts:
    """The example's facts, with changed fields by subject: ``the_example(training={"paid_on": "2025-04-01"})``."""
    return facts_of(a_record(changes))


def _pence(pounds: str | None) -> int | None:
    return None if pounds is None else int(Decimal(pounds) * 100)


def _engagement(code: str | None) -> Engagement | None:
    return None if code is None else Engagement(code)


def _dates(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if name.endswith("_on") and value is not None else value
        for name, value in fields.items()
    }


_PARAMETERS_2025_26: dict[str, Value] = {
    "paid_from": date(2025, 4, 1),
    "paid_to": date(2026, 3, 31),
    "started_from": date(2025, 4, 1),
    "started_to": date(2026, 3, 31),
    "claim_window_months": 3,
    "start_share_percent": 60,
    "long_courses_completed_by": date(2026, 12, 31),
    "cap_main_pence": 400_000_00,
    "cap_ommt_pence": None,
    "ommt_from": date(2025, 4, 1),
    "ommt_completed_by": date(2026, 3, 31),
    "ommt_last_day_to_claim": date(2026, 3, 20),
    "ommt_claim_window_months": None,
    "payment_evidence_files_max": 4,
    "completion_evidence_files": 1,
    "evidence_extensions": ("pdf", "jpg", "jpeg", "png"),
    "evidence_file_bytes_max": 2_097_152,
    "people_per_employer": 10,
    "sro_per_employer": 1,
    "submitters_per_employer": 9,
    "workforce_data_updated_since": "04-01",
}


def a_year(name: str = "2025-26", **changes: Value) -> SchemeYear:
    """The parameters of 2025-26, changed where a test says so."""
    values = {**_PARAMETERS_2025_26, **changes}
    return SchemeYear(
        name,
        f"{name}.1",
        {key: Parameter(key, value, "a source", "confirmed") for key, value in values.items()},
    )


def a_year_later(**changes: Value) -> SchemeYear:
    """2026-27 as if nothing but the dates had changed; tests only, nobody has announced such a year."""
    dates = {
        name: value.replace(year=value.year + 1)
        for name, value in _PARAMETERS_2025_26.items()
        if isinstance(value, date)
    }
    return a_year("2026-27", **{**dates, **changes})


def an_entry(code: str = "LTS", **changes: Any) -> CourseEntry:
    """A course of the main fund, all at once, at most £500.00."""
    plain = CourseEntry(
        code=code,
        title=f"Course {code}",
        kind="course",
        level="",
        size="",
        category="",
        awarding_organisation="",
        learning_hours=None,
        funding_model=FundingModel.FULL,
        fund=Fund.MAIN,
        delivery="",
        max_reimbursement_pence=500_00,
        paid_from=date(2025, 4, 1),
        paid_to=date(2026, 3, 31),
        source="a list",
        note="",
    )
    return replace(plain, **changes)


def _ommt(code: str, delivery: str, maximum: int) -> CourseEntry:
    return an_entry(code, fund=Fund.OMMT, delivery=delivery, max_reimbursement_pence=maximum)


def _split(code: str, maximum: int, title: str = "") -> CourseEntry:
    return an_entry(
        code,
        title=title or f"Course {code}",
        kind="qualification",
        funding_model=FundingModel.SPLIT,
        max_reimbursement_pence=maximum,
    )


def a_reference(
    *entries: CourseEntry, years: tuple[SchemeYear, ...] | None = None, extra: tuple[CourseEntry, ...] = ()
) -> Reference:
    """A small list with one of each kind of course, or just ``entries``; ``extra`` come on top."""
    listed: dict[str, tuple[CourseEntry, ...]] = {}
    for entry in (entries or _SMALL_LIST) + extra:
        listed[entry.code] = (*listed.get(entry.code, ()), entry)
    return Reference(
        years=years or (a_year(),),
        courses=listed,
        job_roles={role.slug: role for role in _ROLES},
        role_categories={"new-to-care": RoleCategory("new-to-care", "New to care", "direct care", "", 1)},
        links={"610/4009/5": (PathwayLink("610/4009/5", "new-to-care", "primary", "published", "G2", "high"),)},
    )


_CERTIFICATE = _split("610/4009/5", 1540_00, "Adult Social Care Certificate")
_SMALL_LIST = (
    replace(
        _CERTIFICATE,
        max_reimbursement_pence=1500_00,
        paid_from=date(2024, 4, 1),
        paid_to=date(2025, 3, 31),
    ),
    _CERTIFICATE,
    _split("501/1648/4", 150_00),
    _split("601/1061/2", 300_00),
    an_entry("LTS", title="Lead to Succeed"),
    an_entry("DLCCA", max_reimbursement_pence=100_00),
    an_entry("IMLM", max_reimbursement_pence=50_00),
    an_entry("DLP", title="Digital Leadership Programme", paid_from=date(2024, 4, 1), paid_to=date(2025, 2, 4)),
    _ommt("OMMT/T1/INT", "internal", 12_50),
    _ommt("OMMT/T1/EXT", "external", 25_00),
    _ommt("OMMT/T2/EXT", "external", 90_00),
)


def _role(slug: str, title: str, funding: str) -> JobRole:
    return JobRole(slug, title, "", "", "", funding, ())


_ROLES = (
    _role("care-worker", "Care worker", "yes"),
    _role("administrative", "Administrative", "yes-non-direct"),
    _role("registered-nurse", "Registered nurse", "ommt-only"),
    _role("registered-manager", "Registered manager", "yes"),
    _role("deputy-manager", "Deputy manager", "yes"),
    _role("assessment-officer", "Assessment officer", "check"),
    _role("any-children-s-young-people-s-job-role", "Any children's, young people's job role", "no"),
)
