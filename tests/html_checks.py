"""What every HTML answer must hold, checked on each page that any test fetches."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from html5lib.treebuilders import getTreeBuilder

ERROR = "Error: "
UNTITLED_TYPES = {"hidden", "submit", "button", "reset", "image"}


class PageFault(AssertionError):
    """A page does not hold what every page must."""


def parse_page(html: str) -> Element:
    """The document. Raises ``PageFault`` at the first thing the HTML standard calls a parse error."""
    parser = html5lib.HTMLParser(tree=getTreeBuilder("etree"), namespaceHTMLElements=False, strict=True)
    try:
        return parser.parse(html)
    except html5lib.html5parser.ParseError as error:
        line, column = parser.tokenizer.stream.position()
        near = html.splitlines()[line - 1].strip() if line <= len(html.splitlines()) else ""
        raise PageFault(f"The page does not parse at line {line}, column {column}: {error}: {near}") from error


def text_of(element: Element) -> str:
    """The words inside ``element``, spaces single."""
    return " ".join("".join(element.itertext()).split())


def check_page(response: Any) -> Element:
    """Checks one HTML ``response`` and returns its document. Raises ``PageFault`` that names the fault."""
    document = parse_page(response.get_data(as_text=True))
    nonce = re.search(r"'nonce-([^']+)'", response.headers.get("Content-Security-Policy", ""))
    faults = [
        *_titles(document),
        *_ids(document),
        *_references(document),
        *_controls(document),
        *_forms(document),
        *_scripts(document, nonce[1] if nonce else ""),
    ]
    if faults:
        raise PageFault("\n".join(faults))
    return document


def _titles(document: Element) -> Iterator[str]:
    headings = [text_of(each) for each in document.iter("h1")]
    if len(headings) != 1:
        yield f"The page has {len(headings)} h1: {headings}"
        return
    title = text_of(document.find("head/title"))
    summary = any("govuk-error-summary" in _classes(each) for each in document.iter("div"))
    if title.startswith(ERROR) != summary:
        yield f"The title is {title!r} but there is {'a' if summary else 'no'} error summary"
    if not headings[0]:
        yield "The h1 is empty"
    elif not title.removeprefix(ERROR).startswith(f"{headings[0]} - "):
        yield f"The title {title!r} does not start with the h1 {headings[0]!r}"
    if not document.get("lang"):
        yield "The page does not name its language"


def _ids(document: Element) -> Iterator[str]:
    counted = Counter(each.get("id") for each in document.iter() if each.get("id") is not None)
    for name, times in counted.items():
        if times > 1:
            yield f"The id {name!r} occurs {times} times"
        if not name or re.search(r"\s", name):
            yield f"The id {name!r} is empty or has a space"


def _references(document: Element) -> Iterator[str]:
    ids = {each.get("id") for each in document.iter()}
    for element in document.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "headers"):
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"<{element.tag} {attribute}> points to {name!r}, which is not on the page"
        href = element.get("href") or ""
        if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"The link {text_of(element)!r} points to {href!r}, which is not on the page"


def _controls(document: Element) -> Iterator[str]:
    labelled = {each.get("for") for each in document.iter("label") if text_of(each)}
    inside = {id(each) for label in document.iter("label") for each in label.iter()}
    for element in document.iter():
        name = element.get("id") or element.get("name")
        if element.tag in ("select", "textarea") or (
            element.tag == "input" and (element.get("type") or "text") not in UNTITLED_TYPES
        ):
            told = element.get("aria-label") or element.get("aria-labelledby")
            if element.get("id") not in labelled and id(element) not in inside and not told:
                yield f"The {element.tag} {name!r} has no label"
            if not element.get("name"):
                yield f"The {element.tag} {name!r} has no name"
        if element.tag in ("button", "a") and not (_spoken(element) or element.get("aria-label")):
            yield f"A {element.tag} says nothing: {name!r}"
        if element.tag == "img" and element.get("alt") is None:
            yield f"The picture {element.get('src')!r} has no alt"
        if element.tag == "fieldset" and not any(text_of(each) for each in element.iter("legend")):
            yield f"A fieldset has no legend: {name!r}"


def _spoken(element: Element) -> str:
    pictures = " ".join(each.get("alt") or "" for each in element.iter("img"))
    return f"{text_of(element)} {pictures}".strip()


def _forms(document: Element) -> Iterator[str]:
    for form in document.iter("form"):
        method, action = (form.get("method") or "").lower(), form.get("action")
        if method not in ("get", "post"):
            yield f"The form to {action!r} has no method"
        if not action:
            yield "A form has no action"
        elif not action.startswith("/") or action.startswith("//"):
            yield f"A form goes to another site: {action!r}"
        inputs = list(form.iter("input"))
        tokens = [each for each in inputs if (each.get("name") or "").endswith("csrf_token") and each.get("value")]
        if method == "post" and not tokens:
            yield f"The form to {action!r} has no CSRF token"
        if method == "get" and tokens:
            yield f"The form to {action!r} would put a CSRF token in an address"
        files = any(each.get("type") == "file" for each in inputs)
        if files and form.get("enctype") != "multipart/form-data":
            yield f"The form to {action!r} sends files but is not multipart/form-data"


def _scripts(document: Element, nonce: str) -> Iterator[str]:
    if not nonce:
        yield "The answer has no nonce in its Content-Security-Policy"
    for script in document.iter("script"):
        if script.get("nonce") != nonce:
            yield f"The script {script.get('src')!r} does not carry the nonce"
        if not script.get("src"):
            yield "A script is written into the page"
    for element in document.iter():
        if element.tag == "style":
            yield "A style sheet is written into the page"
        for attribute in element.attrib:
            if attribute == "style":
                yield f"<{element.tag}> has an inline style"
            if attribute.startswith("on"):
                yield f"<{element.tag}> has an inline handler: {attribute}"
            if attribute in ("href", "src", "action") and (element.get(attribute) or "").lower().startswith(
                "javascript:"
            ):
                yield f"<{element.tag}> runs a script from its {attribute}"


def _classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()
