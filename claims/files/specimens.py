"""Small, true-to-life evidence for the demonstration and the tests: an invoice or certificate to look at."""

import io
import textwrap
import unicodedata

import pikepdf
from PIL import Image, ImageDraw, ImageFont

LINES_PER_PAGE = 40
LETTERS_PER_LINE = 85
NOT_REAL = "Specimen made for a demonstration. Not a real document."


def specimen_pdf(title: str, lines: list[str]) -> bytes:
    """An A4 PDF with ``title`` in large type over ``lines``; the same words give the same bytes."""
    document = pikepdf.new()
    fonts = pikepdf.Dictionary(
        F1=document.make_indirect(_font("/Helvetica")), F2=document.make_indirect(_font("/Helvetica-Bold"))
    )
    wrapped = _wrap(lines)
    for start in range(0, max(len(wrapped), 1), LINES_PER_PAGE):
        page = document.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=fonts)
        drawn = [_text("F2", 20, 770, title), _text("F1", 8, 40, NOT_REAL)]
        drawn += [
            _text("F1", 11, 735 - 17 * number, line)
            for number, line in enumerate(wrapped[start : start + LINES_PER_PAGE])
        ]
        page.Contents = document.make_stream(b"\n".join(drawn))
    document.Root.Lang = pikepdf.String("en-GB")
    document.docinfo["/Title"] = pikepdf.String(title)
    saved = io.BytesIO()
    document.save(saved, deterministic_id=True)
    return saved.getvalue()


def specimen_png(title: str, lines: list[str]) -> bytes:
    """The same as a PNG picture, 1,000 pixels wide; Pillow's own typeface has plain letters and no pound sign."""
    title, wrapped = _plain(title), [_plain(line) for line in _wrap(lines)]
    image = Image.new("L", (1000, 220 + 30 * len(wrapped)), 250)
    pen = ImageDraw.Draw(image)
    pen.text((60, 50), title, fill=20, font=ImageFont.load_default(36))
    for number, line in enumerate(wrapped):
        pen.text((60, 120 + 30 * number), line, fill=30, font=ImageFont.load_default(20))
    pen.text((60, image.height - 50), NOT_REAL, fill=110, font=ImageFont.load_default(16))
    saved = io.BytesIO()
    image.save(saved, "PNG", optimize=True)
    return saved.getvalue()


def _wrap(lines: list[str]) -> list[str]:
    return [part for line in lines for part in textwrap.wrap(line, LETTERS_PER_LINE) or [""]]


def _plain(words: str) -> str:
    spelled = words.replace("£", "GBP ").replace("’", "'").replace("–", "-")
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()


def _font(name: str) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name(name),
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )


def _text(font: str, size: int, height: int, words: str) -> bytes:
    """One line of text; Windows-1252 is what the encoding of ``_font`` holds, so £ and é are themselves."""
    letters = words.encode("cp1252", "replace").hex()
    return f"BT /{font} {size} Tf 60 {height} Td <{letters}> Tj ET".encode("ascii")
