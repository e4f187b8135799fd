"""Notifications for everybody: what was said, how often, stopping at a click, and the calendar's secret address."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from icalendar.cal import Component
from sqlalchemy import select, update

from claims.mail import FolderSender
from claims.models import (
    ActionRequest,
    Claim,
    Correspondence,
    Learner,
    Membership,
    Message,
    Person,
    StoppedKind,
)
from claims.reminders.kinds import NAMES, Kind
from claims.services.corresponding import mark_refused, stop_address
from claims.services.delivering import Letterhead, deliver
from claims.services.dividing import add_service, limit_submitter
from claims.services.queueing import Words, queue
from tests.browsing import Browser
from tests.keys import KEYRING
from tests.site import AT, Site
from tests.web.back_office import stage_of
from tests.web.employer.test_claim_pages import send_back

NIAMH = "Niamh O’Brien"


@pytest.fixture
def grace(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


def tell(site: Site, number: int = 1, kind: Kind = Kind.PAYMENT) -> None:
    with site.database.write() as session:
        words = Words(f"Please answer {number}", f"Page {number} is missing.", "/claims/1")
        queue(
            session,
            kind,
            person_id=site.house.sro.person_id,
            about=f"purchase:{number}",
            due_on=date(2026, 2, 2),
            words=words,
            at=AT,
        )


def test_what_was_said_is_listed_newest_first_for_its_reader_only(site: Site, grace: Browser) -> None:
    assert "Nothing yet." in grace.get("/notifications").words
    for number in range(25):
        tell(site, number)
    page = grace.get("/notifications")
    assert page.words.index("Please answer 24") < page.words.index("Please answer 23")
    assert "Please answer 4 " not in page.words
    assert "Page 4 is missing." in grace.get("/notifications?before=6").words
    assert "Please answer" not in site.sign_in(site.house.submitter).get("/notifications").words


def test_a_person_chooses_how_often_and_about_what(site: Site, grace: Browser) -> None:
    grace.get("/notifications")
    page = grace.send({"rhythm": "weekly", "kinds": ["claim-deadline", "needs-action"]})
    assert "We will write to you as you chose." in page.words
    assert page.filled()["rhythm"] == ["weekly"]
    assert page.filled()["kinds"] == ["claim-deadline", "needs-action"]
    with site.database.read() as session:
        stopped = set(session.scalars(select(StoppedKind.kind)))
        always = {"decision", "claim-missed", "registration", "officer-changed"}
        assert stopped == set(Kind) - {"claim-deadline", "needs-action"} - always


def test_a_choice_must_be_one_of_three(grace: Browser) -> None:
    grace.get("/notifications")
    page = grace.post("/notifications", {"rhythm": "yearly", "form_token": "x"})
    assert page.problems == ["Select how often you want emails"]


def test_decisions_cannot_be_stopped(grace: Browser) -> None:
    page = grace.get("/notifications")
    offered = {box.get("value") for box in page.document.iter("input") if box.get("name") == "kinds"}
    assert "decision" not in offered
    assert "claim-missed" not in offered
    assert NAMES[Kind.DECISION].lower() in page.words


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("assessor", {"claims-waiting"}),
        ("lead", {"claims-waiting"}),
        ("finance", {"run-unreleased", "approved-unpaid"}),
        ("administrator", {"scheme-year-missing"}),
        ("auditor", set()),
    ],
)
def test_the_back_office_chooses_about_its_own_work(site: Site, who: str, offered: set[str]) -> None:
    page = site.sign_in(getattr(site.office, who)).get("/notifications")
    assert {box.get("value") for box in page.document.iter("input") if box.get("name") == "kinds"} == offered


def test_a_refused_address_is_said(site: Site, grace: Browser) -> None:
    with site.database.write() as session:
        mark_refused(session, site.house.sro.person_id, AT)
    assert "Emails do not arrive" in grace.get("/notifications").words


def test_a_mail_program_stops_a_kind_at_one_click_without_signing_in(site: Site) -> None:
    tell(site)
    sender = FolderSender(site.app.extensions["claims"].settings.mail_url.partition(":")[2], "claims@example.org")
    letterhead = Letterhead("http://localhost", KEYRING)
    deliver(site.database, sender, letterhead, lambda: AT)
    raw = next(sender._path.glob("*.eml")).read_text()
    address = raw.partition("List-Unsubscribe: <http://localhost")[2].partition(">")[0]
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    # As RFC 8058 has it: one POST, no cookie, no token.
    answer = site.visit().client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    tell(site, 2)
    with site.database.read() as session:
        assert list(session.scalars(select(Message.state).order_by(Message.id))) == ["sent", "stopped"]
    assert "Page 2 is missing." in site.sign_in(site.house.sro).get("/notifications").words


def test_opening_the_link_stops_nothing_and_a_button_does(site: Site) -> None:
    address = stop_address(KEYRING, site.house.sro.person_id, [Kind.PAYMENT, Kind.DECISION, Kind.CAP_NEAR])
    assert address is not None
    assert "decision" not in address
    browser = site.visit()
    page = browser.get(address)
    assert NAMES[Kind.PAYMENT] in page.words
    with site.database.read() as session:
        assert session.scalars(select(StoppedKind)).all() == []
    page = browser.send()
    assert page.heading == "You will get no more of these emails"
    with site.database.read() as session:
        assert sorted(session.scalars(select(StoppedKind.kind))) == ["cap-near", "payment"]


def test_a_stop_address_that_was_changed_is_nothing(site: Site) -> None:
    address = stop_address(KEYRING, site.house.sro.person_id, [Kind.PAYMENT])
    assert address is not None
    other = site.house.submitter.person_id
    for wrong in (
        address.replace("payment", "cap-near"),
        address.replace(f"/{site.house.sro.person_id}-", f"/{other}-"),
        address[:-1],
        f"{address}0",
        "/notifications/stop/payment/x",
    ):
        assert site.visit().client.post(wrong).status_code == 404
        assert site.visit().client.get(wrong).status_code == 404


def test_the_calendar_has_last_days_of_drafts_and_of_the_scheme(site: Site, grace: Browser) -> None:
    stage = stage_of(site)
    with site.database.write() as session:
        stage.drafted(session, [NIAMH])
    days = {str(event["summary"]): event for event in feed(site, grace).walk("VEVENT")}
    draft = days["Last day to claim: Adult Social Care Certificate for N. O."]
    assert draft["dtstart"].dt == date(2026, 3, 10)
    assert draft["dtend"].dt == date(2026, 3, 11)
    assert draft["url"] == "http://localhost/claims/1"
    assert days["Last day to pay for training, scheme year 2025-26"]["dtstart"].dt == date(2026, 3, 31)
    assert all(type(event["dtstart"].dt) is date for event in days.values())


def test_the_calendar_has_the_last_day_to_answer_until_the_claim_is_sent_again(site: Site, grace: Browser) -> None:
    stage_of(site).submitted(NIAMH)
    with site.database.read() as session:
        claim_id = session.scalars(select(Claim.id)).one()
    request_id = send_back(site, claim_id)
    (asked,) = answers_in(feed(site, grace))
    assert asked["uid"] == f"claim-{claim_id}-last-day-to-answer@localhost"
    assert asked["summary"] == "Last day to answer an assessor: Adult Social Care Certificate for N. O."
    # 28 days after 2 February, as the page of the claim and the one of all deadlines say.
    assert asked["dtstart"].dt == date(2026, 3, 2)
    assert asked["url"] == f"http://localhost/claims/{claim_id}"
    for secret in ("Niamh", "Brien", "Which day was it paid?", "Asha"):
        assert secret not in asked.to_ical().decode()
    assert answers_in(feed(site, site.sign_in(site.meadow.sro))) == []
    once = icalendar.Calendar.from_ical(grace.client.get("/deadlines.ics").data)
    assert [event["uid"] for event in answers_in(once)] == [asked["uid"]]
    # Of two requests, the one that was asked first decides.
    with site.database.write() as session:
        first = session.get_one(ActionRequest, request_id)
        session.add(
            ActionRequest(
                claim_id=claim_id,
                about="completion",
                note="And the date?",
                asked_at=AT - timedelta(days=3),
                asked_by_id=first.asked_by_id,
                reply="",
            )
        )
    (earlier,) = answers_in(feed(site, grace))
    assert (earlier["uid"], earlier["dtstart"].dt) == (asked["uid"], date(2026, 2, 27))
    # What has passed is shown for another 31 days, while it still waits.
    site.time.move_to(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    grace = site.sign_in(site.house.sro)
    assert len(answers_in(feed(site, grace))) == 1
    site.time.move_to(datetime(2026, 3, 31, 9, 0, tzinfo=UTC))
    grace = site.sign_in(site.house.sro)
    assert answers_in(feed(site, grace)) == []
    site.time.move_to(AT)
    grace = site.sign_in(site.house.sro)
    grace.get(f"/claims/{claim_id}")
    address = f"/claims/{claim_id}/resubmission"
    assert "sent again" in grace.send({f"reply_{request_id}": "On 12 January."}, action=address).words
    assert answers_in(feed(site, grace)) == []


def test_the_calendar_of_a_limited_submitter_has_answers_of_their_services_only(site: Site) -> None:
    stage_of(site).submitted(NIAMH, "Daniel Mensah")
    with site.database.write() as session:
        claims = {claim.learner.name: claim.id for claim in session.scalars(select(Claim))}
        cottage = add_service(session, site.house.employer_id, "The Cottage", by=site.house.sro, at=AT)
        session.get_one(Learner, site.house.learners[NIAMH]).service_id = cottage.id
        member = session.scalars(select(Membership).where(Membership.person_id == site.house.submitter.person_id)).one()
        limit_submitter(session, member, [cottage.id], by=site.house.sro, at=AT)
    for claim_id in claims.values():
        send_back(site, claim_id)
    (asked,) = answers_in(feed(site, site.sign_in(site.house.submitter)))
    assert asked["uid"] == f"claim-{claims[NIAMH]}-last-day-to-answer@localhost"
    assert len(answers_in(feed(site, site.sign_in(site.house.sro)))) == 2


def test_a_calendar_keeps_its_uids_across_changes(site: Site, grace: Browser) -> None:
    stage = stage_of(site)
    with site.database.write() as session:
        stage.drafted(session, [NIAMH])
    before = {str(event["uid"]): event for event in feed(site, grace).walk("VEVENT")}
    with site.database.write() as session:
        claim = session.scalars(select(Claim)).one()
        claim.last_day_on = date(2026, 4, 30)
    after = {str(event["uid"]): event for event in feed(site, grace).walk("VEVENT")}
    assert before.keys() == after.keys()
    (uid,) = [uid for uid in before if uid.startswith("claim-")]
    assert after[uid]["dtstart"].dt == date(2026, 4, 30)
    assert after[uid]["sequence"] > before[uid]["sequence"]


@pytest.mark.parametrize("at", [datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 10, 24, 23, 30, tzinfo=UTC)])
def test_the_calendar_shows_the_right_day_in_london_on_both_changes_of_the_clock(site: Site, at: datetime) -> None:
    stage = stage_of(site)
    with site.database.write() as session:
        stage.drafted(session, [NIAMH])
        last = at.date() + timedelta(days=1)
        session.execute(update(Claim).values(last_day_on=last))
    site.time.move_to(at)
    events = feed(site, site.sign_in(site.house.sro)).walk("VEVENT")
    assert [event["dtstart"].dt for event in events if str(event["uid"]).startswith("claim-")] == [last]


def test_a_new_calendar_address_makes_the_old_one_nothing(site: Site, grace: Browser) -> None:
    old = address_on(grace)
    assert site.visit().client.get(old).status_code == 200
    grace.get("/notifications/calendar")
    grace.send()
    assert site.visit().client.get(old).status_code == 404
    assert site.visit().client.get(address_on(grace)).status_code == 200
    with site.database.read() as session:
        assert session.scalars(select(Correspondence.calendar_number)).one() == 2


def test_a_calendar_of_a_closed_account_or_of_nobody_is_nothing(site: Site, grace: Browser) -> None:
    address = address_on(grace)
    for wrong in (address.replace(".ics", "0.ics"), "/calendar/1-x.ics", "/calendar/999-" + "0" * 64 + ".ics"):
        assert site.visit().client.get(wrong).status_code == 404
    with site.database.write() as session:
        session.execute(update(Person).where(Person.id == site.house.sro.person_id).values(closed_at=AT))
    assert site.visit().client.get(address).status_code == 404


def address_on(browser: Browser) -> str:
    page = browser.get("/notifications/calendar")
    (shown,) = [each.text or "" for each in page.document.iter("p") if each.get("id") == "address"]
    return shown.removeprefix("http://localhost")


def answers_in(calendar: Component) -> list[Component]:
    """The entries about answering an assessor."""
    return [event for event in calendar.walk("VEVENT") if "to-answer" in event["uid"]]


def feed(site: Site, browser: Browser) -> icalendar.Calendar:
    answer = site.visit().client.get(address_on(browser))
    assert answer.content_type == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert isinstance(calendar, icalendar.Calendar)
    uids = [str(event["uid"]) for event in calendar.walk("VEVENT")]
    assert len(set(uids)) == len(uids) > 0
    return calendar
