"""What waits for an employer's people: in which list, at which edge, and how much of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from claims.db import Database
from claims.demo import cast
from claims.demo.cast import House
from claims.lifecycle import Act
from claims.models import ActionRequest, Agreement, BankAccount, Claim
from claims.services.drafting import open_completion
from claims.services.moving import move
from claims.store.agenda import SHOWN, agenda_of, paperwork_of
from claims.store.money import ToBePaid, money_of
from tests.keys import KEYRING
from tests.purchases import AT, a_claim, a_purchase, a_ready_claim, send_in
from tests.stage import Stage

TODAY = AT.date()
NAME = "Niamh O’Brien"


@pytest.fixture
def hartley(database: Database) -> House:
    with database.write() as session:
        return cast.hartley_house(session, KEYRING, AT)


@pytest.mark.parametrize(
    ("days", "where"),
    [(-1, "missed"), (0, "urgent"), (7, "urgent"), (8, "soon"), (28, "soon"), (29, "unfinished")],
)
def test_a_draft_is_in_the_list_of_its_last_day(database: Database, hartley: House, days: int, where: str) -> None:
    with database.write() as session:
        claim = a_claim(session, hartley, a_purchase(session, hartley), NAME)
        claim.last_day_on = TODAY + timedelta(days)
        session.flush()
        agenda = agenda_of(session, hartley.employer_id, TODAY)
        lists = ("urgent", "soon", "sent_back", "completions", "failed", "unfinished", "missed")
        assert [name for name in lists if getattr(agenda, name).total] == [where]
        assert not agenda.is_empty
        meadow = cast.meadow_view(session, KEYRING, AT)
        assert agenda_of(session, meadow.employer_id, TODAY).is_empty


def test_completion_claims_wait_until_they_are_due(database: Database, hartley: House) -> None:
    with database.write() as session:
        start = a_claim(session, hartley, a_purchase(session, hartley), NAME)
        completion = open_completion(session, start, hartley.submitter, AT)
        start.last_day_on = TODAY + timedelta(60)
        session.flush()
        assert agenda_of(session, hartley.employer_id, TODAY).completions.rows == [completion]
        completion.last_day_on = TODAY + timedelta(28)
        session.flush()
        agenda = agenda_of(session, hartley.employer_id, TODAY)
        assert (agenda.completions.total, agenda.soon.rows) == (0, [completion])


def test_lists_are_bounded_and_say_how_many_there_are(database: Database, hartley: House) -> None:
    with database.write() as session:
        for _ in range(2):
            purchase = a_purchase(session, hartley)
            for name in hartley.learners:
                a_claim(session, hartley, purchase, name)
        session.execute(update(Claim).values(last_day_on=TODAY))
        urgent = agenda_of(session, hartley.employer_id, TODAY).urgent
        assert (len(urgent.rows), urgent.total, urgent.more) == (SHOWN, 20, 20 - SHOWN)


def test_what_was_asked_first_stands_first(database: Database, hartley: House) -> None:
    with database.write() as session:
        assessor = cast.back_office(session, KEYRING, AT).assessor
        claims = [a_ready_claim(session, hartley, name) for name in list(hartley.learners)[:2]]
        for hours, claim in zip((5, 1), claims, strict=True):
            send_in(session, hartley, claim)
            at = AT + timedelta(hours=hours)
            move(session, claim, Act.REQUEST_ACTION, assessor, at, because="Which day?")
            request = {"about": "payment", "note": "Which day?", "asked_by_id": assessor.person_id, "reply": ""}
            session.add(ActionRequest(claim_id=claim.id, asked_at=at, **request))
        session.flush()
        sent_back = agenda_of(session, hartley.employer_id, TODAY).sent_back
        assert [each.claim for each in sent_back.rows] == claims[::-1]
        assert sent_back.rows[0].asked_at == AT + timedelta(hours=1)


def test_paper_work_names_what_is_missing(database: Database, hartley: House) -> None:
    with database.write() as session:
        assert paperwork_of(session, hartley.employer_id, "2025-26").account == "verified"
        assert paperwork_of(session, hartley.employer_id, "2025-26").unsigned_years == ()
        assert paperwork_of(session, hartley.employer_id, "2026-27").unsigned_years == ("2026-27",)
        session.execute(update(BankAccount).values(verified_at=None, verified_by_id=None))
        assert paperwork_of(session, hartley.employer_id, "2025-26").account == "unverified"
        session.execute(update(BankAccount).values(replaced_at=AT))
        assert paperwork_of(session, hartley.employer_id, "2025-26").account == "missing"
        a_claim(session, hartley, a_purchase(session, hartley), NAME)
        session.execute(update(Agreement).values(scheme_year="2024-25"))
        assert paperwork_of(session, hartley.employer_id, "2026-27").unsigned_years == ("2025-26", "2026-27")


def test_money_is_summed_by_where_claims_stand(stage: Stage) -> None:
    stage.submitted("Niamh O’Brien")
    stage.approved("Daniel Mensah", "Zofia Kowalska")
    with stage.database.read() as session:
        (row,) = money_of(session, stage.house.employer_id, AT)
        assert (row.scheme_year, row.fund) == ("2025-26", "main")
        assert (row.waiting_pence, row.approved_pence, row.paid_pence) == (924_00, 2 * 924_00, 0)
        assert (row.claimed_pence, row.committed_pence) == (3 * 924_00, 2 * 924_00)
        assert row.cap_pence is not None
        assert row.last_submitted_at is not None
        assert (row.overdue, row.in_time) == (None, ToBePaid(2 * 924_00, row.last_submitted_at, row.last_submitted_at))
        assert money_of(session, stage.meadow.employer_id, AT) == []
        assert date(2026, 2, 2) == row.last_submitted_at.date()
