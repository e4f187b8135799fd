"""The page furniture draws what the official fixtures of the pinned version say, for every component we call."""

import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from claims.web import app as web
from tools.assets import FIXTURES

SOURCES = Path(web.__file__).parent


def used_components() -> set[str]:
    """The components named in templates (imports) and in forms (``draw``)."""
    templates = "".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.html"))
    code = "".join(path.read_text(encoding="utf-8") for path in (SOURCES / "forms").glob("*.py"))
    imported = re.findall(r"govuk_frontend_jinja/components/([a-z-]+)/macro", templates)
    drawn = re.findall(r'draw\(\s*"([a-z-]+)"', code)
    return {*imported, *drawn}


@cache
def fixtures() -> dict[str, list[dict[str, Any]]]:
    return json.loads(FIXTURES.read_text(encoding="utf-8"))


CASES = [(component, case["name"]) for component in sorted(used_components()) for case in fixtures()[component]]


def shape(element: Element) -> Any:
    """The element without what no browser shows a difference for: space, and the order of attributes."""
    inner = [" ".join((element.text or "").split())]
    for child in element:
        inner += [shape(child), " ".join((child.tail or "").split())]
    attributes = {name: " ".join(value.split()) for name, value in element.attrib.items()}
    return (str(element.tag), attributes, [part for part in inner if part != ""])


def shape_of(html: str) -> Any:
    return [shape(each) for each in html5lib.parseFragment(html, namespaceHTMLElements=False)]


def macro_of(environment: Environment, component: str) -> Any:
    template = environment.get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    return getattr(template.module, "govuk" + "".join(part.capitalize() for part in component.split("-")))


def test_every_kind_of_question_is_among_the_components():
    assert used_components() >= {
        "input",
        "date-input",
        "radios",
        "checkboxes",
        "select",
        "character-count",
        "file-upload",
    }
    assert used_components() >= {"error-summary", "generic-header", "service-navigation", "skip-link", "button"}


@pytest.fixture(scope="module")
def environment() -> Environment:
    app = Flask(web.__name__)
    web.prepare_templates(app, cast("Any", SimpleNamespace(demonstration=False)))
    return app.jinja_env


@pytest.mark.parametrize(("component", "name"), CASES)
def test_a_component_is_drawn_as_the_official_fixture_says(environment, component, name):
    case = official(component, name)
    drawn = macro_of(environment, component)(case["options"])
    assert shape_of(str(drawn)) == shape_of(case["html"])


def official(component: str, name: str) -> dict[str, Any]:
    return next(case for case in fixtures()[component] if case["name"] == name)


def ours(environment: Environment, macro: str, *arguments: Any) -> Any:
    return shape_of(str(getattr(environment.get_template("macros.html").module, macro)(*arguments)))


@pytest.mark.parametrize("colour", ["grey", "green", "purple", "red", "orange", "yellow"])
def test_our_plain_tag_is_the_official_one(environment, colour):
    case = official("tag", colour)
    assert ours(environment, "tag", case["options"]["text"], colour) == shape_of(case["html"])


def test_our_plain_summary_list_is_the_official_one(environment):
    case = official("summary-list", "with actions")
    rows = [
        (
            row["key"]["text"],
            Markup(row["value"].get("html") or row["value"]["text"]),  # noqa: S704  the fixture is ours to trust
            [(action["text"], action["href"]) for action in row.get("actions", {}).get("items", [])],
        )
        for row in case["options"]["rows"]
    ]
    assert _without_hidden_words(ours(environment, "summary_list", rows)) == _without_hidden_words(
        shape_of(case["html"])
    )


def test_our_plain_table_is_the_official_one_in_a_frame(environment):
    head, body = official("table", "with head"), official("table", "with firstCellIsHeader true")
    columns = [(column["text"], column.get("format", "")) for column in head["options"]["head"]]
    rows = [[cell["text"] for cell in row] for row in body["options"]["rows"]]
    ((_, frame, (table,)),) = ours(environment, "table", "Claims", columns, rows)
    ((_, _, with_head),) = shape_of(head["html"])
    ((_, _, with_body),) = shape_of(body["html"])
    _caption, our_head, our_body = table[2]
    assert frame["role"] == "region"
    assert _without_cards(our_head) == with_head[0]
    assert _without_cards(our_body) == with_body[-1]


def test_a_cell_of_our_table_says_under_which_heading_it_stands(environment):
    drawn = str(environment.get_template("macros.html").module.table("Sums", ["Who", ("Sum", "numeric")], [["Ann", 2]]))
    (cell,) = html5lib.parseFragment(drawn, namespaceHTMLElements=False).iter("td")
    assert (cell.get("data-heading"), cell.get("role")) == ("Sum", "cell")


def _without_cards(drawn: Any) -> Any:
    """Ours add what draws a row as a card on a phone: roles, each cell’s heading, and a box around what it holds."""
    if not isinstance(drawn, tuple):
        return drawn
    tag, attributes, inner = drawn
    if tag == "td":
        ((_box, _, inner),) = inner
    kept = {name: value for name, value in attributes.items() if name not in ("role", "data-heading")}
    return (tag, kept, [_without_cards(each) for each in inner])


def _without_hidden_words(drawn: Any) -> Any:
    """Ours add the row's name to each action, for people who hear it out of its row."""
    if isinstance(drawn, tuple):
        tag, attributes, inner = drawn
        return (tag, attributes, [_without_hidden_words(each) for each in inner if not _is_hidden(each)])
    return [_without_hidden_words(each) for each in drawn] if isinstance(drawn, list) else drawn


def _is_hidden(part: Any) -> bool:
    return isinstance(part, tuple) and part[1].get("class") == "govuk-visually-hidden"
