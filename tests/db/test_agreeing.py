"""The agreement of a scheme year: signed once, by the officer, and kept as it was signed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select

from claims.lifecycle import Actor, NotAllowed
from claims.models import Agreement, Employer, Event, Message, Purchase
from claims.readiness import Obstacle
from claims.reference.letter import letter_from
from claims.services import agreeing
from claims.services.claiming import assess_claim, what_blocks
from claims.store.claims import claims_in
from tests.keys import KEYRING
from tests.stage import AT, Stage

YEAR = "2025-26"


@pytest.fixture
def unsigned(stage: Stage) -> Stage:
    with stage.database.write() as session:
        session.execute(delete(Agreement).where(Agreement.employer_id == stage.house.employer_id))
    return stage


def sign(stage: Stage, by: Actor | None = None, *, year: str = YEAR, declared: bool = True, at=AT) -> int:
    with stage.database.write() as session:
        return agreeing.sign_agreement(session, year, declared=declared, by=by or stage.house.sro, at=at).id


def test_while_it_is_unsigned_a_claim_can_be_prepared_and_not_submitted(unsigned: Stage) -> None:
    with unsigned.database.write() as session:
        purchase_id = unsigned.drafted(session, ["Niamh O’Brien"]).id

    def obstacles() -> set[Obstacle]:
        with unsigned.database.read() as session:
            claim = claims_in(session, session.get_one(Purchase, purchase_id))[0]
            assessment = assess_claim(session, KEYRING, claim, AT.date())
            return {blocker.obstacle for blocker in what_blocks(session, claim, assessment)}

    assert obstacles() == {Obstacle.AGREEMENT}
    sign(unsigned)
    assert obstacles() == set()


def test_only_the_officer_of_a_registered_employer_signs_and_only_with_the_declaration(unsigned: Stage) -> None:
    for nobody in (unsigned.house.submitter, unsigned.office.lead):
        with pytest.raises(NotAllowed, match="Only the senior responsible officer"):
            sign(unsigned, nobody)
    with pytest.raises(NotAllowed, match="Tick the box"):
        sign(unsigned, declared=False)
    with unsigned.database.write() as session:
        session.get_one(Employer, unsigned.house.employer_id).registration = "started"
    with pytest.raises(NotAllowed, match="once your organisation is registered"):
        sign(unsigned)


def test_a_year_that_has_no_agreement_cannot_be_signed(unsigned: Stage) -> None:
    with pytest.raises(NotAllowed, match="no agreement for this year"):
        sign(unsigned, year="2031-32")


def test_what_was_signed_is_kept_and_signing_again_changes_nothing(unsigned: Stage) -> None:
    first = sign(unsigned)
    assert sign(unsigned, at=datetime(2026, 3, 1, tzinfo=UTC)) == first
    with unsigned.database.read() as session:
        kept = session.get_one(Agreement, first)
        assert kept.signed_on == AT.date()
        letter = letter_from(kept.terms)
        assert letter.scheme_year == YEAR
        assert letter.as_kept() == kept.terms
        assert session.scalar(select(func.count()).where(Event.act == "sign-agreement")) == 1
        told = session.scalars(select(Message).where(Message.kind == agreeing.MESSAGE)).all()
        assert [each.person_id for each in told] == [unsigned.house.sro.person_id]
