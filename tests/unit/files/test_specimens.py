"""Specimens are evidence that would be accepted, that people can read, and that stay the same."""

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from claims.files.checks import Limits, check_evidence
from claims.files.specimens import LINES_PER_PAGE, specimen_pdf, specimen_png

LIMITS = Limits(("pdf", "png"), 2_097_152)


def text_of(content: bytes) -> str:
    with pikepdf.open(io.BytesIO(content)) as document:
        shown = [
            bytes(operands[0]).decode("cp1252")
            for page in document.pages
            for operands, _ in pikepdf.parse_content_stream(page, "Tj")
        ]
    return "\n".join(shown)


def test_a_specimen_says_its_title_its_lines_and_that_it_is_not_real() -> None:
    text = text_of(specimen_pdf("Invoice (1001)", ["Zoë’s training: £1,540.00", r"\backslash"]))
    for words in ("Invoice (1001)", "Zoë’s training: £1,540.00", r"\backslash", "Not a real document"):
        assert words in text


@pytest.mark.parametrize(("lines", "pages"), [(0, 1), (1, 1), (LINES_PER_PAGE, 1), (LINES_PER_PAGE + 1, 2)])
def test_a_page_takes_so_many_lines_and_the_next_begins_another(lines: int, pages: int) -> None:
    assert check_evidence("a.pdf", specimen_pdf("Invoice", ["line"] * lines), LIMITS).pages == pages


@given(st.text(max_size=60), st.lists(st.text(max_size=200), max_size=5))
@settings(max_examples=15, deadline=None)
def test_specimens_of_any_words_are_accepted(title: str, lines: list[str]) -> None:
    check_evidence("a.pdf", specimen_pdf(title, lines), LIMITS)
    check_evidence("a.png", specimen_png(title, lines), LIMITS)


def test_the_same_words_give_the_same_bytes() -> None:
    assert specimen_pdf("Invoice", ["one"]) == specimen_pdf("Invoice", ["one"])
    assert specimen_pdf("Invoice", ["one"]) != specimen_pdf("Invoice", ["two"])
    assert specimen_png("Invoice", ["one"]) == specimen_png("Invoice", ["one"])


def test_a_picture_grows_with_its_lines() -> None:
    sizes = [Image.open(io.BytesIO(specimen_png("Certificate", ["line"] * lines))).size for lines in (1, 2)]
    assert sizes == [(1000, 250), (1000, 280)]
