"""The start page, and the pages about the service that anyone may read."""

from flask import Blueprint, render_template

from claims.web.access import ANYONE, opens

pages = Blueprint("start", __name__)


@pages.get("/")
@opens(ANYONE)
def start() -> str:
    return render_template("pages/start.html")


@pages.get("/cookies")
@opens(ANYONE)
def cookies() -> str:
    return render_template("pages/cookies.html")


@pages.get("/privacy")
@opens(ANYONE)
def privacy() -> str:
    return render_template("pages/privacy.html")


@pages.get("/accessibility")
@opens(ANYONE)
def accessibility() -> str:
    return render_template("pages/accessibility.html")
