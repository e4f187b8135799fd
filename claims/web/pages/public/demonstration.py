"""What only the demonstration has: who to sign in as, and the messages that would have been sent."""

import re
from dataclasses import dataclass

from flask import Blueprint, abort, render_template

from claims import clock
from claims.services.proving import authenticator_code
from claims.store.outgoing import latest_code_message, newest_messages
from claims.store.people import accounts, authenticator_of
from claims.web.access import ANYONE, opens
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("demonstration", __name__, url_prefix="/demonstration")


@dataclass(frozen=True, slots=True)
class Codes:
    """What somebody would read in their message and on their telephone now."""

    emailed: str
    authenticator: str
    """Blank for people who need none."""


@pages.before_request
def _only_here() -> None:
    if not services().settings.demonstration:
        abort(404)


@pages.get("/people")
@opens(ANYONE)
def people() -> str:
    return render_template("public/demonstration_people.html", accounts=accounts(session()))


@pages.get("/messages")
@opens(ANYONE)
def messages() -> str:
    return render_template("public/demonstration_messages.html", messages=newest_messages(session()))


def find_codes_of(email: str) -> Codes | None:
    """The newest emailed code of ``email`` with the authenticator's; ``None`` when nothing was sent there."""
    message = latest_code_message(session(), email)
    emailed = re.search(r"\b\d{6}\b", message.text) if message else None
    if emailed is None:
        return None
    own = authenticator_of(session(), email)
    shown = authenticator_code(services().keyring, own.secret, clock.now(), own.last_used_step) if own else ""
    return Codes(emailed.group(), shown)
