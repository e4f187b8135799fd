"""What is kept secret: encryption at rest, keyed hashes for equality, tokens and codes, and masks for showing."""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from claims.config import NotConfigured

KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
KEY_BYTES = 32
NONCE_BYTES = 12
"""What AES-GCM is defined for; made at random for each value, which is safe for 2**32 values under one key."""


class Undecipherable(Exception):
    """What is stored was changed, belongs somewhere else, or was encrypted with a key that is no longer given."""


class Keyring:
    """The keys of an installation. Each value is tied to what it is ``about``, such as ``learner.national_insurance``:
    moved to another column it does not decrypt, and the same text hashed about two things gives two hashes.
    """

    __slots__ = ("_current", "_hash_key", "_keys")

    def __init__(self, encryption_keys: str, hash_key: str) -> None:
        """From ``Settings``; raises ``NotConfigured``, which never repeats a key, when they are malformed or short."""
        self._keys: dict[str, AESGCM] = {}
        for pair in encryption_keys.split(","):
            key_id, colon, encoded = pair.strip().partition(":")
            if not colon or not KEY_ID.fullmatch(key_id):
                raise NotConfigured(
                    "CLAIMS_ENCRYPTION_KEYS must be id:base64 pairs, comma-separated; "
                    "an id is 1 to 20 letters, digits, - or _."
                )
            if key_id in self._keys:
                raise NotConfigured(f"CLAIMS_ENCRYPTION_KEYS names {key_id} twice.")
            key = _decode_key(encoded, f"CLAIMS_ENCRYPTION_KEYS: the key {key_id}")
            if len(key) != KEY_BYTES:
                raise NotConfigured(
                    f"CLAIMS_ENCRYPTION_KEYS: the key {key_id} has {len(key)} bytes, and must have {KEY_BYTES}."
                )
            self._keys[key_id] = AESGCM(key)
        self._current = next(iter(self._keys))
        self._hash_key = _decode_key(hash_key, "CLAIMS_HASH_KEY")
        if len(self._hash_key) < KEY_BYTES:
            raise NotConfigured(f"CLAIMS_HASH_KEY has {len(self._hash_key)} bytes, and must have at least {KEY_BYTES}.")

    def encrypt(self, text: str, about: str) -> str:
        """``keyid:base64(nonce and ciphertext)`` under the first key, different every time."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._keys[self._current].encrypt(nonce, text.encode(), about.encode())
        return f"{self._current}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, stored: str, about: str) -> str:
        """The text that ``encrypt`` was given, under any of the keys; raises ``Undecipherable``."""
        key_id, _, encoded = stored.partition(":")
        if key_id not in self._keys:
            raise Undecipherable(f"encrypted {about}: its key is not among those given")
        try:
            sealed = base64.b64decode(encoded, validate=True)
            # Two spellings of one value would be two values to whoever compares what is stored.
            if base64.b64encode(sealed).decode() != encoded:
                raise Undecipherable(f"encrypted {about}: not as it was written")
            opened = self._keys[key_id].decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (ValueError, InvalidTag):
            raise Undecipherable(f"encrypted {about}: changed, or from another place") from None
        return opened.decode()

    @property
    def current_id(self) -> str:
        """The identifier of the first key; no secret."""
        return self._current

    def is_current(self, stored: str) -> bool:
        """Whether ``stored`` is under the first key; if not, rotation encrypts it anew."""
        return stored.partition(":")[0] == self._current

    def keyed_hash(self, text: str, about: str) -> str:
        """HMAC-SHA256 in hexadecimal: equal for equal ``text`` about the same thing, and telling nothing else."""
        if "\0" in about:
            raise ValueError("what a hash is about has no NUL, which divides it from the text")
        return hmac.new(self._hash_key, f"{about}\0{text}".encode(), hashlib.sha256).hexdigest()


def new_token() -> str:
    """256 random bits that may stand in an address."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six random digits for a person to type."""
    return f"{secrets.randbelow(1_000_000):06d}"


def are_equal(given: str, kept: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), kept.encode("utf-8", "surrogatepass"))


def mask_national_insurance_number(number: str) -> str:
    """``AB123456C`` as ``** ** ** 56 C``: enough to tell two people of one name apart."""
    hidden = f"******{number[-3:]}" if len(number) == 9 else "*********"
    return " ".join((hidden[:2], hidden[2:4], hidden[4:6], hidden[6:8], hidden[8:]))


def mask_account_number(number: str) -> str:
    """``12345678`` as ``****5678``; anything but 8 digits is hidden whole."""
    return f"****{number[-4:]}" if len(number) == 8 else "********"


def _decode_key(encoded: str, name: str) -> bytes:
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise NotConfigured(f"{name} is not valid base64.") from None
