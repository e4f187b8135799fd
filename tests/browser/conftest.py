"""A demonstration that is served, and Chromium to look at it with."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from claims.demo.folder import Folder
from tests.browser.chromium import chromium
from tests.browser.journeying import ALL_WAYS, WALKED, WAYS
from tests.browser.serving import Served, prepare, serving
from tests.browser.walking import Walk, sign_in

NewWalk = Callable[..., Walk]
Arrive = Callable[[str], Walk]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked long is walked when all ways are asked for, or when it is named."""
    if ALL_WAYS or any("::" in each for each in config.args):
        return
    left = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return prepare(tmp_path_factory.mktemp("demonstration") / "prepared")


@pytest.fixture
def begins_at() -> datetime | None:
    """When the server's clock begins; ``None`` when the story stops. A test may say otherwise."""
    return None


@pytest.fixture
def served(prepared: Folder, tmp_path: Path, begins_at: datetime | None) -> Iterator[Served]:
    """A server of its own, with the story as it was told."""
    with serving(prepared, tmp_path / "served", begins_at) as service:
        yield service


@pytest.fixture(scope="session")
def window() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def walk(window: Browser, served: Served) -> Iterator[NewWalk]:
    """``walk(width=375, scripts=False)``: a person with a browser of their own."""
    contexts, begun = [], []

    def begin(width: int = 1280, *, scripts: bool = True, keyboard: bool = False) -> Walk:
        context = window.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="en-GB", accept_downloads=True
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        begun.append(Walk(context.new_page(), served.url, scripts=scripts, keyboard=keyboard))
        return begun[-1]

    yield begin
    for context in contexts:
        context.close()
    faults = sorted({fault for each in begun for fault in each.faults})
    assert not faults, "\n".join(faults)


@pytest.fixture(params=WALKED)
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    """How a journey is walked."""
    return WAYS[request.param]


@pytest.fixture
def person(walk: NewWalk, way: dict[str, Any]) -> Walk:
    """Somebody with a browser, not signed in."""
    return walk(**way)


@pytest.fixture
def arrive(walk: NewWalk, way: dict[str, Any]) -> Arrive:
    """``arrive(RUTH)``: somebody of the demonstration with a browser, signed in."""

    def sign_in_as(email: str) -> Walk:
        arrived = walk(**way)
        sign_in(arrived, email)
        return arrived

    return sign_in_as


@pytest.fixture
def aside(walk: NewWalk) -> Arrive:
    """The same, for what has to have happened before a journey: in the quickest way."""

    def sign_in_as(email: str) -> Walk:
        arrived = walk(scripts=False)
        sign_in(arrived, email)
        return arrived

    return sign_in_as
