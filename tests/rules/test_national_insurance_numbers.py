"""Which National Insurance numbers are well-formed."""

import string

import pytest

from claims.rules.learner import normal_national_insurance_number


@pytest.mark.parametrize(
    "text",
    ["AB123456C", "ab123456c", "AB 12 34 56 C", "  aB1 2345 6c\t", "AB\N{NO-BREAK SPACE}123456C", "A B 1 2 3 4 5 6 C"],
)
def test_spaces_and_case_are_ignored(text: str) -> None:
    assert normal_national_insurance_number(text) == "AB123456C"


@pytest.mark.parametrize("letter", string.ascii_uppercase)
def test_some_first_letters_are_never_used(letter: str) -> None:
    expected = None if letter in "DFIQUV" else f"{letter}A123456A"
    assert normal_national_insurance_number(f"{letter}A123456A") == expected


@pytest.mark.parametrize("letter", string.ascii_uppercase)
def test_some_second_letters_are_never_used(letter: str) -> None:
    expected = None if letter in "DFIOQUV" else f"A{letter}123456A"
    assert normal_national_insurance_number(f"A{letter}123456A") == expected


@pytest.mark.parametrize("letter", string.ascii_uppercase)
def test_the_last_letter_is_a_to_d(letter: str) -> None:
    expected = f"AB123456{letter}" if letter in "ABCD" else None
    assert normal_national_insurance_number(f"AB123456{letter}") == expected


@pytest.mark.parametrize("prefix", ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ", "bg", "Zz"])
def test_some_prefixes_are_never_used(prefix: str) -> None:
    assert normal_national_insurance_number(f"{prefix}123456A") is None


@pytest.mark.parametrize("prefix", ["BA", "GA", "KA", "NA", "TA", "ZA", "ZY"])
def test_their_letters_are_used_apart(prefix: str) -> None:
    assert normal_national_insurance_number(f"{prefix}123456A") == f"{prefix}123456A"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "AB12345C",
        "AB1234567C",
        "AB123456",
        "A1234567C",
        "ABC23456C",
        "AB12345GC",
        "AB123456CD",
        "XAB123456C",
        "AB-123456-C",
        "AB12345\N{ARABIC-INDIC DIGIT SIX}C",
        "\N{LATIN SMALL LETTER SHARP S}123456C",
        "\N{LATIN SMALL LETTER LONG S}A123456C",
        "AB123456C\0",
    ],
)
def test_anything_else_is_not_a_number(text: str) -> None:
    assert normal_national_insurance_number(text) is None
