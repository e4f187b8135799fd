"""Brings a made-up world into a database, day by day, and lets the real jobs look at it each morning."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims.clock import LONDON, london_date
from claims.demo import cast
from claims.lifecycle import State
from claims.models import (
    ActionRequest,
    Agreement,
    BankAccount,
    Claim,
    Commitment,
    Employer,
    Evidence,
    Learner,
    Membership,
    Message,
    PaymentRun,
    Person,
    Purchase,
)
from claims.rules.scheme import Reference, SchemeYear
from claims.store import reference as stored
from tests.keys import KEYRING
from tests.reminding.obvious import Office
from tests.reminding.world import (
    CAP_PENCE,
    DAYS,
    FIRST,
    MAIN_COURSE,
    OMMT_COURSE,
    MadeClaim,
    MadeEmployer,
    MadePurchase,
    World,
)

EVERY_DAY = [FIRST + timedelta(days=each) for each in range(1, DAYS)]
Change = Callable[[Session], None]


def at(day: date, hour: int) -> datetime:
    """So many o'clock in London."""
    return datetime.combine(day, time(hour), LONDON)


def two_years(reference: Reference) -> Reference:
    """The reference with 2026-27 after 2025-26, a year later in every day."""
    (year,) = reference.years

    def later(value: Any) -> Any:
        return value.replace(year=value.year + 1) if isinstance(value, date) else value

    parameters = {name: each._replace(value=later(each.value)) for name, each in year.parameters.items()}
    return replace(reference, years=(year, SchemeYear("2026-27", "2026-27.1", parameters)))


def know_two_years(monkeypatch: pytest.MonkeyPatch) -> None:
    longer = two_years(stored.from_files())
    monkeypatch.setattr(stored, "from_files", lambda: longer)
    monkeypatch.setattr(stored, "_made", {})


def open_office(session: Session) -> Office:
    office = cast.back_office(session, KEYRING, at(FIRST, 7))
    ids = {role: getattr(office, role).person_id for role in ("assessor", "other_assessor", "lead")}
    return Office(
        sorted(ids.values()),
        sorted((office.finance.person_id, office.other_finance.person_id)),
        [office.administrator.person_id],
    )


def happenings(world: World) -> dict[date, list[Change]]:
    """By day, what is written at noon."""
    days: dict[date, list[Change]] = {}
    for employer in world.employers:
        for day, change in _employer(employer):
            days.setdefault(day, []).append(change)
    for run in world.runs:
        days.setdefault(run.drawn_up_on, []).append(_add(_run, run.run_id, run.drawn_up_on))
        if run.released_on:
            days.setdefault(run.released_on, []).append(_run_released(run.run_id, run.released_on))
    return days


def _employer(made: MadeEmployer) -> Iterator[tuple[date, Change]]:
    yield made.registered_on, _add(_row_of_employer, made)
    for each in made.colleagues:
        # The one before has left by then.
        if each.left_on:
            yield each.left_on, _left(made.employer_id, each.person_id, each.left_on)
    for each in made.colleagues:
        yield each.from_on, _add(_person, each.person_id, each.from_on)
        yield each.from_on, _add(_membership, made.employer_id, each.person_id, each.from_on, each.is_sro)
    for year, day in made.signed_on.items():
        yield day, _add(_agreement, made, year, day)
    if made.bank_on:
        yield made.bank_on, _add(_bank, made, made.bank_on)
    for day in made.updated_on:
        yield day, _set(Employer, made.employer_id, workforce_data_updated_on=day)
    for day, year, pence in made.committed:
        yield day, _committed(made.employer_id, year, pence)
    for purchase in made.purchases:
        yield purchase.entered_on, _add(_purchase, made, purchase)
        if purchase.fixed_on:
            yield purchase.fixed_on, _set(Purchase, purchase.purchase_id, fixed_at=at(purchase.fixed_on, 12))
        for claim in purchase.claims:
            yield from _claim(made, purchase, claim)


def _claim(employer: MadeEmployer, purchase: MadePurchase, claim: MadeClaim) -> Iterator[tuple[date, Change]]:
    if claim.start is None:
        yield claim.entered_on, _add(_learner, employer, claim)
    yield claim.entered_on, _add(_row_of_claim, employer, purchase, claim)
    if claim.certificate_on:
        yield claim.certificate_on, _add(_certificate, employer, purchase, claim, claim.certificate_on)
    if claim.submitted_on:
        noon = at(claim.submitted_on, 12)
        yield (
            claim.submitted_on,
            _set(Claim, claim.claim_id, state="submitted", first_submitted_at=noon, submitted_at=noon),
        )
    if claim.asked_on:
        yield claim.asked_on, _set(Claim, claim.claim_id, state="needs-action")
        yield claim.asked_on, _add(_request, claim, claim.asked_on)
    if claim.answered_on:
        noon = at(claim.answered_on, 12)
        yield claim.answered_on, _set(Claim, claim.claim_id, state="submitted", submitted_at=noon)
        yield claim.answered_on, _set(ActionRequest, claim.claim_id, settled_at=noon)
    if claim.approved_on:
        amounts = dict.fromkeys(("reimbursable_pence", "entitlement_pence", "payable_pence"), 1000)
        noon = at(claim.approved_on, 12)
        yield claim.approved_on, _set(Claim, claim.claim_id, state="approved", decided_at=noon, **amounts)
    if claim.taken_on:
        yield claim.taken_on, _set(Claim, claim.claim_id, state="in-payment")


def _add(make: Callable[..., Any], *given: Any) -> Change:
    def change(session: Session) -> None:
        session.add(make(*given))
        session.flush()

    return change


def _set(table: Any, row_id: int, **values: Any) -> Change:
    return lambda session: session.execute(update(table).where(table.id == row_id).values(**values)) and None


def _left(employer_id: int, person_id: int, day: date) -> Change:
    mine = (Membership.employer_id == employer_id, Membership.person_id == person_id)
    return lambda session: session.execute(update(Membership).where(*mine).values(left_at=at(day, 11))) and None


def _run_released(run_id: int, day: date) -> Change:
    def change(session: Session) -> None:
        releaser = session.scalars(select(Person.id).where(Person.email == "priya.shah@example.org")).one()
        session.execute(
            update(PaymentRun)
            .where(PaymentRun.id == run_id)
            .values(state="released", released_at=at(day, 12), released_by_id=releaser)
        )

    return change


def _committed(employer_id: int, year: str, pence: int) -> Change:
    return lambda session: (
        session.merge(
            Commitment(
                employer_id=employer_id, fund="main", scheme_year=year, cap_pence=CAP_PENCE, committed_pence=pence
            )
        )
        and session.flush()
    )


def _row_of_employer(made: MadeEmployer) -> Employer:
    return Employer(
        id=made.employer_id,
        workplace_id=f"Z{made.employer_id:07}",
        name=f"House no. {made.employer_id}",
        address="1 Road",
        registration="registered",
        suspended=False,
        created_at=at(made.registered_on, 12),
    )


def _person(person_id: int, day: date) -> Person:
    return Person(id=person_id, email=f"p{person_id}@example.com", name=f"Person {person_id}", created_at=at(day, 12))


def _membership(employer_id: int, person_id: int, day: date, is_sro: bool) -> Membership:
    role = "sro" if is_sro else "submitter"
    return Membership(employer_id=employer_id, person_id=person_id, role=role, joined_at=at(day, 12))


def _agreement(made: MadeEmployer, year: str, day: date) -> Agreement:
    return Agreement(
        employer_id=made.employer_id, scheme_year=year, signed_on=day, signed_by_id=made.colleagues[0].person_id
    )


def _bank(made: MadeEmployer, day: date) -> BankAccount:
    return BankAccount(
        employer_id=made.employer_id,
        account_name="Account",
        sort_code="-",
        account_number="-",
        given_at=at(day, 12),
        given_by_id=made.colleagues[0].person_id,
    )


def _purchase(employer: MadeEmployer, made: MadePurchase) -> Purchase:
    return Purchase(
        id=made.purchase_id,
        employer_id=employer.employer_id,
        course_code=MAIN_COURSE if made.fund == "main" else OMMT_COURSE,
        fund=made.fund,
        paid_on=made.paid_on,
        started_on=made.started_on,
        planned_end_on=made.planned_end_on,
        entered_by_id=made.entered_by,
        created_at=at(made.entered_on, 12),
    )


def _learner(employer: MadeEmployer, claim: MadeClaim) -> Learner:
    return Learner(
        id=claim.learner_id,
        employer_id=employer.employer_id,
        first_name="Anna",
        last_name="Zimmer",
        number="-",
        number_hash=f"hash {claim.learner_id}",
        job_role="care-worker",
        engagement="employee",
        works_in_england=True,
        post_requires_registration=False,
        employed_from=FIRST,
        created_at=at(claim.entered_on, 12),
    )


def _row_of_claim(employer: MadeEmployer, purchase: MadePurchase, claim: MadeClaim) -> Claim:
    return Claim(
        id=claim.claim_id,
        base=f"{claim.claim_id:011}",
        part=claim.part,
        state=State.DRAFT,
        employer_id=employer.employer_id,
        purchase_id=purchase.purchase_id,
        learner_id=claim.learner_id,
        start_claim_id=claim.start.claim_id if claim.start else None,
        course_code=MAIN_COURSE if purchase.fund == "main" else OMMT_COURSE,
        fund=purchase.fund,
        scheme_year=claim.scheme_year,
        last_day_on=claim.last_day_on,
        entered_by_id=claim.entered_by,
        created_at=at(claim.entered_on, 12),
    )


def _certificate(employer: MadeEmployer, purchase: MadePurchase, claim: MadeClaim, day: date) -> Evidence:
    return Evidence(
        employer_id=employer.employer_id,
        purchase_id=purchase.purchase_id,
        claim_id=claim.claim_id,
        kind="certificate",
        name="c.pdf",
        media_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        added_at=at(day, 12),
        added_by_id=claim.entered_by,
    )


def _request(claim: MadeClaim, day: date) -> ActionRequest:
    return ActionRequest(
        id=claim.claim_id,
        claim_id=claim.claim_id,
        about="payment",
        note="Page 2",
        asked_at=at(day, 12),
        asked_by_id=claim.entered_by,
        reply="",
    )


def _run(run_id: int, day: date) -> PaymentRun:
    # Id 1 is somebody in the back office; who drew it up decides nothing here.
    return PaymentRun(
        id=run_id,
        reference=f"RUN-{run_id}",
        scheme_year="2025-26",
        filters={},
        state="drawn-up",
        drawn_up_at=at(day, 12),
        drawn_up_by_id=1,
    )


def said_in(session: Session) -> list[tuple[date, str, int, str, date]]:
    """What was queued, on which day, in order."""
    rows = session.execute(
        select(Message.queued_at, Message.kind, Message.person_id, Message.about, Message.due_on).order_by(Message.id)
    )
    return [
        (london_date(queued_at), kind, person_id, about, due_on) for queued_at, kind, person_id, about, due_on in rows
    ]
