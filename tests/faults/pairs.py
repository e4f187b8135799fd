"""Two submissions of the same claim in one instant: two tabs, two purchases, two employers. One of them counts."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.demo import cast
from claims.lifecycle import LIVE, NotAllowed
from claims.models import Claim, Learner, Purchase
from claims.services.answering import tell_dates
from claims.services.claiming import submit
from claims.services.enrolling import enrol
from claims.services.evidencing import add_certificate, add_payment_evidence
from claims.services.once import AlreadySent
from claims.services.purchasing import change_purchase, start_purchase
from claims.store.claims import claims_in
from tests.keys import KEYRING
from tests.stage import AT, CERTIFICATE_COURSE, Stage, a_file

PAID_ON, COMPLETED_ON = date(2025, 12, 10), date(2026, 1, 20)
WAYS = ("two tabs", "two purchases", "two employers")
FIRST_NUMBER = 200_000
"""The learners of these pairs are numbered from here on; the cast's come before."""


@dataclass
class Raced:
    """What became of the pairs so far."""

    pairs: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WAYS, 0))
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sending:
    house: cast.House
    purchase_id: int
    token: str
    seen: dict[int, int]


def race(stage: Stage, chance: random.Random, number: int, raced: Raced) -> None:
    """One pair: somebody nobody has claimed for is claimed for twice at once."""
    way = chance.choice(WAYS)
    split = [chance.random() < 0.4, chance.random() < 0.4]
    first = stage.house
    second = stage.meadow if way == "two employers" else stage.house
    with stage.database.write() as session:
        learner = _newcomer(session, first, number)
        other = _newcomer(session, second, number) if way == "two employers" else learner
        one = _draft(session, first, learner, number, split=split[0])
        two = one if way == "two tabs" else _draft(session, second, other, number, split=split[1])
        hashed = session.get_one(Learner, learner).number_hash
    # In two tabs the same page may have been sent twice, or two pages that show the same.
    same = way == "two tabs" and chance.random() < 0.5
    sendings = [
        _Sending(first, one, f"pair-{number}", _seen(stage, one)),
        _Sending(second, two, f"pair-{number}" if same else f"pair-{number}-b", _seen(stage, two)),
    ]
    came = _at_once([lambda each=each: _send(stage, each) for each in sendings])
    raced.pairs[way] += 1
    with stage.database.read() as session:
        live = session.scalars(
            select(func.count())
            .select_from(Claim)
            .join(Learner, Learner.id == Claim.learner_id)
            .where(Learner.number_hash == hashed, Claim.state.in_(LIVE))
        ).one()
    if live != 1 or sorted(came) != ["refused", "submitted"]:
        raced.faults.append(f"pair {number}, {way}: {live} live claims, {came}")


def _at_once(acts: list[Callable[[], str]]) -> list[str]:
    together, came = threading.Barrier(len(acts)), []

    def begin(act: Callable[[], str]) -> None:
        together.wait()
        try:
            came.append(act())
        except Exception as fault:  # noqa: BLE001  whatever it is, it is what came of it
            came.append(f"{type(fault).__name__}: {fault}")

    threads = [threading.Thread(target=begin, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def _send(stage: Stage, sending: _Sending) -> str:
    try:
        with stage.database.write() as session:
            done = submit(
                session,
                KEYRING,
                session.get_one(Purchase, sending.purchase_id),
                sending.seen,
                declared=True,
                token=sending.token,
                leads_to="/",
                by=sending.house.submitter,
                at=AT,
            )
            return "submitted" if done.submitted else "refused"
    except (AlreadySent, NotAllowed):
        return "refused"


def _seen(stage: Stage, purchase_id: int) -> dict[int, int]:
    with stage.database.read() as session:
        return {claim.id: claim.changes for claim in claims_in(session, session.get_one(Purchase, purchase_id))}


def _newcomer(session: Session, house: cast.House, number: int) -> int:
    unreal = cast.unreal_number(FIRST_NUMBER + number)
    return cast.learner(session, KEYRING, house.employer_id, ("Learner", f"No. {number}"), number=unreal, at=AT).id


def _draft(session: Session, house: cast.House, learner_id: int, number: int, *, split: bool) -> int:
    by = house.submitter
    purchase = start_purchase(session, house.employer_id, CERTIFICATE_COURSE, by, AT)
    change_purchase(
        session,
        purchase,
        {
            "provider": "Brightwater Training",
            "invoice_reference": f"INV-{number}",
            "by_plan": False,
            "paid_on": PAID_ON,
            "cost_pence": 10_000,
            "people_covered": 1,
            "other_funding_pence": 0,
            "apprenticeship": False,
            "started_on": PAID_ON,
            "claimed_as": "split" if split else "full",
        },
        by,
        AT,
    )
    claim = enrol(session, purchase, session.get_one(Learner, learner_id), by, AT)
    add_payment_evidence(session, purchase, a_file("invoice.pdf", purchase.id), by, AT)
    if not split:
        tell_dates(session, claim, started_on=PAID_ON, completed_on=COMPLETED_ON, by=by, at=AT)
        add_certificate(session, claim, a_file("certificate.pdf", claim.id), by, AT)
    return purchase.id
