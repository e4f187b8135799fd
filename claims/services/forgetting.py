"""Forget what is no longer needed: sign-in codes in messages that were sent, used or are too old."""

from datetime import datetime, timedelta

from sqlalchemy import String, cast, literal, or_, select, update
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.models import Message, SignInCode
from claims.store.outgoing import CODE, WITHOUT_THE_CODE

LOOKED_BACK = timedelta(days=30)
"""Longer than a scheduler stands still; so that each look is at recent messages only."""


def forget_codes(session: Session, at: datetime, *, once_sent: bool) -> int:
    """Empty messages whose code was used or is too old, and with ``once_sent`` those that were sent; says how many.

    A message that still waits to be sent then is dropped: its code would not work. One that is just being sent is left.
    """
    works = select(literal("sign-in-code:") + cast(SignInCode.id, String)).where(
        SignInCode.used_at.is_(None), SignInCode.expires_at > at
    )
    is_over = or_(Message.about.not_in(works), Message.state == "sent") if once_sent else Message.about.not_in(works)
    of_codes = (Message.kind == CODE, Message.due_on >= london_date(at - LOOKED_BACK), Message.text != "")
    session.execute(update(Message).where(*of_codes, is_over, Message.state == "queued").values(state="dropped"))
    emptied = session.execute(
        update(Message)
        .where(*of_codes, is_over, Message.state.in_(("sent", "failed", "dropped", "stopped")))
        .values(subject=WITHOUT_THE_CODE, text="")
    )
    return int(emptied.rowcount)  # type: ignore[attr-defined]
