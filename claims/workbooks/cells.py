"""Values into cells: text stays text, money goes out from whole pence, dates become the days spreadsheets count."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import Any, NamedTuple

from claims.clock import LONDON

LONGEST_TEXT = 32_767
"""The most a cell holds, in UTF-16 units (ECMA-376, and Excel's published limits)."""

DAY_ZERO = date(1899, 12, 30).toordinal()
FIRST_DAY = date(1900, 3, 1)
"""From here on every spreadsheet counts days from ``DAY_ZERO``; before, they disagree."""

NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters other than tab and newline, lone surrogates, and what XML cannot hold."""

LOOKS_ESCAPED = re.compile("_(?=[xX])")
"""``_x0041_`` is "A" to Excel, ``_x004_`` is a control character to LibreOffice, both are themselves to openpyxl."""


class Kind(Enum):
    """What a column holds; after these, the other styles there are."""

    TEXT = auto()
    LIST = auto()
    """Several texts, joined by semicolons."""
    MONEY = auto()
    """Whole pence, shown in pounds."""
    DATE = auto()
    COUNT = auto()
    SHARE = auto()
    """Whole percent."""
    MIXED = auto()
    """Each cell by the type of its value, numbers to the right."""
    FACT = auto()
    """The same, all to the left."""

    INSTANT = auto()
    NOTE = auto()
    """Text that wraps; its sheet says how many ``lines`` a row takes."""
    CHECK = auto()
    FACT_MONEY = auto()
    FACT_COUNT = auto()
    HEADING = auto()
    NUMBER_HEADING = auto()


NUMBER_FORMATS = {
    # "@" keeps a text that begins with "=" a text even when somebody edits the cell.
    Kind.TEXT: "@",
    Kind.LIST: "@",
    Kind.NOTE: "@",
    Kind.HEADING: "@",
    Kind.NUMBER_HEADING: "@",
    Kind.FACT_MONEY: "#,##0.00",
    Kind.FACT_COUNT: "#,##0",
    Kind.MONEY: "#,##0.00",
    Kind.DATE: "dd mmm yyyy",
    Kind.INSTANT: "dd mmm yyyy hh:mm",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0%",
    Kind.CHECK: "General",
}


class Pence(NamedTuple):
    """Money in a ``MIXED`` column."""

    pence: int


class Formula(NamedTuple):
    """A formula, without ``=``. No result is written with it: LibreOffice would believe it and not look."""

    text: str
    style: Kind = Kind.CHECK


class Cleaned(NamedTuple):
    text: str
    removed: int
    """Characters that no cell may hold."""
    shortened: bool


def clean(text: str) -> Cleaned:
    """``text`` as a cell can hold it: returns become newlines, the rest of ``NOT_TEXT`` goes, 32,767 units stay."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text, removed = NOT_TEXT.subn("", text)
    if len(text) <= LONGEST_TEXT // 2:
        return Cleaned(text, removed, shortened=False)
    units = text.encode("utf-16-le")
    kept = units[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
    return Cleaned(kept, removed, shortened=len(kept) < len(text))


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_xml(text: str) -> str:
    """Clean ``text`` as an inline string.

    Text that looks like an escape is cut in two runs inside it: read together they are the text again,
    for readers that would have undone the escape and for those that would not.
    """
    *cut, last = LOOKS_ESCAPED.split(text)
    if cut:
        runs = (*(f"{run}_" for run in cut), last)
        xml = "".join(f'<r><t xml:space="preserve">{escape(run)}</t></r>' for run in runs)
        return f"<is>{xml}</is>"
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<is><t{space}>{escape(text)}</t></is>"


def hundredths(number: int) -> str:
    """Pence as pounds, or percent as a share, without binary floats: ``154000`` is ``1540.00``."""
    whole, part = divmod(abs(number), 100)
    return f"{'-' if number < 0 else ''}{whole}.{part:02}"


def instant_number(at: datetime) -> str:
    """The London wall-clock time of an instant, to the minute, as a day number with a decimal part.

    Raises ``ValueError`` without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    local = at.astimezone(LONDON)
    minutes = local.hour * 60 + local.minute
    return f"{local.toordinal() - DAY_ZERO}.{(minutes * 10**10 + 720) // 1440:010}"


@dataclass(slots=True)
class Cells:
    """Writes cells in the styles of one workbook, and counts what had to be cleaned.

    Every method gives what follows a cell's address: ``<c r="A2`` + this.
    """

    styles: Mapping[Kind, int]
    removed: int = 0
    """Control characters and the like taken out so far, over all cells."""
    shortened: int = 0
    """Cells whose text was longer than a cell holds."""

    @property
    def cleaned(self) -> int:
        return self.removed + self.shortened

    def writer_of(self, kind: Kind) -> Callable[[Any], str]:
        """The method for ``kind``. It raises ``TypeError`` for a value of another type."""
        writers: dict[Kind, Callable[[Any], str]] = {
            Kind.TEXT: self.write_text,
            Kind.NOTE: lambda value: self.write_text(value, Kind.NOTE),
            Kind.LIST: self.write_list,
            Kind.MONEY: self.write_money,
            Kind.DATE: self.write_date,
            Kind.COUNT: self.write_count,
            Kind.SHARE: self.write_share,
            Kind.MIXED: self.write_mixed,
            Kind.FACT: self.write_fact,
        }
        return writers[kind]

    def write_text(self, value: str | None, kind: Kind = Kind.TEXT) -> str:
        if not value:
            return self._blank(kind)
        if not isinstance(value, str):
            raise TypeError(f"{value!r} is not text.")
        text, removed, shortened = clean(value)
        self.removed += removed
        self.shortened += shortened
        return f'" s="{self.styles[kind]}" t="inlineStr">{text_xml(text)}</c>'

    def write_list(self, value: tuple[str, ...] | None) -> str:
        return self.write_text("; ".join(value or ()), Kind.LIST)

    def write_money(self, value: int | None) -> str:
        if value is None:
            return self._blank(Kind.MONEY)
        if not isinstance(value, int):
            raise TypeError(f"{value!r} is not whole pence.")
        return self._number(Kind.MONEY, hundredths(value))

    def write_date(self, value: date | None) -> str:
        if value is None:
            return self._blank(Kind.DATE)
        if isinstance(value, datetime):
            raise TypeError(f"{value!r} is an instant; a date column takes its London date.")
        if value < FIRST_DAY:
            return self.write_text(value.isoformat())
        return self._number(Kind.DATE, str(value.toordinal() - DAY_ZERO))

    def write_count(self, value: int | None) -> str:
        if value is None:
            return self._blank(Kind.COUNT)
        if not isinstance(value, int):
            raise TypeError(f"{value!r} is not a whole number.")
        return self._number(Kind.COUNT, f"{value:d}")

    def write_share(self, value: int | None) -> str:
        return self._blank(Kind.SHARE) if value is None else self._number(Kind.SHARE, hundredths(value))

    def write_mixed(self, value: object) -> str:
        match value:
            case Formula(text, style):
                return f'" s="{self.styles[style]}"><f>{escape(text)}</f></c>'
            case Pence():
                return self.write_money(value.pence)
            case datetime():
                return self._number(Kind.INSTANT, instant_number(value))
            case date():
                return self.write_date(value)
            case int():
                return self.write_count(value)
            case str() | None:
                return self.write_text(value, Kind.NOTE)
        raise TypeError(f"No cell can hold {value!r}.")

    def write_fact(self, value: object) -> str:
        match value:
            case Pence(pence):
                return self._number(Kind.FACT_MONEY, hundredths(pence))
            case int() as count:
                return self._number(Kind.FACT_COUNT, f"{count:d}")
        return self.write_mixed(value)

    def _number(self, kind: Kind, digits: str) -> str:
        return f'" s="{self.styles[kind]}"><v>{digits}</v></c>'

    def _blank(self, kind: Kind) -> str:
        return f'" s="{self.styles[kind]}"/>'
