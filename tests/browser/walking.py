"""A person at a browser: opens, fills in and presses; every page they reach is looked at by axe and measured."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize

from tests.browser.hands import Hand, Keyboard, Pointer

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

TOKENS = re.compile(r'(?:value|nonce|content)="[^"]*"|[0-9]+')
"""What differs between two showings of one page."""
_seen: set[tuple[int, int]] = set()
"""Pages that axe has looked at in this process, without their tokens and numbers, and how wide they were."""


class Walk:
    """One tab. ``scripts`` says whether its JavaScript is on; without it axe cannot look."""

    def __init__(self, page: Page, url: str, *, scripts: bool, keyboard: bool = False) -> None:
        self.page, self.url, self.scripts = page, url, scripts
        self.hand: Hand = Keyboard(page) if keyboard else Pointer()
        self.looked_at: list[str] = []
        """Headings of the pages reached, in order."""
        self.faults: list[str] = []
        """What is wrong with any page reached; the fixture that begins a walk fails the test when there is any."""
        page.on("pageerror", self._fail)

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text().strip()

    @property
    def words(self) -> str:
        """What the main part says, spaces single."""
        return re.sub(r"\s+", " ", self.page.locator("main").inner_text())

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.url)

    def open(self, path: str) -> None:
        """Type an address."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        self.look()

    def press(self, words: str, within: Locator | None = None) -> None:
        """Press the button or follow the link called ``words`` in the main part, or in ``within``."""
        where = within or self.page.locator("main")
        named = re.compile(rf"^\s*{re.escape(words)}".replace("/", r"\/"))
        self.go(where.get_by_role("button", name=named).or_(where.get_by_role("link", name=named)).first)

    def go(self, control: Locator) -> None:
        """Press ``control`` and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.hand.press(control)
        self.look()

    def fill(self, values: Mapping[str, Any], within: Locator | None = None) -> None:
        """Fill in controls by name: text is typed, answers are chosen by value, files are chosen by path."""
        where = within or self.page.locator("main")
        for name, value in values.items():
            for each in value if isinstance(value, list) else [value]:
                self._fill_one(where, name, each)

    def _fill_one(self, where: Locator, name: str, value: str | Path) -> None:
        named = where.locator(f'[name="{name}"]')
        kind = named.first.get_attribute("type")
        if isinstance(value, Path):
            self.hand.give(named, value)
        elif kind in ("radio", "checkbox"):
            self.hand.tick(where.locator(f'[name="{name}"][value="{value}"]'))
        elif named.evaluate("it => it.tagName") == "SELECT":
            self.hand.choose(named, value)
        else:
            self.hand.type(named, str(value))

    def look(self) -> None:
        """Note the page that was reached, and what is wrong with it."""
        self.looked_at.append(self.heading)
        wide, visible = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if wide > visible:
            self.faults.append(f"{self.path} is {wide} pixels wide on a screen of {visible}")
        page = (visible, hash(TOKENS.sub("", self.page.content())))
        if self.scripts and page not in _seen:
            _seen.add(page)
            found = AXE.run(self.page, options={"resultTypes": ["violations"], **RULES}).response["violations"]
            self.faults += [
                f"{self.path}: {rule['help']}: {node['html']}"
                for rule in found
                if not _is_known(rule)
                for node in rule["nodes"]
            ]

    def look_also_at(self, width: int) -> None:
        """Look at the page once more, as it is on a screen so many pixels wide."""
        size = self.page.viewport_size
        assert size is not None
        self._resize({**size, "width": width})
        self.look()
        self._resize(size)

    def _resize(self, size: ViewportSize) -> None:
        self.page.set_viewport_size(size)
        # The menu opens or folds up in the next frame.
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def _fail(self, error: Exception) -> None:
        self.faults.append(f"{self.path}: a script failed: {error}")


def _is_known(rule: dict[str, Any]) -> bool:
    """GOV.UK Frontend puts aria-expanded on radios that reveal a question, on purpose (its issue 979).

    Screen readers say it, though ARIA 1.2 does not list it for radios. Nothing else is let through.
    """
    return rule["id"] == "aria-allowed-attr" and all(
        'class="govuk-radios__input"' in node["html"] and "aria-expanded" in node["html"] for node in rule["nodes"]
    )


def sign_in(walk: Walk, email: str) -> None:
    """Sign in as somebody of the demonstration, by the codes it shows."""
    walk.open("/demonstration/people")
    person = walk.page.locator("main li").filter(has_text=email)
    walk.go(person.get_by_role("link"))
    walk.press("Email me a code")
    walk.fill({"code": shown_code(walk, "message says")})
    walk.press("Continue")
    if walk.heading == "Confirm with your authenticator app":
        walk.fill({"authenticator_code": shown_code(walk, "app shows")})
        walk.press("Sign in")


def sign_out(walk: Walk) -> None:
    menu = walk.page.get_by_role("button", name="Menu")
    if walk.scripts and menu.is_visible():
        walk.hand.press(menu)
    walk.go(walk.page.get_by_role("button", name="Sign out"))


def shown_code(walk: Walk, after: str) -> str:
    found = re.search(rf"{after} (\d{{6}})", walk.words)
    assert found, walk.words
    return found[1]
