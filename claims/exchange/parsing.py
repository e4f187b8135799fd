"""Reads what people type: forgiving about form, strict about meaning. Pure functions.

Each takes the typed text and what the thing is ``called`` inside a sentence ("the payment date"), and raises
``Misread`` with a sentence that says what is wrong and how to put it right.
"""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from claims.rules.learner import normal_national_insurance_number
from claims.rules.wording import in_pounds

MOST_PENCE = 100_000_00
NAME_LENGTH = 70
NOTE_LENGTH = 1_500
EMAIL_LENGTH = 254
_APOSTROPHES = str.maketrans(dict.fromkeys("‘‛`´ʼʹ′＇", "'"))
"""What is meant for an apostrophe and is none; a curly one (’) is as right as a straight one."""
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_ALIKE = {ord("’"): "'", **_APOSTROPHES, **_HYPHENS}
_NAME_MARKS = frozenset(" '’-.")


class Misread(ValueError):
    """What was typed cannot be taken. The message is for the person who typed it."""

    def __init__(self, sentence: str, at: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.at = at
        """Which of several boxes is at fault: ``day``, ``month``, ``year``, or blank for all of them."""


def capitalise(words: str) -> str:
    """``the cost`` as ``The cost``, leaving every other letter alone."""
    return words[:1].upper() + words[1:]


def tidy(text: str) -> str:
    """``text`` on one line: full-width forms folded, control characters out, spaces single."""
    folded = unicodedata.normalize("NFKC", text)
    kept = "".join(" " if character.isspace() else character for character in folded)
    return " ".join("".join(each for each in kept if unicodedata.category(each)[0] != "C").split())


def parse_text(text: str, called: str, most: int = 200) -> str:
    """A line of text of 1 to ``most`` characters."""
    found = tidy(text)
    if not found:
        raise Misread(f"Enter {called}")
    if len(found) > most:
        raise Misread(f"{capitalise(called)} must be {most:,} characters or fewer")
    return found


def parse_name(text: str, called: str = "the name") -> str:
    """A person's name, 1 to 70 characters, with straight or curly apostrophes and plain hyphens, composed (NFC).

    Either apostrophe stays as it was typed; wherever names are compared or looked for, they are equal.
    """
    found = parse_text(text.translate(_APOSTROPHES).translate(_HYPHENS), called, NAME_LENGTH)
    for character in found:
        if character not in _NAME_MARKS and unicodedata.category(character)[0] not in "LM":
            raise Misread(
                f"{capitalise(called)} must only have letters, spaces, hyphens, apostrophes and full stops: "
                f"take out “{character}”"
            )
    if not any(unicodedata.category(character)[0] == "L" for character in found):
        raise Misread(f"{capitalise(called)} must have at least one letter")
    return found


def are_spelt_alike(one: object, other: object) -> bool:
    """Whether two names differ in nothing but the kind of their apostrophes and hyphens; other values, in nothing."""
    if isinstance(one, str) and isinstance(other, str):
        return one.translate(_ALIKE) == other.translate(_ALIKE)
    return one == other


def parse_note(text: str, called: str, most: int = NOTE_LENGTH) -> str:
    """A note of 1 to ``most`` characters; a line break counts as one, as it does on the page."""
    found = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    found = "".join(each for each in found if each in "\n\t" or unicodedata.category(each)[0] != "C")
    if not found:
        raise Misread(f"Enter {called}")
    if len(found) > most:
        raise Misread(f"{capitalise(called)} must be {most:,} characters or fewer. You have used {len(found):,}")
    return found


def parse_money(text: str, called: str, least_pence: int = 1, most_pence: int = MOST_PENCE) -> int:
    """Pounds as typed, in whole pence: ``£1,540``, ``1540.00`` and `` 1 540 `` are all 154,000."""
    typed = re.sub(r"[£\s]", "", tidy(text)).translate(_HYPHENS)
    start = capitalise(called)
    if not typed:
        raise Misread(f"Enter {called} in pounds, like 1,540 or 1540.00")
    if re.fullmatch(r"-[\d,]*\.?\d+", typed):
        raise Misread(f"{start} must be {'£0 or more' if least_pence == 0 else 'more than £0'}")
    if re.fullmatch(r"[\d,]*\.\d{3,}", typed):
        raise Misread(f"{start} must have no more than 2 digits after the point, like 1540.50")
    # A comma stands before three digits or it stands for something we must not guess.
    found = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d{0,2}))?", typed, re.ASCII)
    if found is None or not (found[1] or found[2]):
        raise Misread(f"{start} must be an amount in pounds, like 1,540 or 1540.00")
    pence = int(found[1].replace(",", "") or 0) * 100 + int((found[2] or "").ljust(2, "0"))
    if pence < least_pence:
        raise Misread(f"{start} must be more than £0")
    if pence > most_pence:
        raise Misread(f"{start} must be {in_pounds(most_pence)} or less")
    return pence


def parse_whole_number(text: str, called: str, least: int = 1, most: int = 10_000) -> int:
    """A whole number from ``least`` to ``most``; commas and spaces may group its digits."""
    typed = re.sub(r"[\s,]", "", tidy(text))
    start = capitalise(called)
    if not typed:
        raise Misread(f"Enter {called}")
    if not re.fullmatch(r"-?\d{1,15}", typed, re.ASCII):
        raise Misread(f"{start} must be a whole number, like 12")
    number = int(typed)
    if number < least:
        raise Misread(f"{start} must be {least:,} or more")
    if number > most:
        raise Misread(f"{start} must be {most:,} or fewer")
    return number


_BEGINS_NUMBER = re.compile(r"([A-Z]{2})[0-9]{6}[A-D]", re.IGNORECASE | re.ASCII)
"""The form of a National Insurance number, whether or not one can begin so."""


def parse_national_insurance_number(text: str, called: str = "the National Insurance number") -> str:
    """``AB123456C``, from any spacing and case."""
    if not tidy(text):
        raise Misread(f"Enter {called}")
    found = normal_national_insurance_number(tidy(text))
    if found is None and (begun := _BEGINS_NUMBER.fullmatch("".join(tidy(text).split()))):
        begins = begun[1].upper()
        raise Misread(f"{capitalise(called)} cannot begin with {begins}: check it against a payslip or their P60")
    if found is None:
        raise Misread(f"{capitalise(called)} must be 2 letters, 6 numbers and then A, B, C or D, like QQ 12 34 56 C")
    return found


def parse_email(text: str, called: str = "the email address") -> str:
    """An email address in lower case, up to 254 characters. Says nothing about whether it exists."""
    typed = tidy(text)
    if not typed:
        raise Misread(f"Enter {called}")
    if len(typed) > EMAIL_LENGTH:
        raise Misread(f"{capitalise(called)} must be {EMAIL_LENGTH} characters or fewer")
    try:
        found = validate_email(typed, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        found = None
    if found is None or "." not in found.domain:
        raise Misread(f"{capitalise(called)} must be in the form name@example.com")
    return found.normalized.lower()


def parse_code(text: str, called: str = "the code", digits: int = 6) -> str:
    """A one-time code of ``digits`` digits, from any spacing."""
    found = _digits(text, called)
    if len(found) != digits:
        raise Misread(f"{capitalise(called)} must be {digits} digits: check the message again")
    return found


def parse_sort_code(text: str, called: str = "the sort code") -> str:
    """Six digits, from any spacing."""
    found = _digits(text, called)
    if len(found) != 6:
        raise Misread(f"{capitalise(called)} must be 6 digits, like 30 94 30")
    return found


def parse_account_number(text: str, called: str = "the account number") -> str:
    """Eight digits, padded on the left from six or seven."""
    found = _digits(text, called)
    if not 6 <= len(found) <= 8:
        raise Misread(f"{capitalise(called)} must be between 6 and 8 digits, like 00733445")
    return found.zfill(8)


def parse_workplace_id(text: str, called: str = "the workplace ID") -> str:
    """An ASC-WDS workplace ID: a letter and 5 to 8 digits, in capitals."""
    return _fitting(text, called, r"[A-Z]\d{5,8}", "be a letter and 5 to 8 numbers, like A123456")


def parse_postcode(text: str, called: str = "the postcode") -> str:
    """A UK postcode in capitals with one space: ``ls14aa`` as ``LS1 4AA``. Says nothing about whether it exists."""
    pattern = r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}"
    found = _fitting(text, called, pattern, "be a full postcode, like LS1 4AA", marks=r"[\s.-]")
    return f"{found[:-3]} {found[-3:]}"


def parse_cqc_location(text: str, called: str = "the CQC location ID") -> str:
    """``1-`` and 9 to 11 digits, as the Care Quality Commission writes its locations."""
    return _fitting(text, called, r"1-\d{9,11}", "be 1, a hyphen and 9 to 11 numbers, like 1-101607012", marks=r"\s")


def parse_companies_house_number(text: str, called: str = "the Companies House number") -> str:
    """Eight characters: digits, padded on the left from six or seven, or two letters and six digits."""
    must = "be 8 numbers, or 2 letters and 6 numbers, like 01234567 or OC123456"
    return _fitting(text, called, r"\d{6,8}|[A-Z]{2}\d{6}", must).zfill(8)


def parse_vat_number(text: str, called: str = "the VAT number") -> str:
    """Nine or twelve digits, with or without ``GB`` before them; kept without."""
    pattern, must = r"(GB)?\d{9}(\d{3})?", "be 9 or 12 numbers, like GB 123 4567 89"
    return _fitting(text, called, pattern, must, marks=r"[\s.-]").removeprefix("GB")


def _digits(text: str, called: str) -> str:
    return _fitting(text, called, r"\d+", "only have digits 0 to 9")


def _fitting(text: str, called: str, pattern: str, must: str, *, marks: str = r"[\s-]") -> str:
    """``text`` in capitals and without ``marks``, if all of it fits ``pattern``; ``must`` says what it has to be."""
    found = re.sub(marks, "", tidy(text).translate(_HYPHENS)).upper()
    if not found:
        raise Misread(f"Enter {called}")
    if not re.fullmatch(pattern, found, re.ASCII):
        raise Misread(f"{capitalise(called)} must {must}")
    return found
