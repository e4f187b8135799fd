"""How far a long command has come, on a terminal only."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import click

EVERY_SECONDS = 0.1
WIDTH = 30
CLEAR = "\r\033[K"

Item = TypeVar("Item")


def show_progress(items: Iterable[Item], what: str, done: Callable[[], int], total: int | None) -> Iterator[Item]:
    """``items``, while a bar on standard error shows ``done()`` out of ``total``, and how many items it was.

    ``total`` may be unknown; then only the items are counted. The bar is wiped at the end.
    """
    count = 0
    drawn_at = time.monotonic()
    try:
        for count, item in enumerate(items, start=1):
            if time.monotonic() - drawn_at > EVERY_SECONDS:
                drawn_at = time.monotonic()
                _draw(f"{_bar(done(), total)}{count:,} {what}")
            yield item
    finally:
        if count:
            _draw("")


def report(text: str) -> None:
    """A line on standard error, clear of the bar."""
    click.echo(f"{CLEAR if sys.stderr.isatty() else ''}{text}", err=True)


def _bar(done: int, total: int | None) -> str:
    if not total:
        return ""
    share = min(done / total, 1)
    return f"[{'#' * round(WIDTH * share):{WIDTH}}] {share:4.0%}  "


def _draw(text: str) -> None:
    click.echo(f"{CLEAR}{text}", nl=False, err=True)
