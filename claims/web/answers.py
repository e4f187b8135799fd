"""What a page answers with after an act: done, or refused and why."""

from flask import flash, redirect
from werkzeug.wrappers import Response

from claims.web.transactions import give_up

Answer = str | Response | tuple[str, int]


def done(sentence: str, address: str) -> Response:
    """The act was done: say so on the next page."""
    flash(sentence, "success")
    return redirect(address, 303)


def warned(sentence: str, address: str) -> Response:
    """The act was done, and there is something to heed: say so on the next page."""
    flash(sentence, "heed")
    return redirect(address, 303)


def refused(sentence: object, address: str) -> Response:
    """Nothing was kept: say why, on the page the person came from."""
    give_up()
    flash(str(sentence), "refused")
    return redirect(address, 303)
