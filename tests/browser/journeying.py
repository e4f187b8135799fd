"""What journeys share: the ways in which they are walked, mistakes that the page must show, downloads.

``make browser`` walks every journey in all five ways; ``make test`` those that are not long, with the keyboard alone at
a desk, where axe looks at each page.
"""

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.walking import Walk

DESK, PHONE = 1280, 375
WAYS: dict[str, dict[str, Any]] = {
    "keyboard": {"width": DESK, "keyboard": True},
    "desk": {"width": DESK},
    "phone-plain": {"width": PHONE, "scripts": False},
    "phone": {"width": PHONE},
    "desk-plain": {"width": DESK, "scripts": False},
}
ALL_WAYS = os.environ.get("BROWSER_WAYS") == "all"
WALKED = list(WAYS) if ALL_WAYS else ["keyboard"]


def mistake(person: Walk, press: str, *sentences: str) -> None:
    """Press on with something missing or wrong: the page says so, twice and linked, and axe looks at it."""
    person.press(press)
    assert person.page.title().startswith("Error: "), person.heading
    summary = person.page.locator(".govuk-error-summary")
    for sentence in sentences:
        assert sentence in summary.inner_text()
    if person.scripts:
        expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        place = (link.get_attribute("href") or "").removeprefix("#")
        assert person.page.locator(f'[id="{place}"]').count() == 1, place


def download(person: Walk, control: Locator, folder: Path) -> Path:
    """What a link or a button gives, kept in ``folder`` by its name."""
    with person.page.expect_download() as found:
        person.hand.press(control)
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def link(person: Walk, words: str) -> Locator:
    """The first link of the main part whose words ``words`` is found in, as a pattern."""
    return person.page.locator("main").get_by_role("link", name=re.compile(words)).first


def button(person: Walk, words: str) -> Locator:
    """The first button of the main part whose words ``words`` is found in, as a pattern."""
    return person.page.locator("main").get_by_role("button", name=re.compile(words)).first
