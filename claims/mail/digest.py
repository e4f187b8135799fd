"""One letter with everything there is to say to a person at one moment, as plain text and as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

SERVICE = "Claim for care training"
PAGE = "margin:0;padding:0;background:#f3f2f1"
SHEET = (
    "max-width:600px;margin:0 auto;background:#ffffff;color:#0b0c0c;"
    "font-family:Helvetica,Arial,sans-serif;font-size:17px;line-height:1.45"
)
BAND = "background:#12484b;color:#ffffff;font-weight:bold;font-size:18px;padding:16px 24px"
BODY = "padding:8px 24px 24px"
HEADING = "font-size:20px;line-height:1.3;margin:24px 0 8px"
PARAGRAPH = "margin:0 0 14px"
BUTTON = (
    "display:inline-block;background:#0f7a52;color:#ffffff;text-decoration:none;font-weight:bold;"
    "padding:10px 16px;border-radius:3px"
)
RULE = "border:0;border-top:1px solid #cecece;margin:24px 0 0"
SMALL = "padding:16px 24px 24px;border-top:1px solid #cecece;color:#484949;font-size:14px;line-height:1.45"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is said; the first of a letter gives it its subject."""

    subject: str
    text: str
    """Paragraphs are divided by a blank line."""
    address: str
    """Whole address of the thing it is about; may be blank."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands below everything; each address may be blank."""

    choose_address: str
    """Where a person chooses how often we write."""
    stop_address: str
    """Stops emails like this one at a click."""


def subject_of(items: Sequence[Item]) -> str:
    """The subject of a letter with ``items``, the most urgent first."""
    more = f" and {len(items) - 1} more" if len(items) > 1 else ""
    return f"{items[0].subject}{more}"


def as_text(items: Sequence[Item], closing: Closing) -> str:
    """The plain text of a letter."""
    said = []
    for item in items:
        heading = f"{item.subject}\n\n" if len(items) > 1 else ""
        address = f"\n\n{item.address}" if item.address else ""
        said.append(f"{heading}{item.text}{address}")
    return "\n\n---\n\n".join([*said, "\n".join(_closing(closing))]) + "\n"


def as_html(items: Sequence[Item], closing: Closing) -> str:
    """The same, to be looked at."""
    said = f'<hr style="{RULE}">'.join(_item(item, with_heading=len(items) > 1) for item in items)
    below = "<br>".join(_linked(line) for line in _closing(closing))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(subject_of(items))}</title></head>'
        f'<body style="{PAGE}"><div style="{SHEET}"><div style="{BAND}">{SERVICE}</div>'
        f'<div style="{BODY}">{said}</div><div style="{SMALL}">{below}</div></div></body></html>\n'
    )


def _item(item: Item, *, with_heading: bool) -> str:
    heading = (
        f'<h2 style="{HEADING}">{escape(item.subject)}</h2>' if with_heading else '<div style="height:16px"></div>'
    )
    paragraphs = "".join(
        f'<p style="{PARAGRAPH}">{escape(part).replace(chr(10), "<br>")}</p>'
        for part in item.text.split("\n\n")
        if part.strip()
    )
    button = ""
    if item.address:
        # Said to those who hear the links one after the other.
        about = escape(item.subject, quote=True)
        link = f'<a style="{BUTTON}" href="{escape(item.address, quote=True)}" aria-label="Open: {about}">Open it</a>'
        button = f'<p style="{PARAGRAPH}">{link}</p>'
    return f"{heading}{paragraphs}{button}"


def _closing(closing: Closing) -> list[str]:
    lines = [f"{SERVICE}. Please do not answer this email."]
    if closing.choose_address:
        lines.append(f"Choose how often we write: {closing.choose_address}")
    if closing.stop_address:
        lines.append(f"Stop emails like this one: {closing.stop_address}")
    return lines


def _linked(line: str) -> str:
    words, found, address = line.partition(": http")
    if not found:
        return escape(line)
    return f'<a style="color:#1a65a6" href="{escape(f"http{address}", quote=True)}">{escape(words)}</a>'
