"""A claim that was sent back: answered, changed, sent again, or taken back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from claims.db import Database
from claims.demo import cast
from claims.demo.cast import House
from claims.lifecycle import Act, NotAllowed, State
from claims.models import ActionRequest, Claim, EventNote, Slot
from claims.readiness import Obstacle
from claims.rules.findings import Says
from claims.services.answering import Answered, answer, resubmit, tell_dates, withdraw
from claims.services.claiming import assess_claim, look_up_facts
from claims.services.drafting import Stale
from claims.services.evidencing import add_certificate
from claims.services.moving import move
from claims.services.recording import verify
from claims.services.snapshots import changes_since
from claims.store.claims import requests_of
from claims.store.history import kept_note_of
from tests.keys import KEYRING
from tests.purchases import AT, a_file, a_ready_claim, send_in

LATER = datetime(2025, 9, 10, 10, 0, tzinfo=UTC)
"""After the last day to claim of what was first submitted in time."""


@pytest.fixture
def hartley(database: Database) -> House:
    with database.write() as session:
        return cast.hartley_house(session, KEYRING, AT)


def sent_back(session, hartley: House, about: str = "completion") -> tuple[Claim, ActionRequest]:
    claim = a_ready_claim(session, hartley, "Niamh O’Brien", "LTS", "full", completed_on=date(2025, 5, 20))
    send_in(session, hartley, claim)
    assessor = cast.back_office(session, KEYRING, AT).assessor
    move(session, claim, Act.REQUEST_ACTION, assessor, AT, because="The certificate shows another date.")
    request = ActionRequest(
        claim_id=claim.id,
        about=about,
        note="The certificate shows another date.",
        asked_at=AT,
        asked_by_id=assessor.person_id,
        reply="",
    )
    session.add(request)
    session.flush()
    return claim, request


def test_nothing_is_sent_again_until_something_changed(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim, _ = sent_back(session, hartley)
        with pytest.raises(NotAllowed, match="or write a reply"):
            resubmit(session, KEYRING, claim, hartley.sro, LATER)
        assert claim.state == State.NEEDS_ACTION


def test_a_reply_is_enough_and_settles_the_request(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim, request = sent_back(session, hartley)
        said = {request.id: Answered(" It is the date of the letter. ", ticked=False)}
        assert answer(session, claim, said, by=hartley.sro, at=LATER)
        assert not answer(session, claim, said, by=hartley.sro, at=LATER)
        assert resubmit(session, KEYRING, claim, hartley.sro, LATER, note="Thank you") == ()
        assert (claim.state, claim.first_submitted_at, claim.submitted_at) == ("submitted", AT, LATER)
        assert requests_of(session, claim)[0].settled_at == LATER
        assert session.scalars(select(EventNote.note)).all()[-1] == "Thank you"
        assert verify(session)[1] == []
        with pytest.raises(NotAllowed, match="no longer open"):
            answer(session, claim, {request.id: Answered("More", ticked=False)}, by=hartley.sro, at=LATER)


def test_a_note_is_kept_until_the_claim_is_sent_and_refused_when_too_long_or_stale(
    database: Database, hartley: House
) -> None:
    with database.write() as session:
        claim, request = sent_back(session, hartley)
        assert kept_note_of(session, claim.id) == ""
        assert answer(session, claim, {}, note=" In two parts. ", by=hartley.sro, at=LATER)
        assert not answer(session, claim, {}, note="In two parts.", by=hartley.sro, at=LATER)
        assert not answer(session, claim, {}, by=hartley.sro, at=LATER)
        assert kept_note_of(session, claim.id) == "In two parts."
        with pytest.raises(NotAllowed, match="1,500"):
            answer(session, claim, {}, note="x" * 1501, by=hartley.sro, at=LATER)
        with pytest.raises(Stale):
            answer(session, claim, {}, note="Late", by=hartley.sro, at=LATER, changes=claim.changes - 1)
        # A note alone is no answer to what was asked.
        with pytest.raises(NotAllowed, match="or write a reply"):
            resubmit(session, KEYRING, claim, hartley.sro, LATER, note="In two parts.")
        answer(session, claim, {request.id: Answered("See the note", ticked=True)}, by=hartley.sro, at=LATER)
        assert resubmit(session, KEYRING, claim, hartley.sro, LATER, note="In two parts.") == ()
        assert verify(session)[1] == []
        with pytest.raises(NotAllowed, match="no longer"):
            answer(session, claim, {}, note="More", by=hartley.sro, at=LATER)


def test_what_changed_since_is_listed(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim, _ = sent_back(session, hartley)
        tell_dates(
            session, claim, started_on=date(2025, 5, 10), completed_on=date(2025, 5, 22), by=hartley.sro, at=LATER
        )
        add_certificate(session, claim, a_file("right.pdf"), hartley.sro, LATER)
        facts, _ = look_up_facts(session, KEYRING, claim, LATER.date())
        changes = {change.name: (change.before, change.now) for change in changes_since(session, claim, facts)}
        assert changes["training.completed_on"] == ("2025-05-20", "2025-05-22")
        assert changes["evidence.added"] == (None, "right.pdf")
        assert len(changes) == 3
        assert resubmit(session, KEYRING, claim, hartley.sro, LATER) == ()
        facts, _ = look_up_facts(session, KEYRING, claim, LATER.date())
        assert changes_since(session, claim, facts) == ()


def test_the_deadline_is_judged_on_the_first_submission(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim, _ = sent_back(session, hartley)
        # A corrected date moves the last day before the first submission: a person decides, it does not fail.
        tell_dates(session, claim, started_on=None, completed_on=date(2025, 5, 20), by=hartley.sro, at=LATER)
        claim.completed_on = date(2025, 2, 20)
        session.flush()
        said = {
            finding.rule: finding.outcome for finding in assess_claim(session, KEYRING, claim, LATER.date()).findings
        }
        assert said["submitted-in-time"] is Says.CHECK


def test_what_blocks_a_first_submission_blocks_the_next(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim, request = sent_back(session, hartley)
        answer(session, claim, {request.id: Answered("See above", ticked=True)}, by=hartley.sro, at=LATER)
        claim.learner.engagement = "volunteer"
        session.flush()
        blockers = resubmit(session, KEYRING, claim, hartley.sro, LATER)
        assert [found.obstacle for found in blockers] == [Obstacle.RULES]
        assert (claim.state, request.settled_at) == ("needs-action", None)


def test_acts_on_a_stale_page_are_refused(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim, _ = sent_back(session, hartley)
        old = claim.changes - 1
        with pytest.raises(Stale):
            resubmit(session, KEYRING, claim, hartley.sro, LATER, changes=old)
        with pytest.raises(Stale):
            withdraw(session, claim, "Wrong person", by=hartley.sro, at=LATER, changes=old)
        with pytest.raises(Stale):
            tell_dates(session, claim, started_on=None, completed_on=None, by=hartley.sro, at=LATER, changes=old)


def test_withdrawing_gives_the_slots_back(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim, request = sent_back(session, hartley)
        with pytest.raises(NotAllowed, match="reason"):
            withdraw(session, claim, " ", by=hartley.sro, at=LATER)
        withdraw(session, claim, "Paid by somebody else", by=hartley.sro, at=LATER)
        assert (claim.state, request.settled_at) == ("withdrawn", LATER)
        assert session.scalars(select(Slot)).all() == []
        with pytest.raises(NotAllowed):
            withdraw(session, claim, "Again", by=hartley.sro, at=LATER)


def test_dates_of_a_claim_in_other_hands_stay(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        with pytest.raises(NotAllowed, match="no completion date"):
            tell_dates(session, claim, started_on=None, completed_on=date(2025, 5, 20), by=hartley.sro, at=AT)
        assert tell_dates(session, claim, started_on=date(2025, 5, 12), completed_on=None, by=hartley.sro, at=AT)
        assert claim.last_day_on == date(2025, 8, 12)
        assert not tell_dates(session, claim, started_on=date(2025, 5, 12), completed_on=None, by=hartley.sro, at=AT)
        send_in(session, hartley, claim)
        with pytest.raises(NotAllowed, match="no longer be changed"):
            tell_dates(session, claim, started_on=None, completed_on=None, by=hartley.sro, at=LATER)
