"""Administrators see that jobs ran, what goes out, and the reminders that are coming, and these then come."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from claims import clock
from claims.models import JobRun, Message
from claims.services.queueing import Words, queue
from claims.services.reminding import preview_reminders, queue_reminders
from claims.services.watching import SILENT_AFTER, note_run, take_work
from tests.browsing import Browser
from tests.site import AT, Site
from tests.web.back_office import stage_of

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"


@pytest.fixture
def helen(site: Site) -> Browser:
    return site.sign_in(site.office.administrator)


def test_a_scheduler_that_never_ran_and_one_that_fell_silent_are_said(site: Site, helen: Browser) -> None:
    assert "The scheduler has never run." in helen.get("/jobs").words
    with site.database.write() as session:
        take_work(session, "one", AT)
    assert "Running The scheduler gave a sign of life" in helen.get("/jobs").words
    site.time.move_to(AT + SILENT_AFTER)
    assert "no sign of life since 2 February 2026 at 9:30am" in helen.get("/jobs").words


def test_each_job_is_told_in_plain_words_with_how_it_went(site: Site, helen: Browser) -> None:
    with site.database.write() as session:
        note_run(session, "remind", AT, AT, done=7, problem="")
        note_run(session, "deliver", AT, AT, done=None, problem="OperationalError")
    page = helen.get("/jobs")
    assert "Queues the reminders that are due, once a day from 8am 2 February 2026 at 9:30am Finished 7" in page.words
    assert "Failed OperationalError" in page.words
    assert "Never ran" in page.words


def test_outgoing_messages_show_what_became_of_them(site: Site, helen: Browser) -> None:
    with site.database.write() as session:
        for number, state in enumerate(("queued", "sent", "failed")):
            queue(
                session,
                "payment",
                person_id=site.house.sro.person_id,
                about=f"payment-run:{number}",
                due_on=AT.date(),
                words=Words("Paid", "Paid", "/claims"),
                at=AT,
            )
            message = session.scalars(select(Message).order_by(Message.id.desc())).first()
            assert message is not None
            message.state = state
            message.problem = "the address was refused" if state == "failed" else ""
    words = helen.get("/jobs/messages").words
    assert words.count("Grace Okafor") == 3
    failed = helen.get("/jobs/messages?state=failed").words
    assert failed.count("Grace Okafor") == 1
    assert "the address was refused" in failed
    assert "There are none." in helen.get("/jobs/messages?state=dropped").words


def test_a_letter_about_a_new_browser_is_named_in_words(site: Site, helen: Browser) -> None:
    with site.database.write() as session:
        queue(
            session,
            "new-browser",
            person_id=site.house.sro.person_id,
            about="sign-in:1",
            due_on=AT.date(),
            words=Words("New", "New", "/account"),
            at=AT,
        )
    words = helen.get("/jobs/messages").words
    assert "Somebody signed in with a new browser" in words
    assert "new-browser" not in words


def test_only_administrators_and_auditors_look(site: Site) -> None:
    for address in ("/jobs", "/jobs/reminders", "/jobs/messages"):
        assert site.sign_in(site.office.auditor).get(address).status == 200
        assert site.sign_in(site.office.finance).get(address).status == 403


def test_the_preview_agrees_with_what_is_then_queued_day_by_day(site: Site, helen: Browser) -> None:
    stage = stage_of(site)
    with site.database.write() as session:
        stage.drafted(session, [NIAMH])
        stage.drafted(session, [DANIEL], paid_on=clock.today() + timedelta(days=9), started_on=None)
    with site.database.read() as session:
        foreseen = {(each.day, each.key, each.words) for each in preview_reminders(session, clock.today(), 14)}
    page = helen.get("/jobs/reminders")
    assert "A draft’s last day to claim is coming" in page.words
    queued = set()
    for day in (clock.today() + timedelta(days=each) for each in range(14)):
        with site.database.write() as session:
            session.execute(delete(JobRun))
            before = set(session.scalars(select(Message.id)))
            queue_reminders(session, day, AT)
            for message in session.scalars(select(Message)):
                if message.id not in before:
                    queued.add((day, message.kind, message.person_id, message.about, message.subject))
    assert queued == {(day, key.kind, key.person_id, key.about, words.subject) for day, key, words in foreseen}
    assert {kind for _, kind, *_ in queued} == {"claim-deadline", "scheme-year-missing"}


def test_the_service_is_ready_only_while_a_scheduler_is_alive(site: Site) -> None:
    answer = site.visit().client.get("/health/ready")
    assert (answer.status_code, "no sign of life" in answer.get_json()["status"]) == (503, True)
    with site.database.write() as session:
        take_work(session, "one", AT)
    answer = site.visit().client.get("/health/ready")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready"})
