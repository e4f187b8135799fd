"""Broken course lists of every kind: each gets a clear message of its own, in the class it belongs to."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from claims.reference.course_files import About, CheckedList, FaultyList, read_course_file
from claims.store.reference import from_files
from tests.builders import an_entry
from tests.course_files import as_csv, as_workbook, spoilt, the_list

HEADER = (
    "code,title,kind,level,size,category,awarding_organisation,learning_hours,funding_model,fund,delivery,"
    "max_reimbursement_gbp,paid_from,paid_to,source,note"
)
GOOD = "LTS,Lead to Succeed,course,,,Leaders,Skills for Care,30,full,main,,500.00,2025-04-01,2026-03-31,A list,"
COLUMNS = HEADER.split(",")
LIST = f"{HEADER}\r\n{GOOD}\r\n"
HALF_PAST_ONE = datetime(2025, 4, 1, 13, 30)  # noqa: DTZ001  a cell knows no time zone
FILE, COLUMN, ROW = About.FILE, About.COLUMNS, About.ROWS


def read(content: bytes, name: str = "list.csv") -> CheckedList:
    return read_course_file(name, content, from_files())


def refused(content: bytes) -> FaultyList:
    with pytest.raises(FaultyList) as raised:
        read(content)
    return raised.value


def with_cell(column: str, cell: str) -> bytes:
    """One good row, and as row 3 another that differs in its code and one cell."""
    row = dict(zip(COLUMNS, GOOD.split(","), strict=True)) | {"code": "WL", column: cell}
    return f"{LIST}{','.join(row.values())}\r\n".encode()


def with_more(columns: str, cells: str) -> bytes:
    return f"{HEADER},{columns}\r\n{GOOD},{cells}\r\n".encode()


def dated(first: str, second: str) -> bytes:
    rows = (GOOD.replace("2025-04-01,2026-03-31", days) for days in (first, second))
    return "\r\n".join((HEADER, *rows)).encode()


NO_HEADER = "The file list.csv does not begin with a row that names its columns: code, title, kind and so on."
TEXT: dict[str, tuple[bytes, About, str]] = {
    # The file.
    "empty": (b"", FILE, "is empty"),
    "only blank lines": (b"\r\n\r\n , ,\r\n", FILE, "is empty"),
    "only a mark": (b"\xef\xbb\xbf", FILE, "is empty"),
    "only a header": (HEADER.encode(), FILE, "has no courses below its header"),
    "utf-16, little end first": (LIST.encode("utf-16"), FILE, "(UTF-16)"),
    "utf-16, big end first": (b"\xfe\xff" + LIST.encode("utf-16-be"), FILE, "(UTF-16)"),
    "utf-32": (LIST.encode("utf-32"), FILE, "(UTF-16)"),
    "utf-16 without a mark": (LIST.encode("utf-16-le"), FILE, "NUL characters"),
    "a NUL in a cell": (with_cell("title", "Lead\0"), FILE, "NUL characters"),
    "neither UTF-8 nor Windows": (with_cell("title", "x") + b"\x81\x8d\xff", FILE, "neither UTF-8 nor Windows text"),
    "semicolons": (LIST.replace(",", ";").encode(), FILE, "is separated by semicolons"),
    "tabs": (LIST.replace(",", "\t").encode(), FILE, "is separated by tabs"),
    "bars": (LIST.replace(",", "|").encode(), FILE, "is separated by bars"),
    "an open quotation mark": (with_cell("title", '"Lead'), FILE, "is never closed"),
    "a quotation mark within": (with_cell("title", '"Lead" to Succeed"'), FILE, "must be written twice"),
    "a cell of 200 KB": (with_cell("title", "x" * 200_000), FILE, "longer than 131,072 characters"),
    "100 MB": (b"x" * (100 * 1024 * 1024), FILE, "is larger than 10 MB"),
    "a byte over 10 MB": (b"x" * (10 * 1024 * 1024 + 1), FILE, "is larger than 10 MB"),
    "50,001 rows": ((HEADER + "\n" + (GOOD + "\n") * 50_001).encode(), FILE, "has more than 50,000 rows"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", FILE, "is neither a CSV file nor a workbook"),
    "a picture without NUL characters": (b"\x89PNG\r\n\x1a\nIHDR", FILE, "is neither a CSV file nor a workbook"),
    "a document": (b"%PDF-1.7\nobj", FILE, "is neither a CSV file nor a workbook"),
    # The columns.
    "a column is missing": (LIST.replace(",note", "", 1).encode(), COLUMN, "note: is missing"),
    "a column is doubled": (LIST.replace(",note", ",note,note", 1).encode(), COLUMN, "note: is there more than once"),
    "a column is unknown": (LIST.replace(",note", ",note,colour", 1).encode(), COLUMN, "colour: is not a column"),
    "a column is misspelt": (LIST.replace("paid_from", "paid from").encode(), COLUMN, "did you mean paid_from?"),
    "a column is in capitals": (LIST.replace("title", "TITLE").encode(), COLUMN, "did you mean title?"),
    "a column has no name": (LIST.replace(",note", ",note,", 1).encode(), COLUMN, "column 17 has no heading"),
    "the header is missing": (f"{GOOD}\r\n{GOOD}".encode(), COLUMN, NO_HEADER),
    "a title stands above": (f"The list of 2025\r\n{LIST}".encode(), COLUMN, NO_HEADER),
    "a letter": (b"To whom it may concern\n", COLUMN, NO_HEADER),
    "a category is unknown": (with_more("night-worker", "primary"), COLUMN, "night-worker: is not a column"),
    # The rows.
    "a row is short": (f"{LIST}WL,Short".encode(), ROW, "row 3: has 2 cells where the header has 16"),
    "a row is long": (f"{LIST}{GOOD},more".encode(), ROW, "row 3: has 17 cells where the header has 16"),
    "a row after a blank one": (f"{LIST}\r\nWL,Short".encode(), ROW, "row 4: has 2 cells"),
    "a row after a cell of two lines": (
        LIST.encode().replace(b"Lead to Succeed", b'"Lead to\nSucceed"') + b"WL,Short",
        ROW,
        "row 3: has 2 cells",
    ),
    "a line break in a cell": (with_cell("title", '"Lead\nto"'), ROW, "row 3, title: contains a line break"),
    "a control character": (with_cell("note", "\x07"), ROW, "row 3, note: contains a line break or another control"),
    "no code": (with_cell("code", ""), ROW, "row 3, code: is blank"),
    "a code in small letters": (with_cell("code", "lts"), ROW, "“lts” is neither a qualification number"),
    "a number with hyphens": (with_cell("code", "610-4009-5"), ROW, "“610-4009-5” is neither"),
    "a number too long": (with_cell("code", "610/4009/55"), ROW, "“610/4009/55” is neither"),
    "a number with a wrong letter": (with_cell("code", "610/4009/Y"), ROW, "“610/4009/Y” is neither"),
    "a number that became a date": (with_cell("code", "Apr-09"), ROW, "“Apr-09” is neither"),
    "no title": (with_cell("title", " "), ROW, "row 3, title: is blank"),
    "a long title": (with_cell("title", "x" * 1_001), ROW, "has 1,001 characters; at most 1,000 fit"),
    "an unknown kind": (with_cell("kind", "degree"), ROW, "“degree” is not a known kind"),
    "an unknown level": (with_cell("level", "9"), ROW, "“9” is not a known level"),
    "hours in words": (with_cell("learning_hours", "many"), ROW, "“many” is not a whole number above zero"),
    "half an hour": (with_cell("learning_hours", "0.5"), ROW, "“0.5” is not a whole number"),
    "no funding model": (with_cell("funding_model", ""), ROW, "is not a known funding model"),
    "an unknown funding model": (with_cell("funding_model", "half"), ROW, "“half” is not a known funding model"),
    "an unknown fund": (with_cell("fund", "other"), ROW, "“other” is not a known fund; it may be: main, ommt"),
    "delivery of the main fund": (with_cell("delivery", "internal"), ROW, "not a known delivery for the fund main"),
    "no amount": (with_cell("max_reimbursement_gbp", ""), ROW, "is not an amount in pounds"),
    "an amount of nothing": (with_cell("max_reimbursement_gbp", "0"), ROW, "an amount must be above zero"),
    "an amount below nothing": (with_cell("max_reimbursement_gbp", "-5.00"), ROW, "“-5.00” is not an amount"),
    "an amount with a sign": (with_cell("max_reimbursement_gbp", "£500.00"), ROW, "“£500.00” is not an amount"),
    "an amount with a comma": (with_cell("max_reimbursement_gbp", '"1,540.00"'), ROW, "“1,540.00” is not an amount"),
    "a tenth of a penny": (with_cell("max_reimbursement_gbp", "5.001"), ROW, "with two decimals at most"),
    "an amount as a power": (with_cell("max_reimbursement_gbp", "1.54E+03"), ROW, "“1.54E+03” is not an amount"),
    "an amount of ten million": (with_cell("max_reimbursement_gbp", "12345678"), ROW, "“12345678” is not an amount"),
    "an amount in other digits": (with_cell("max_reimbursement_gbp", "٣"), ROW, "“٣” is not an amount"),
    "an amount in euros": (with_cell("max_reimbursement_gbp", "€500"), ROW, "“€500” is not an amount"),
    "a date as the British write it": (with_cell("paid_from", "01/04/2025"), ROW, "“01/04/2025” is not a date"),
    "a date in words": (with_cell("paid_to", "31 March 2026"), ROW, "“31 March 2026” is not a date"),
    "a date with a time": (with_cell("paid_from", "2025-04-01T00:00"), ROW, "is not a date; write it like"),
    "a date as a number": (with_cell("paid_from", "45748"), ROW, "“45748” is not a date"),
    "29 February of a common year": (with_cell("paid_from", "2025-02-29"), ROW, "“2025-02-29” is not a date"),
    "no first day": (with_cell("paid_from", ""), ROW, "row 3, paid_from: “” is not a date"),
    "no last day": (with_cell("paid_to", ""), ROW, "row 3, paid_to: “” is not a date"),
    "ends before it begins": (with_cell("paid_to", "2025-03-31"), ROW, "2025-03-31 is before paid_from, 2025-04-01"),
    "no source": (with_cell("source", ""), ROW, "row 3, source: is blank"),
    "a code twice": (f"{LIST}{GOOD}".encode(), ROW, "LTS already has an amount for 2025-04-01: row 2"),
    "days that overlap by one": (
        dated("2025-04-01,2025-09-01", "2025-09-01,2026-03-31"),
        ROW,
        "row 3, paid_from: LTS already has an amount for 2025-09-01: row 2, to 2025-09-01",
    ),
    "days within others": (
        dated("2025-04-01,2026-03-31", "2025-06-01,2025-06-30"),
        ROW,
        "already has an amount for 2025-06-01",
    ),
    "perhaps assured": (with_more("quality_assured", "perhaps"), ROW, "“perhaps” is not a known answer"),
    "assured from no day": (
        with_more("quality_assured,quality_assured_from", "yes,soon"),
        ROW,
        "quality_assured_from: “soon” is not a date",
    ),
    "not assured from a day": (
        with_more("quality_assured,quality_assured_from", "no,2025-04-01"),
        ROW,
        "a date is given but quality_assured is “no”",
    ),
    "an age in words": (with_more("minimum_age", "adult"), ROW, "“adult” is not a whole number above zero"),
    "an age of no person": (with_more("minimum_age", "160"), ROW, "160 is not an age in years from 1 to 99"),
    "a rank that is none": (with_more("new-to-care", "first"), ROW, "new-to-care: “first” is not a rank"),
}


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def rezipped(**parts: bytes) -> Callable[[bytes], bytes]:
    """The workbook with parts added or replaced; ``__`` stands for a slash and ``_`` before an ending for a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    return lambda content: zipped({**parts_of(content), **named})


def with_in_sheet(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        parts = parts_of(content)
        assert old in parts["xl/worksheets/sheet2.xml"]
        parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"].replace(old, new, 1)
        return zipped(parts)

    return change


def done(spoil: Callable[[Workbook], object]) -> Callable[[bytes], bytes]:
    """What a person does in a spreadsheet program."""
    return lambda content: spoilt(content, lambda workbook: spoil(workbook) and None)


def in_cell(address: str, value: object) -> Callable[[bytes], bytes]:
    return done(lambda workbook: workbook["Courses"].__setitem__(address, value))


def locked(content: bytes) -> bytes:
    """Every member says that it is encrypted."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(signature, at + 4)
    return bytes(changed)


def lying(content: bytes) -> bytes:
    """The largest part declares a tenth of its size."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        largest = max(archive.infolist(), key=lambda part: part.file_size)
    return content.replace(struct.pack("<L", largest.file_size), struct.pack("<L", largest.file_size // 10))


def twice(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    return out.getvalue()


def many_parts(content: bytes) -> bytes:
    return zipped({**parts_of(content), **{f"xl/media/{number}.png": b"" for number in range(600)}})


def hide(state: str) -> Callable[[bytes], bytes]:
    return done(lambda workbook: setattr(workbook["Controls"], "sheet_state", state))


def without_courses(workbook: Workbook) -> None:
    workbook["Courses"].title = "Kurse"


def a_blank_workbook(_: bytes) -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def as_plain_number(workbook: Workbook) -> None:
    cell = workbook["Courses"]["M2"]
    cell.value, cell.number_format = 45748, "General"


def wide(workbook: Workbook) -> None:
    workbook["Courses"].cell(3, 120).value = "far out"


BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;">]>'
    b"<styleSheet>&lol1;</styleSheet>"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

WORKBOOKS: dict[str, tuple[Callable[[bytes], bytes], About, str]] = {
    # The file.
    "cut short": (lambda content: content[: len(content) // 2], FILE, "is damaged or cut short"),
    "only the beginning of a zip": (lambda _: b"PK\x03\x04", FILE, "is damaged or cut short"),
    "bytes turned over": (
        lambda content: content[:400] + bytes(255 - byte for byte in content[400:900]) + content[900:],
        FILE,
        "is damaged",
    ),
    "an older workbook": (lambda _: OLE + b"\0" * 600, FILE, "is an older kind of workbook (.xls)"),
    "a password": (lambda _: OLE + b"\0" * 64 + "EncryptedPackage".encode("utf-16-le"), FILE, "needs a password"),
    "a locked zip": (locked, FILE, "needs a password"),
    "another zip": (lambda _: zipped({"photo.jpg": b"x"}), FILE, "is a zip file but not a workbook"),
    "a Word document": (lambda _: zipped({"word/document.xml": b"<a/>"}), FILE, "is a Word document"),
    "a presentation": (lambda _: zipped({"ppt/presentation.xml": b"<a/>"}), FILE, "is a presentation"),
    "a binary workbook": (lambda _: zipped({"xl/workbook.bin": b"x"}), FILE, "is a binary workbook (.xlsb)"),
    "an OpenDocument sheet": (lambda _: zipped({"mimetype": b"x", "content.xml": b"<a/>"}), FILE, "OpenDocument"),
    "a Numbers file": (lambda _: zipped({"Index/Document.iwa": b"x"}), FILE, "is a Numbers file"),
    "macros": (rezipped(xl__vbaProject_dot_bin=b"x"), FILE, "contains macros"),
    "macros by its type": (
        lambda content: zipped(
            {
                **parts_of(content),
                "[Content_Types].xml": parts_of(content)["[Content_Types].xml"].replace(
                    b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
                ),
            }
        ),
        FILE,
        "contains macros",
    ),
    "macros of Excel 4": (rezipped(xl__macrosheets__sheet1_dot_xml=b"<a/>"), FILE, "contains macros"),
    "a dialog": (rezipped(xl__dialogsheets__sheet1_dot_xml=b"<a/>"), FILE, "contains macros"),
    "links to other workbooks": (rezipped(xl__externalLinks__externalLink1_dot_xml=b"<a/>"), FILE, "other workbooks"),
    "a data connection": (rezipped(xl__connections_dot_xml=b"<a/>"), FILE, "fetches data from elsewhere"),
    "an embedded file": (rezipped(xl__embeddings__file_dot_docx=b"x"), FILE, "has other files or controls embedded"),
    "a control": (rezipped(xl__activeX__activeX1_dot_xml=b"<a/>"), FILE, "has other files or controls embedded"),
    "an entity bomb": (rezipped(xl__styles_dot_xml=BILLION), FILE, "contains entities"),
    "an entity that reads a file": (
        rezipped(
            xl__workbook_dot_xml=b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
        ),
        FILE,
        "contains entities",
    ),
    "entities in another encoding": (
        rezipped(xl__styles_dot_xml=BILLION.decode().encode("utf-16")),
        FILE,
        "unusual encoding",
    ),
    "a zip bomb": (rezipped(xl__media__zeros_dot_xml=b"\0" * 30_000_000), FILE, "too large or complicated"),
    "a zip bomb of many parts": (many_parts, FILE, "is made of too many parts"),
    "100 MB unpacked": (
        lambda content: zipped(
            {**parts_of(content), **{f"xl/media/{n}.bin": bytes(range(256)) * 20 * 1024 for n in range(21)}}
        ),
        FILE,
        "too large or complicated",
    ),
    "100 MB packed": (lambda content: content + b"\0" * (100 * 1024 * 1024), FILE, "is larger than 10 MB"),
    "a part that lies about its size": (lying, FILE, "is damaged"),
    "a part that is there twice": (twice, FILE, "is damaged"),
    "a part outside": (rezipped(**{"..__..__etc__passwd": b"x"}), FILE, "is damaged"),
    "a hidden sheet": (hide("hidden"), FILE, "has a hidden sheet, “Controls”"),
    "a very hidden sheet": (hide("veryHidden"), FILE, "has a hidden sheet, “Controls”"),
    "no sheet of that name": (done(without_courses), FILE, "has no sheet called “Courses” but several others"),
    "a workbook with nothing in it": (a_blank_workbook, FILE, "is empty"),
    "a cell far out": (done(wide), FILE, "has more than 100 columns (row 3)"),
    "not XML": (rezipped(xl__workbook_dot_xml=b"hello"), FILE, "is damaged"),
    # The columns and rows.
    "a heading is changed": (in_cell("A1", "Kurs"), COLUMN, "Kurs: is not a column"),
    "a heading is a formula": (in_cell("A1", '="co"&"de"'), COLUMN, "the heading of column 1 is a formula"),
    "a heading is gone": (in_cell("B1", None), COLUMN, "column 2 has no heading"),
    "a formula": (in_cell("L2", "=500*2"), ROW, "row 2, max_reimbursement_gbp: is a formula; paste it as a value"),
    "an array formula": (in_cell("L2", ArrayFormula("L2:L2", "=500*2")), ROW, "row 2, max_reimbursement_gbp: is a"),
    "an error": (in_cell("L3", "#REF!"), ROW, "row 3, max_reimbursement_gbp: is an error of the spreadsheet"),
    "an amount in text": (in_cell("L2", "five hundred"), ROW, "“five hundred” is not an amount"),
    "an amount of a third": (in_cell("L2", 1 / 3), ROW, "is not an amount in pounds"),
    "an amount that is true": (in_cell("L2", value=True), ROW, "“yes” is not an amount"),
    "a date with a time of day": (
        in_cell("M2", HALF_PAST_ONE),
        ROW,
        "“2025-04-01 13:30:00” is not a date",
    ),
    "a date that is a number": (done(as_plain_number), ROW, "row 2, paid_from: “45748” is not a date"),
    "a date that is text": (in_cell("N2", "31/03/2026"), ROW, "“31/03/2026” is not a date"),
    "a code that became a number": (in_cell("A2", 6104009), ROW, "“6104009” is neither"),
    "a rank in the workbook that is none": (in_cell("T2", "tertiary"), ROW, "“tertiary” is not a rank"),
}


def test_there_are_at_least_eighty_kinds():
    assert len(TEXT) + len(WORKBOOKS) >= 80
    sentences = {case[2] for case in (*TEXT.values(), *WORKBOOKS.values())}
    assert len(sentences) >= 80


@pytest.mark.parametrize("kind", TEXT)
def test_a_broken_csv_file_is_refused_with_its_own_message(kind: str):
    content, about, saying = TEXT[kind]
    no = refused(content)
    assert no.about is about
    assert saying in str(no), str(no)
    assert all(fault.problem[-1:] not in ".!" for fault in no.faults)


@pytest.fixture(scope="module")
def workbook() -> bytes:
    return as_workbook(the_list()[:20])


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_broken_workbook_is_refused_with_its_own_message(workbook: bytes, kind: str):
    spoil, about, saying = WORKBOOKS[kind]
    no = refused(spoil(workbook))
    assert no.about is about
    assert saying in str(no), str(no)


def test_too_many_rows_of_a_workbook_are_refused():
    many = [an_entry(f"{100 + number // 1000}/{number:04}/1"[:10]) for number in range(10_001)]
    assert "has more than 10,000 rows" in str(refused(as_workbook(many)))


# What looks odd and is right.


def test_a_good_list_is_read_with_and_without_a_mark():
    assert read(LIST.encode()).entries == read(LIST.encode("utf-8-sig")).entries


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(ends: str):
    assert len(read(LIST.replace("\r\n", ends).encode()).entries) == 1


def test_windows_text_is_read_and_said_to_be():
    checked = read(LIST.replace("Lead to", "Café –").encode("cp1252"))
    assert checked.entries[0].title == "Café – Succeed"
    assert "was read as Windows text" in checked.notices[0].problem


def test_an_unusual_check_character_is_a_notice_and_no_fault():
    usual, unusual = (LIST.replace("LTS", code).encode() for code in ("610/4009/5", "610/4009/6"))
    assert read(usual).notices == ()
    (notice,) = read(unusual).notices
    assert (notice.row, notice.column) == (2, "code")


def test_ranks_are_looked_at_and_not_taken_over():
    (notice,) = read(with_more("new-to-care", "primary")).notices
    assert "not taken over" in notice.problem


def test_what_a_spreadsheet_program_saves_again_is_the_same_list(workbook: bytes):
    again = read(spoilt(workbook, lambda _: None))
    assert again.entries == read(workbook).entries == the_list()[:20]
    assert again.made_from == 1


def test_a_text_that_looks_like_a_formula_stays_a_text():
    entries = [an_entry("LTS", title="=1+1", note="'=quoted", source="@name")]
    assert list(read(as_workbook(entries)).entries) == entries
    assert list(read(as_csv(entries)).entries) == entries


def test_the_only_sheet_is_read_whatever_its_name():
    saved = io.BytesIO()
    made = Workbook()
    assert made.active is not None
    made.active.title = "My list"
    made.active.append(COLUMNS)
    made.active.append(GOOD.split(","))
    made.save(saved)
    assert len(read(saved.getvalue()).entries) == 1


def test_a_workbook_that_spends_too_long_is_given_up(workbook: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr("claims.incoming.opening.INSIDE", slow)
    monkeypatch.setattr("claims.incoming.opening.SECONDS", 0.2)
    assert "too large or complicated" in str(refused(workbook))


def test_a_workbook_that_kills_its_reader_is_refused(workbook: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    killed = tmp_path / "killed.py"
    killed.write_text("import os; os.abort()")
    monkeypatch.setattr("claims.incoming.opening.INSIDE", killed)
    assert "too large or complicated" in str(refused(workbook))
