"""Everything that reminders are decided from, read for a day or for a few days in a row."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Role, State
from claims.models import Claim, Message, PaymentRun
from claims.reminders.facts import Facts, LatestYear, Unpaid, UnreleasedRun, Waiting
from claims.reminders.kinds import BLOCKS, Key, Kind
from claims.rules.scheme import Fund
from claims.store import remindable_claims as claims
from claims.store import remindable_employers as employers
from claims.store.holidays import england_bank_holidays
from claims.store.reading import Reading
from claims.store.reference import listed_on
from claims.store.told import who_is_told

REMEMBERED = timedelta(days=120)
"""Longer than any stage matters: no reminder that was due earlier is planned again."""
KINDS = {str(kind): kind for kind in Kind}


def facts_for(session: Session, day: date, until: date | None = None) -> Facts:
    """Everything that the reminders of ``day``, and of the days up to ``until``, are decided from, as it stands now."""
    reading = Reading(session, day, until or day, listed_on(session, day).reference, who_is_told(session))
    drafts, drafted = claims.near_drafts(reading), employers.first_dated_drafts(reading)
    return Facts(
        deadlines=tuple(claims.deadline(reading, row) for row in drafts),
        requests=tuple(claims.requests(reading)),
        holidays=england_bank_holidays(),
        completions=tuple(claims.completions(reading)),
        trainings=tuple(claims.trainings(reading)),
        unsigned=tuple(employers.unsigned(reading, drafted)),
        outdated=tuple(employers.outdated(reading, drafted)),
        no_bank_details=tuple(employers.no_bank_details(reading)),
        open_purchases=tuple(employers.open_purchases(reading)),
        ommt_drafts=tuple(claims.ommt_drafts(reading, (row for row in drafts if row.fund == Fund.OMMT))),
        committed=tuple(employers.committed(reading)),
        waiting=_waiting(reading),
        unpaid=_unpaid(reading),
        unreleased=tuple(_unreleased(reading)),
        latest_year=_latest_year(reading),
    )


def sent_keys(session: Session, day: date) -> set[Key]:
    """The keys of the messages that were ever queued, as far as a reminder of ``day`` or later could repeat them."""
    rows = session.execute(
        select(Message.kind, Message.person_id, Message.about, Message.due_on).where(
            Message.kind.in_(KINDS),
            or_(
                Message.due_on >= day - REMEMBERED,
                Message.kind == Kind.CAP_NEAR,
                Message.about.endswith(BLOCKS, autoescape=True),
            ),
        )
    )
    return {Key(KINDS[kind], person_id, about, due_on) for kind, person_id, about, due_on in rows}


def _waiting(reading: Reading) -> Waiting:
    instants = reading.session.scalars(select(Claim.submitted_at).where(Claim.state == State.SUBMITTED))
    days = Counter(london_date(at) for at in instants if at)
    return Waiting(tuple(sorted(days.items())), reading.told.staff(Role.ASSESSOR, Role.LEAD_ASSESSOR))


def _unpaid(reading: Reading) -> Unpaid:
    approved = reading.session.execute(
        select(Claim.decided_at, Claim.payable_pence).where(Claim.state == State.APPROVED, Claim.payable_pence > 0)
    )
    days: dict[date, list[int]] = defaultdict(list)
    for decided_at, pence in approved:
        if decided_at and pence:
            days[london_date(decided_at)].append(pence)
    return Unpaid(
        tuple((day, len(each), sum(each)) for day, each in sorted(days.items())), reading.told.staff(Role.FINANCE)
    )


def _unreleased(reading: Reading) -> Iterator[UnreleasedRun]:
    runs = select(PaymentRun.id, PaymentRun.reference, PaymentRun.drawn_up_at)
    for row in reading.session.execute(runs.where(PaymentRun.state == "drawn-up").order_by(PaymentRun.id)):
        yield UnreleasedRun(row.id, row.reference, london_date(row.drawn_up_at), reading.told.staff(Role.FINANCE))


def _latest_year(reading: Reading) -> LatestYear:
    latest = reading.reference.years[-1]
    return LatestYear(latest.name, latest.day("paid_to"), reading.told.staff(Role.ADMINISTRATOR))
