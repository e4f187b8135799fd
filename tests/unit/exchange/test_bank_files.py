"""What the bank is told, and what it says: every fault of a result at its row, and nothing kept of a faulty one."""

import pytest

from claims.exchange.bank_files import Instruction, read_result, render_instructions
from claims.incoming.faults import Faulty

EXPECTED = {"2526-0001-1-M": 184_800, "2526-0001-2-O": 2_500}


def result(*rows: str, header: str = "reference,result,reason") -> bytes:
    return "\r\n".join([header, *rows]).encode()


def faults_of(content: bytes) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(Faulty) as raised:
        read_result("bank.csv", content, EXPECTED)
    return [(fault.row, fault.column, fault.problem) for fault in raised.value.faults]


def test_a_payment_file_has_leading_zeros_and_no_formula() -> None:
    made = render_instructions([Instruction("=HYPERLINK(1)", "040004", "00000017", 184_805, "2526-0001-1-M")])
    assert made.decode().splitlines() == [
        "payee,sort code,account,amount,reference",
        "'=HYPERLINK(1),040004,00000017,1848.05,2526-0001-1-M",
    ]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_result_says_of_each_payment_whether_it_was_paid(mark: bytes) -> None:
    content = mark + result("2526-0001-1-m,Paid,", " 2526-0001-2-O ,FAILED,Account closed")
    assert read_result("bank.csv", content, EXPECTED) == {"2526-0001-1-M": "", "2526-0001-2-O": "Account closed"}


def test_a_result_in_windows_letters_is_read() -> None:
    content = result("2526-0001-1-M,paid,", "2526-0001-2-O,failed,Société unknown").decode().encode("cp1252")
    assert read_result("bank.csv", content, EXPECTED)["2526-0001-2-O"] == "Société unknown"


def test_every_fault_is_said_at_its_row() -> None:
    content = result("2526-0001-1-M,paid,Why", "2526-0001-1-M,failed,", "2526-0009-1-M,lost,No", ",paid,", "1,2")
    problems = [(row, column) for row, column, _ in faults_of(content)]
    assert problems == [
        (2, "reason"),
        (3, "reference"),
        (3, "reason"),
        (4, "reference"),
        (4, "result"),
        (5, "reference"),
        (6, None),
        (None, None),
    ]


def test_a_payment_that_is_left_out_is_a_fault() -> None:
    assert faults_of(result("2526-0001-1-M,paid,")) == [(None, None, "has no row for payment 2526-0001-2-O")]


@pytest.mark.parametrize(
    ("amount", "right"), [("1848.00", True), ('"£1,848.00"', True), ("1848.01", False), ("x", False)]
)
def test_an_amount_that_is_given_must_be_what_was_to_be_paid(amount: str, right: bool) -> None:
    rows = (f"2526-0001-1-M,paid,,{amount}", "2526-0001-2-O,paid,,")
    content = result(*rows, header="reference,result,reason,amount")
    if right:
        assert read_result("bank.csv", content, EXPECTED)["2526-0001-1-M"] == ""
    else:
        assert [(row, column) for row, column, _ in faults_of(content)] == [(2, "amount")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file bank.csv is empty."),
        (b"\x89PNG\r\n\x1a\nIHDR", "The file bank.csv is not a CSV file."),
        (
            b"Dear Sirs,\r\nall is paid.\r\n",
            "The file bank.csv does not begin with a row that names its columns: reference, result, reason.",
        ),
    ],
)
def test_a_file_that_is_no_list_at_all_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Faulty) as raised:
        read_result("bank.csv", content, EXPECTED)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"reference,result\r\n",
        b"reference,result,reason,learner\r\n",
        b"\x81",
        b'reference,"',
        b"\n" * 50_002,
    ],
)
def test_what_is_no_result_is_refused(content: bytes) -> None:
    assert faults_of(content)
