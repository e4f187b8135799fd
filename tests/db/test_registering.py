"""Registering: one registration for a workplace ID, proofs that differ, sent once, decided by somebody else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.db import Database
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Employer, Event, Membership, Message, Person, Registration
from claims.services import admitting, emailing_codes, registering, signing_in
from claims.services.admitting import CHECKS, Decision, SentAgain
from claims.services.emailing_codes import Refusal
from claims.services.once import AlreadySent
from claims.services.recording import verify
from claims.services.registering import Taken, Told
from claims.store.registrations import dossier_of, look_alikes, proofs_of, waiting_registrations
from tests.keys import KEYRING
from tests.stage import Stage, a_file

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
EVERYTHING: Told = {
    "address_line_1": "3 Station Road",
    "address_line_2": None,
    "town": "Whitford",
    "postcode": "WF2 9QQ",
    "services": ["home-care"],
    "care_staff": 24,
    "workforce_data_updated_on": date(2025, 11, 3),
    "cqc_location": None,
    "companies_house_number": "01234567",
    "vat_number": None,
    "officer_job_title": "Registered manager",
}


@pytest.fixture
def session(stage: Stage) -> Iterator[Session]:
    with stage.database.write() as session:
        yield session


def somebody(session: Session, email: str = "leila.haddad@example.com") -> Person:
    person = Person(email=email, name="", created_at=AT)
    session.add(person)
    session.flush()
    return person


def begun(session: Session, workplace_id: str = "E3003003", **who: str) -> Actor:
    return registering.begin(
        session,
        somebody(session, **who),
        own_name="Leila Haddad",
        name="Elm Court Care",
        workplace_id=workplace_id,
        at=AT,
    )


def filled(session: Session, by: Actor) -> None:
    assert by.employer_id is not None
    registering.tell(session, by.employer_id, EVERYTHING, by, AT)
    registering.add_proof(session, by.employer_id, "lease", a_file("lease.pdf", 1), by=by, at=AT)
    registering.add_proof(session, by.employer_id, "insurance", a_file("insurance.pdf", 2), by=by, at=AT)


def send(session: Session, by: Actor, form: str = "once", at: datetime = AT) -> Registration:
    assert by.employer_id is not None
    return registering.send(session, by.employer_id, declared=True, token=form, leads_to="/registration", by=by, at=at)


def sent(session: Session, **who: str) -> Actor:
    by = begun(session, **who)
    filled(session, by)
    send(session, by)
    return by


def decide(session: Session, employer_id: int, by: Actor, decision: Decision, **more: object) -> None:
    given = {"checks": CHECKS, "note": "", "seen": 1, **more}
    admitting.decide(session, employer_id, decision, by=by, at=AT, **given)


def test_whoever_registers_becomes_the_officer_of_an_employer_that_may_not_submit(session: Session) -> None:
    by = begun(session)
    employer = session.get_one(Employer, by.employer_id)
    assert (employer.registration, employer.workplace_id, by.role) == ("started", "E3003003", Role.SRO)
    assert session.get_one(Person, by.person_id).name == "Leila Haddad"


def test_a_workplace_id_has_one_registration_in_whatever_state(session: Session) -> None:
    begun(session)
    with pytest.raises(Taken):
        begun(session, email="other@example.com")
    with pytest.raises(Taken):
        begun(session, "H1002001", email="another@example.com")  # Hartley House's
    assert session.scalar(select(func.count()).select_from(Registration)) == 1


def test_of_two_who_register_a_workplace_id_in_one_moment_one_is_told(stage: Stage) -> None:
    with stage.database.write() as session:
        people = [somebody(session, f"person{number}@example.com").id for number in range(6)]

    def begin(person_id: int) -> str:
        try:
            with stage.database.write() as session:
                person = session.get_one(Person, person_id)
                registering.begin(session, person, own_name="A B", name="C", workplace_id="Z12345", at=AT)
        except Taken:
            return "taken"
        return "begun"

    with ThreadPoolExecutor(6) as threads:
        answers = sorted(threads.map(begin, people))
    assert answers == ["begun", *["taken"] * 5]
    with stage.database.read() as session:
        assert session.scalar(select(func.count()).where(Employer.workplace_id == "Z12345")) == 1
        assert verify(session)[1] == []


def test_a_workplace_id_can_be_corrected_but_not_to_anothers(session: Session) -> None:
    by = begun(session)
    registering.tell(session, by.employer_id, {"workplace_id": "E9999" + "9"}, by, AT)
    assert session.get_one(Employer, by.employer_id).workplace_id == "E99999"
    with pytest.raises(Taken):
        registering.tell(session, by.employer_id, {"workplace_id": "H1002001"}, by, AT)
    session.expire_all()
    assert session.get_one(Employer, by.employer_id).workplace_id == "E99999"


def test_what_the_rules_read_follows_from_what_was_told(session: Session) -> None:
    by = begun(session)
    filled(session, by)
    employer = session.get_one(Employer, by.employer_id)
    assert employer.address == "3 Station Road, Whitford, WF2 9QQ"
    assert employer.provides_adult_social_care is True
    assert employer.employs_care_staff_in_england is True
    assert employer.registered_with_cqc is False
    registering.tell(session, by.employer_id, {"services": [], "care_staff": 0, "cqc_location": "1-101607012"}, by, AT)
    assert employer.provides_adult_social_care is False
    assert employer.employs_care_staff_in_england is False
    assert employer.registered_with_cqc is True


def test_no_answer_stands_in_the_chain_of_events(session: Session) -> None:
    by = begun(session)
    filled(session, by)
    details = [str(event.details) for event in session.scalars(select(Event).where(Event.act == "change-registration"))]
    assert details
    assert not any("Station" in each or "01234567" in each for each in details)


def test_the_two_proofs_differ_in_kind_and_content(session: Session) -> None:
    by = begun(session)
    lease = a_file("lease.pdf", 1)
    registering.add_proof(session, by.employer_id, "lease", lease, by=by, at=AT)
    with pytest.raises(NotAllowed, match="different kind"):
        registering.add_proof(session, by.employer_id, "lease", a_file("other.pdf", 2), by=by, at=AT)
    with pytest.raises(NotAllowed, match="different document"):
        registering.add_proof(session, by.employer_id, "insurance", lease, by=by, at=AT)
    registering.add_proof(session, by.employer_id, "insurance", a_file("insurance.pdf", 3), by=by, at=AT)
    with pytest.raises(NotAllowed, match="two proofs"):
        registering.add_proof(session, by.employer_id, "utility-bill", a_file("bill.pdf", 4), by=by, at=AT)
    registering.remove_proof(session, proofs_of(session, by.employer_id)[0], by, AT)
    registering.add_proof(session, by.employer_id, "lease", lease, by=by, at=AT)
    assert [proof.kind for proof in proofs_of(session, by.employer_id)] == ["insurance", "lease"]


@pytest.mark.parametrize("left_out", ["postcode", "services", "care_staff", "workforce_data_updated_on"])
def test_nothing_is_sent_while_something_is_unanswered(session: Session, left_out: str) -> None:
    by = begun(session)
    told = {name: value for name, value in EVERYTHING.items() if name != left_out}
    registering.tell(session, by.employer_id, told, by, AT)
    registering.add_proof(session, by.employer_id, "lease", a_file("lease.pdf", 1), by=by, at=AT)
    registering.add_proof(session, by.employer_id, "insurance", a_file("insurance.pdf", 2), by=by, at=AT)
    with pytest.raises(NotAllowed, match="not answered"):
        send(session, by)


def test_one_proof_is_not_enough_and_neither_is_no_declaration(session: Session) -> None:
    by = begun(session)
    filled(session, by)
    with pytest.raises(NotAllowed, match="declaration"):
        registering.send(session, by.employer_id, declared=False, token="a", leads_to="/", by=by, at=AT)
    registering.remove_proof(session, proofs_of(session, by.employer_id)[0], by, AT)
    with pytest.raises(NotAllowed, match="not answered"):
        send(session, by, "b")


def test_what_was_sent_is_sent_once_and_no_longer_changes(session: Session) -> None:
    by = sent(session)
    with pytest.raises(AlreadySent):
        send(session, by)
    with pytest.raises(NotAllowed, match="has been sent"):
        send(session, by, "another")
    with pytest.raises(NotAllowed, match="has been sent"):
        registering.tell(session, by.employer_id, {"town": "Elsewhere"}, by, AT)
    with pytest.raises(NotAllowed, match="has been sent"):
        registering.remove_proof(session, proofs_of(session, by.employer_id)[0], by, AT)


def test_only_the_officer_of_this_employer_changes_it(session: Session, stage: Stage) -> None:
    by = begun(session)
    for other in (stage.house.sro, Actor(Role.SUBMITTER, "A", by.person_id, by.employer_id), stage.office.lead):
        with pytest.raises(NotAllowed):
            registering.tell(session, by.employer_id, {"town": "Elsewhere"}, other, AT)


def test_the_longest_waiting_comes_first(session: Session) -> None:
    first = begun(session)
    filled(session, first)
    second = begun(session, "E4004004", email="second@example.com")
    filled(session, second)
    send(session, second, "b", AT)
    send(session, first, "a", AT + timedelta(hours=1))
    assert [row.employer_id for row in waiting_registrations(session)] == [second.employer_id, first.employer_id]
    assert look_alikes(session, dossier_of(session, first.employer_id)) == [
        session.get_one(Employer, second.employer_id)
    ]


@pytest.mark.parametrize(
    ("decision", "more", "state"),
    [
        (Decision.REGISTERED, {}, "registered"),
        (Decision.AT_RISK, {"checks": ["care"], "note": "No website."}, "at-risk"),
        (Decision.REFUSED, {"checks": [], "note": "Another address on the lease."}, "refused"),
    ],
)
def test_a_decision_changes_the_state_and_tells_the_officer(
    session: Session, stage: Stage, decision: Decision, more: dict[str, object], state: str
) -> None:
    by = sent(session)
    decide(session, by.employer_id, stage.office.assessor, decision, **more)
    assert session.get_one(Employer, by.employer_id).registration == state
    message = session.scalars(
        select(Message)
        .where(Message.person_id == by.person_id, Message.kind == "registration")
        .order_by(Message.id.desc())
        .limit(1)
    ).one()
    # Why it is at risk is for staff; why it was refused is for the employer.
    assert ("Another address" in message.text) == (state == "refused")
    assert "risk" not in message.text.lower()
    event = session.scalars(select(Event).order_by(Event.number.desc()).limit(1)).one()
    assert (event.act, event.from_state, event.to_state) == (admitting.ACTS[decision], "sent", state)
    with pytest.raises(SentAgain):
        decide(session, by.employer_id, stage.office.other_assessor, decision, **more)


def test_reasons_and_checks_are_asked_for(session: Session, stage: Stage) -> None:
    by = sent(session)
    with pytest.raises(NotAllowed, match="reasons"):
        decide(session, by.employer_id, stage.office.assessor, Decision.REFUSED, note=" ")
    with pytest.raises(NotAllowed, match="reasons"):
        decide(session, by.employer_id, stage.office.assessor, Decision.AT_RISK)
    with pytest.raises(NotAllowed, match="in order"):
        decide(session, by.employer_id, stage.office.assessor, Decision.REGISTERED, checks=CHECKS[1:])
    with pytest.raises(NotAllowed, match="assessor"):
        decide(session, by.employer_id, stage.office.finance, Decision.REGISTERED)


def test_nobody_decides_a_registration_of_an_employer_they_belong_to(session: Session, stage: Stage) -> None:
    by = sent(session)
    asha = stage.office.assessor
    session.add(Membership(employer_id=by.employer_id, person_id=asha.person_id, role=Role.SUBMITTER, joined_at=AT))
    session.flush()
    with pytest.raises(NotAllowed, match="belong"):
        decide(session, by.employer_id, asha, Decision.REGISTERED)
    decide(session, by.employer_id, stage.office.other_assessor, Decision.REGISTERED)


def test_a_refused_registration_is_corrected_and_sent_again_under_its_reference(session: Session, stage: Stage) -> None:
    by = sent(session)
    reference = session.get_one(Registration, by.employer_id).reference
    decide(session, by.employer_id, stage.office.assessor, Decision.REFUSED, note="Wrong town.")
    registering.tell(session, by.employer_id, {"town": "Whitby"}, by, AT)
    again = send(session, by, "again")
    assert (again.reference, again.times_sent) == (reference, 2)
    # Somebody still has the page of the first sending open.
    with pytest.raises(SentAgain):
        decide(session, by.employer_id, stage.office.assessor, Decision.REGISTERED, seen=1)
    decide(session, by.employer_id, stage.office.assessor, Decision.REGISTERED, seen=2)
    assert verify(session)[1] == []


def ask(database: Database, email: str) -> Refusal | None:
    with database.write() as session:
        return emailing_codes.ask_for_code(
            session, KEYRING, email=email, browser_token="b", address="192.0.2.1", at=AT, registering=True
        )


def test_the_answer_is_the_same_with_an_account_without_one_and_with_a_closed_one(stage: Stage) -> None:
    with stage.database.write() as session:
        somebody(session, "gone@example.com").closed_at = AT
    emails = ["new@example.com", "grace.okafor@example.com", "gone@example.com", "asha.rahman@example.org"]
    assert [ask(stage.database, email) for email in emails] == [None] * 4
    with stage.database.read() as session:
        codes = select(Person.email).join(Message, Message.person_id == Person.id).where(Message.kind == "sign-in-code")
        assert set(session.scalars(codes)) == set(emails) - {"gone@example.com"}


def test_an_account_that_registered_nothing_signs_nobody_in(stage: Stage) -> None:
    ask(stage.database, "new@example.com")
    with stage.database.write() as session:
        text = session.scalars(select(Message.subject).order_by(Message.id.desc()).limit(1)).one()
        answer = signing_in.enter_code(
            session,
            KEYRING,
            email="new@example.com",
            code=text[:6],
            browser_token="b",
            address="192.0.2.1",
            at=AT,
        )
    assert answer is Refusal.NOBODY_TO_ACT_FOR


def test_the_back_office_registers_no_employer(session: Session, stage: Stage) -> None:
    asha = session.get_one(Person, stage.office.assessor.person_id)
    with pytest.raises(NotAllowed, match="back office"):
        registering.begin(session, asha, own_name="Asha", name="C", workplace_id="Z12345", at=AT)
