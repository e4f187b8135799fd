"""Do what a form asks for once, however often it is sent: a double click, a second tab, a retry after a time-out."""

import hashlib
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed
from claims.models import FormToken


class AlreadySent(Exception):
    """The form did its work before; ``led_to`` is where it led."""

    def __init__(self, led_to: str) -> None:
        super().__init__(led_to)
        self.led_to = led_to


def spend_token(session: Session, token: str, leads_to: str, by: Actor, at: datetime) -> None:
    """Use up the form's token, in the transaction that does its work.

    A second sender waits here until the first has finished. Raises ``AlreadySent`` when it succeeded, and
    ``NotAllowed`` for a form without a token.
    """
    if not token:
        raise NotAllowed("This form is incomplete. Open the page again and send it from there.")
    token_hash = hashlib.sha256(f"{by.person_id}:{token}".encode()).hexdigest()
    try:
        with session.begin_nested():
            session.add(FormToken(token_hash=token_hash, person_id=by.person_id, used_at=at, led_to=leads_to))
    except IntegrityError:
        raise AlreadySent(session.get_one(FormToken, token_hash).led_to) from None
