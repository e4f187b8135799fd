"""Evidence is taken when a person could read it, and refused with a sentence that says what to do."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageDraw

from claims.files import checks
from claims.files.checks import REASONS, Limits, Refused, check_evidence, displayed_name
from claims.files.inspection import PDF_FAULTS
from claims.files.specimens import specimen_pdf, specimen_png

LIMITS = Limits(extensions=("pdf", "jpg", "jpeg", "png"), size_bytes=2_097_152, pages=100, pixels=40_000_000)
INVOICE = specimen_pdf("Invoice 1001", ["Hartley House", "Level 2 Certificate, 3 people: £4,620.00"])
PICTURE = specimen_png("Certificate", ["Rosa Marsh"])


def a_jpeg(width: int = 300, height: int = 200, **options: object) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).text((20, 20), "Certificate", fill="black")
    saved = io.BytesIO()
    image.save(saved, "JPEG", **options)
    return saved.getvalue()


def a_png(image: Image.Image) -> bytes:
    saved = io.BytesIO()
    image.save(saved, "PNG")
    return saved.getvalue()


def a_pdf(change: Callable[[Pdf], None], **options: object) -> bytes:
    """The invoice with something done to it."""
    with pikepdf.open(io.BytesIO(INVOICE)) as document:
        change(document)
        saved = io.BytesIO()
        document.save(saved, **options)
    return saved.getvalue()


def refusal(name: str, content: bytes, limits: Limits = LIMITS) -> Refused:
    with pytest.raises(Refused) as refused:
        check_evidence(name, content, limits)
    assert refused.value.reason == str(refused.value)
    return refused.value


# What is taken


@pytest.mark.parametrize("name", ["invoice.pdf", "INVOICE.PDF", "my.invoice.Pdf", "invoice pdf.pdf"])
def test_a_readable_pdf_is_accepted_whatever_the_case_of_its_ending(name: str) -> None:
    accepted = check_evidence(name, INVOICE, LIMITS)
    assert (accepted.name, accepted.media_type, accepted.pages) == (name, "application/pdf", 1)
    assert accepted.size_bytes == len(INVOICE)


@pytest.mark.parametrize("name", ["photo.jpg", "photo.jpeg", "photo.JPG", "photo.JPEG"])
def test_a_photo_is_accepted_under_either_ending(name: str) -> None:
    assert check_evidence(name, a_jpeg(), LIMITS).media_type == "image/jpeg"


def test_a_progressive_photo_is_accepted() -> None:
    check_evidence("photo.jpg", a_jpeg(progressive=True), LIMITS)


def test_a_png_picture_is_accepted() -> None:
    assert check_evidence("scan.png", PICTURE, LIMITS).media_type == "image/png"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_a_picture_is_accepted_in_every_colour_mode(mode: str) -> None:
    drawn = Image.open(io.BytesIO(PICTURE))
    if mode == "I;16":
        drawn = drawn.convert("I").point(lambda shade: shade * 257).convert("I;16")
    else:
        drawn = drawn.convert(mode)
    check_evidence("scan.png", a_png(drawn), LIMITS)


def test_black_writing_on_a_transparent_ground_is_not_blank() -> None:
    writing = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    ImageDraw.Draw(writing).text((20, 20), "Certificate", fill=(0, 0, 0, 255))
    check_evidence("scan.png", a_png(writing), LIMITS)


def test_a_page_that_says_where_to_start_reading_is_accepted() -> None:
    def open_at_top(document: Pdf) -> None:
        document.Root.OpenAction = Array([document.pages[0].obj, Name.XYZ, 0, 842, 0])

    check_evidence("libreoffice.pdf", a_pdf(open_at_top), LIMITS)


def test_an_action_that_only_turns_to_a_page_is_accepted() -> None:
    def open_at_top(document: Pdf) -> None:
        document.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]))

    check_evidence("printed.pdf", a_pdf(open_at_top), LIMITS)


def test_an_invoice_with_a_link_to_its_web_site_is_accepted() -> None:
    def link(document: Pdf) -> None:
        action = Dictionary(S=Name.URI, URI=String("https://example.org/pay"))
        document.pages[0].Annots = Array([Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])

    check_evidence("invoice.pdf", a_pdf(link), LIMITS)


def test_a_pdf_after_a_byte_order_mark_or_blank_lines_is_accepted() -> None:
    check_evidence("invoice.pdf", b"\xef\xbb\xbf\r\n" + INVOICE, LIMITS)


# Name, size and kind


@pytest.mark.parametrize(
    "name", ["invoice.docx", "invoice", "invoice.pdf.exe", "pdf", "", "photo.heic", "a.svg", "a.pdf "]
)
def test_other_endings_are_refused(name: str) -> None:
    if name == "a.pdf ":  # the blank is no part of what is shown
        check_evidence(name, INVOICE, LIMITS)
        return
    assert refusal(name, INVOICE).fault == "ending"
    assert "PDF, JPG, JPEG or PNG" in refusal(name, INVOICE).reason


def test_only_the_endings_of_the_scheme_year_are_accepted() -> None:
    assert refusal("scan.png", PICTURE, Limits(("pdf",), 2_097_152)).reason.startswith("scan.png is not a PDF file.")


def test_limits_with_an_ending_that_nothing_can_open_are_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="tif"):
        Limits(("pdf", "tif"), 1)


def test_an_empty_file_is_refused() -> None:
    assert refusal("invoice.pdf", b"").fault == "empty"


def test_a_file_of_exactly_the_largest_size_is_accepted_and_one_byte_more_is_refused() -> None:
    def of_weight(weight: int) -> bytes:
        def weigh_down(document: Pdf) -> None:
            document.Root.Weight = document.make_stream(bytes(weight))

        return a_pdf(weigh_down, compress_streams=False)

    largest = of_weight(2_000_000 + LIMITS.size_bytes - len(of_weight(2_000_000)))
    assert len(largest) == 2_097_152
    assert check_evidence("invoice.pdf", largest, LIMITS).size_bytes == 2_097_152
    refused = refusal("invoice.pdf", largest + b"\n")
    assert (refused.fault, refused.reason.startswith("invoice.pdf is larger than 2 MB.")) == ("large", True)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("scan.pdf", a_jpeg(), "a JPG image"),
        ("scan.jpg", PICTURE, "a PNG image"),
        ("scan.png", INVOICE, "a PDF"),
        ("scan.jpg", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "an iPhone photo"),
        ("invoice.pdf", b"PK\x03\x04rest", "a Word, Excel or zip file"),
        ("invoice.pdf", b"\xd0\xcf\x11\xe0rest", "an older Word or Excel file"),
        ("invoice.pdf", b"<html><script>alert(1)</script>%PDF-1.4", "something else"),
        ("scan.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "something else"),
    ],
)
def test_an_ending_that_does_not_agree_with_the_content_is_refused(name: str, content: bytes, words: str) -> None:
    refused = refusal(name, content)
    assert refused.fault == "mismatch"
    assert words in refused.reason


# PDFs


@pytest.mark.parametrize("permissions_only", [False, True])
def test_a_protected_pdf_is_refused(permissions_only: bool) -> None:
    protection = pikepdf.Encryption(owner="owner", user="" if permissions_only else "secret")
    refused = refusal("invoice.pdf", a_pdf(lambda _: None, encryption=protection))
    assert refused.fault == ("locked" if permissions_only else "password")


def test_a_pdf_cut_short_anywhere_is_refused() -> None:
    end = INVOICE.rindex(b"%%EOF") + len(b"%%EOF")
    for cut in [*range(8, end, 97), *range(end - 12, end)]:
        assert refusal("invoice.pdf", INVOICE[:cut]).fault == "damaged", cut


def test_a_linearised_pdf_cut_short_is_refused() -> None:
    whole = a_pdf(lambda document: document.pages.extend(document.pages), linearize=True)
    check_evidence("invoice.pdf", whole, LIMITS)
    first_end = whole.index(b"%%EOF") + len(b"%%EOF")
    for cut in (first_end, first_end + 1, len(whole) // 2, len(whole) - 8):
        assert refusal("invoice.pdf", whole[:cut]).fault == "damaged", cut


def test_a_pdf_without_pages_is_refused_as_blank() -> None:
    def empty(document: Pdf) -> None:
        del document.pages[0]

    assert refusal("invoice.pdf", a_pdf(empty)).fault == "blank"


def test_a_pdf_of_blank_pages_is_refused_and_one_written_page_among_them_is_enough() -> None:
    def blank(document: Pdf) -> None:
        document.pages[0].Contents = document.make_stream(b"q 1 0 0 1 0 0 cm Q BT ET")
        document.add_blank_page()

    assert refusal("scan.pdf", a_pdf(blank)).fault == "blank"
    check_evidence("scan.pdf", a_pdf(lambda document: document.add_blank_page() and None), LIMITS)


def test_a_pdf_may_have_as_many_pages_as_the_limit_and_no_more() -> None:
    two = a_pdf(lambda document: document.add_blank_page() and None)
    assert check_evidence("two.pdf", two, Limits(LIMITS.extensions, LIMITS.size_bytes, pages=2)).pages == 2
    refused = refusal("two.pdf", two, Limits(LIMITS.extensions, LIMITS.size_bytes, pages=1))
    assert (refused.fault, "more than 1 pages" in refused.reason) == ("pages", True)


def _script_in_name_tree(document: Pdf) -> None:
    action = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("go"), action])))


def _script_on_opening(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _script_in_a_stream_of_its_own(document: Pdf) -> None:
    action = Dictionary(S=Name.JavaScript, JS=document.make_stream(b"app.alert(1)"))
    document.pages[0].Annots = Array([Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])


def _script_after_a_harmless_action(document: Pdf) -> None:
    then = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    document.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]), Next=then)


def _launch_on_click(document: Pdf) -> None:
    action = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    document.pages[0].Annots = Array([Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])


def _submit_form(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.SubmitForm, F=String("https://example.org"))


def _print_on_opening(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.Named, N=Name.Print)


def _visit_on_opening(document: Pdf) -> None:
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("https://example.org")))


def _xfa(document: Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_stream(b"<xdp/>"))


def _attachment(document: Pdf) -> None:
    document.attachments["payload.exe"] = b"MZ"


def _film(document: Pdf) -> None:
    document.pages[0].Annots = Array([Dictionary(Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])])


def _huge_picture(document: Pdf) -> None:
    picture = document.make_stream(zlib.compress(b"\0"), Type=Name.XObject, Subtype=Name.Image)
    picture.Width, picture.Height, picture.Filter = 10_000, 4_001, Name.FlateDecode
    document.pages[0].Resources.XObject = Dictionary(Im0=picture)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in object streams"])
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_script_in_name_tree, "script"),
        (_script_on_opening, "script"),
        (_script_in_a_stream_of_its_own, "script"),
        (_script_after_a_harmless_action, "script"),
        (_launch_on_click, "launches"),
        (_submit_form, "launches"),
        (_print_on_opening, "automatic"),
        (_visit_on_opening, "automatic"),
        (_xfa, "form"),
        (_attachment, "attachments"),
        (_film, "media"),
        (_huge_picture, "pixels"),
    ],
)
def test_a_pdf_that_does_more_than_show_itself_is_refused(
    change: Callable[[Pdf], None], fault: str, packed: bool
) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert refusal("invoice.pdf", a_pdf(change, object_stream_mode=mode)).fault == fault


def test_a_page_that_unpacks_to_gigabytes_is_refused() -> None:
    def plant(document: Pdf) -> None:
        page = document.make_stream(_bomb_of(300_000_000))
        page.Filter = Name.FlateDecode
        document.pages[0].Contents = page

    content = a_pdf(plant, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert len(content) < LIMITS.size_bytes
    assert refusal("invoice.pdf", content).fault == "damaged"


def _bomb_of(size: int) -> bytes:
    packer = zlib.compressobj(9)
    block = b" " * 10_000_000
    return b"".join([*(packer.compress(block) for _ in range(size // len(block))), packer.flush()])


def test_an_object_stream_that_unpacks_to_gigabytes_is_refused() -> None:
    """It unpacks on opening, before any page is looked at."""
    bomb = _bomb_of(300_000_000)
    head = b"%PDF-1.5\n"
    packed = b"1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(bomb)
    body = head + packed + bomb + b"\nendstream\nendobj\n"
    rows = b"".join(struct.pack(">BIB", *row) for row in ((0, 0, 0), (1, len(head), 0), (2, 1, 0), (1, len(body), 0)))
    table = b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 1]/Root 2 0 R/Length %d>>\nstream\n" % len(rows)
    content = body + table + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
    assert len(content) < LIMITS.size_bytes
    assert refusal("invoice.pdf", content).fault in {"damaged", "unpacks"}


# Pictures


@pytest.mark.parametrize(("name", "content"), [("photo.jpg", a_jpeg()), ("scan.png", PICTURE)])
def test_a_picture_cut_short_anywhere_is_refused(name: str, content: bytes) -> None:
    for cut in [*range(12, len(content) - 12, len(content) // 17), len(content) - 12]:
        assert refusal(name, content[:cut]).fault == "damaged", cut


@pytest.mark.parametrize("shade", ["white", "black", (250, 252, 249)])
def test_a_blank_picture_is_refused(shade: str | tuple[int, int, int]) -> None:
    assert refusal("scan.png", a_png(Image.new("RGB", (50, 50), shade))).fault == "blank"


def test_a_wholly_transparent_picture_is_refused_as_blank() -> None:
    hidden = Image.open(io.BytesIO(PICTURE)).convert("RGBA")
    hidden.putalpha(0)
    assert refusal("scan.png", a_png(hidden)).fault == "blank"


def test_a_picture_may_have_as_many_pixels_as_the_limit_and_no_more() -> None:
    photo = a_jpeg(300, 200)
    check_evidence("photo.jpg", photo, Limits(LIMITS.extensions, LIMITS.size_bytes, pixels=60_000))
    assert refusal("photo.jpg", photo, Limits(LIMITS.extensions, LIMITS.size_bytes, pixels=59_999)).fault == "pixels"


@pytest.mark.parametrize("side", [6_400, 10_000, 20_000, 60_000])
def test_a_small_file_that_claims_to_be_an_enormous_picture_is_refused(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(b"")
    png += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    assert refusal("scan.png", png).fault == "pixels"


def test_a_photo_of_endless_passes_is_stopped_by_its_time_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A few bytes of each pass make the decoder walk the whole picture again: two megabytes could take hours."""
    image = Image.effect_noise((64, 64), 50).resize((6_300, 6_300))
    saved = io.BytesIO()
    image.save(saved, "JPEG", progressive=True, quality=5)
    whole = saved.getvalue()
    last_pass = whole[whole.rindex(b"\xff\xda") : -2]
    small = whole[: whole.rindex(b"\xff\xda")]
    content = small + last_pass * ((LIMITS.size_bytes - len(small)) // len(last_pass)) + b"\xff\xd9"
    impatient = tmp_path / "inspection.py"
    impatient.write_text(checks.INSPECTION.read_text().replace("CPU_SECONDS = 5\n", "CPU_SECONDS = 1\n"))
    monkeypatch.setattr(checks, "INSPECTION", impatient)
    assert refusal("photo.jpg", content).fault == "unpacks"


# Whatever the file holds


@given(st.binary(max_size=300), st.sampled_from([b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]))
@settings(max_examples=25, deadline=None)
def test_nothing_but_a_refusal_comes_of_rubbish(rubbish: bytes, start: bytes) -> None:
    for name in ("a.pdf", "a.jpg", "a.png"):
        with pytest.raises(Refused):
            check_evidence(name, start + rubbish, LIMITS)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_is_accepted_or_refused_and_never_anything_else(data: st.DataObject) -> None:
    name, whole = data.draw(st.sampled_from([("a.pdf", INVOICE), ("a.jpg", a_jpeg()), ("a.png", PICTURE)]))
    spoiled = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=5)):
        spoiled[at] = data.draw(st.integers(0, 255))
    with suppress(Refused):
        assert check_evidence(name, bytes(spoiled), LIMITS).pages == 1


def test_a_file_that_kills_what_opens_it_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deadly = tmp_path / "inspection.py"
    deadly.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(checks, "INSPECTION", deadly)
    assert refusal("invoice.pdf", INVOICE).fault == "unpacks"


def test_a_file_that_never_finishes_opening_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sleeper = tmp_path / "inspection.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(checks, "INSPECTION", sleeper)
    monkeypatch.setattr(checks, "INSPECTION_SECONDS", 0.5)
    assert refusal("invoice.pdf", INVOICE).fault == "unpacks"


def test_what_opens_a_file_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIMS_HASH_KEY", "secret")
    teller = tmp_path / "inspection.py"
    teller.write_text("import os; print('fine', 7 if 'CLAIMS_HASH_KEY' not in os.environ else 8, end='')")
    monkeypatch.setattr(checks, "INSPECTION", teller)
    assert check_evidence("invoice.pdf", INVOICE, LIMITS).pages == 7


def test_inspecting_loads_nothing_of_ours() -> None:
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); print([m for m in sys.modules if 'claims' in m])"
    command = [sys.executable, "-I", "-c", code, str(checks.INSPECTION)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("fault", sorted(REASONS))
def test_every_reason_says_what_is_the_case_and_what_to_do(fault: str) -> None:
    case, _, remedy = REASONS[fault].partition(". ")
    assert case.startswith("{name} ")
    assert remedy.endswith(".")
    assert set(PDF_FAULTS) <= set(REASONS)


# Names


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\invoice.pdf", "invoice.pdf"),
        ("invoice\r\n\x00\x1b[31m.pdf", "invoice [31m.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("\ud800invoice.pdf", "invoice.pdf"),
        ("Zoe\u0308.pdf", "Zoë.pdf"),
        ("  a   b .pdf ", "a b .pdf"),
        ("", "The file"),
        ("/", "The file"),
    ],
)
def test_a_name_is_shown_on_one_line_without_its_folders_and_marks(given_name: str, shown: str) -> None:
    assert displayed_name(given_name) == shown


def test_a_long_name_is_shortened_and_keeps_its_ending() -> None:
    assert displayed_name("x" * 96 + ".pdf") == "x" * 96 + ".pdf"
    assert displayed_name("x" * 97 + ".pdf") == "x" * 95 + "….pdf"
    assert len(displayed_name("x." + "y" * 200)) == 100


@given(st.text(max_size=300))
def test_every_shown_name_is_short_printable_and_without_a_folder(name: str) -> None:
    shown = displayed_name(name)
    assert 0 < len(shown) <= 100
    assert shown.isprintable()
    assert "/" not in shown
    assert "\\" not in shown
