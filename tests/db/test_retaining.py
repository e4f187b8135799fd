"""Personal data goes when its time is over, and nothing else; what stays stays whole."""

import random
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.db import Table
from claims.files import EvidenceStore
from claims.lifecycle import MOVES, Act, Actor, NotAllowed, Role, State, acts_from
from claims.models import (
    ActionRequest,
    ApiWindow,
    BankAccount,
    Claim,
    Event,
    EventNote,
    Evidence,
    Learner,
    Message,
    PaymentCheck,
    Person,
    Purchase,
    SavedView,
    Slot,
)
from claims.models.claims import SLOTS
from claims.models.passkeys import Passkey, PasskeyChallenge
from claims.models.people import KnownBrowser, RecoveryCode
from claims.models.registrations import PROOFS, RegistrationProof
from claims.rules.facts import Part
from claims.services import removing, retaining
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.emailing_codes import ask_for_code, clear_tries
from claims.services.limiting import clear_windows
from claims.services.moving import AlreadyClaimed, move
from claims.services.paying import record_result, release
from claims.services.queueing import Words, queue
from claims.services.recording import record, verify
from claims.services.sessions import start_session
from claims.store.ready import RunFilter, ready_claims
from tests.keys import KEYRING
from tests.stage import AT, CERTIFICATE_COURSE, Stage, a_file

HELEN = "Helen Novak"
COURSES = (CERTIFICATE_COURSE, "LTS", "IMLM", "MHFA")
REGISTER = Path(__file__).resolve().parent.parent.parent / "docs" / "personal-data.toml"
DRAFTED_ON = (AT - timedelta(days=1)).date()
NOT_OURS = ("bulk_uploads", "employer_notes", "payment_returns", "recoveries", "registrations", "registration_proofs")
"""Uploads are emptied by a job of their own within days. What is known of an employer itself is not reached yet, as
docs/security.md says."""
LONG_AFTER = datetime(2060, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(str(tmp_path / "evidence"))


def remove(stage: Stage, store: EvidenceStore, at: datetime, **more: Any) -> removing.Removed:
    now = datetime.now(UTC)
    return removing.remove_due(stage.database, store, stage.office.administrator, at, machine_now=now, **more)


@dataclass
class Life:
    """What a test remembers of one claim, by itself."""

    claim_id: int
    purchase_id: int
    learner_id: int
    state: State = State.DRAFT
    last_on: date = DRAFTED_ON
    paid_on: date | None = None

    def is_over(self, purchase_last_on: date, today: date) -> bool:
        """The second, obvious way to say what is due."""
        if self.state in ("paid", "recovered"):
            return self.paid_on is not None and years_between(self.paid_on, today) >= 7
        if self.state in ("rejected", "withdrawn"):
            return years_between(self.last_on, today) >= 2
        if self.state == "draft":
            return years_between(max(self.last_on, purchase_last_on), today) >= 2
        return False


def years_between(first: date, last: date) -> int:
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


@dataclass
class History:
    """Claims that lived at random."""

    lives: dict[int, Life] = field(default_factory=dict)
    purchases: dict[int, date] = field(default_factory=dict)
    """The day of each one's last event."""


def actor_for(stage: Stage, act: Act, state: State) -> Actor:
    who = MOVES[state, act].who
    people = (stage.house.sro, stage.office.assessor, stage.office.lead, stage.office.finance)
    return next((each for each in people if each.role in who), Actor(Role.SYSTEM, "The service"))


def live_at_random(stage: Stage, session: Session, chance: random.Random) -> History:
    history = History()
    names = list(stage.house.learners)
    for _ in range(6):
        at = AT + timedelta(days=chance.randrange(900))
        purchase = stage.drafted(session, chance.sample(names, chance.randrange(4)), course=chance.choice(COURSES))
        history.purchases[purchase.id] = (AT - timedelta(days=1)).date()
        for claim in session.scalars(select(Claim).where(Claim.purchase_id == purchase.id)).all():
            life = history.lives[claim.id] = Life(claim.id, purchase.id, claim.learner_id)
            for _ in range(chance.randrange(9)):
                act = chance.choice(acts_from(life.state) or (None,))
                at += timedelta(days=chance.randrange(400), hours=chance.randrange(24))
                if act is not None and act != Act.DISCARD and not walk(stage, session, claim, life, act=act, at=at):
                    break
        if chance.random() < 0.3:
            record(session, "change", ("purchase", purchase.id), stage.house.sro, at, note="Changed by Zelda")
            history.purchases[purchase.id] = max(history.purchases[purchase.id], london_date(at))
    return history


def walk(stage: Stage, session: Session, claim: Claim, life: Life, *, act: Act, at: datetime) -> bool:
    by = actor_for(stage, act, life.state)
    if act == Act.SUBMIT:
        claim.first_submitted_at = claim.submitted_at = at
        claim.purchase.fixed_at = claim.purchase.fixed_at or at
        claim.as_submitted = {"learner": {"name": "Zelda Zeh"}, "evidence": [{"name": "zelda.pdf"}], "facts": {"a": 1}}
    if act == Act.APPROVE:
        claim.reimbursable_pence = claim.entitlement_pence = claim.payable_pence = 100
    try:
        move(session, claim, act, by, at, because="Said by Zelda", prepared_by=stage.office.other_finance)
    except AlreadyClaimed:
        return False
    life.state, life.last_on = State(claim.state), london_date(at)
    if act == Act.PAY:
        claim.paid_on = life.paid_on = london_date(at)
    return True


def contents(session: Session, table: type[Any], ids: Iterable[int]) -> list[Any]:
    return session.execute(select(table.__table__).where(table.id.in_(list(ids))).order_by(table.id)).all()  # type: ignore[return-value]


def check_slots(session: Session) -> None:
    for slot, claim in session.execute(select(Slot, Claim).join(Claim, Claim.id == Slot.claim_id)):
        assert slot.number_hash == claim.learner.number_hash
    for claim in session.scalars(
        select(Claim).where(Claim.state.in_(("submitted", "approved", "paid", "needs-action")))
    ):
        held = session.scalars(select(Slot.slot).where(Slot.claim_id == claim.id)).all()
        assert set(held) == set(SLOTS[Part(claim.part)])


@pytest.mark.parametrize("seed", range(12))
def test_removal_takes_what_is_due_and_nothing_else(quick_stage: Stage, store: EvidenceStore, seed: int) -> None:
    stage, chance = quick_stage, random.Random(seed)
    with stage.database.write() as session:
        history = live_at_random(stage, session, chance)
    at = AT + timedelta(days=chance.randrange(8000))
    today = london_date(at)
    lives = history.lives.values()
    over = {each.claim_id for each in lives if each.is_over(history.purchases[each.purchase_id], today)}
    kept = {each.claim_id for each in lives} - over
    kept_learners = {each.learner_id for each in lives if each.claim_id in kept}
    gone_learners = {each.learner_id for each in lives} - kept_learners
    kept_purchases = {each.purchase_id for each in lives if each.claim_id in kept} | {
        key
        for key, last_on in history.purchases.items()
        if key not in {each.purchase_id for each in lives} and years_between(last_on, today) < 2
    }
    untouched = set(stage.house.learners.values()) - gone_learners
    with stage.database.read() as session:
        assert {due.claim.claim_id for due in retaining.plan(session, at).claims} == over
        before = [
            contents(session, Claim, kept),
            contents(session, Learner, untouched),
            contents(session, Purchase, kept_purchases),
        ]
    removed = remove(stage, store, at)
    with stage.database.read() as session:
        assert before == [
            contents(session, Claim, kept),
            contents(session, Learner, untouched),
            contents(session, Purchase, kept_purchases),
        ]
        gone = {row.id: row for row in contents(session, Claim, over)}
        assert over - set(gone) == {each.claim_id for each in lives if each.claim_id in over and each.state == "draft"}
        assert all(row.personal_data_removed_at == at and "Zelda" not in str(row.as_submitted) for row in gone.values())
        assert all(row.as_submitted["facts"] == {"a": 1} for row in gone.values())
        for row in contents(session, Learner, gone_learners):
            assert (row.first_name, row.last_name, row.number) == ("Removed", "learner", "")
        for row in contents(session, Purchase, set(history.purchases) - kept_purchases):
            assert row.personal_data_removed_at == at
        notes = session.execute(
            select(Event.about_kind, Event.about_id, EventNote.note).join(
                EventNote, EventNote.event_number == Event.number
            )
        ).all()
        assert {key for kind, key, note in notes if kind == "claim" and not note} <= over
        assert not {key for kind, key, note in notes if kind == "claim" and note} & over
        check_slots(session)
        count, faults = verify(session)
        assert not faults
    assert removed.counts["learners"] == len(gone_learners)
    assert not remove(stage, store, at).counts
    with stage.database.read() as session:
        assert verify(session) == (count, [])


def test_the_time_is_over_on_the_day_and_not_the_day_before(stage: Stage, store: EvidenceStore) -> None:
    purchase_id = stage.submitted("Niamh O’Brien")
    with stage.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).one()
        move(session, claim, Act.REJECT, stage.office.assessor, AT, because="Niamh was not there")
    assert not remove(stage, store, datetime(2028, 2, 1, 23, 59, tzinfo=UTC)).counts["rejected"]
    assert remove(stage, store, datetime(2028, 2, 2, 0, 0, tzinfo=UTC)).counts["rejected"] == 1


def test_a_rejection_that_was_undone_is_none(stage: Stage, store: EvidenceStore) -> None:
    purchase_id = stage.submitted("Niamh O’Brien")
    with stage.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).one()
        move(session, claim, Act.REJECT, stage.office.assessor, AT, because="A mistake")
        move(session, claim, Act.UNDO, stage.office.lead, AT, because="It was a mistake")
    assert not remove(stage, store, LONG_AFTER).counts["submitted"]
    with stage.database.read() as session:
        assert session.get_one(Learner, stage.house.learners["Niamh O’Brien"]).first_name == "Niamh"
        assert verify(session)[1] == []


def test_a_file_that_something_kept_shares_stays(stage: Stage, store: EvidenceStore) -> None:
    shared, own = store.put(b"shared"), store.put(b"own")
    rejected, waiting = stage.submitted("Niamh O’Brien"), stage.submitted("Daniel Mensah")
    with stage.database.write() as session:
        session.execute(update(Evidence).values(sha256=shared))
        purchase = session.get_one(Purchase, rejected)
        kept = a_file("second.pdf", 99)
        session.add(
            Evidence(
                employer_id=purchase.employer_id,
                purchase_id=rejected,
                kind="payment",
                name=kept.name,
                media_type=kept.media_type,
                size_bytes=1,
                sha256=own,
                added_at=AT,
                added_by_id=stage.house.sro.person_id,
            )
        )
        claim = session.scalars(select(Claim).where(Claim.purchase_id == rejected)).one()
        move(session, claim, Act.REJECT, stage.office.assessor, AT, because="No")
    remove(stage, store, LONG_AFTER)
    assert (store.has(shared), store.has(own)) == (True, False)
    with stage.database.read() as session:
        names = session.scalars(select(Evidence.name).where(Evidence.purchase_id == waiting)).all()
        assert names == ["invoice.pdf"]


def test_what_an_employer_showed_when_it_registered_stays(stage: Stage, store: EvidenceStore) -> None:
    sha256, nothings = store.put(b"a proof"), store.put(b"of nothing")
    with stage.database.write() as session:
        session.add(
            RegistrationProof(
                employer_id=stage.house.employer_id,
                kind=PROOFS[0],
                name="proof.pdf",
                media_type="application/pdf",
                size_bytes=7,
                sha256=sha256,
                added_at=AT,
                added_by_id=stage.house.sro.person_id,
            )
        )
    later = datetime.now(UTC) + timedelta(days=2)
    removing.remove_due(stage.database, store, stage.office.administrator, LONG_AFTER, machine_now=later)
    assert (store.has(sha256), store.has(nothings)) == (True, False)


def test_nothing_more_can_be_done_with_a_claim_whose_time_is_over(stage: Stage, store: EvidenceStore) -> None:
    purchase_id = stage.submitted("Niamh O’Brien")
    with stage.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).one()
        move(session, claim, Act.REJECT, stage.office.assessor, AT, because="No")
        claim_id = claim.id
    remove(stage, store, LONG_AFTER)
    with stage.database.write() as session, pytest.raises(NotAllowed, match="Its time was over"):
        move(session, session.get_one(Claim, claim_id), Act.UNDO, stage.office.lead, LONG_AFTER, because="Yes")


class Killed(BaseException):
    pass


def test_stopped_half_way_it_leaves_whole_claims_and_goes_on_later(
    stage: Stage, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("Niamh O’Brien", "Daniel Mensah", "Liam Walsh", "Joyce Appiah")
    purchase_id = stage.submitted(*names)
    with stage.database.write() as session:
        for claim in session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).all():
            move(session, claim, Act.REJECT, stage.office.assessor, AT, because=f"{claim.learner.name} was ill")
    monkeypatch.setattr(removing, "AT_A_TIME", 1)
    real, calls = removing._forget_runs, []

    def dies_the_third_time(*given: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise Killed
        real(*given)

    monkeypatch.setattr(removing, "_forget_runs", dies_the_third_time)
    with pytest.raises(Killed):
        remove(stage, store, LONG_AFTER)
    with stage.database.read() as session:
        removed = session.scalars(select(func.count()).where(Claim.personal_data_removed_at.is_not(None))).one()
        learners = session.scalars(select(func.count()).where(Learner.personal_data_removed_at.is_not(None))).one()
        assert (removed, learners) == (2, 2)
        assert session.get_one(Purchase, purchase_id).personal_data_removed_at is None
        assert verify(session)[1] == []
        check_slots(session)
    monkeypatch.setattr(removing, "_forget_runs", real)
    assert remove(stage, store, LONG_AFTER).counts["rejected"] == 2
    with stage.database.read() as session:
        assert session.get_one(Purchase, purchase_id).personal_data_removed_at == LONG_AFTER
        assert verify(session)[1] == []


def everything_happens(stage: Stage, store: EvidenceStore) -> None:
    """A claim in each closed state, an account and a bank account that are over, and something in every column."""
    house, office = stage.house, stage.office
    stage.approved("Zofia Kowalska")
    with stage.database.write() as session:
        wanted = RunFilter("2025-26")
        run = draw_up(session, KEYRING, wanted, office.finance, AT, seen=seen_hash(ready_claims(session, wanted)))
        release(session, KEYRING, run, office.other_finance, AT)
        record_result(session, run, {}, office.finance, AT, paid_on=AT.date())
        record(session, "note", ("payment-run", run.id), office.finance, AT, note="Zofia asked")
    purchase_id = stage.submitted("Niamh O’Brien", cost_pence=150_000)
    draft_of = stage.submitted("Daniel Mensah", cost_pence=140_000)
    with stage.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).one()
        session.add(
            ActionRequest(
                claim_id=claim.id,
                about="completion",
                note="Niamh?",
                asked_at=AT,
                asked_by_id=office.assessor.person_id,
                reply="Niamh!",
                settled_at=AT,
            )
        )
        move(session, claim, Act.REJECT, office.assessor, AT, because="Niamh was not there")
        claim = session.scalars(select(Claim).where(Claim.purchase_id == draft_of)).one()
        move(session, claim, Act.WITHDRAW, house.sro, AT, because="Daniel left")
        session.execute(update(PaymentCheck).values(note="Zofia paid it herself"))
        session.execute(text("UPDATE completion_checks SET note = 'Zofia was there'"))
        sha256 = store.put(b"an invoice with a name in it")
        session.execute(update(Evidence).values(sha256=sha256))
        abandoned = stage.drafted(session, ["Liam Walsh"])
        session.flush()
        assert abandoned.id
        ask_for_code(session, KEYRING, email="tom.bell@example.com", browser_token="b", address="1.2.3.4", at=AT)
        start_session(session, house.sro, AT)
        session.execute(text("UPDATE sessions SET browser = 'Firefox'"))
        queue(
            session,
            "decision",
            person_id=house.sro.person_id or 0,
            about="claim:1",
            due_on=AT.date(),
            words=Words("NO’B", "Zofia", "/"),
            at=AT,
        )
        session.execute(
            update(Message).values(state="sent", sent_at=AT, letter="a-letter", problem="for grace.okafor@example.com")
        )
        session.add(RecoveryCode(person_id=house.submitter.person_id, code_hash="hash", made_at=AT))
        session.add(
            Passkey(
                person_id=house.submitter.person_id,
                name="Tom's telephone",
                credential_id="id",
                public_key="key",
                sign_count=0,
                transports=["internal"],
                added_at=AT,
                used_at=AT,
            )
        )
        session.add(
            PasskeyChallenge(
                person_id=house.submitter.person_id, asked_hash="hash", challenge="challenge", expires_at=AT
            )
        )
        session.add(
            KnownBrowser(person_id=house.submitter.person_id, browser_hash="hash", first_seen_at=AT, seen_at=AT)
        )
        session.add(
            SavedView(
                person_id=house.submitter.person_id,
                employer_id=house.employer_id,
                name="Zofia's",
                query="search=zofia",
                saved_at=AT,
            )
        )
        session.add(ApiWindow(network_hash="hash", begins_at=AT, claims=1))
        session.execute(
            update(Person)
            .where(Person.id.in_((office.assessor.person_id, house.submitter.person_id)))
            .values(closed_at=AT)
        )
        session.execute(
            update(BankAccount).values(
                replaced_at=AT, account_hash="hash", next_account_hash="next", refused_because="Not Zofia's"
            )
        )
        session.execute(update(Learner).values(left_on=AT.date(), next_number_hash=Learner.number_hash))


def test_what_the_register_says_of_removal_is_what_removal_does(stage: Stage, store: EvidenceStore) -> None:
    everything_happens(stage, store)
    columns = {
        column: (Table.metadata.tables[column.partition(".")[0]].c[column.partition(".")[2]], said["removal"])
        for column, said in tomllib.loads(REGISTER.read_text())["personal"].items()
    }
    closed = (stage.office.assessor.person_id, stage.house.submitter.person_id)
    claimed = ("Zofia Kowalska", "Niamh O’Brien", "Daniel Mensah", "Liam Walsh")
    learners = [stage.house.learners[name] for name in claimed]

    def values(session: Session, column: Any) -> list[Any]:
        statement = select(column)
        if column.table.name == "people":
            statement = statement.where(column.table.c.id.in_(closed))
        if column.table.name == "learners":
            statement = statement.where(column.table.c.id.in_(learners))
        return list(session.scalars(statement.order_by(*column.table.primary_key)))

    with stage.database.read() as session:
        before = {name: values(session, column) for name, (column, _) in columns.items()}
    untold = [name for name, found in before.items() if all(value in (None, "") for value in found)]
    not_yet = {name for name in columns if name.partition(".")[0] in NOT_OURS}
    assert not [name for name in untold if name not in not_yet and not columns[name][1].startswith("kept")]
    columns = {name: said for name, said in columns.items() if name not in not_yet}
    remove(stage, store, LONG_AFTER)
    with stage.database.write() as session:
        clear_tries(session, LONG_AFTER)
        clear_windows(session, LONG_AFTER)
    with stage.database.read() as session:
        after = {name: values(session, column) for name, (column, _) in columns.items()}
        everything = str([session.execute(select(table)).all() for table in Table.metadata.sorted_tables])
        assert verify(session)[1] == []
    for name, (_, says) in columns.items():
        if says.startswith("kept"):
            assert set(map(str, after[name])) <= set(map(str, before[name])), name
        elif name == "name_parts.part":
            assert not set(after[name]) & {"zofia", "kowalska", "niamh", "obrien", "daniel", "mensah"}
        elif says.startswith("row deleted"):
            assert after[name] == [], name
        elif says.startswith("emptied"):
            assert not any(after[name]), name
        elif says.startswith("replaced by '"):
            assert all(value.startswith(says.split("'")[1]) for value in after[name]), name
        elif says.startswith("replaced by a random one"):
            assert not set(after[name]) & set(before[name]), name
        else:
            assert name == "claims.as_submitted", f"{name}: {says}"
    for word in (*(part for name in claimed for part in name.split()), "invoice.pdf", "Tom Bell", "asha.rahman"):
        assert word not in everything, word
    assert list(store.kept_before(datetime.now(UTC) + timedelta(days=1))) == []
