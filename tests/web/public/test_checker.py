"""The checker: what is asked, what the answer says, and what its address holds."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from icalendar import Calendar
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from claims.models import Event, Purchase
from claims.web.forms.foreseeing import CheckForm
from tests.browsing import Page
from tests.site import Site
from tests.worked_examples import EXAMPLES, WorkedExample

CERTIFICATE = {"course": "610/4009/5", "cost": "1600", "other_funding": "0"}
CARE_WORKER = {"job_role": "care-worker", "engagement": "employee", "registration": "no"}
STARTED = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}
ALL_OF_IT = {**CERTIFICATE, **CARE_WORKER, **STARTED}


def ask(site: Site, **answers: str) -> Page:
    return site.visit().get("/check/answer", query_string=answers)


def links(page: Page) -> dict[str, str]:
    """Addresses by words."""
    assert page.document is not None
    return {" ".join("".join(each.itertext()).split()): each.get("href", "") for each in page.document.iter("a")}


def test_the_form_can_be_sent_as_it_is(site: Site) -> None:
    browser = site.visit()
    browser.get("/check")
    page = browser.send()
    assert (page.status, page.heading) == (200, "Tell us more to be sure")
    assert "Choose a course to see an amount" in page.words


def test_the_form_leads_to_an_answer_whose_address_has_each_answer_once(site: Site) -> None:
    browser = site.visit()
    browser.get("/check")
    page = browser.send(
        {
            "course": "610-4009-5",
            "job_role": "care-worker",
            "cost": " £1,600 ",
            "paid_on-day": "12 jan 26",
            "started_on-day": "19",
            "started_on-month": "1",
            "started_on-year": "2026",
        }
    )
    assert page.response.request.query_string == (
        b"course=610/4009/5&job_role=care-worker&cost=1600.00&paid_on=2026-01-12&started_on=2026-01-19"
    )
    assert "£924.00" in page.words


def test_when_only_facts_that_need_an_account_are_missing_nothing_so_far_rules_it_out(site: Site) -> None:
    page = ask(site, **ALL_OF_IT)
    assert page.heading == "Nothing so far rules this out"
    assert "Nothing so far rules this out, still to confirm:" in page.words
    assert "Agreement signed" in page.words.partition("How much comes back")[0]
    assert "National Insurance number" in page.words.partition("How much comes back")[0]
    assert "You have not told us" not in page.words


def test_a_day_to_come_is_no_reason_to_hold_the_answer_back(site: Site) -> None:
    planned = {**ALL_OF_IT, "paid_on": "2026-02-03", "started_on": "2026-03-02"}
    page = ask(site, **planned)
    assert page.heading == "Nothing so far rules this out"
    assert "3 February 2026" in page.words.partition("How much comes back")[0]


@pytest.mark.parametrize(
    ("skipped", "words"),
    [
        ("course", "Course"),
        ("job_role", "Job role"),
        ("engagement", "How the learner works for you"),
        ("registration", "Post requires professional registration"),
        ("cost", "Cost for this learner"),
        ("other_funding", "Other funding"),
        ("paid_on", "Paid"),
        ("started_on", "Started"),
    ],
)
def test_a_question_that_was_skipped_is_named(site: Site, skipped: str, words: str) -> None:
    page = ask(site, **{name: answer for name, answer in ALL_OF_IT.items() if name != skipped})
    assert page.heading == "Tell us more to be sure"
    assert re.search(rf"You have not told us: .*{words}.* Tell us more", page.words)


def test_what_is_ruled_out_says_so_first_and_still_what_is_at_stake(site: Site) -> None:
    page = ask(site, **{**ALL_OF_IT, "engagement": "volunteer"})
    assert page.heading == "This cannot be claimed as it stands"
    assert "What it would come to if it could be claimed" in page.words
    assert page.words.index("a volunteer") < page.words.index("£924.00")
    assert "Start a claim with these answers" not in page.words


def test_an_assessors_check_is_said(site: Site) -> None:
    page = ask(site, **{**ALL_OF_IT, "job_role": "registered-manager", "registration": "yes"})
    assert page.heading == "Nothing so far rules this out, but an assessor would check it"
    assert "an assessor will check whether it is funded" in page.words


def test_amounts_are_for_each_person_and_for_all_now_and_later(site: Site) -> None:
    words = ask(site, **ALL_OF_IT, people="12").words
    assert "At the start, 60% £924.00 £11,088.00" in words
    assert "On completion, 40% £616.00 £7,392.00" in words
    assert "In all £1,540.00 £18,480.00" in words


def test_a_total_above_what_one_employer_can_be_paid_says_so(site: Site) -> None:
    words = ask(site, **ALL_OF_IT, people="300").words
    assert "In all £1,540.00 £462,000.00" in words
    assert (
        "That is more than one employer can be paid. From the main fund it is at most £400,000.00 in 2025-26. "
        "Check with the scheme Of the £462,000.00, no more than £400,000.00 would come back"
    ) in words
    # The 60% of 260 people are below it, with the 40% it is too much.
    assert "no more than £400,000.00" in ask(site, **ALL_OF_IT, people="260").words


def test_a_total_up_to_the_cap_says_nothing_of_it(site: Site) -> None:
    at_the_cap = {**ALL_OF_IT, "cost": "1000", "people": "400"}
    assert "£400,000.00" in ask(site, **at_the_cap).words
    assert "more than one employer can be paid" not in ask(site, **at_the_cap).words
    assert "more than one employer can be paid" in ask(site, **{**at_the_cap, "people": "401"}).words


def test_a_fund_without_a_cap_says_nothing_of_it(site: Site) -> None:
    words = ask(site, course="OMMT/T2/EXT", cost="2000", people="5000").words
    assert re.search(r"On completion £[\d.]+ £[\d,.]+", words)
    assert "more than one employer can be paid" not in words


def test_all_at_once_is_one_click_away_and_back(site: Site) -> None:
    browser = site.visit()
    page = browser.get("/check/answer", query_string=ALL_OF_IT)
    page = browser.get(links(page)["See the answer for that"])
    assert "On completion £1,540.00" in page.words
    assert page.response.request.args["way"] == "full"
    page = browser.get(links(page)["See the answer for that"])
    assert "£924.00" in page.words


def test_without_a_cost_the_most_is_said(site: Site) -> None:
    words = ask(site, course="LTS").words
    assert "Up to £500.00 for each person. Check with the scheme Tell us the cost" in words


def test_an_amount_without_a_payment_date_is_an_estimate(site: Site) -> None:
    assert "This is an estimate" in ask(site, course="LTS", cost="620").words
    assert "This is an estimate" not in ask(site, course="LTS", cost="620", paid_on="2026-01-12").words


def test_the_last_day_can_be_put_into_a_calendar(site: Site) -> None:
    browser = site.visit()
    page = browser.get("/check/answer", query_string={**ALL_OF_IT, "completed_on": "2026-06-30"})
    assert "19 April 2026" in page.words
    assert "For the other 40%: 30 September 2026" in page.words
    file = browser.get(links(page)["Add it to your calendar (.ics)"])
    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(file.response.get_data()).walk("VEVENT")
    assert [(str(event["summary"]), event.decoded("dtstart")) for event in events] == [
        ("Last day to claim: Adult Social Care Certificate", date(2026, 4, 19)),
        ("Last day to claim the 40%: Adult Social Care Certificate", date(2026, 9, 30)),
    ]


def test_without_dates_the_last_day_is_not_guessed(site: Site) -> None:
    page = ask(site, **CERTIFICATE)
    assert "Not known yet. It is 3 months after the payment or the start of the training" in page.words
    assert not any(".ics" in words for words in links(page))


def test_words_that_fit_several_courses_lead_to_a_choice_with_amounts(site: Site) -> None:
    browser = site.visit()
    page = browser.get("/check/answer", query_string={"course": "dementia level 2", "cost": "90"})
    assert page.heading == "Which course do you mean?"
    assert "Up to £" in page.words
    chosen = next(address for words, address in links(page).items() if words.startswith("Choose "))
    page = browser.get(chosen)
    assert page.response.request.path == "/check/answer"
    assert "£90.00" in page.words


def test_a_search_keeps_the_other_answers(site: Site) -> None:
    browser = site.visit()
    browser.get("/check/course", query_string={"course": "dementia", "cost": "90.00"})
    page = browser.send({"course": "juggling"})
    assert "0 courses found" in page.words
    assert page.filled("/check/course")["cost"] == ["90.00"]


def test_an_unknown_course_is_an_error_at_the_question(site: Site) -> None:
    page = ask(site, course="juggling", cost="90")
    assert page.title.startswith("Error: ")
    assert page.problems == ["No course on the eligible list has all of these words. Try fewer words, or its number"]
    assert page.filled()["cost"] == ["90"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"cost": "free"}, "cost for each person"),
        ({"cost": "0"}, "cost for each person"),
        ({"other_funding": "-1"}, "ther funding"),
        ({"people": "0"}, "number of people"),
        ({"paid_on": "2024-03-31"}, "payment date"),
        ({"paid_on": "yesterday"}, "payment date"),
        ({"started_on-day": "31", "started_on-month": "2", "started_on-year": "2026"}, "start date"),
        ({"completed_on": "2028-02-03"}, "completion date"),
    ],
)
@pytest.mark.parametrize("path", ["/check/answer", "/check/course", "/check/last-day.ics"])
def test_what_cannot_be_read_is_said_at_its_question(
    site: Site, path: str, answer: dict[str, str], sentence: str
) -> None:
    page = site.visit().get(path, query_string=answer)
    assert page.title.startswith("Error: ")
    assert len(page.problems) == 1
    assert sentence in page.problems[0]


@pytest.mark.parametrize("name", ["job_role", "engagement", "registration", "way"])
def test_a_choice_nobody_offered_counts_as_skipped(site: Site, name: str) -> None:
    page = ask(site, **{**ALL_OF_IT, name: "astronaut"})
    assert page.status == 200
    assert b"astronaut" not in page.response.request.query_string


def test_changing_the_answers_brings_all_of_them_back(site: Site) -> None:
    browser = site.visit()
    page = browser.get("/check/answer", query_string={**ALL_OF_IT, "people": "3", "way": "start"})
    browser.get(links(page)["Change the answers"])
    again = browser.send()
    assert again.response.request.query_string == page.response.request.query_string


def test_nothing_is_asked_that_is_about_a_person(site: Site) -> None:
    with site.app.test_request_context():
        names = {field.name for field in CheckForm(formdata=MultiDict())}
    assert names == {
        *("course", "way", "job_role", "engagement", "registration", "cost", "other_funding", "people"),
        *("paid_on", "started_on", "completed_on"),
    }


def test_checking_writes_nothing_and_sets_no_cookie(site: Site) -> None:
    with site.database.read() as session:
        before = session.scalar(select(func.max(Event.number)))
    page = ask(site, **ALL_OF_IT)
    assert "Set-Cookie" not in page.headers
    with site.database.read() as session:
        assert session.scalar(select(func.max(Event.number))) == before


def test_a_claim_can_be_started_with_the_answers(site: Site) -> None:
    page = ask(site, **ALL_OF_IT, completed_on="2026-06-30", way="start")
    address = links(page)["Start a claim with these answers"]
    sent_to_sign_in = urlsplit(site.visit().get(address, follow_redirects=False).location)
    assert (sent_to_sign_in.path, parse_qs(sent_to_sign_in.query)["next"]) == ("/sign-in", [address])
    browser = site.sign_in(site.house.sro)
    page = browser.get(address)
    assert page.heading == "Start a claim with these answers"
    assert "Adult Social Care Certificate" in page.words
    page = browser.send()
    assert page.heading == "Provider and payment"
    assert page.filled()["paid_on-year"] == ["2026"]
    page = browser.send({"provider": "Bright Training", "way": "once"})
    assert (page.heading, page.filled()["cost_each"]) == ("What did it cost?", ["1,600.00"])
    with site.database.read() as session:
        purchase = session.scalars(select(Purchase).order_by(Purchase.id.desc()).limit(1)).one()
        assert (purchase.cost_pence, purchase.people_covered, purchase.claimed_as) == (1600_00, 1, "split")
        assert (purchase.started_on, purchase.planned_end_on) == (date(2026, 1, 19), date(2026, 6, 30))


def test_training_that_the_employer_gives_itself_takes_over_no_payment(site: Site) -> None:
    page = ask(site, course="OMMT/T1/INT", cost="30", paid_on="2026-01-12", started_on="2026-01-19")
    browser = site.sign_in(site.house.sro)
    browser.get(links(page)["Start a claim with these answers"])
    assert browser.send().heading == "Who delivers the training?"
    assert browser.send({"delivery": "internal"}).heading == "Training dates"
    with site.database.read() as session:
        purchase = session.scalars(select(Purchase).order_by(Purchase.id.desc()).limit(1)).one()
        assert (purchase.cost_pence, purchase.paid_on) == (None, None)


def test_a_new_purchase_with_answers_that_make_no_sense_is_a_plain_one(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    for query in ({"course": "NOPE"}, {"course": "LTS", "cost": "free"}):
        assert browser.get("/purchases/new", query_string=query).heading == "Which course did you buy?"


def test_staff_are_not_offered_a_claim(site: Site) -> None:
    page = site.sign_in(site.office.assessor).get("/check/answer", query_string=ALL_OF_IT)
    assert "Start a claim with these answers" not in page.words


def expressible(example: WorkedExample) -> bool:
    """What needs a start part or an amount already committed needs an account."""
    return example.record["claim"]["part"] != "completion" and example.record["employer"]["committed_gbp"] == "0.00"


def answers_of(example: WorkedExample) -> dict[str, str]:
    record = example.record
    told = {
        "course": record["training"]["course"],
        "cost": record["training"]["cost_gbp"],
        "other_funding": record["training"]["other_funding_gbp"],
        "job_role": record["learner"]["job_role"],
        "engagement": record["learner"]["engagement"],
        "registration": "yes" if record["learner"]["post_requires_registration"] else "no",
        **{name: record["training"][name] for name in ("paid_on", "started_on", "completed_on")},
        "way": record["claim"]["part"],
        "people": str(example.invoice[1]) if example.invoice else None,
    }
    return {name: answer for name, answer in told.items() if answer is not None}


@pytest.mark.parametrize("example", list(filter(expressible, EXAMPLES)), ids=lambda example: example.name)
def test_a_worked_example_holds_in_the_checker(site: Site, example: WorkedExample) -> None:
    site.time.move_to(example.today)
    page = ask(site, **answers_of(example))
    assert page.document is not None
    cells = [" ".join("".join(each.itertext()).split()) for each in page.document.iter("td")]
    for name in ("payable_gbp", "left_for_completion_gbp"):
        if name in example.amount:
            assert f"£{float(example.amount[name]):,.2f}" in cells
    if example.last_day_to_claim:
        last_day = date.fromisoformat(example.last_day_to_claim)
        assert f"Last day to claim {last_day.day} {last_day:%B %Y}" in page.words
    failed = "fail" in example.findings.values()
    assert (page.heading == "This cannot be claimed as it stands") == failed
    for sentence in example.saying.values():
        assert sentence in page.words
