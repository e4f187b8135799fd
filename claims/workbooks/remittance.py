"""The remittance workbook: what one payment to an employer was for, what was set off, what went to the bank."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from claims.exchange.money import render_pounds
from claims.workbooks.about import Statement, about_sheet
from claims.workbooks.book import Book
from claims.workbooks.cells import Kind, Pence
from claims.workbooks.controls import Control, controls_sheet, name_differences, quote
from claims.workbooks.rows import About
from claims.workbooks.sheet import Column, Sheet

WHAT = "What one payment from the scheme was for: one row per claim, with the learner it was claimed for."
WHO_MAY_RECEIVE_IT = "The employer that was paid. It names learners: do not send it on to others."

COLUMNS = (
    Column("Reference", Kind.TEXT, "reference"),
    Column("Learner", Kind.TEXT, "learner"),
    Column("Course code", Kind.TEXT, "course_code"),
    Column("Course", Kind.TEXT, "course"),
    Column("Part", Kind.TEXT, "part"),
    Column("Paid on", Kind.DATE, "paid_on"),
    Column("Amount", Kind.MONEY, "amount_pence"),
)


class RemittanceRow(NamedTuple):
    reference: str
    learner: str
    course_code: str
    course: str
    part: str
    paid_on: date
    amount_pence: int


PAYMENT_COLUMNS = (
    Column("What", Kind.TEXT, "what", width=34),
    Column("Recovered claim", Kind.TEXT, "reference"),
    Column("Amount", Kind.MONEY, "amount_pence"),
)


class PaymentStep(NamedTuple):
    """One row of how the payment adds up."""

    what: str
    reference: str
    amount_pence: int


GROSS, SET_OFF, NET = "Amount of the claims", "Set off", "Paid to your account"


class Paid(NamedTuple):
    """What the database says of the payment, by itself."""

    claims: int
    pence: int
    set_off_pence: int


def stream_remittance(
    about: About, rows: Sequence[RemittanceRow], set_offs: Sequence[tuple[str, int]] | None, paid: Paid
) -> Iterator[bytes]:
    """The bytes of the workbook.

    ``set_offs`` are the recovered claims and what was kept back for each; ``None`` for whoever sees only some of the
    claims: then nothing is said of what went to the bank.
    """
    title = f"Remittance {about.subject}"
    written = sum(row.amount_pence for row in rows)
    kept_back = sum(pence for _, pence in set_offs or ())

    def controls() -> list[Control]:
        return [
            Control("Claims", paid.claims, "COUNTA(Claims!A:A)-1", len(rows)),
            Control("Amount", Pence(paid.pence), "SUM(Claims!G:G)", Pence(written)),
            *((_net_controls(paid, written, kept_back)) if set_offs is not None else ()),
        ]

    def facts() -> Iterator[Statement]:
        yield Statement("Rows in Claims", len(rows))
        yield Statement("Amount", Pence(written))
        if set_offs is not None:
            yield Statement(SET_OFF, Pence(kept_back))
            yield Statement(NET, Pence(written - kept_back))
        yield Statement("Controls when it was made", name_differences(controls()))

    book = Book(title, about)
    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet("Claims", COLUMNS, lambda: rows, table="Claims"),
        *([_payment_sheet(written, set_offs)] if set_offs is not None else []),
        controls_sheet(controls),
    ]
    return book.stream()


def _payment_sheet(gross: int, set_offs: Sequence[tuple[str, int]]) -> Sheet:
    kept_back = [PaymentStep(SET_OFF, reference, -pence) for reference, pence in set_offs]
    net = gross - sum(pence for _, pence in set_offs)
    steps = [PaymentStep(GROSS, "", gross), *kept_back, PaymentStep(NET, "", net)]
    return Sheet("Payment", PAYMENT_COLUMNS, lambda: steps, table="Payment")


def _net_controls(paid: Paid, written: int, kept_back: int) -> list[Control]:
    def of(what: str) -> str:
        return f"SUMIF(Payment!A:A,{quote(what)},Payment!C:C)"

    net = Pence(paid.pence - paid.set_off_pence)
    return [
        Control(SET_OFF, Pence(paid.set_off_pence), f"-{of(SET_OFF)}", Pence(kept_back)),
        Control(NET, net, of(NET), Pence(written - kept_back)),
        Control(f"{NET} is amount less set off", net, f"SUM(Claims!G:G)+{of(SET_OFF)}", Pence(written - kept_back)),
    ]


def remittance_as_csv(
    rows: Sequence[RemittanceRow], set_offs: Sequence[tuple[str, int]], paid_on: date
) -> Iterator[Sequence[str]]:
    """The same as rows of text, the header first; money as pounds with two decimals, dates as ``YYYY-MM-DD``.

    What was set off follows the claims, below zero, so that the column adds up to what went to the bank.
    """
    yield [column.header for column in COLUMNS]
    for row in rows:
        yield [*row[:5], row.paid_on.isoformat(), render_pounds(row.amount_pence)]
    for reference, pence in set_offs:
        yield [reference, "", "", "", SET_OFF, paid_on.isoformat(), f"-{render_pounds(pence)}"]
