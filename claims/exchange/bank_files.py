"""Files to and from the bank as CSV: what to pay to whom, and what it did with each payment."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from claims.exchange.money import read_pounds, render_pounds
from claims.incoming.csv_files import NO_TEXT
from claims.incoming.faults import Fault, Faults, Faulty
from claims.incoming.guarding import guard_cell
from claims.incoming.rows import Row, check_header, rows_below, split_csv

PAYMENT_COLUMNS = ("payee", "sort code", "account", "amount", "reference")
RESULT_COLUMNS = ("reference", "result", "reason")
AMOUNT = "amount"
"""A column that a result may have; where it does, each amount must be what was to be paid."""
MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment for the bank to make. Nothing in it is about a learner."""

    payee: str
    sort_code: str
    """Six digits."""
    account_number: str
    """Eight digits."""
    pence: int
    """Above zero."""
    reference: str


def render_instructions(instructions: Iterable[Instruction]) -> bytes:
    """The payment file: CSV in UTF-8, amounts in pounds with two decimals, no cell read as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(PAYMENT_COLUMNS)
    for each in instructions:
        amount = render_pounds(each.pence)
        writer.writerow([guard_cell(each.payee), each.sort_code, each.account_number, amount, each.reference])
    return out.getvalue().encode()


def read_result(name: str, content: bytes, expected: Mapping[str, int]) -> dict[str, str]:
    """What the bank did, from a CSV file called ``name``: why it failed by payment reference, blank where it paid.

    ``expected`` are the payments of the run: each reference and its pence, every one of which must stand in the file
    once. Raises ``Faulty`` with every fault, by row as a spreadsheet counts, and then nothing is to be kept.
    """
    faults = Faults()
    numbered = split_csv(_decode(name, content), name, faults)
    if faults.found or not check_header(numbered, name, RESULT_COLUMNS, (AMOUNT,), faults):
        raise Faulty(tuple(faults.found))
    said: dict[str, str] = {}
    for row in rows_below(numbered, name, faults, (AMOUNT,)):
        _read_row(row, expected, said)
    for reference in expected:
        if reference not in said:
            faults.add(name, None, None, f"has no row for payment {reference}")
    if faults.found:
        raise Faulty(tuple(sorted(faults.found, key=lambda fault: fault.row or MOST_ROWS + 2)))
    return said


def _read_row(row: Row, expected: Mapping[str, int], said: dict[str, str]) -> None:
    reference, result, reason = row.text("reference").upper(), row.text("result").lower(), row.text("reason")
    if not reference:
        row.note("reference", "is blank")
    elif reference not in expected:
        row.note("reference", f"“{reference}” is not a payment of this run")
    elif reference in said:
        row.note("reference", f"“{reference}” stands in an earlier row too")
    if result not in ("paid", "failed"):
        row.note("result", f"“{row.text('result')}” must be paid or failed")
    elif result == "failed" and not reason:
        row.note("reason", "say why it failed: the employer reads this")
    elif result == "paid" and reason:
        row.note("reason", "is given although the payment is said to be paid")
    if len(reason) > LONGEST_REASON:
        row.note("reason", f"is longer than {LONGEST_REASON} characters")
    if row.text(AMOUNT) and reference in expected and _pence(row.text(AMOUNT)) != expected[reference]:
        row.note(AMOUNT, f"“{row.text(AMOUNT)}” is not what was to be paid, {render_pounds(expected[reference])}")
    said[reference] = reason if result == "failed" else ""


def _pence(cell: str) -> int | None:
    try:
        return read_pounds(cell.removeprefix("£").replace(",", ""))
    except ValueError:
        return None


def _decode(name: str, content: bytes) -> str:
    def refuse(problem: str) -> Faulty:
        return Faulty((Fault(name, None, None, problem),))

    if len(content) > MOST_BYTES:
        raise refuse(f"is larger than {MOST_BYTES // (1024 * 1024)} MB")
    if content.count(b"\n") > MOST_ROWS + 1:
        raise refuse(f"has more than {MOST_ROWS:,} rows")
    if content.startswith(NO_TEXT):
        raise refuse("is not a CSV file")
    if b"\0" in content:
        raise refuse("is not text: it contains NUL characters; save it as CSV")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse("is neither UTF-8 nor Windows text; save it as “CSV UTF-8”")
