"""A CSV file from outside as rows: small enough, text in an encoding that people's programs write, commas between."""

from claims.incoming.faults import Fault, Faults, Faulty
from claims.incoming.rows import Numbered, split_csv

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
NO_TEXT = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"{\\rtf", b"\x1f\x8b")
"""How pictures, documents and packed files begin, some of which have letters only."""
NEITHER = "is neither a CSV file nor a workbook (.xlsx)"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_csv_rows(name: str, content: bytes, notices: Faults, *, most_bytes: int, most_rows: int) -> list[Numbered]:
    """Rows that are not empty, the header included, at least one; ``most_rows`` are below the header.

    UTF-8 with or without mark, then Windows-1252, of which a notice tells. Raises ``Faulty``.
    """

    def refuse(problem: str) -> Faulty:
        return Faulty((Fault(name, None, None, problem),))

    if not content:
        raise refuse("is empty")
    if len(content) > most_bytes:
        raise refuse(f"is larger than {most_bytes // (1024 * 1024)} MB")
    if content.startswith(UTF_16):
        raise refuse("is Unicode text of another kind (UTF-16); save it as “CSV UTF-8”")
    if content.startswith(NO_TEXT):
        raise refuse(NEITHER)
    if b"\0" in content:
        raise refuse("is not text: it contains NUL characters; save the list as CSV or .xlsx")
    text = _decode(name, content, notices)
    if text is None:
        raise refuse("is neither UTF-8 nor Windows text; save it as “CSV UTF-8”")
    if text.count("\n") > most_rows and len(text.splitlines()) > most_rows + 1:
        raise refuse(f"has more than {most_rows:,} rows")
    faults = Faults()
    numbered = split_csv(text, name, faults)
    if faults.found:
        raise Faulty(tuple(faults.found))
    first = ",".join(numbered[0][1])
    for separator, words in SEPARATORS.items():
        if separator in first and len(numbered[0][1]) == 1:
            raise refuse(f"is separated by {words}; save it as CSV with commas")
    return numbered


def _decode(name: str, content: bytes, notices: Faults) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    notices.add(name, None, None, "is not UTF-8, so it was read as Windows text; check letters with accents")
    return text
