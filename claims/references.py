"""References people can read aloud: ``7KD-4XQ2-M9RT-A``. No vowels, no look-alikes, one check character."""

from collections.abc import Sequence

from claims.rules.facts import Part

ALPHABET = "23456789CDFGHJKMNPQRTVWX"
"""No vowels (no accidental words), and of 0/O, 1/I/L, 2/Z, 5/S, 8/B, V/Y at most one."""

RANDOM_CHARACTERS = 10
SUFFIXES: dict[Part, str] = {Part.FULL: "A", Part.START: "B", Part.COMPLETION: "C"}
_PARTS = {suffix: part for part, suffix in SUFFIXES.items()}


def base_from(numbers: Sequence[int]) -> str:
    """The 11-character base that ``numbers`` (ten, each 0 to 23) spell, check character included."""
    body = "".join(ALPHABET[number] for number in numbers)
    return body + check_character(body)


def check_character(body: str) -> str:
    """Luhn mod 24: finds every single wrong character and nearly every swap of neighbours."""
    total = 0
    for place, character in enumerate(reversed(body)):
        doubled = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += doubled // len(ALPHABET) + doubled % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def written(base: str, part: Part | None = None) -> str:
    """``base`` as people see it, with the suffix of ``part`` if one is given."""
    groups = f"{base[:3]}-{base[3:7]}-{base[7:]}"
    return f"{groups}-{SUFFIXES[part]}" if part else groups


def read(typed: str) -> tuple[str, Part | None] | None:
    """What ``typed`` refers to: base and part. Hyphens, spaces and case do not matter, the suffix may be left out.

    ``None`` when it is no reference or its check character does not fit.
    """
    plain = "".join(character for character in typed.upper() if character.isalnum())
    length = RANDOM_CHARACTERS + 1
    base, suffix = plain[:length], plain[length:]
    if len(base) != length or any(character not in ALPHABET for character in base):
        return None
    if check_character(base[:-1]) != base[-1] or (suffix and suffix not in _PARTS):
        return None
    return base, _PARTS.get(suffix)


def read_beginning(typed: str) -> str:
    """The beginning of a base, in capitals without hyphens and spaces; blank when ``typed`` cannot be one."""
    plain = "".join(character for character in typed.upper() if not character.isspace() and character != "-")
    begins = len(plain) <= RANDOM_CHARACTERS + 1 and all(character in ALPHABET for character in plain)
    return plain if begins else ""
