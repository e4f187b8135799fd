"""What pages need to ask a browser for a passkey: for whom, the answer as it came, and what the script is given."""

from flask import Response
from wtforms import HiddenField

from claims.services import challenging
from claims.services.challenging import Answered, Purpose, RelyingParty
from claims.services.confirming import ISSUER
from claims.web.forms.form import Form
from claims.web.wiring import services

PLACE = "#passkey"
"""Where a page asks for it."""
NONE_GIVEN = "Your browser gave no passkey. Try again, or prove in another way that it is you."
NOT_TAKEN = (
    "This passkey could not be checked. Try again; if it does not work a second time, prove in another way that it "
    "is you."
)


class PasskeyForm(Form):
    """What the page's script writes down after the browser has answered."""

    passkey = HiddenField()

    @property
    def given(self) -> str:
        return str(self.passkey.data or "")


def relying_party() -> RelyingParty | None:
    """Who passkeys are made for here; ``None`` where browsers keep none for the service's public address."""
    return challenging.relying_party(services().settings.base_url, ISSUER)


def answered(party: RelyingParty, purpose: Purpose, browser: str, form: PasskeyForm) -> Answered:
    return Answered(party, purpose, browser, form.given)


def for_script(options: str | None) -> Response:
    """What the browser is to be asked; ``None`` makes the script send the form as it is, and the page says why not."""
    response = Response(options or "null", mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def problems_with(sentence: str) -> list[dict[str, str]]:
    """For the summary at the top of the page."""
    return [{"text": sentence, "href": PLACE}] if sentence else []
