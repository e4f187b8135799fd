"""Numbers that the database keeps only encrypted: National Insurance, sort code, account, authenticator secret."""

import base64
import zlib

from claims.secrets import Keyring

NATIONAL_INSURANCE_NUMBER = "learner.national_insurance_number"
BANK_ACCOUNT = "bank.account"
BULK_UPLOAD = "bulk.upload"
AUTHENTICATOR_SECRET = "person.authenticator_secret"  # noqa: S105  what a value is for, not the value


def encrypt_number(keyring: Keyring, number: str) -> str:
    """A National Insurance number in its normal form (``AB123456C``), encrypted."""
    return keyring.encrypt(number, NATIONAL_INSURANCE_NUMBER)


def decrypt_number(keyring: Keyring, encrypted: str) -> str:
    """The number; blank once its time was over and it was removed."""
    return keyring.decrypt(encrypted, NATIONAL_INSURANCE_NUMBER) if encrypted else ""


def hash_number(keyring: Keyring, number: str) -> str:
    """What is equal for equal numbers in their normal form, whoever the employer."""
    return keyring.keyed_hash(number, NATIONAL_INSURANCE_NUMBER)


def encrypt_account(keyring: Keyring, digits: str) -> str:
    """A sort code (6 digits) or an account number (8 digits), encrypted."""
    return keyring.encrypt(digits, BANK_ACCOUNT)


def hash_account(keyring: Keyring, sort_code: str, account_number: str) -> str:
    """What is equal for equal accounts, whoever the employer."""
    return keyring.keyed_hash(f"{sort_code} {account_number}", BANK_ACCOUNT)


def decrypt_account(keyring: Keyring, encrypted: str) -> str:
    """The digits; blank once their time was over and they were removed."""
    return keyring.decrypt(encrypted, BANK_ACCOUNT) if encrypted else ""


def seal_content(keyring: Keyring, content: bytes) -> str:
    """A file in which there are such numbers, or what was found in it, encrypted whole."""
    return keyring.encrypt(base64.b64encode(zlib.compress(content, 1)).decode(), BULK_UPLOAD)


def open_content(keyring: Keyring, sealed: str) -> bytes:
    return zlib.decompress(base64.b64decode(keyring.decrypt(sealed, BULK_UPLOAD)))
