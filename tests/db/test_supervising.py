"""Looking after employers: suspended, marked and noted about by those who may; another officer put in charge."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Employer, Event, Membership, Message, Person
from claims.services import supervising
from claims.services.recording import verify
from claims.services.sessions import actor_of, start_session
from claims.services.supervising import (
    add_note,
    change_officer,
    lift_suspension,
    mark_at_risk,
    suspend,
    take_mark_away,
)
from claims.store.claims import NotFound
from claims.store.employers import find_employers, notes_of, officer_of, people_of
from tests.stage import Stage

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
Act = Callable[[Session, int, Actor, datetime, str], None]


@pytest.fixture
def session(stage: Stage) -> Iterator[Session]:
    with stage.database.write() as session:
        yield session


def put_in_charge(
    session: Session, stage: Stage, email: str, *, stays: bool = False, name: str = "Nia Price"
) -> Person:
    return change_officer(
        session,
        stage.house.employer_id,
        email=email,
        name=name,
        old_stays=stays,
        because="Grace has left.",
        by=stage.office.lead,
        at=AT,
    )


@pytest.mark.parametrize("act", [suspend, lift_suspension, mark_at_risk, take_mark_away])
def test_only_a_lead_with_a_reason_does_it_and_not_to_their_own_employer(
    session: Session, stage: Stage, act: Act
) -> None:
    house, office = stage.house.employer_id, stage.office
    for by in (office.assessor, office.finance, stage.house.sro):
        with pytest.raises(NotAllowed, match="lead"):
            act(session, house, by, AT, "Because.")
    with pytest.raises(NotAllowed, match="reason"):
        act(session, house, office.lead, AT, "  ")
    with pytest.raises(NotFound):
        act(session, 999, office.lead, AT, "Because.")
    session.add(Membership(employer_id=house, person_id=office.lead.person_id, role=Role.SUBMITTER, joined_at=AT))
    session.flush()
    with pytest.raises(NotAllowed, match="belong"):
        act(session, house, office.lead, AT, "Because.")


def test_each_act_is_one_event_however_often_it_is_done(session: Session, stage: Stage) -> None:
    house, lead = stage.house.employer_id, stage.office.lead
    employer = session.get_one(Employer, house)
    for act in (suspend, suspend, mark_at_risk, mark_at_risk):
        act(session, house, lead, AT, "Because.")
    assert (employer.suspended, employer.registration) == (True, "at-risk")
    for act in (lift_suspension, lift_suspension, take_mark_away, take_mark_away):
        act(session, house, lead, AT, "Because.")
    assert (employer.suspended, employer.registration) == (False, "registered")
    acts = session.scalars(select(Event.act).where(Event.about_kind == "employer").order_by(Event.number)).all()
    assert acts[-4:] == ["suspend", "mark-at-risk", "lift-suspension", "take-mark-away"]
    assert verify(session)[1] == []


def test_only_a_registered_employer_is_marked(session: Session, stage: Stage) -> None:
    session.get_one(Employer, stage.house.employer_id).registration = "sent"
    with pytest.raises(NotAllowed, match="not registered"):
        mark_at_risk(session, stage.house.employer_id, stage.office.lead, AT, "Because.")


def test_a_note_is_kept_with_its_author_and_its_words_stay_out_of_the_chain(session: Session, stage: Stage) -> None:
    house = stage.house.employer_id
    add_note(session, house, " Ring on Mondays. ", stage.office.finance, AT)
    [note] = notes_of(session, house)
    assert (note.note, note.by, note.at) == ("Ring on Mondays.", "Olu Martins", AT)
    event = session.scalars(select(Event).order_by(Event.number.desc()).limit(1)).one()
    assert (event.act, event.note_hash) == ("note", None)
    with pytest.raises(NotAllowed):
        add_note(session, house, "  ", stage.office.finance, AT)
    with pytest.raises(NotAllowed):
        add_note(session, house, "Ours", stage.house.sro, AT)


@pytest.mark.parametrize("stays", [True, False])
def test_another_officer_is_put_in_charge_and_the_one_before_is_signed_out(
    session: Session, stage: Stage, stays: bool
) -> None:
    house, grace = stage.house.employer_id, stage.house.sro
    token = start_session(session, grace, AT)
    nia = put_in_charge(session, stage, "Nia.Price@example.com", stays=stays)
    officer = officer_of(session, house)
    assert (officer.email, officer.name) == ("nia.price@example.com", "Nia Price")
    assert actor_of(session, token, AT) is None
    before = next(each for each in people_of(session, house) if each.person_id == grace.person_id)
    assert (before.role, before.left_at) == ((Role.SUBMITTER, None) if stays else (Role.SRO, AT))
    told = session.execute(
        select(Message.person_id, Message.subject).where(Message.kind == "officer-changed").order_by(Message.id)
    ).all()
    assert [person_id for person_id, _ in told] == [grace.person_id, nia.id]
    assert "no longer" in told[0].subject


def test_a_colleague_steps_up_and_the_old_officer_can_come_back(session: Session, stage: Stage) -> None:
    house = stage.house.employer_id
    put_in_charge(session, stage, "tom.bell@example.com", stays=True, name="Somebody Else")
    assert officer_of(session, house).name == "Tom Bell"  # who has an account keeps their name
    put_in_charge(session, stage, "grace.okafor@example.com", stays=False)
    assert officer_of(session, house).name == "Grace Okafor"
    left = [each.name for each in people_of(session, house) if each.left_at]
    assert left == ["Tom Bell"]


def test_who_cannot_be_put_in_charge(session: Session, stage: Stage) -> None:
    session.add(Person(email="gone@example.com", name="Gone", created_at=AT, closed_at=AT))
    session.flush()
    for email, why in [
        ("asha.rahman@example.org", "back office"),
        ("gone@example.com", "closed"),
        ("grace.okafor@example.com", "already"),
    ]:
        with pytest.raises(NotAllowed, match=why):
            put_in_charge(session, stage, email)


def test_employers_are_found_by_name_workplace_id_and_whole_address(session: Session, stage: Stage) -> None:
    def found(sought: str) -> list[str]:
        return [each.workplace_id for each in find_employers(session, sought)]

    assert found("hartley") == ["H1002001"]
    assert found("m200") == ["M2003002"]
    assert found(" ROSA.almeida@example.com ") == ["M2003002"]
    assert found("rosa.almeida") == []
    assert found("%") == []
    assert found("") == ["M2003002", "H1002001"]


def test_nobody_outside_the_service_changes_an_officer(session: Session, stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="lead"):
        supervising.change_officer(
            session,
            stage.house.employer_id,
            email="a@example.com",
            name="A",
            old_stays=True,
            because="Because.",
            by=stage.office.assessor,
            at=AT,
        )
