"""The start page, and the pages about the service that anyone may read."""

from flask import Blueprint, current_app, render_template

from claims.web.access import ANYONE, browser_cookie_name, cookie_name, opens

pages = Blueprint("start", __name__)


@pages.get("/")
@opens(ANYONE)
def start() -> str:
    return render_template("public/start.html")


@pages.get("/cookies")
@opens(ANYONE)
def cookies() -> str:
    names = {
        "signed_in": cookie_name(),
        "form": current_app.config["SESSION_COOKIE_NAME"],
        "browser": browser_cookie_name(),
    }
    return render_template("public/cookies.html", names=names)


@pages.get("/privacy")
@opens(ANYONE)
def privacy() -> str:
    return render_template("public/privacy.html")


@pages.get("/accessibility")
@opens(ANYONE)
def accessibility() -> str:
    return render_template("public/accessibility.html")
