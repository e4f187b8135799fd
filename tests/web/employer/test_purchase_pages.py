"""The steps of a purchase: where each leads, what each refuses, and that what was typed is kept."""

from datetime import date

import pytest
from sqlalchemy import func, select

from claims import clock
from claims.models import Claim, Event, Purchase
from claims.services.purchasing import start_purchase
from tests.browsing import Page
from tests.claiming import add_learners, add_payment_evidence, buy, choose_course, day, go_on_from_learners, submit_all
from tests.html_checks import text_of
from tests.site import Site

SPLIT = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}
ONE_PAYMENT = {"provider": "Bright Training", "way": "once", **day("paid_on", "2026-01-12")}
EACH = {"footing": "each", "cost_each": "1600", "other": "no"}
DATES = {**day("started_on", "2026-01-19"), "apprenticeship": "no"}


def offered_on(page: Page) -> list[str | None]:
    """The codes of the courses that can be chosen."""
    assert page.document is not None
    return [button.get("value") for button in page.document.iter("button") if button.get("name") == "course"]


def stored(site: Site) -> Purchase:
    with site.database.read() as session:
        return session.scalars(select(Purchase)).one()


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("610/4009/5", "Adult Social Care Certificate"),
        ("61040095", "Adult Social Care Certificate"),
        ("lead to succ", "Lead to Succeed"),
        ("oliver mcgowan tier 1 internal", "£12.50 for each learner, whatever it cost you"),
        ("Level 3 dementia", "Awareness of Dementia"),
        ("LTS", "Up to £500.00"),
        ("digital leadership programme", "Not on the list today"),
    ],
)
def test_courses_are_found_by_what_people_know(site: Site, search: str, found: str) -> None:
    page = site.sign_in(site.house.sro).get("/purchases/new", query_string={"search": search})
    assert found in page.words


def test_a_search_for_nothing_on_the_list_says_what_to_try(site: Site) -> None:
    page = site.sign_in(site.house.sro).get("/purchases/new", query_string={"search": "<b>juggling</b>"})
    assert "0 courses found" in page.words
    assert "Try fewer words" in page.words


def test_an_empty_search_lists_courses_and_says_how_many(site: Site) -> None:
    page = site.sign_in(site.house.sro).get("/purchases/new", query_string={"search": ""})
    offered = offered_on(page)
    assert len(offered) == len(set(offered))
    assert f"The first {len(offered)} are shown" in page.words


def test_one_qualification_of_many_awarding_organisations_stands_there_once(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    page = browser.get("/purchases/new", query_string={"search": "level 2 diploma in care"})
    assert page.document is not None
    headings = [text_of(heading) for heading in page.document.iter("h3")]
    assert headings.count("Diploma in Care") == 1
    assert {"603/2521/5", "603/2660/8"} < set(offered_on(page))
    browser.post("/purchases/new", {"course": "603/2660/8"})
    assert stored(site).course_code == "603/2660/8"


def test_a_course_found_by_its_number_stands_alone(site: Site) -> None:
    page = site.sign_in(site.house.sro).get("/purchases/new", query_string={"search": "603/2660/8"})
    assert offered_on(page) == ["603/2660/8"]
    assert "City & Guilds" in page.words


def test_a_course_that_is_not_on_the_list_starts_nothing(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    browser.get("/purchases/new", query_string={"search": "LTS"})
    page = browser.post("/purchases/new", {"course": "NOPE"}, follow_redirects=True)
    assert "not on the eligible list" in page.words
    with site.database.read() as session:
        assert session.scalars(select(func.count()).select_from(Purchase)).one() == 0


def test_nothing_later_opens_before_what_comes_first(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    address = f"/purchases/{stored(site).id}"
    for step in ("cost", "training-dates", "way-of-claiming", "learners", "learners/new", "evidence", "check"):
        assert browser.get(f"{address}/{step}").heading == "Provider and payment", step
    browser.get(f"{address}/payment")
    browser.send(ONE_PAYMENT)
    assert browser.get(f"{address}/check").heading == "What did it cost?"


def test_a_course_all_at_once_is_not_asked_how_to_claim(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "LTS")
    browser.send(ONE_PAYMENT)
    browser.send(EACH)
    assert browser.send(DATES).heading == "Who is the training for?"
    address = f"/purchases/{stored(site).id}"
    assert browser.get(f"{address}/way-of-claiming").heading == "Lead to Succeed"


def test_internal_training_is_asked_for_no_payment(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    assert choose_course(browser, "OMMT/T1/INT").heading == "Training dates"
    assert browser.send(DATES).heading == "Who is the training for?"


def test_the_effect_of_each_way_is_shown_for_these_dates(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    browser.send(ONE_PAYMENT)
    browser.send(EACH)
    page = browser.send({**DATES, **day("planned_end_on", "2026-06-30")})
    assert "£924.00 now, to be claimed by 19 April 2026" in page.words
    assert "£616.00 on completion, to be claimed by 30 September 2026 if it ends on 30 June 2026" in page.words
    assert "nothing now, then £1,540.00 on completion" in page.words


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"provider": ""}, "Enter the training provider"),
        ({"provider": "x" * 201}, "The training provider must be 200 characters or fewer"),
        ({"way": None}, "Select how the training is paid for"),
        ({"paid_on-day": "", "paid_on-month": "", "paid_on-year": ""}, "Enter the payment date, like 27 3 2025"),
        ({"paid_on-month": "13"}, "The payment date must have a month from 1 to 12, or its name"),
        ({"paid_on-year": ""}, "The payment date must include a year"),
        ({"paid_on-day": "31", "paid_on-month": "2"}, "The payment date must be a real date"),
        (
            {"paid_on-day": "31", "paid_on-month": "3", "paid_on-year": "2024"},
            "The payment date must be on or after 1 April 2024",
        ),
        (
            {"paid_on-day": "3", "paid_on-month": "2", "paid_on-year": "2028"},
            "The payment date must be on or before 2 February 2028",
        ),
        (
            {"way": "plan", **day("second_payment_on", "2026-01-11")},
            "The date of the second payment must be on or after the first payment",
        ),
    ],
)
def test_payment_faults_are_told_at_their_place(site: Site, changed: dict[str, str], sentence: str) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    page = browser.send({**ONE_PAYMENT, "invoice_reference": "Kept 12", **changed})
    assert page.title.startswith("Error: ")
    assert len(page.problems) == 1
    assert sentence in page.problems[0]
    assert any(sentence in error for error in page.field_errors)
    assert page.filled()["invoice_reference"] == ["Kept 12"]
    assert stored(site).provider is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"other": "no"}, "Select what the invoice shows"),
        ({"footing": "each", "other": "no"}, "Enter the cost for each learner in pounds, like 1,540 or 1540.00"),
        ({"footing": "each", "cost_each": "0", "other": "no"}, "The cost for each learner must be more than £0"),
        (
            {"footing": "each", "cost_each": "100,000.01", "other": "no"},
            "The cost for each learner must be £100,000.00 or less",
        ),
        ({"footing": "each", "cost_each": "12.345", "other": "no"}, "no more than 2 digits after the point"),
        ({"footing": "each", "cost_each": "about 20", "other": "no"}, "must be an amount in pounds"),
        ({"footing": "total", "people_covered": "3", "other": "no"}, "Enter the total of the invoice"),
        ({"footing": "total", "total": "90", "people_covered": "1", "other": "no"}, "must be 2 or more"),
        ({"footing": "total", "total": "90", "people_covered": "two", "other": "no"}, "must be a whole number"),
        ({"footing": "each", "cost_each": "20"}, "Select yes if anybody else paid towards it"),
        ({"footing": "each", "cost_each": "20", "other": "yes"}, "Enter what others paid"),
        (
            {"footing": "each", "cost_each": "20", "other": "yes", "other_funding_pence": "20.00"},
            "What others paid must be less than the cost",
        ),
        (
            {"footing": "total", "total": "90", "people_covered": "3", "other": "yes", "other_funding_pence": "90.01"},
            "What others paid must be less than the cost",
        ),
    ],
)
def test_cost_faults_are_told_at_their_place(site: Site, typed: dict[str, str], sentence: str) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    browser.send(ONE_PAYMENT)
    page = browser.send(typed)
    assert len(page.problems) == 1
    assert sentence in page.problems[0]
    assert sentence in page.field_errors[0]
    for name, value in typed.items():
        assert page.filled()[name] == [value]
    assert stored(site).cost_pence is None


def test_others_may_have_paid_all_but_a_penny(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    browser.send(ONE_PAYMENT)
    browser.send({"footing": "each", "cost_each": "20", "other": "yes", "other_funding_pence": "19.99"})
    assert (stored(site).cost_pence, stored(site).other_funding_pence) == (2_000, 1_999)


def test_the_summary_follows_the_questions_down_the_page(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    page = browser.send({})
    assert len(page.problems) == 3
    assert page.problems == page.field_errors
    browser.get(f"{buy(browser, '610/4009/5')}/learners/new")
    page = browser.send({})
    assert len(page.problems) == 8
    assert page.problems == page.field_errors


@pytest.mark.parametrize("typed", ["£1,540", "1540.00", " 1 540 ", "1540"])
def test_one_amount_may_be_typed_in_many_ways(site: Site, typed: str) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    browser.send(ONE_PAYMENT)
    browser.send({"footing": "each", "cost_each": typed, "other": "no"})
    assert stored(site).cost_pence == 1540_00


def test_the_planned_end_is_not_before_the_start(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "OMMT/T1/INT")
    page = browser.send({**DATES, **day("planned_end_on", "2026-01-18")})
    assert page.problems == ["The planned end date must be on or after the start date"]
    assert browser.send({**DATES, **day("planned_end_on", "2026-01-19")}).heading == "Who is the training for?"


def test_a_step_without_an_answer_says_so(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    browser.send(ONE_PAYMENT)
    browser.send(EACH)
    page = browser.send({})
    assert page.problems == [
        "Enter the start date, like 27 3 2025",
        "Select yes if it is delivered as part of an apprenticeship",
    ]
    browser.send(DATES)
    assert browser.send({}).problems == ["Select how you want to claim"]


def test_a_purchase_left_half_way_is_found_again_at_home(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    choose_course(browser, "610/4009/5")
    browser.send(ONE_PAYMENT)
    site.time.tick(3600 * 24 * 3)
    colleague = site.sign_in(site.house.submitter)
    page = colleague.get("/home")
    assert "Not submitted Adult Social Care Certificate" in page.words
    link = next(a.get("href") for a in page.document.iter("a") if (a.get("href") or "").endswith("/continue"))
    assert colleague.get(link).heading == "What did it cost?"


def test_the_list_of_purchases_is_paged_both_ways(site: Site) -> None:
    with site.database.write() as session:
        for _ in range(45):
            start_purchase(session, site.house.employer_id, "LTS", site.house.sro, clock.now())
    browser = site.sign_in(site.house.sro)

    def turn(page: Page, way: str) -> Page:
        return browser.get(next(a.get("href") for a in page.document.iter("a") if a.get("rel") == way))

    first = browser.get("/purchases")
    assert 'rel="prev"' not in first.text
    middle = turn(first, "next")
    last = turn(middle, "next")
    assert 'rel="next"' not in last.text
    assert [page.text.count("/continue") for page in (first, middle, last)] == [20, 20, 5]
    assert turn(last, "prev").words == middle.words
    assert turn(middle, "prev").words == first.words
    assert "45 purchases" in browser.get("/purchases", query_string={"after": "x", "before": "-1"}).words
    assert "There are no more" in browser.get("/purchases", query_string={"before": 1}).words


def test_going_back_shows_what_was_said(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(
        browser,
        "610/4009/5",
        **SPLIT,
        cost={
            "footing": "total",
            "total": "1000",
            "people_covered": "3",
            "other": "yes",
            "other_funding_pence": "10",
        },
    )
    cost = browser.get(f"{address}/cost").filled()
    assert (cost["footing"], cost["total"], cost["people_covered"]) == (["total"], ["1,000.00"], ["3"])
    assert (cost["other"], cost["other_funding_pence"]) == (["yes"], ["10.00"])
    payment = browser.get(f"{address}/payment").filled()
    assert (payment["way"], payment["paid_on-day"], payment["provider"]) == (["once"], ["12"], ["Bright Training"])
    assert browser.get(f"{address}/way-of-claiming").filled()["claimed_as"] == ["split"]
    assert "£1,000.00 for 3 people, £333.33 each" in browser.get(address).words


def test_a_submitted_purchase_is_fixed_and_says_so(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    add_payment_evidence(browser, address)
    assert "Check and submit" in browser.get(address).words
    submit_all(browser, address)
    page = browser.get(address)
    assert "Check and submit" not in page.words, "nothing is left to be submitted"
    assert "were fixed when the first claim was submitted" in page.words
    for step in ("payment", "cost", "way-of-claiming"):
        assert browser.get(f"{address}/{step}").heading == "Adult Social Care Certificate"
    assert "is fixed" in browser.get(f"{address}/evidence").words
    assert browser.get(f"{address}/removal").status == 404
    assert browser.get(f"{address}/check").words.count("Everything on this purchase has been submitted") == 1
    # A tab that was open before the submission changes nothing either.
    browser.get(f"{address}/learners")
    page = browser.post(f"{address}/cost", EACH, follow_redirects=True)
    assert page.heading == "Adult Social Care Certificate"


def test_a_purchase_is_discarded_after_asking(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    assert "1 draft claim" in browser.get(f"{address}/removal").words
    page = browser.send()
    assert "have been discarded" in page.words
    assert browser.get(address).status == 404
    with site.database.read() as session:
        assert session.scalars(select(func.count()).select_from(Claim)).one() == 0


def test_a_plan_asks_for_its_second_payment_later(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5", **SPLIT, way="plan")
    assert stored(site).by_plan
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    add_payment_evidence(browser, address)
    assert submit_all(browser, address).heading == "Claim submitted"
    page = browser.get(f"{address}/second-payment")
    assert page.heading == "When was the second payment made?"
    assert browser.send(day("second_payment_on", "2026-01-11")).problems == [
        "The date of the second payment must be on or after the first payment"
    ]
    browser.send(day("second_payment_on", "2026-02-02"))
    assert stored(site).second_payment_on == date(2026, 2, 2)


def test_looking_writes_nothing(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    go_on_from_learners(browser, address)
    with site.database.read() as session:
        before = session.scalars(select(func.max(Event.number))).one()
    for step in ("", "/payment", "/cost", "/training-dates", "/way-of-claiming", "/learners", "/learners/new"):
        assert browser.get(address + step).status == 200
    for step in ("/learners/table", "/learners/upload", "/evidence", "/check", "/confirmation", "/removal"):
        assert browser.get(address + step).status == 200
    with site.database.read() as session:
        assert session.scalars(select(func.max(Event.number))).one() == before


ADDRESSES = (
    "/purchases/{purchase}",
    "/purchases/{purchase}/payment",
    "/purchases/{purchase}/cost",
    "/purchases/{purchase}/training-dates",
    "/purchases/{purchase}/way-of-claiming",
    "/purchases/{purchase}/second-payment",
    "/purchases/{purchase}/learners",
    "/purchases/{purchase}/learners/new",
    "/purchases/{purchase}/learners/table",
    "/purchases/{purchase}/learners/upload",
    "/purchases/{purchase}/completion-dates",
    "/purchases/{purchase}/evidence",
    "/purchases/{purchase}/check",
    "/purchases/{purchase}/confirmation",
    "/purchases/{purchase}/removal",
    "/claims/{claim}",
    "/claims/{claim}/dates",
    "/claims/{claim}/certificate",
    "/claims/{claim}/withdrawal",
    "/learners/{learner}",
    "/learners/{learner}/details",
    "/evidence/{evidence}",
)
ACTS = (
    "/purchases/{purchase}/payment",
    "/purchases/{purchase}/learners",
    "/purchases/{purchase}/learners/confirmation",
    "/purchases/{purchase}/learners/upload",
    "/purchases/{purchase}/learners/continue",
    "/purchases/{purchase}/learners/new",
    "/purchases/{purchase}/evidence",
    "/purchases/{purchase}/check",
    "/purchases/{purchase}/removal",
    "/claims/{claim}/removal",
    "/claims/{claim}/dates",
    "/claims/{claim}/certificate",
    "/claims/{claim}/resubmission",
    "/claims/{claim}/withdrawal",
    "/learners/{learner}/details",
    "/evidence/{evidence}/removal",
)


def test_another_employer_finds_none_of_it(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    add_payment_evidence(browser, address)
    with site.database.read() as session:
        ids = {"purchase": stored(site).id, "claim": session.scalars(select(Claim.id)).one(), "evidence": 1}
    ids["learner"] = site.house.learners["Niamh O’Brien"]
    other = site.sign_in(site.meadow.sro)
    for template in ADDRESSES:
        assert other.get(template.format(**ids)).status == 404, template
    other.get("/purchases/new", query_string={"search": "LTS"})
    csrf = next(each.get("value") for each in other.page.document.iter("input") if each.get("name") == "csrf_token")
    for template in ACTS:
        page = other.post(template.format(**ids), {"csrf_token": csrf}, follow_redirects=True)
        assert page.status == 404, template
