"""How a person works a page: with a pointer, or with the keyboard alone."""

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page

SHOWS = """
    const look = each => {
        const {outlineStyle, boxShadow, fill, stroke} = getComputedStyle(each);
        return [outlineStyle, boxShadow, fill, stroke].join();
    };
    const shows = it => {
        const all = [it, ...it.children, ...(it.labels || [])];
        const focused = all.map(look).join();
        it.blur();
        const blurred = all.map(look).join();
        it.focus();
        return focused !== blurred || getComputedStyle(it.labels?.[0] || it, "::before").outlineStyle !== "none";
    };
"""
"""Whether an element with the focus, or what is drawn in it, looks different from one without."""


class Hand(Protocol):
    """Works one control at a time; a control is one element."""

    def press(self, control: Locator) -> None: ...
    def tick(self, control: Locator) -> None: ...
    def type(self, control: Locator, text: str) -> None: ...
    def choose(self, control: Locator, value: str) -> None: ...
    def give(self, control: Locator, files: Path | list[Path]) -> None: ...


class Pointer:
    """Clicks."""

    def press(self, control: Locator) -> None:
        control.click()

    def tick(self, control: Locator) -> None:
        control.check()

    def type(self, control: Locator, text: str) -> None:
        control.fill(text)

    def choose(self, control: Locator, value: str) -> None:
        control.select_option(value)

    def give(self, control: Locator, files: Path | list[Path]) -> None:
        control.set_input_files(files)


class Keyboard:
    """Tab, Enter, Space, arrows and letters; what Tab does not reach, or reaches unseen, fails."""

    MOST = 500
    """Presses of Tab for one control."""
    PASTED = 40
    """Longer text is pasted, as a person would."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.chosen: Path | list[Path] = []
        # Listened to all the time: each time that listening begins anew, Chromium may miss the first one.
        page.on("filechooser", lambda chooser: chooser.set_files(self.chosen))

    def press(self, control: Locator) -> None:
        self._reach(control)
        self._key("Enter")

    def tick(self, control: Locator) -> None:
        if control.get_attribute("type") == "radio":
            self._reach(control, "it.name === to.name && it.type === 'radio' && it.form === to.form")
            self._until("ArrowDown", control, "it === to")
        else:
            self._reach(control)
        if not control.is_checked():
            self._key("Space")
        assert control.is_checked(), f"Space does not tick {_words(control)}"

    def type(self, control: Locator, text: str) -> None:
        self._reach(control)
        self._key("ControlOrMeta+a")
        self._key("Delete")
        if len(text) > self.PASTED:
            self.page.keyboard.insert_text(text)
        else:
            self.page.keyboard.type(text)

    def choose(self, control: Locator, value: str) -> None:
        self._reach(control)
        self._key("Home")
        for _ in range(self.MOST):
            if control.input_value() == value:
                return
            self._key("ArrowDown")
        raise AssertionError(f"the arrow never comes to {value!r} of {_words(control)}")

    def give(self, control: Locator, files: Path | list[Path]) -> None:
        shown = control
        if control.is_hidden():  # GOV.UK Frontend puts a button in its place
            of_input = (control.get_attribute("id") or "").removesuffix("-input")
            shown = self.page.locator(f'button[id="{of_input}"]')
        self._reach(shown)
        self.chosen = files
        self._key("Enter")
        self.page.wait_for_function("it => it.files.length > 0", arg=control.element_handle())

    def _reach(self, control: Locator, there: str = "it === to") -> None:
        if not self._is(control, there):
            self._until("Tab", control, there)
        assert self._is(control, "shows(it)"), f"nobody sees that {_words(control)} has the focus"

    def _until(self, key: str, control: Locator, there: str) -> None:
        for _ in range(self.MOST):
            if self._is(control, there):
                return
            self._key(key)
        raise AssertionError(f"{key} never comes to {_words(control)} on {self.page.url}")

    def _is(self, control: Locator, there: str) -> bool:
        """Whether ``there`` holds of the element with the focus, ``it``, and ``control``, ``to``."""
        return bool(control.evaluate(f"to => {{ {SHOWS} const it = document.activeElement; return {there}; }}"))

    def _key(self, key: str) -> None:
        self.page.keyboard.press(key)


def _words(control: Locator) -> str:
    return str(control.evaluate("it => it.outerHTML.slice(0, 200)"))
