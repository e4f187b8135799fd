"""Opens one hostile file in a process of its own, with little memory and little time, and says what is wrong.

Run by path (``checks`` does), so that it loads Pillow or pikepdf and nothing of ours: content on standard input, one
line on standard output, ``fine PAGES`` or ``FAULT 0``. A file that kills this process has been refused by doing so.
"""

import io
import resource
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

PDF_FAULTS = ("script", "launches", "automatic", "form", "attachments", "media", "pixels")
"""What may be found inside a PDF, worst first: the worst is what the person is told."""

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 5
UNPACKED_STREAM_BYTES = 64 * 1024 * 1024

LEAVING_THE_DOCUMENT = {"/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"}
PLAYING_MEDIA = {"/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView"}
MEDIA_ANNOTATIONS = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
DRAWING = "Tj TJ ' \" Do sh f F f* B B* b b* S s INLINE IMAGE"
FLAT_COLOUR_RANGE = 8
"""A picture in which no band varies by more than this (of 255) shows nothing."""


class Fault(Exception):
    """What is wrong with the file, as one word."""


def inspect_pdf(content: bytes, max_pages: int, max_pixels: int) -> int:
    """The number of pages of a PDF that is whole, open, quiet and shows something; raises ``Fault``."""
    import pikepdf

    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=UNPACKED_STREAM_BYTES,
        run_length_max_memory=UNPACKED_STREAM_BYTES,
        png_max_memory=UNPACKED_STREAM_BYTES,
        max_stream_filters=4,
        parser_max_nesting=100,
    )
    # No recovery: what a repair shows us and what a browser's repair shows an assessor may be two documents.
    if b"%%EOF" not in content[-1024:]:
        raise Fault("damaged")
    try:
        document = pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Fault("password") from None
    if document.is_encrypted:
        raise Fault("locked")
    pages = len(document.pages)
    if pages > max_pages:
        raise Fault("pages")
    found = {fault for thing in document.objects for part in _parts(thing) for fault in _faults(part, max_pixels)}
    for fault in PDF_FAULTS:
        if fault in found:
            raise Fault(fault)
    # A list, not a generator: every page is read, so that a damaged last page is found too.
    if not any([_shows_something(page) for page in document.pages]):  # noqa: C419
        raise Fault("blank")
    return pages


def _parts(thing: Any) -> Iterator[Any]:
    """``thing`` and every dictionary directly within it; what it refers to is an object of its own."""
    import pikepdf

    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield thing
        inside = [value for _, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        inside = list(thing)
    else:
        return
    for value in inside:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            yield from _parts(value)


def _faults(part: Any, max_pixels: int) -> Iterator[str]:
    """What the dictionary ``part`` does that evidence has no need to do."""
    action = str(part.get("/S", ""))
    kind = str(part.get("/Subtype", ""))
    if "/JS" in part or action == "/JavaScript":
        yield "script"
    if action in LEAVING_THE_DOCUMENT:
        yield "launches"
    if "/OpenAction" in part and not _only_turns_to_a_page(part["/OpenAction"]):
        yield "automatic"
    if "/AA" in part and not all(_only_turns_to_a_page(each) for _, each in part["/AA"].items()):
        yield "automatic"
    if "/XFA" in part:
        yield "form"
    if "/EF" in part or str(part.get("/Type", "")) == "/EmbeddedFile":
        yield "attachments"
    if action in PLAYING_MEDIA or kind in MEDIA_ANNOTATIONS:
        yield "media"
    if kind == "/Image" and int(part.get("/Width", 0)) * int(part.get("/Height", 0)) > max_pixels:
        yield "pixels"


def _only_turns_to_a_page(action: Any) -> bool:
    """LibreOffice and many invoice printers write ``/OpenAction [page /XYZ ...]``: where to start reading."""
    import pikepdf

    if not isinstance(action, pikepdf.Dictionary):
        return True
    return str(action.get("/S", "/GoTo")) == "/GoTo" and "/Next" not in action


def _shows_something(page: Any) -> bool:
    import pikepdf

    drawn = pikepdf.parse_content_stream(page, DRAWING)
    return bool(drawn) or any("/AP" in annotation for annotation in page.get("/Annots", []))


def inspect_image(content: bytes, kind: str, max_pixels: int) -> int:
    """1, for a whole picture (``kind`` is ``jpeg`` or ``png``) that shows something; raises ``Fault``."""
    from PIL import Image

    formats = (kind.upper(),)
    with Image.open(io.BytesIO(content), formats=formats) as image:
        if image.width * image.height > max_pixels:
            raise Fault("pixels")
        image.verify()
    # Verifying reads the check sums and spoils the object; loading reads the picture.
    with Image.open(io.BytesIO(content), formats=formats) as image:
        image.load()
        if _is_flat(image):
            raise Fault("blank")
    return 1


def _is_flat(image: Any) -> bool:
    picture = image.convert("RGBA") if image.mode == "P" or "transparency" in image.info else image
    allowed = FLAT_COLOUR_RANGE * (257 if picture.mode.startswith("I") else 1)
    bands = picture.split()
    if picture.mode in ("LA", "RGBA") and bands[-1].getextrema()[1] == 0:
        return True
    return all(highest - lowest <= allowed for lowest, highest in (band.getextrema() for band in bands))


def main() -> None:
    """Inspect standard input: ``inspection.py KIND MAX_PAGES MAX_PIXELS``."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    with suppress(ValueError, OSError):  # macOS has no limit of this kind
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    warnings.simplefilter("ignore")  # Pillow warns of what is refused below
    kind, max_pages, max_pixels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    content = sys.stdin.buffer.read()
    try:
        pages = (
            inspect_pdf(content, max_pages, max_pixels) if kind == "pdf" else inspect_image(content, kind, max_pixels)
        )
        verdict = f"fine {pages}"
    except Fault as fault:
        verdict = f"{fault} 0"
    except MemoryError:
        verdict = "unpacks 0"
    except Exception as anything:  # noqa: BLE001 - a parser may raise anything at all on a hostile file
        verdict = "pixels 0" if type(anything).__name__ == "DecompressionBombError" else "damaged 0"
    sys.stdout.write(verdict)


if __name__ == "__main__":
    main()
