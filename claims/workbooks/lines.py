"""A claim's line, as payment run and register both show it, and the sums taken while lines go by."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from claims.words import CONFIDENCES, FUNDING_MODELS, FUNDS, PARTS
from claims.workbooks.cells import Kind
from claims.workbooks.sheet import Chart, Column

LINE_COLUMNS = (
    Column("Reference", Kind.TEXT, "reference"),
    Column("Purchase", Kind.TEXT, "purchase"),
    Column("Workplace ID", Kind.TEXT, "workplace_id"),
    Column("Employer", Kind.TEXT, "employer"),
    Column("Course code", Kind.TEXT, "course_code"),
    Column("Course title", Kind.TEXT, "course_title"),
    Column("Level", Kind.TEXT, "level"),
    Column("Awarding organisation", Kind.TEXT, "awarding_organisation"),
    Column("Funding model", Kind.TEXT, "funding_model", words=FUNDING_MODELS),
    Column("Part", Kind.TEXT, "part", words=PARTS),
    Column("Fund", Kind.TEXT, "fund", words=FUNDS),
    Column("Role category", Kind.TEXT, "role_category"),
    Column("Payment date", Kind.DATE, "paid_on"),
    Column("Start date", Kind.DATE, "started_on"),
    Column("Completion date", Kind.DATE, "completed_on"),
    Column("Cost per learner", Kind.MONEY, "cost_pence"),
    Column("Other funding", Kind.MONEY, "other_funding_pence"),
    Column("Maximum", Kind.MONEY, "maximum_pence"),
    Column("Reimbursable", Kind.MONEY, "reimbursable_pence"),
    Column("Share", Kind.SHARE, "share_percent"),
    Column("Amount", Kind.MONEY, "amount_pence"),
    Column("Approved on", Kind.DATE, "approved_on"),
    Column("Approved by", Kind.TEXT, "approved_by"),
    Column("Rules version", Kind.TEXT, "rules_version"),
    Column("Confidence of maximum", Kind.TEXT, "maximum_confidence", words=CONFIDENCES),
)

CONFIRMED = "confirmed"
MOST_BARS = 15


class Group(NamedTuple):
    """The claims that share a key."""

    code: str
    name: str
    claims: int
    amount_pence: int


class Tally(dict[Any, list[int]]):
    """Claims and pence by key, counted while rows go by."""

    def __missing__(self, key: Hashable) -> list[int]:
        self[key] = [0, 0]
        return self[key]

    def add(self, key: Hashable, pence: int | None) -> None:
        sums = self[key]
        sums[0] += 1
        sums[1] += pence or 0

    @property
    def claims(self) -> int:
        return sum(claims for claims, _ in self.values())

    @property
    def pence(self) -> int:
        return sum(pence for _, pence in self.values())

    def by(self, place: int) -> "Tally":
        """The same by one place of a key that is a tuple."""
        tally = Tally()
        for key, (claims, pence) in self.items():
            sums = tally[key[place]]
            sums[0] += claims
            sums[1] += pence
        return tally

    def of(self, key: Hashable) -> tuple[int, int]:
        """Claims and pence of ``key``, nothing where it was never seen."""
        claims, pence = self.get(key, (0, 0))
        return claims, pence

    def groups(self) -> Iterator[Group]:
        """The groups of keys ``(code, name)``, the largest amount first."""
        for (code, name), (claims, pence) in sorted(self.items(), key=lambda item: (-item[1][1], item[0])):
            yield Group(code, name, claims, pence)


def letter_of(columns: Sequence[Column], field: str) -> str:
    """The letter of the column that shows ``field``."""
    return get_column_letter([column.field for column in columns].index(field) + 1)


def chart_of_groups(title: str, labels: int, values: int, groups: Sequence[Group]) -> Chart:
    """The largest of the groups, which begin in row 2."""
    bars = min(len(groups), MOST_BARS)
    largest = f", the {bars} largest" if len(groups) > bars else ""
    return Chart(f"{title}{largest} (£)", labels, (values,), 2, bars + 1)
