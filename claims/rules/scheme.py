"""The reference that rules read: scheme years, dated courses, job roles and pathway links, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

Value = date | int | str | bool | tuple[str, ...] | None


class Fund(StrEnum):
    MAIN = "main"
    OMMT = "ommt"


MAIN, OMMT = Fund
"""By name, for rules: looking a member up on its class takes five times as long."""


class FundingModel(StrEnum):
    """``full``: all on completion. ``split``: 60/40, or all on completion."""

    FULL = "full"
    SPLIT = "split"


class Parameter(NamedTuple):
    """One dated, sourced figure of a scheme year. Money in pence, dates inclusive, shares in percent."""

    name: str
    value: Value
    source: str
    confidence: str
    """``confirmed``, ``secondary``, ``day inferred`` or ``unknown``; anything but ``confirmed`` is marked on screen."""
    holds_from: date | None = None
    """First day on which it holds, where it is itself dated."""
    holds_to: date | None = None
    """Last day, inclusive."""


@dataclass(frozen=True, slots=True)
class SchemeYear:
    """The parameters of one scheme year, by name (``reference/scheme_years.toml``)."""

    name: str
    """For example ``2025-26``."""
    rules_version: str
    parameters: Mapping[str, Parameter]

    def day(self, name: str) -> date:
        """The date called ``name``. Raises ``TypeError`` where the year has something else under that name."""
        value = self.parameters[name].value
        if not isinstance(value, date):
            raise TypeError(f"{name} of {self.name} is not a date: {value!r}")
        return value

    def number(self, name: str) -> int:
        """The whole number called ``name``; its unit ends the name (pence, percent, months).

        Raises ``TypeError`` where the year has something else under that name.
        """
        value = self.number_or_none(name)
        if value is None:
            raise TypeError(f"{name} of {self.name} has no value")
        return value

    def number_or_none(self, name: str) -> int | None:
        """As ``number``; ``None`` where the year says that there is no such limit."""
        value = self.parameters[name].value
        if value is not None and not isinstance(value, int):
            raise TypeError(f"{name} of {self.name} is not a whole number: {value!r}")
        return value

    def text(self, name: str) -> str:
        """The text called ``name``. Raises ``TypeError`` where the year has something else under that name."""
        value = self.parameters[name].value
        if not isinstance(value, str):
            raise TypeError(f"{name} of {self.name} is not text: {value!r}")
        return value

    def cap_pence(self, fund: Fund) -> int | None:
        """The most an employer is paid from ``fund`` in this year; ``None`` where there is no such limit."""
        return self.number_or_none(_cap_name(fund))

    def cap(self, fund: Fund) -> Parameter:
        """The same as a parameter, so that pages can say how sure it is."""
        return self.parameters[_cap_name(fund)]

    def parameters_named(self, *names: str) -> tuple[Parameter, ...]:
        """The parameters that a finding used, in the order asked for."""
        return tuple([self.parameters[name] for name in names])

    def takes_payments_on(self, day: date) -> bool:
        """Whether a payment on ``day`` falls in this year."""
        return self.day("paid_from") <= day <= self.day("paid_to")


def _cap_name(fund: Fund) -> str:
    return "cap_main_pence" if fund is MAIN else "cap_ommt_pence"


@dataclass(frozen=True, slots=True)
class CourseEntry:
    """One row of the eligible course list: an amount that holds for payments between two dates, both inclusive."""

    code: str
    title: str
    kind: str
    """``course`` or ``qualification``."""
    level: str
    size: str
    category: str
    awarding_organisation: str
    learning_hours: int | None
    funding_model: FundingModel
    fund: Fund
    delivery: str
    """``internal``, ``external`` or blank; only OMMT says."""
    max_reimbursement_pence: int
    paid_from: date
    paid_to: date
    source: str
    note: str
    quality_assured: bool | None = None
    """By Skills for Care's quality assurance; ``None``: not known. Decides nothing."""
    quality_assured_from: date | None = None
    """First day, where it is known; only with ``quality_assured``."""
    minimum_age: int | None = None
    """Of learners, in whole years; ``None``: not known. Decides nothing."""

    @property
    def confidence(self) -> str:
        """``secondary`` for amounts with a source of this year, else ``unconfirmed``; no amount is official yet."""
        return "unconfirmed" if "confirm against" in self.source else "secondary"

    @property
    def is_internal_ommt(self) -> bool:
        """Training that the employer gives itself: a fixed amount, no payment, judged by its completion date."""
        return self.delivery == "internal" and self.fund is Fund.OMMT

    def holds_on(self, day: date) -> bool:
        """Whether the amount holds for a payment on ``day``."""
        return self.paid_from <= day <= self.paid_to

    def maximum(self) -> Parameter:
        """The maximum reimbursement as a parameter, so that findings can show where it comes from."""
        return Parameter(
            "max_reimbursement_pence",
            self.max_reimbursement_pence,
            self.source,
            self.confidence,
            self.paid_from,
            self.paid_to,
        )


def entry_on(entries: tuple[CourseEntry, ...], day: date) -> CourseEntry | None:
    """The entry that holds for a payment on ``day``."""
    for entry in entries:
        if entry.holds_on(day):
            return entry
    return None


def listed_periods(entries: tuple[CourseEntry, ...]) -> tuple[tuple[date, date], ...]:
    """First and last payment days of each unbroken time on the list; ``entries`` in order of ``paid_from``."""
    periods: list[tuple[date, date]] = []
    for entry in entries:
        if periods and entry.paid_from <= periods[-1][1] + timedelta(days=1):
            periods[-1] = (periods[-1][0], max(periods[-1][1], entry.paid_to))
        else:
            periods.append((entry.paid_from, entry.paid_to))
    return tuple(periods)


@dataclass(frozen=True, slots=True)
class JobRole:
    """One ASC-WDS job role (``reference/job_roles.csv``)."""

    slug: str
    title: str
    group: str
    registration: str
    regulator: str
    funding: str
    """``yes``, ``yes-non-direct``, ``check``, ``ommt-only`` or ``no``."""
    role_categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleCategory:
    """One care workforce pathway category; held as data, because more are coming."""

    slug: str
    title: str
    kind: str
    summary: str
    position: int
    from_on: date | None = None
    """Its first day; ``None``: it was always there."""
    to_on: date | None = None
    """Its last day, inclusive; ``None`` while no end is known."""

    def holds_on(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class PathwayLink:
    """A course serves a role category. Never decides funding."""

    code: str
    role_category: str
    rank: str
    """``primary`` or ``secondary``."""
    basis: str
    """``published`` or ``inferred``."""
    evidence: str
    confidence: str
    set_by_administrator: bool = False
    """Whether somebody here said so, in place of the reference file."""
    source: str = ""
    """Where it is from, in the administrator's words."""


@dataclass(frozen=True, slots=True)
class Progression:
    from_category: str
    to_category: str
    basis: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything a rule may look up. Made by ``claims.reference``; never changed."""

    years: tuple[SchemeYear, ...]
    """In order of time; at least one."""
    courses: Mapping[str, tuple[CourseEntry, ...]]
    """Entries by code, in order of ``paid_from``."""
    job_roles: Mapping[str, JobRole]
    role_categories: Mapping[str, RoleCategory]
    links: Mapping[str, tuple[PathwayLink, ...]] = field(default_factory=dict)
    """Links by course code, primary first."""
    progression: tuple[Progression, ...] = ()
    dropped: Mapping[str, CourseEntry] = field(default_factory=dict)
    """Courses that are on other lists only, by code, as they were last listed. No rule reads them: claims for them go
    on being called by their titles."""

    def title_of(self, code: str) -> str:
        """What a course is called, on this list or on the last it was on; its code when it was on none."""
        entries = self.courses.get(code)
        entry = entries[-1] if entries else self.dropped.get(code)
        return entry.title if entry else code

    def year_paid_on(self, day: date) -> SchemeYear | None:
        """The scheme year that takes a payment on ``day``; never the nearest one."""
        for year in self.years:
            if year.takes_payments_on(day):
                return year
        return None

    def year_to_go_by(self, today: date) -> SchemeYear:
        """Today's year; or else the latest that has begun, or else the earliest.

        For rules that must say something while the claim's own year is not known.
        """
        begun = [year for year in self.years if year.day("paid_from") <= today]
        return self.year_paid_on(today) or (begun or self.years[:1])[-1]
