"""References: read as typed, and a slip of the pen is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.references import ALPHABET, RANDOM_CHARACTERS, base_from, read, written
from claims.rules.facts import Part

digits = st.lists(st.integers(0, len(ALPHABET) - 1), min_size=RANDOM_CHARACTERS, max_size=RANDOM_CHARACTERS)
bases = digits.map(base_from)


def test_a_reference_is_three_groups_and_a_letter_for_the_part() -> None:
    base = base_from(range(10))
    assert written(base, Part.FULL) == f"{base[:3]}-{base[3:7]}-{base[7:]}-A"
    assert written(base, Part.START)[-1] == "B"
    assert written(base, Part.COMPLETION)[-1] == "C"
    assert written(base).count("-") == 2


def test_the_alphabet_has_no_vowels_and_no_look_alikes() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 24
    assert not set(ALPHABET) & set("AEIOU")
    assert all(len(set(ALPHABET) & set(alike)) <= 1 for alike in ("0O", "1IL", "2Z", "5S", "8B", "VY"))


@given(bases, st.sampled_from([None, *Part]))
def test_what_is_written_is_read(base: str, part: Part | None) -> None:
    assert read(written(base, part)) == (base, part)
    assert read(written(base, part).lower().replace("-", " ")) == (base, part)
    assert read(written(base, part).replace("-", "")) == (base, part)


@given(bases, st.integers(0, RANDOM_CHARACTERS), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(base: str, place: int, wrong: str) -> None:
    spoiled = base[:place] + wrong + base[place + 1 :]
    assert (read(spoiled) is None) == (spoiled != base)


@pytest.mark.parametrize("typed", ["", "7KD", "7KD-4XQ2-M9R", "hello there you", "AAA-AAAA-AAAA", "222-2222-2222-Z"])
def test_what_is_no_reference_is_not_read(typed: str) -> None:
    assert read(typed) is None
