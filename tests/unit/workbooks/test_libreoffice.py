"""What LibreOffice makes of our workbooks: it recalculates them, and reads the same cells."""

import csv
import subprocess
from pathlib import Path

import pytest

from claims.words import FUNDS
from claims.workbooks.cells import Kind
from claims.workbooks.payment_run import stream_payment_run
from claims.workbooks.register import stream_register
from tests.unit.workbooks.reading import HOSTILE, read_with_openpyxl, replace_in_part, write_values
from tests.unit.workbooks.rows_made_up import ABOUT, count_register, count_run, make_lines, make_payments, make_register

pytestmark = pytest.mark.libreoffice

LINES = list(make_lines(130))
PAYMENTS = make_payments(LINES)
REGISTER = list(make_register(600))


@pytest.fixture(scope="module")
def written() -> dict[str, bytes]:
    totals = count_run(LINES, PAYMENTS)
    run = b"".join(stream_payment_run(ABOUT, PAYMENTS, LINES, totals))
    pounds, pence = divmod(LINES[0].amount_pence or 0, 100)
    return {
        "run": run,
        "tampered": replace_in_part(
            run,
            "xl/worksheets/sheet3.xml",
            f'<v>{pounds}.{pence:02}</v></c><c r="V2"',
            f'<v>{pounds + 1}.{pence:02}</v></c><c r="V2"',
        ),
        "short": b"".join(stream_payment_run(ABOUT, PAYMENTS, LINES[1:], totals)),
        "register": b"".join(stream_register(ABOUT, REGISTER, count_register(REGISTER))),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("libreoffice")


def convert(folder: Path, files: list[Path], to: str) -> None:
    """LibreOffice takes seconds to start, so it is given everything at once."""
    profile = (folder / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", to, "--outdir", folder, *files],
        check=True,
        capture_output=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def opened(written: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """The same workbooks, opened and saved by LibreOffice."""
    (folder / "ours").mkdir()
    files = {name: folder / "ours" / f"{name}.xlsx" for name in written}
    for name, file in files.items():
        file.write_bytes(written[name])
    convert(folder, list(files.values()), "xlsx:Calc MS Excel 2007 XML")
    return {name: (folder / file.name).read_bytes() for name, file in files.items()}


def differing(workbook: bytes) -> set[str]:
    rows = read_with_openpyxl(workbook, "Controls")
    assert {row[3] for row in rows} <= {"agrees", "differs"}
    return {row[0] for row in rows if row[3] == "differs"}


def test_the_controls_of_a_payment_run_agree(opened: dict[str, bytes]) -> None:
    assert differing(opened["run"]) == set()


def test_the_controls_of_a_register_agree(opened: dict[str, bytes]) -> None:
    assert differing(opened["register"]) == set()


def test_an_amount_that_somebody_changed_in_the_file_makes_controls_differ(opened: dict[str, bytes]) -> None:
    assert differing(opened["tampered"]) == {
        "Lines: amount",
        f"Lines: amount, fund {FUNDS[LINES[0].fund]}",
        "All of the above",
    }


def test_a_line_that_was_never_written_makes_controls_differ(opened: dict[str, bytes]) -> None:
    differ = differing(opened["short"])
    assert {"Lines: claims", "Lines: amount", "By course: claims", "By employer: amount"} <= differ
    assert "Payments: amount" not in differ


@pytest.mark.parametrize(("workbook", "sheet"), [("run", "Lines"), ("run", "Payments"), ("register", "Claims")])
def test_libreoffice_reads_the_same_cells(
    opened: dict[str, bytes], written: dict[str, bytes], workbook: str, sheet: str
) -> None:
    assert read_with_openpyxl(opened[workbook], sheet) == read_with_openpyxl(written[workbook], sheet)


def test_hostile_text_stays_text_in_libreoffice(folder: Path) -> None:
    """Read back as CSV: when LibreOffice saves a workbook, it loses what looks like an escape."""
    file = folder / "hostile.xlsx"
    file.write_bytes(write_values(Kind.TEXT, HOSTILE)[0])
    convert(folder, [file], "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1")
    with (folder / "hostile-Rows.csv").open(encoding="utf-8", newline="") as lines:
        limit = csv.field_size_limit(200_000)
        read = list(csv.reader(lines))
        csv.field_size_limit(limit)  # it holds for the whole process
    assert tuple(text for _, text in read[1:]) == HOSTILE
