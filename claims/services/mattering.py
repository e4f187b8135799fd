"""Whether a message that waited still has its reason when its turn comes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import State
from claims.models import ActionRequest, Agreement, BankAccount, Claim, Message, PaymentRun
from claims.reminders.kinds import Kind


def still_matters(session: Session, message: Message, at: datetime) -> bool:
    """Whether what ``message`` asks for is still to be done, and can be."""
    match message.kind:
        case Kind.CLAIM_DEADLINE:
            claim = _draft(session, message)
            return claim is not None and claim.last_day_on is not None and claim.last_day_on >= london_date(at)
        case Kind.CLAIM_MISSED | Kind.COMPLETION_CLAIM_READY:
            return _draft(session, message) is not None
        case Kind.NEEDS_ACTION:
            request = session.get(ActionRequest, _numbers(message)[-1])
            return request is not None and request.settled_at is None
        case Kind.AGREEMENT_UNSIGNED:
            _, employer_id, _, year, *_ = message.about.split(":")
            signed = select(Agreement.id).where(
                Agreement.employer_id == int(employer_id), Agreement.scheme_year == year
            )
            return session.scalars(signed).first() is None
        case Kind.BANK_DETAILS_MISSING:
            given = select(BankAccount.id).where(
                BankAccount.employer_id == _numbers(message)[0], BankAccount.replaced_at.is_(None)
            )
            return session.scalars(given).first() is None
        case Kind.RUN_UNRELEASED:
            run = session.get(PaymentRun, _numbers(message)[0])
            return run is not None and run.state == "drawn-up"
        case Kind.OMMT_CLOSING | Kind.SCHEME_YEAR_CLOSING:
            return message.last_day_on is None or message.last_day_on >= london_date(at)
        case _:
            return True


def _draft(session: Session, message: Message) -> Claim | None:
    claim = session.get(Claim, _numbers(message)[0])
    return claim if claim is not None and claim.state == State.DRAFT else None


def _numbers(message: Message) -> list[int]:
    """The ids in what the message is about."""
    return [int(part) for part in message.about.split(":") if part.isdigit()]
