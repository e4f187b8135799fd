"""Course lists prepared, previewed, published and taken up, on both databases."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims.db import Database
from claims.lifecycle import NotAllowed
from claims.models import Claim, CourseList, CourseListEntry, CourseListProposal, Event, Learner, Message, Purchase
from claims.reference import with_courses
from claims.reference.comparing import compare
from claims.rules.engine import assess
from claims.rules.findings import Outcome
from claims.rules.scheme import CourseEntry, Fund
from claims.services.claiming import assess_claim, submit
from claims.services.drafting import Stale
from claims.services.listing import AlreadyPublished, change_day, preview_list, propose, propose_again, set_aside
from claims.services.previewing import Effects, foresee
from claims.services.publishing import LETTER_DRAFTS, OutOfDate, TakesMuchAway, publish, publish_at_once
from claims.services.purchasing import change_purchase
from claims.services.recording import verify
from claims.services.sealing import decrypt_number
from claims.services.taking_up import take_up_due
from claims.store.claims import claims_in
from claims.store.course_lists import entries_of, entries_on, versions
from claims.store.facts import facts_of
from claims.store.reference import listed_on
from tests.course_files import changed, the_list, without
from tests.keys import KEYRING
from tests.stage import AT, CERTIFICATE_COURSE, Stage, submit_all

TODAY = AT.date()
LOWER = changed(CERTIFICATE_COURSE, max_reimbursement_pence=1_400_00)


def put_out(session: Session, stage: Stage, entries: Sequence[CourseEntry], from_on: date = TODAY, **more: object):
    """Propose and publish as whoever has just looked."""
    by = stage.office.administrator
    return publish_at_once(session, entries, what="A list", from_on=from_on, by=by, at=AT, **more)  # type: ignore[arg-type]


def draft(stage: Stage, *learners: str, **details: object) -> list[int]:
    with stage.database.write() as session:
        purchase = stage.drafted(session, learners, **details)
        session.flush()
        return [claim.id for claim in claims_in(session, purchase)]


def payable(session: Session, claim_id: int, today: date = TODAY) -> int | None:
    return assess_claim(session, KEYRING, session.get_one(Claim, claim_id), today).amount.payable_pence


def test_a_draft_is_judged_by_the_list_of_the_day_and_a_submitted_claim_by_its_own(stage: Stage):
    (open_one,) = draft(stage, "Niamh O’Brien")
    purchase_id = stage.submitted("Daniel Mensah")
    with stage.database.write() as session:
        put_out(session, stage, LOWER)
    with stage.database.read() as session:
        submitted = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).one()
        assert (payable(session, open_one), payable(session, submitted.id)) == (840_00, 924_00)
        assert submitted.course_list_id == versions(session)[-1].id


def test_what_is_published_reads_back_the_same_with_everything(stage: Stage):
    entries = [replace(entry, quality_assured=True, quality_assured_from=TODAY, minimum_age=18) for entry in the_list()]
    entries[3] = replace(entries[3], quality_assured=False, quality_assured_from=None, minimum_age=None)
    with stage.database.write() as session:
        published_id = put_out(session, stage, entries).id
    with stage.database.read() as session:
        assert entries_of(session, published_id) == tuple(entries)
        assert entries_on(session, TODAY - timedelta(days=1)) == the_list()


def test_a_course_that_is_dropped_keeps_the_title_of_the_last_list_it_was_on(stage: Stage):
    with stage.database.write() as session:
        assert listed_on(session, TODAY).reference.dropped == {}
        put_out(session, stage, changed(CERTIFICATE_COURSE, title="Care Certificate, new"))
        put_out(session, stage, without(CERTIFICATE_COURSE))
        reference = listed_on(session, TODAY).reference
        assert CERTIFICATE_COURSE not in reference.courses
        assert reference.title_of(CERTIFICATE_COURSE) == "Care Certificate, new"
        assert reference.title_of("LTS") == "Lead to Succeed"
        assert reference.title_of("NEVER") == "NEVER"
        put_out(session, stage, the_list())
        assert listed_on(session, TODAY).reference.title_of(CERTIFICATE_COURSE) == "Adult Social Care Certificate"


def test_nothing_that_was_published_is_changed_or_deleted(stage: Stage):
    with stage.database.write() as session:
        before = session.execute(select(CourseListEntry).order_by(CourseListEntry.id)).scalars().all()
        kept = [(row.id, row.code, row.max_reimbursement_pence, row.paid_to) for row in before]
        put_out(session, stage, the_list()[100:], removals_typed=100)
    with stage.database.read() as session:
        after = session.scalars(select(CourseListEntry).order_by(CourseListEntry.id).limit(len(kept)))
        assert [(row.id, row.code, row.max_reimbursement_pence, row.paid_to) for row in after] == kept


def test_a_preview_counts_the_drafts_whose_amount_or_eligibility_changes(stage: Stage):
    draft(stage, "Niamh O’Brien", "Daniel Mensah")
    draft(stage, "Zofia Kowalska", course="LTS", claimed_as="full")
    with stage.database.read() as session:
        lower = preview_list(session, LOWER, TODAY)
        gone = preview_list(session, without(CERTIFICATE_COURSE), TODAY)
        title = preview_list(session, changed(CERTIFICATE_COURSE, title="Another"), TODAY)
    assert (len(lower.effects.drafts), lower.effects.change_pence) == (2, -2 * 84_00)
    assert [effect.after.outcome for effect in gone.effects.drafts] == [Outcome.INELIGIBLE] * 2
    assert gone.effects.change_pence == -2 * 924_00
    (employer,) = lower.effects.employers
    assert (employer.workplace_id, employer.drafts, employer.change_pence) == ("H1002001", 2, -168_00)
    assert (len(title.difference.changed), title.effects) == (2, Effects())


def test_what_is_foreseen_is_what_comes_to_be(stage: Stage):
    ids = draft(stage, "Niamh O’Brien", "Margaret Ellis", "Daniel Mensah")
    ids += draft(stage, "Zofia Kowalska", course="LTS", claimed_as="full", paid_on=None)
    ids += draft(stage, "Imran Siddiqui", course="OMMT/T1/INT", claimed_as="full", paid_on=None, cost_pence=None)
    stage.submitted("Joyce Appiah")
    ids += draft(stage, "Joyce Appiah")
    new = [
        replace(entry, fund=Fund.MAIN, delivery="")
        if entry.code.startswith("OMMT/T1")
        else replace(entry, max_reimbursement_pence=entry.max_reimbursement_pence // 2)
        for entry in the_list()
    ]
    with stage.database.read() as session:
        foreseen = foresee(session, new, compare(the_list(), new), TODAY)
        old = listed_on(session, TODAY).reference
        alone = {id_: _judge(session, id_, old) for id_ in ids}
    with stage.database.write() as session:
        put_out(session, stage, new)
    with stage.database.read() as session:
        then = {id_: _judge(session, id_, with_courses(old, new)) for id_ in ids}
    expected = {id_: (alone[id_], then[id_]) for id_ in ids if alone[id_] != then[id_]}
    assert {effect.claim_id: (effect.before, effect.after) for effect in foreseen.drafts} == expected
    assert len(expected) >= 4


def _judge(session: Session, claim_id: int, reference):
    claim = session.get_one(Claim, claim_id)
    facts = facts_of(session, claim, decrypt_number(KEYRING, claim.learner.number), reference, TODAY)
    assessment = assess(facts, reference, TODAY)
    return assessment.outcome, assessment.amount.payable_pence


def test_an_open_page_of_a_draft_that_changed_is_refused_and_another_is_not(stage: Stage):
    (touched,) = draft(stage, "Niamh O’Brien")
    (other,) = draft(stage, "Daniel Mensah", course="LTS", claimed_as="full")
    with stage.database.read() as session:
        seen = {id_: session.get_one(Claim, id_).changes for id_ in (touched, other)}
    with stage.database.write() as session:
        put_out(session, stage, LOWER)
    with stage.database.read() as session:
        assert session.get_one(Claim, other).changes == seen[other]
        purchase_id = session.get_one(Claim, touched).purchase_id
    with pytest.raises(Stale), stage.database.write() as session:
        submit(
            session,
            KEYRING,
            session.get_one(Purchase, purchase_id),
            {touched: seen[touched]},
            declared=True,
            token="a",
            leads_to="/",
            by=stage.house.submitter,
            at=AT,
        )


def test_a_list_for_a_later_day_is_taken_up_on_that_day_and_once(stage: Stage):
    (open_one,) = draft(stage, "Niamh O’Brien")
    later = AT + timedelta(days=10)
    with stage.database.write() as session:
        before = session.get_one(Claim, open_one).changes
        put_out(session, stage, LOWER, later.date())
    with stage.database.write() as session:
        assert take_up_due(session, later - timedelta(days=1)) == 0
        assert session.get_one(Claim, open_one).changes == before
    with stage.database.write() as session:
        assert take_up_due(session, later) == 1
    with stage.database.write() as session:
        assert session.get_one(Claim, open_one).changes == before + 1
        assert take_up_due(session, later) == 0
        assert (payable(session, open_one), payable(session, open_one, later.date())) == (924_00, 840_00)
        assert verify(session)[1] == []


def test_a_list_that_never_came_to_hold_changes_nothing(stage: Stage):
    (open_one,) = draft(stage, "Niamh O’Brien")
    later = AT + timedelta(days=10)
    with stage.database.write() as session:
        before = session.get_one(Claim, open_one).changes
        put_out(session, stage, LOWER, later.date())
        put_out(session, stage, the_list()[:-1], later.date())
    with stage.database.write() as session:
        assert take_up_due(session, later) == 2
    with stage.database.read() as session:
        assert session.get_one(Claim, open_one).changes == before
        assert [version.ever_holds for version in versions(session)] == [True, False, True]


def test_a_course_that_changes_its_fund_takes_its_drafts_along(stage: Stage):
    (open_one,) = draft(stage, "Daniel Mensah", course="LTS", claimed_as="full")
    with stage.database.write() as session:
        put_out(session, stage, changed("LTS", fund=Fund.OMMT, delivery="external"))
    with stage.database.read() as session:
        claim = session.get_one(Claim, open_one)
        assert (claim.fund, claim.purchase.fund) == ("ommt", "ommt")
        assert claim.last_day_on == date(2026, 3, 20)


def test_each_person_is_told_once_about_all_their_employers_drafts(stage: Stage):
    draft(stage, "Niamh O’Brien", "Daniel Mensah")
    with stage.database.write() as session:
        put_out(session, stage, LOWER)
    with stage.database.read() as session:
        messages = session.scalars(select(Message).where(Message.kind == "course-list-changed")).all()
    assert sorted(message.person_id for message in messages) == sorted(
        [stage.house.sro.person_id, stage.house.submitter.person_id]
    )
    assert {message.about for message in messages} == {f"course-list:2:employer:{stage.house.employer_id}"}
    for message in messages:
        assert message.text.count("£924.00 becomes £840.00") == 2
        assert "2 of your draft claims" in message.subject
        assert "Mensah" not in message.text


def test_who_left_is_not_told_and_nobody_is_without_drafts(stage: Stage):
    draft(stage, "Niamh O’Brien")
    with stage.database.write() as session:
        put_out(session, stage, without("IMLM"))
    with stage.database.read() as session:
        assert session.scalars(select(Message).where(Message.kind == "course-list-changed")).all() == []


def test_a_message_names_twenty_drafts_and_counts_the_others(stage: Stage):
    for number in range(LETTER_DRAFTS // 10 + 1):
        draft(stage, *sorted(stage.house.learners), invoice_reference=f"INV-{number}")
    with stage.database.write() as session:
        put_out(session, stage, LOWER)
        text = session.scalars(select(Message.text).where(Message.kind == "course-list-changed").limit(1)).one()
    assert text.count("(") == LETTER_DRAFTS
    assert f"and {len(stage.house.learners) * 3 - LETTER_DRAFTS} more." in text


def test_publishing_is_an_event_with_what_it_did(stage: Stage):
    draft(stage, "Niamh O’Brien")
    with stage.database.write() as session:
        put_out(session, stage, LOWER)
        acts = session.scalars(select(Event).order_by(Event.number.desc()).limit(2)).all()
        assert [event.act for event in acts] == ["publish", "prepare"]
        said = acts[0].details
        assert (said["version"], said["changed"], said["unchanged"], said["drafts"]) == (2, 2, 240, 1)
        assert acts[0].by_id == stage.office.administrator.person_id
        assert verify(session)[1] == []


def test_only_an_administrator_publishes(stage: Stage):
    with stage.database.write() as session:
        by = stage.office.administrator
        proposal = propose(session, LOWER, what="A list", from_on=TODAY, by=by, at=AT)
        for other in (stage.office.finance, stage.office.lead, stage.office.auditor, stage.house.sro):
            with pytest.raises(NotAllowed, match="Only an administrator"):
                publish(session, proposal, seen=1, by=other, at=AT)


def test_a_proposal_is_published_once(stage: Stage):
    with stage.database.write() as session:
        by = stage.office.administrator
        proposal = propose(session, LOWER, what="A list", from_on=TODAY, by=by, at=AT)
        publish(session, proposal, seen=1, by=by, at=AT)
        with pytest.raises(AlreadyPublished) as again:
            publish(session, proposal, seen=2, by=by, at=AT)
        assert again.value.version == 2
        with pytest.raises(AlreadyPublished):
            set_aside(session, proposal, by, AT)


def test_what_was_set_aside_is_not_published(stage: Stage):
    with stage.database.write() as session:
        by = stage.office.administrator
        proposal = propose(session, LOWER, what="A list", from_on=TODAY, by=by, at=AT)
        set_aside(session, proposal, by, AT)
        for act in (
            lambda: publish(session, proposal, seen=1, by=by, at=AT),
            lambda: change_day(session, proposal, TODAY, by, AT),
        ):
            with pytest.raises(NotAllowed, match="was set aside"):
                act()


def test_a_day_may_be_today_and_not_yesterday(stage: Stage):
    with stage.database.write() as session:
        by = stage.office.administrator
        proposal = propose(session, LOWER, what="A list", from_on=TODAY, by=by, at=AT)
        with pytest.raises(NotAllowed, match="has passed"):
            change_day(session, proposal, TODAY - timedelta(days=1), by, AT)
        with pytest.raises(NotAllowed, match="has passed"):
            propose(session, LOWER, what="A list", from_on=TODAY - timedelta(days=1), by=by, at=AT)
        with pytest.raises(NotAllowed, match="has passed"):
            publish(session, proposal, seen=1, by=by, at=AT + timedelta(days=1))


def test_whoever_has_not_seen_the_latest_version_is_asked_again(stage: Stage):
    with stage.database.write() as session:
        by = stage.office.administrator
        proposal = propose(session, LOWER, what="A list", from_on=TODAY, by=by, at=AT)
        put_out(session, stage, without("IMLM"))
        with pytest.raises(OutOfDate, match="Version 2 was published after"):
            publish(session, proposal, seen=1, by=by, at=AT)
        with pytest.raises(OutOfDate, match="made from version 1, and version 2 has been"):
            publish(session, proposal, seen=2, by=by, at=AT)
        assert publish(session, proposal, seen=2, overtaken_is_meant=True, by=by, at=AT).version == 3


@pytest.mark.parametrize(("gone", "asked"), [(48, False), (49, True)])
def test_more_than_a_fifth_must_be_counted(stage: Stage, gone: int, asked: bool):
    with stage.database.write() as session:
        if not asked:
            assert put_out(session, stage, the_list()[gone:]).version == 2
            return
        for typed in (None, gone - 1, gone + 1):
            with pytest.raises(TakesMuchAway, match=f"takes {gone} entries away"):
                put_out(session, stage, the_list()[gone:], removals_typed=typed)
        assert put_out(session, stage, the_list()[gone:], removals_typed=gone).version == 2


def test_the_same_list_is_no_new_version(stage: Stage):
    with stage.database.write() as session, pytest.raises(NotAllowed, match="same as version 1"):
        put_out(session, stage, the_list())


def test_the_way_back_is_an_earlier_version_again(stage: Stage):
    (open_one,) = draft(stage, "Niamh O’Brien")
    with stage.database.write() as session:
        put_out(session, stage, LOWER)
    with stage.database.write() as session:
        by = stage.office.administrator
        proposal = propose_again(session, 1, from_on=TODAY, by=by, at=AT)
        publish(session, proposal, seen=2, by=by, at=AT)
    with stage.database.read() as session:
        assert payable(session, open_one) == 924_00
        lists = session.scalars(select(CourseList).order_by(CourseList.version)).all()
        assert lists[0].sha256 == lists[2].sha256 != lists[1].sha256


def test_a_preview_is_compared_with_the_list_that_holds_on_its_day(stage: Stage):
    later = TODAY + timedelta(days=10)
    with stage.database.write() as session:
        put_out(session, stage, LOWER, later)
        assert preview_list(session, LOWER, TODAY).compared_with == 1
        found = preview_list(session, LOWER, later)
        assert (found.compared_with, found.difference.is_empty) == (2, True)


def test_two_who_publish_at_once_publish_one_after_the_other(stage: Stage):
    by = stage.office.administrator
    with stage.database.write() as session:
        proposals = [
            propose(session, entries, what="A list", from_on=TODAY, by=by, at=AT).id
            for entries in (LOWER, without("IMLM"))
        ]
    together = threading.Barrier(2)

    def go(proposal_id: int) -> str:
        together.wait()
        try:
            with stage.database.write() as session:
                proposal = session.get_one(CourseListProposal, proposal_id)
                return str(publish(session, proposal, seen=1, by=by, at=AT).version)
        except OutOfDate:
            return "out of date"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, proposals)) == ["2", "out of date"]


CLAIMS = 24


def test_each_claim_submitted_while_lists_are_published_is_judged_by_exactly_one(stage: Stage):
    purchases = _many_purchases(stage, CLAIMS)
    maxima = {1: 1_540_00}
    together = threading.Barrier(4)
    by = stage.office.administrator

    def send_in(some: list[int]) -> None:
        together.wait()
        for purchase_id in some:
            # Found stale because a list was published in between, a person looks again and sends again.
            for _ in range(20):
                try:
                    with stage.database.write() as session:
                        submit_all(session, session.get_one(Purchase, purchase_id), stage.house.submitter, AT)
                    break
                except Stale:
                    continue

    def publish_lists() -> None:
        together.wait()
        for number in range(2, 6):
            maxima[number] = 1_540_00 - number * 10_00
            entries = changed(CERTIFICATE_COURSE, max_reimbursement_pence=maxima[number])
            with stage.database.write() as session:
                publish_at_once(session, entries, what="A list", from_on=TODAY, by=by, at=AT)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(send_in, purchases[start::3]) for start in range(3)] + [pool.submit(publish_lists)]
        for job in jobs:
            job.result()
    _check_versions(stage.database, maxima)


def test_drafts_are_changed_while_lists_are_published_and_nobody_is_refused(stage: Stage):
    purchases = _many_purchases(stage, 8)
    together = threading.Barrier(3)
    by = stage.office.administrator

    def change(some: list[int]) -> None:
        together.wait()
        for round_ in range(5):
            for purchase_id in some:
                with stage.database.write() as session:
                    purchase = session.get_one(Purchase, purchase_id)
                    change_purchase(session, purchase, {"cost_pence": 1_600_00 + round_}, stage.house.submitter, AT)

    def publish_lists() -> None:
        together.wait()
        for number in range(2, 8):
            entries = changed(CERTIFICATE_COURSE, max_reimbursement_pence=1_540_00 - number * 10_00)
            with stage.database.write() as session:
                proposal_id = propose(session, entries, what="A list", from_on=TODAY, by=by, at=AT).id
            with stage.database.write() as session:
                publish(session, session.get_one(CourseListProposal, proposal_id), seen=number - 1, by=by, at=AT)

    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(change, purchases[start::2]) for start in range(2)] + [pool.submit(publish_lists)]
        for job in jobs:
            job.result()
    with stage.database.read() as session:
        costs = set(session.scalars(select(Purchase.cost_pence).where(Purchase.id.in_(purchases))))
        assert (costs, len(versions(session))) == ({1_600_04}, 7)
        assert verify(session)[1] == []


def _many_purchases(stage: Stage, count: int) -> list[int]:
    """Purchases with one draft each, all for different people."""
    with stage.database.write() as session:
        pattern = session.get_one(Learner, stage.house.learners["Niamh O’Brien"])
        ids = []
        for number in range(count):
            learner = Learner(
                **{
                    column.name: getattr(pattern, column.name)
                    for column in Learner.__table__.columns
                    if column.name not in ("id", "number_hash", "last_name")
                },
                last_name=f"Number {number}",
                number_hash=f"hash {number}",
            )
            session.add(learner)
            session.flush()
            stage.house.learners[learner.name] = learner.id  # type: ignore[index]
            ids.append(stage.drafted(session, [learner.name], invoice_reference=f"INV-{number}").id)
        return ids


def _check_versions(database: Database, maxima: dict[int, int]) -> None:
    with database.read() as session:
        by_id = {version.id: version.number for version in versions(session)}
        claims = session.scalars(select(Claim).where(Claim.state == "submitted")).all()
        assert len(claims) == CLAIMS
        for claim in claims:
            assessment = claim.as_submitted["assessment"]
            maximum = maxima[by_id[claim.course_list_id]]
            assert assessment["course"]["max_reimbursement_gbp"] == f"{maximum / 100:.2f}"
            assert assessment["amount"]["reimbursable_gbp"] == f"{maximum / 100:.2f}"
            assert payable(session, claim.id) == maximum * 60 // 100
        assert verify(session)[1] == []


def test_a_claim_sent_back_keeps_its_version_too(stage: Stage):
    purchase_id = stage.submitted("Daniel Mensah")
    with stage.database.write() as session:
        session.execute(update(Claim).where(Claim.purchase_id == purchase_id).values(state="needs-action"))
        put_out(session, stage, LOWER)
    with stage.database.read() as session:
        claim = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).one()
        assert payable(session, claim.id) == 924_00
