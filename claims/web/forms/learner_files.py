"""Files of learners, workbook or CSV: the form that takes one, the rows in it, and the cells that hold no value."""

from collections.abc import Sequence
from dataclasses import dataclass

from claims.files.checks import displayed_name
from claims.incoming.opening import Unreadable
from claims.incoming.tables import open_table
from claims.web.formats import count
from claims.web.forms.form import Form
from claims.web.forms.learner_tables import Row, RowFault
from claims.web.forms.uploading import FileField
from claims.workbooks.learners import LIMITS, ROWS, SHEET


@dataclass(frozen=True, slots=True)
class LearnersFile:
    """What stands in a file."""

    name: str
    """What the file is called."""
    rows: Sequence[Row]
    faults: Sequence[RowFault]
    """Cells that hold no value, such as formulas."""
    notices: Sequence[str] = ()
    """What was made of the file, going on from its name."""


class UploadForm(Form):
    file = FileField(
        "Upload the workbook",
        called="the workbook",
        hint=f"An Excel workbook (.xlsx) or a CSV file with at most {ROWS:,} learners, at most 5 MB.",
        accept=".xlsx,.csv",
    )

    def opened(self) -> LearnersFile | None:
        """What was uploaded. Nothing where the form was not sent; nor where the file cannot be read: the form says why.

        Before any query, so that no lock waits for the file.
        """
        if not self.validate_on_submit() or (file := self.file.file) is None:
            return None
        name, content = displayed_name(file.filename or ""), file.read(LIMITS.size_bytes + 1)
        try:
            return open_learners_file(name, content)
        except Unreadable as no:
            self.refuse("file", f"{name} {no}")
            return None

    def refuse_rows(self, read: LearnersFile, found: Sequence[RowFault]) -> list[RowFault]:
        """Every fault of the file by row, those ``found`` in its rows among them; the form says how many there are."""
        faults = sorted([*read.faults, *found], key=lambda fault: fault.row)
        if faults:
            self.refuse("file", f"{count(len(faults), 'problem')} in {read.name}: nobody has been added yet")
        return faults


def open_learners_file(name: str, content: bytes) -> LearnersFile:
    """Raises ``Unreadable``. Before any query, so that no lock waits for it."""
    if content.startswith(b"%PDF-"):
        raise Unreadable("pdf", "is a PDF; upload the table as .xlsx or CSV")
    opened = open_table(name, content, SHEET, LIMITS)
    heads = dict(enumerate(opened.rows[0][1], 1)) if opened.rows else {}
    strange = [
        RowFault(row, f"{heads.get(column) or f'Column {column}'} {problem}.")
        for (row, column), problem in opened.strange.items()
    ]
    return LearnersFile(name, opened.rows, strange, opened.notices)
