"""Secrets open only with their key, in their place, unchanged; nothing else is learnt from what is stored."""

import base64
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.config import NotConfigured
from claims.secrets import (
    Keyring,
    Undecipherable,
    are_equal,
    mask_account_number,
    mask_national_insurance_number,
    new_code,
    new_token,
)

OLD = "2024:" + base64.b64encode(bytes(range(32))).decode()
NEW = "2025:" + base64.b64encode(bytes(range(32, 64))).decode()
HASH_KEY = base64.b64encode(b"h" * 32).decode()
ABOUT = "learner.national_insurance_number"
KEYRING = Keyring(NEW, HASH_KEY)

texts = st.text(st.characters(exclude_categories=["Cs"]))
abouts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(texts, abouts)
def test_what_was_encrypted_is_had_again(text: str, about: str) -> None:
    assert KEYRING.decrypt(KEYRING.encrypt(text, about), about) == text


@given(texts, abouts, abouts)
def test_what_is_about_one_thing_does_not_open_about_another(text: str, about: str, other: str) -> None:
    if about != other:
        with pytest.raises(Undecipherable):
            KEYRING.decrypt(KEYRING.encrypt(text, about), other)


def test_a_change_of_any_character_is_noticed() -> None:
    stored = KEYRING.encrypt("AB123456C", ABOUT)
    for at, was in enumerate(stored):
        for becomes in "Ab0+/=: \n\x00é":
            if becomes != was:
                with pytest.raises(Undecipherable):
                    KEYRING.decrypt(stored[:at] + becomes + stored[at + 1 :], ABOUT)


def test_a_change_of_any_bit_is_noticed() -> None:
    key_id, _, encoded = KEYRING.encrypt("AB123456C", ABOUT).partition(":")
    sealed = base64.b64decode(encoded)
    for bit in range(len(sealed) * 8):
        spoiled = bytearray(sealed)
        spoiled[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Undecipherable):
            KEYRING.decrypt(f"{key_id}:{base64.b64encode(spoiled).decode()}", ABOUT)


def test_anything_cut_short_or_added_to_is_noticed() -> None:
    stored = KEYRING.encrypt("AB123456C", ABOUT)
    for changed in (*(stored[:cut] for cut in range(len(stored))), stored + "A", stored + "AAAA", " " + stored):
        with pytest.raises(Undecipherable):
            KEYRING.decrypt(changed, ABOUT)


@given(st.text())
def test_what_was_never_encrypted_is_undecipherable(stored: str) -> None:
    for candidate in (stored, f"2025:{stored}"):
        with pytest.raises(Undecipherable):
            KEYRING.decrypt(candidate, ABOUT)


def test_another_spelling_of_the_same_bytes_is_refused() -> None:
    stored = KEYRING.encrypt("AB123456C", ABOUT)
    assert stored.endswith("==")
    last = stored.rstrip("=")[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = stored.rstrip("=")[:-1] + alphabet[alphabet.index(last) ^ 1] + "=" * stored.count("=")
    assert base64.b64decode(other.partition(":")[2]) == base64.b64decode(stored.partition(":")[2])
    with pytest.raises(Undecipherable):
        KEYRING.decrypt(other, ABOUT)


def test_the_same_text_is_never_stored_the_same_twice() -> None:
    assert len({KEYRING.encrypt("AB123456C", ABOUT) for _ in range(100)}) == 100


def test_an_error_tells_neither_the_text_nor_the_key() -> None:
    with pytest.raises(Undecipherable) as error:
        Keyring(OLD, HASH_KEY).decrypt(KEYRING.encrypt("AB123456C", ABOUT), ABOUT)
    assert str(error.value) == f"encrypted {ABOUT}: its key is not among those given"


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    before = Keyring(OLD, HASH_KEY).encrypt("AB123456C", ABOUT)
    both = Keyring(f"{NEW}, {OLD}", HASH_KEY)
    after = both.encrypt("AB123456C", ABOUT)
    assert (before[:5], after[:5]) == ("2024:", "2025:")
    assert both.decrypt(before, ABOUT) == both.decrypt(after, ABOUT) == "AB123456C"
    assert (both.is_current(before), both.is_current(after)) == (False, True)


def test_a_key_that_was_taken_away_opens_nothing() -> None:
    before = Keyring(OLD, HASH_KEY).encrypt("AB123456C", ABOUT)
    with pytest.raises(Undecipherable):
        KEYRING.decrypt(before, ABOUT)


def test_another_key_under_the_same_name_opens_nothing() -> None:
    with pytest.raises(Undecipherable):
        Keyring(OLD.replace("2024", "2025"), HASH_KEY).decrypt(KEYRING.encrypt("AB123456C", ABOUT), ABOUT)


def test_a_hash_is_the_hmac_of_what_it_is_about_and_the_text() -> None:
    assert KEYRING.keyed_hash("AB123456C", ABOUT) == (
        hmac.digest(b"h" * 32, b"learner.national_insurance_number\0AB123456C", "sha256").hex()
    )


@given(texts, abouts, texts, abouts)
def test_hashes_are_equal_only_for_the_same_text_about_the_same_thing(
    text: str, about: str, other: str, another: str
) -> None:
    same = KEYRING.keyed_hash(text, about) == KEYRING.keyed_hash(other, another)
    assert same == ((text, about) == (other, another))


def test_a_hash_under_another_key_is_another_hash() -> None:
    other = Keyring(NEW, base64.b64encode(b"i" * 32).decode())
    assert other.keyed_hash("AB123456C", ABOUT) != KEYRING.keyed_hash("AB123456C", ABOUT)


def test_text_cannot_move_between_what_a_hash_is_about_and_the_text() -> None:
    with pytest.raises(ValueError, match="NUL"):
        KEYRING.keyed_hash("text", "about\0more")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("", "id:base64 pairs"),
        ("justbase64", "id:base64 pairs"),
        (":" + NEW.partition(":")[2], "id:base64 pairs"),
        ("a b:" + NEW.partition(":")[2], "id:base64 pairs"),
        ("x" * 21 + ":" + NEW.partition(":")[2], "id:base64 pairs"),
        (NEW + ",", "id:base64 pairs"),
        (f"{NEW},{NEW}", "names 2025 twice"),
        ("2025:not base64", "the key 2025 is not valid base64"),
        ("2025:é", "the key 2025 is not valid base64"),
        ("2025:", "has 0 bytes, and must have 32"),
        ("2025:" + base64.b64encode(b"k" * 31).decode(), "has 31 bytes, and must have 32"),
        ("2025:" + base64.b64encode(b"k" * 33).decode(), "has 33 bytes, and must have 32"),
        (f"{NEW},2024:c2hvcnQ=", "the key 2024 has 5 bytes"),
    ],
)
def test_malformed_encryption_keys_are_said_at_the_start(keys: str, says: str) -> None:
    with pytest.raises(NotConfigured, match=re.escape(says)) as error:
        Keyring(keys, HASH_KEY)
    assert "CLAIMS_ENCRYPTION_KEYS" in str(error.value)
    assert "c2hvcnQ" not in str(error.value)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "has 0 bytes, and must have at least 32"),
        (base64.b64encode(b"k" * 31).decode(), "has 31 bytes, and must have at least 32"),
        ("not base64", "is not valid base64"),
    ],
)
def test_a_malformed_hash_key_is_said_at_the_start(key: str, says: str) -> None:
    with pytest.raises(NotConfigured, match=f"CLAIMS_HASH_KEY {says}"):
        Keyring(NEW, key)


@pytest.mark.parametrize("length", [32, 33, 64])
def test_a_hash_key_may_be_longer_than_it_must_be(length: int) -> None:
    assert len(Keyring(NEW, base64.b64encode(b"k" * length).decode()).keyed_hash("", "")) == 64


def test_a_keyring_does_not_show_its_keys() -> None:
    assert base64.b64decode(HASH_KEY).decode() not in repr(KEYRING)
    assert not hasattr(KEYRING, "__dict__")


def test_tokens_carry_256_bits_and_may_stand_in_an_address() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
        assert len(base64.urlsafe_b64decode(token + "=")) * 8 == 256


def test_codes_are_six_digits_with_their_leading_noughts() -> None:
    codes = [new_code() for _ in range(2_000)]
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert any(code.startswith("0") for code in codes)
    assert len(set(codes)) > 1_900


@given(st.text(), st.text())
def test_secrets_are_equal_when_their_texts_are(given_text: str, kept: str) -> None:
    assert are_equal(given_text, kept) == (given_text == kept)
    assert are_equal(kept, kept)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("AB123456C", "** ** ** 56 C"),
        ("", "** ** ** ** *"),
        ("6C", "** ** ** ** *"),
        ("AB123456", "** ** ** ** *"),
        ("AB 12 34 56 C", "** ** ** ** *"),
    ],
)
def test_a_national_insurance_number_shows_its_last_three(number: str, shown: str) -> None:
    assert mask_national_insurance_number(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("12345678", "****5678"),
        ("00123456", "****3456"),
        ("", "********"),
        ("123456", "********"),
        ("123456789", "********"),
    ],
)
def test_an_account_number_shows_its_last_four(number: str, shown: str) -> None:
    assert mask_account_number(number) == shown
