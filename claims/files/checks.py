"""What may be uploaded as evidence, and the sentence that tells a person why a file may not."""

import logging
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

INSPECTION = Path(__file__).with_name("inspection.py")
INSPECTION_SECONDS = 20
LONGEST_NAME = 100

KINDS = {"pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "png": "png"}
"""What a file with this ending must be inside."""
MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}

SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF-", "pdf", "a PDF"),
    (0, b"\xff\xd8\xff", "jpeg", "a JPG image"),
    (0, b"\x89PNG\r\n\x1a\n", "png", "a PNG image"),
    (4, b"ftyp", "heic", "an iPhone photo or a video"),
    (0, b"PK\x03\x04", "zip", "a Word, Excel or zip file"),
    (0, b"\xd0\xcf\x11\xe0", "office", "an older Word or Excel file"),
    (0, b"GIF8", "gif", "a GIF image"),
    (0, b"II*\x00", "tiff", "a TIFF image"),
    (0, b"MM\x00*", "tiff", "a TIFF image"),
)
"""Where and how the files people really have begin."""

REASONS = {
    "ending": "{name} is not a {endings} file. Save or photograph the document as one of these.",
    "empty": "{name} is empty. Check that the document opens on your computer, then choose it again.",
    "large": "{name} is larger than {size}. Scan it at a lower quality or leave out pages that are not needed.",
    "mismatch": "{name} ends in “.{ending}” but inside it is {inside}. Save it again as a {endings} file.",
    "damaged": "{name} is damaged or cut short. Open the original, then save or scan it again.",
    "password": "{name} needs a password to open. Print it to a new PDF without a password.",
    "locked": "{name} is locked against changes. Print it to a new PDF.",
    "blank": "{name} is blank. Check that the scan or photo shows the document, then choose it again.",
    "pages": "{name} has more than {pages} pages. Keep the pages that show what is needed.",
    "pixels": "{name} holds a picture that is too detailed. Scan or photograph it at a lower quality.",
    "unpacks": "{name} is too large or complicated to open safely. Print or scan it to a new file.",
    "script": "{name} contains a script. Print it to a new PDF, which leaves the script out.",
    "launches": "{name} opens another file or sends data away. Print it to a new PDF.",
    "automatic": "{name} does something by itself when it is opened. Print it to a new PDF.",
    "form": "{name} is an interactive form that we cannot show. Print it to a new PDF.",
    "attachments": "{name} has other files attached inside it. Print it to a new PDF.",
    "media": "{name} contains sound, video or a 3D model. Print it to a new PDF.",
    "virus": "{name} may contain a virus, so we have not kept it. Get a clean copy of the document.",
    "unscanned": "{name} could not be checked for viruses, so we have not kept it. Try again in a few minutes.",
}
"""Why a file is refused, by fault: what is the case, and what to do."""


class Refused(Exception):
    """A file that may not be kept. ``str()`` of it is the sentence for the person; ``fault`` names the reason."""

    def __init__(self, fault: str, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault
        """A key of ``REASONS``."""
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """What evidence may be. Endings and size are parameters of the scheme year; pages and pixels are our own."""

    extensions: tuple[str, ...]
    """Without the dot, in any case; each must be one of ``KINDS``."""
    size_bytes: int
    """The largest size that is accepted."""
    pages: int = 100
    """The most pages that are accepted."""
    pixels: int = 40_000_000
    """The most pixels in one picture: A4 at 600 dots per inch is 35 million."""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for an ending that we could not open."""
        unknown = [extension for extension in self.extensions if extension.lower() not in KINDS]
        if unknown:
            raise ValueError(f"no way to check evidence that ends in {', '.join(unknown)}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be kept."""

    name: str
    """To be shown, escaped, and never used as a path."""
    media_type: str
    size_bytes: int
    pages: int
    """1 for a picture."""


def check_evidence(name: str, content: bytes, limits: Limits) -> Accepted:
    """Whether the file may be kept as evidence; raises ``Refused`` and nothing else, whatever the file holds.

    Takes about a tenth of a second: the file is opened in a process of its own, with limits on memory and time.
    """
    shown = displayed_name(name)
    ending = shown.rpartition(".")[2].lower() if "." in shown else ""

    def refused(fault: str, inside: str = "") -> Refused:
        reason = REASONS[fault].format(
            name=shown,
            ending=ending,
            inside=inside,
            endings=_one_of(limits.extensions),
            size=_megabytes(limits.size_bytes),
            pages=limits.pages,
        )
        return Refused(fault, reason)

    if ending not in {extension.lower() for extension in limits.extensions}:
        raise refused("ending")
    if not content:
        raise refused("empty")
    if len(content) > limits.size_bytes:
        raise refused("large")
    kind, inside = _kind_inside(content)
    if kind != KINDS[ending]:
        raise refused("mismatch", inside)
    verdict, pages = _inspect(kind, content, limits)
    if verdict != "fine":
        raise refused(verdict)
    return Accepted(shown, MEDIA_TYPES[kind], len(content), pages)


def displayed_name(name: str) -> str:
    """The last part of an uploaded file's name on one line, without control or direction marks, at most 100 long."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    # Cc, Cf, Cs, Co, Cn: nothing in them can be seen, and some turn "fdp.exe" round to look like another ending.
    visible = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in last)
    shown = " ".join(visible.split()) or "The file"
    if len(shown) <= LONGEST_NAME:
        return shown
    stem, dot, ending = shown.rpartition(".")
    kept = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    return f"{shown[: LONGEST_NAME - len(kept) - 1]}…{kept}"


def _kind_inside(content: bytes) -> tuple[str, str]:
    """What the content is, for comparing and in words."""
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for offset, mark, kind, words in SIGNATURES:
        if content.startswith(mark, offset) or (kind == "pdf" and start.startswith(mark)):
            return kind, words
    return "", "something else"


def _inspect(kind: str, content: bytes, limits: Limits) -> tuple[str, int]:
    """``fine`` or the fault, and the number of pages."""
    command = [sys.executable, "-I", str(INSPECTION), kind, str(limits.pages), str(limits.pixels)]
    try:
        # No environment: the service's keys stay out of reach of a parser that a file has taken over.
        child = subprocess.run(  # noqa: S603 - our own program, and arguments that we chose
            command, input=content, capture_output=True, timeout=INSPECTION_SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        return "unpacks", 0
    verdict, _, pages = child.stdout.decode("ascii", "replace").partition(" ")
    if child.returncode == 0 and pages.isdigit() and (verdict == "fine" or verdict in REASONS):
        return verdict, int(pages)
    log.warning("an evidence file ended its inspection with code %s", child.returncode)
    return "unpacks", 0


def _one_of(extensions: tuple[str, ...]) -> str:
    words = [extension.upper() for extension in extensions]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_048_576:.1f}".removesuffix(".0") + " MB"
