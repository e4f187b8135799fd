"""Bulk workbooks of claims as people fill them in, for tests."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook

from claims.exchange.claim_rows import HEADINGS, WORDS_OF

ROW: Mapping[str, object] = {
    "number": "AA 10 00 01 A",
    "first_name": "Ada",
    "last_name": "Obi",
    "job_role": "Care worker",
    "engagement": "Employee",
    "employed_from": "2024-05-06",
    "course": "610/4009/5",
    "provider": "Brightwater Training",
    "paid_on": "10 Dec 2025",
    "cost_pence": "£1,600",
    "started_on": "12/01/2026",
    "part": "Start",
    "invoice_reference": "INV-900",
}
"""Somebody new, a start part, paid on the stage's day."""
COURSE = {**ROW, "course": "LTS", "cost_pence": "620", "part": "", "completed_on": "30 Jan 2026"}


def as_cells(row: Mapping[str, object]) -> list[object]:
    return [row.get(heading.field) for heading in HEADINGS]


def filled_in(*rows: Mapping[str, object], headings: Sequence[str] | None = None) -> bytes:
    """A workbook with these rows below the headings."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Claims"
    sheet.append(list(headings or [heading.words for heading in HEADINGS]))
    for row in rows:
        sheet.append(as_cells(row))
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def as_csv(*rows: Mapping[str, object]) -> bytes:
    lines = [",".join(WORDS_OF.values())]
    lines += [",".join(f'"{"" if cell is None else cell}"' for cell in as_cells(row)) for row in rows]
    return "\n".join(lines).encode()


def twelve() -> list[dict[str, object]]:
    """Twelve new people on one invoice, claimed 60/40."""
    names = ("Ada Obi", "Ben Lowe", "Cara Quinn", "Dev Patel", "Elin Rees", "Femi Ade", "Gwen Hale", "Hugo Marsh",
             "Isla Kerr", "Jonas Weber", "Kemi Bello", "Lucy Tran")  # fmt: skip
    return [
        {
            **ROW,
            "number": f"AA{200001 + count}A",
            "first_name": name.split()[0],
            "last_name": name.split()[1],
        }
        for count, name in enumerate(names)
    ]
