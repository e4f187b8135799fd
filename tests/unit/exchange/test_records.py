"""Streams of records: every form is told apart, and what cannot be read is refused at its line."""

import io
import json
import tracemalloc
from contextlib import suppress
from itertools import chain, repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.exchange.facts import BadFacts, Facts
from claims.exchange.record import LONGEST, BadInput, Record
from claims.exchange.records import HEAD, Kind, open_records, read_record
from claims.exchange.rows import FACT_COLUMNS, flatten_facts
from tests.builders import BASE_RECORD, facts_of

LINE = json.dumps(BASE_RECORD)
PRETTY = json.dumps(BASE_RECORD, indent=2)
EXAMPLE = facts_of(BASE_RECORD)
CELLS = flatten_facts(EXAMPLE)
HEADER = ",".join(FACT_COLUMNS)
ROW = ",".join(CELLS.values())


def read(content: bytes | str, name: str = "") -> tuple[Kind, list[Record]]:
    data = content.encode() if isinstance(content, str) else content
    kind, records = open_records(io.BytesIO(data), name)
    return kind, list(records)


def refused(content: bytes | str, name: str = "") -> tuple[int | None, str]:
    with pytest.raises(BadInput) as raised:
        read(content, name)
    return raised.value.line, raised.value.problem


def facts_in(content: bytes | str, name: str = "") -> list[Facts]:
    return [read_record(record) for record in read(content, name)[1]]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("content", "kind", "lines"),
    [
        (LINE, Kind.OBJECT, [1]),
        (PRETTY, Kind.OBJECT, [1]),
        (f"\n\n  {PRETTY}\n\n", Kind.OBJECT, [3]),
        (PRETTY.replace("\n", "\r\n"), Kind.OBJECT, [1]),
        (f"{LINE}\n{LINE}\n", Kind.LINES, [1, 2]),
        (f"{LINE}\r\n\r\n{LINE}", Kind.LINES, [1, 3]),
        (f"[{LINE}]", Kind.LIST, [1]),
        (f"[{LINE},{LINE}]", Kind.LIST, [1, 1]),
        (f"\n[\n{LINE},\n\n{LINE}\n]\n", Kind.LIST, [3, 5]),
        (f"[{PRETTY},\n{PRETTY}]", Kind.LIST, [1, PRETTY.count("\n") + 2]),
        (f"{HEADER}\n{ROW}\n", Kind.CSV, [2]),
        (f"{HEADER}\r\n{ROW}\r\n\r\n{ROW}", Kind.CSV, [2, 4]),
        (f"\n{HEADER}\n{ROW}\n" + "," * (len(FACT_COLUMNS) - 1) + f"\n{ROW}", Kind.CSV, [3, 5]),
    ],
)
def test_every_form_is_told_by_its_content(mark: str, content: str, kind: Kind, lines: list[int]):
    found, records = read(mark + content)
    assert found is kind
    assert [record.line for record in records] == lines
    assert {read_record(record) for record in records} == {EXAMPLE}


def test_one_object_on_one_line_is_an_object_unless_its_name_says_otherwise():
    assert read(LINE)[0] is Kind.OBJECT
    assert read(LINE + "\n", "claim.json")[0] is Kind.OBJECT
    assert read(LINE, "claim.jsonl")[0] is Kind.LINES


def test_a_name_settles_what_content_leaves_open():
    assert read("true", "claims.json")[0] is Kind.LINES
    assert read("[1]", "claims.jsonl") == (Kind.LINES, [Record(1, [1])])
    assert refused("true", "claims.csv") == (1, "“true” is not the name of a fact")


def test_the_name_of_a_file_may_lie():
    assert facts_in(f"{LINE}\n{LINE}", "claims.csv") == [EXAMPLE] * 2
    assert facts_in(f"[{LINE}]", "claims.csv") == [EXAMPLE]


@pytest.mark.parametrize("content", [b"", b"\n \t\r\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["", "a.csv", "a.json"])
def test_an_empty_file_is_refused(content: bytes, name: str):
    assert refused(content, name) == (None, "there is nothing in it")


def test_lists_and_tables_without_records_have_none():
    assert read("[]") == (Kind.LIST, [])
    assert read("[ \n ]") == (Kind.LIST, [])
    assert read(HEADER) == (Kind.CSV, [])


def test_a_workbook_is_not_mistaken_for_csv():
    assert refused(b"PK\x03\x04rest", "a.csv") == (None, "this looks like a workbook; save it as “CSV UTF-8” first")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_refused_by_name(encoding: str):
    assert refused(f"\ufeff{HEADER}".encode(encoding)) == (None, "this is UTF-16 text; save it as UTF-8")


# JSON Lines: a bad line does not stop the others.


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (b'{"a": tru}', "this is not JSON: expecting value, at character 7"),
        (b"nonsense", "this is not JSON"),
        (b'{"a": 1} {"b": 2}', "this is not JSON: extra data"),
        (b'{"fund": {"open": NaN}}', "this is not JSON: NaN is no value"),
        (b'{"fund": {"open": -Infinity}}', "this is not JSON: -Infinity is no value"),
        (b'{"fund": 1, "fund": 2}', "“fund” is given twice"),
        (b'{"fund": ' + b"9" * 5000 + b"}", "a number of 5,000 digits is no fact"),
        (b'{"fund": ' + b"9" * 41 + b"}", "a number of 41 digits is no fact"),
        (b'{"a":' * 20000 + b"1" + b"}" * 20000, "this is nested too deeply"),
        (b'{"a": "\xff"}', "this is not UTF-8 text"),
        (b'{"a": "\x00"}', "this is not JSON: invalid control character"),
        (b"x" * (LONGEST + 1), "this is longer than 1,024 KB, which no record can be"),
        (b"x" * (LONGEST * 3), "this is longer than 1,024 KB, which no record can be"),
    ],
)
def test_a_bad_line_is_refused_and_the_others_are_read(bad: bytes, problem: str):
    kind, records = read(b"\n".join((LINE.encode(), bad, LINE.encode())), "claims.jsonl")
    assert kind is Kind.LINES
    assert [record.line for record in records] == [1, 2, 3]
    assert (records[1].problem or "").startswith(problem)
    with pytest.raises(BadFacts, match=r"^this is|given twice|digits"):
        read_record(records[1])
    assert [read_record(record) for record in (records[0], records[2])] == [EXAMPLE] * 2


def test_a_bad_first_line_does_not_hide_that_there_are_lines():
    kind, records = read('{"a": tru}\n{"b": 1}\n')
    assert kind is Kind.LINES
    assert [record.problem is None for record in records] == [False, True]


def test_half_a_character_is_an_error_of_its_field():
    (record,) = read('{"learner": {"job_role": "\\ud800"}}', "a.jsonl")[1]
    with pytest.raises(BadFacts, match=r"learner\.job_role contains a control character or half a character"):
        read_record(record)


# One object.


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        ('{\n"a": 1,\n"b": tru\n}', 3, "this is not JSON: expecting value"),
        ('{\n"a": 1\n}\nrest', 4, "this is not JSON: extra data"),
        ('{\n"a": 1', 2, "this is not JSON"),
        ('{\n"a": {"b": 1, "b": 2}}', 1, "“b” is given twice"),
        (b'{\n"a": "\xff"}', 2, "this is not UTF-8 text"),
        (b'{\n"a": ' + b"[" * 100_000, 1, "this is nested too deeply"),
        (b'{\n"a": "' + b"x" * LONGEST + b'"}', None, "this is longer than"),
    ],
)
def test_an_object_is_refused_at_its_line(content: bytes | str, line: int | None, problem: str):
    at, said = refused(content)
    assert at == line
    assert said.startswith(problem)


# A list.


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (f"[{LINE}", 1, "this is not JSON: a comma or the end of the list should be here"),
        (f"[\n{LINE}\n{LINE}\n]", 3, "this is not JSON: a comma or the end of the list should be here"),
        (f"[\n{LINE},\n]", 3, "this is not JSON: expecting value"),
        (f"[\n{LINE},\n", 3, "this is not JSON: expecting value"),
        ("[\n,]", 2, "this is not JSON: expecting value"),
        (f"[\n{LINE}\n]\n\nrest", 5, "there is something after the end of the list"),
        ('[\n{"a":\n tru}]', 3, "this is not JSON"),
        ('[\n{"a": NaN}]', 2, "this is not JSON: NaN is no value"),
        ('[{},\n{"a": 1, "a": 2}]', 2, "“a” is given twice"),
        ("[\n" + "[" * 100_000, 2, "this is nested too deeply"),
        (b'[{},\n{"a": "\xff"}]', 2, "this is not UTF-8 text"),
        (b'[{},\n"' + b"x" * LONGEST * 2 + b'"]', 2, "this is longer than"),
        (b"[{},\n" + b"9" * 5000 + b"]", 2, "a number of 5,000 digits is no fact"),
        (b'[{},\n"caf\xc3', 2, "this is not UTF-8 text"),
    ],
)
def test_a_list_is_refused_at_its_line(content: bytes | str, line: int, problem: str):
    at, said = refused(content)
    assert at == line
    assert said.startswith(problem)


def test_what_stands_before_a_fault_in_a_list_is_still_given():
    given_: list[Record] = []
    _, records = open_records(io.BytesIO(f"[{LINE},\n{LINE},\n".encode() + b'{"a": "\xff"}]'))
    with pytest.raises(BadInput):
        given_.extend(records)
    assert [record.line for record in given_] == [1, 2]


@given(
    st.lists(
        st.recursive(
            st.text() | st.integers() | st.booleans() | st.none(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
        )
    ),
    st.integers(0, 4),
)
def test_a_list_is_read_as_json_reads_it(values: list[Any], indent: int):
    content = json.dumps(values, indent=indent or None, ensure_ascii=bool(indent % 2))
    assert [record.content for record in read(content.encode("utf-8", "surrogatepass"))[1]] == values


@pytest.mark.parametrize("size", [HEAD - 1, HEAD, HEAD + 1, 3 * HEAD])
def test_records_may_lie_across_any_border(size: int):
    blank = " " * (size - len(LINE) // 2)
    assert facts_in(f"[{blank}{LINE},{LINE}]") == [EXAMPLE] * 2
    assert facts_in(f"{LINE}\n{blank}{LINE}") == [EXAMPLE] * 2


def test_numbers_in_a_list_are_whole():
    assert [record.content for record in read("[12,34 , 5]")[1]] == [12, 34, 5]


# CSV.


def test_csv_may_be_windows_1252():
    content = "learner.job_role\nCafé – “host”\n".encode("cp1252")
    (facts,) = facts_in(content)
    assert facts.learner.job_role == "Café – “host”"


def test_a_mark_promises_utf8():
    content = b"\xef\xbb\xbflearner.job_role\nok\nCaf\xe9\n"
    assert refused(content) == (3, "this is not UTF-8 text, though the file begins as such")


def test_bytes_that_are_neither_are_refused():
    assert refused(b"learner.job_role\nCaf\x81\xff\n") == (2, "this is neither UTF-8 nor Windows-1252 text")


def test_nul_bytes_are_refused():
    line, problem = refused(b"learner.job_role\nok\nca\x00fe\n")
    assert (line, problem) == (3, "this line has a NUL byte in it, so it is not text")


def test_uneven_rows_are_refused_and_the_others_read():
    _, records = read(f"{HEADER}\n{ROW}\n{ROW},more\nfewer\n{ROW}\n")
    assert [(record.line, record.problem) for record in records] == [
        (2, None),
        (3, "this row has 31 cells where the header has 30"),
        (4, "this row has 1 cells where the header has 30"),
        (5, None),
    ]


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("learner.job_role,learner.job_role", "“learner.job_role” is there more than once"),
        ("learner.job_role,learner.shoe", "“learner.shoe” is not the name of a fact"),
        ("Learner.job_role", "“Learner.job_role” is not the name of a fact"),
        ("learner.job_role,", "column 2 has no name"),
        ("learner.job_role;fund.open", "the columns must be separated by commas"),
        ("learner.job_role\tfund.open", "the columns must be separated by commas"),
        ("a,b", "“a” is not the name of a fact; “b” is not the name of a fact"),
        (",".join("abcdefghijkl"), "and 2 more columns like that"),
    ],
)
def test_a_header_that_is_not_ours_is_refused(header: str, problem: str):
    line, said = refused(f"{header}\n1,2\n")
    assert line == 1
    assert problem in said


def test_a_header_may_have_few_columns_in_any_order_with_blanks_around():
    (facts,) = facts_in(" fund.open , learner.engagement\ntrue, employee \n")
    assert (facts.fund.open, facts.learner.engagement) == (True, "employee")


def test_quotes_are_read_and_lines_counted_within_them():
    _, records = read('learner.job_role,fund.open\n"a ""b"", c",true\n"two\nlines",true\nlast,true\n')
    assert [record.line for record in records] == [2, 3, 5]
    assert records[0].content == {"learner": {"job_role": 'a "b", c'}, "fund": {"open": True}}
    with pytest.raises(BadFacts, match=r"learner\.job_role contains a control character"):
        read_record(records[1])


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('fund.open\ntrue\n"never closed\n', 3),
        ('fund.open\n"a"b\n', 2),
        ('fund.open\n"' + "x" * 200_000 + '"\n', 2),
        ("fund.open\rtrue\r", 1),
    ],
)
def test_rows_that_cannot_be_told_apart_are_refused(content: str, line: int):
    at, said = refused(content)
    assert at == line
    assert said.startswith("this row cannot be split into cells")


def test_a_line_without_end_is_refused():
    assert refused(b"fund.open\n" + b"x" * (LONGEST + 1))[0] == 2


# Whatever comes.


@given(st.binary(max_size=200), st.sampled_from(["", "a.csv", "a.json", "a.jsonl"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str):
    # Anything but these two would be a crash.
    with suppress(BadInput, BadFacts):
        for record in open_records(io.BytesIO(content), name)[1]:
            assert isinstance(read_record(record), Facts)


@given(st.sampled_from([LINE, PRETTY, f"[{LINE},{PRETTY}]", f"{HEADER}\n{ROW}"]), st.data())
def test_a_damaged_stream_is_read_or_refused(content: str, data: st.DataObject):
    at = data.draw(st.integers(0, len(content)))
    damaged = content[:at].encode() + data.draw(st.binary(max_size=3)) + content[at + 1 :].encode()
    with suppress(BadInput, BadFacts):
        for record in open_records(io.BytesIO(damaged))[1]:
            assert isinstance(read_record(record), Facts)


class Endless(io.RawIOBase):
    """A stream of ``count`` copies of a piece, made as they are read."""

    def __init__(self, first: bytes, piece: bytes, last: bytes, count: int) -> None:
        self.pieces = filter(None, chain([first], repeat(piece, count), [last]))
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.rest:
            self.rest = next(self.pieces, b"")
        taken = self.rest[: len(buffer)]
        self.rest = self.rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def peak_of(stream: Endless) -> int:
    tracemalloc.start()
    _, records = open_records(io.BufferedReader(stream))
    for record in records:
        assert record.problem is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize(
    ("first", "piece", "last"),
    [
        (b"", LINE.encode() + b"\n", b""),
        (f"{HEADER}\n".encode(), f"{ROW}\n".encode(), b""),
        (b"[", LINE.encode() + b",\n", LINE.encode() + b"]"),
    ],
    ids=["lines", "csv", "list"],
)
def test_memory_does_not_grow_with_the_stream(first: bytes, piece: bytes, last: bytes):
    few, many = (peak_of(Endless(first, piece, last, count)) for count in (500, 5000))
    assert many < few + 200_000
