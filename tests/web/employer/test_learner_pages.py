"""Learners of a purchase: one, several, pasted; what speaks against them; when they completed."""

from datetime import date

import pytest
from sqlalchemy import func, select

from claims.models import Claim, Learner
from tests.browsing import Browser
from tests.claiming import add_learners, add_payment_evidence, buy, day, go_on_from_learners, submit_all
from tests.site import Site

SPLIT = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}
SAM = {
    "first_name": "Sam",
    "last_name": "Okoro",
    "number": "ab 12 34 56 c",
    "job_role": "care-worker",
    "engagement": "employee",
    "works_in_england": "yes",
    "post_requires_registration": "no",
    **day("employed_from", "2024-03-01"),
}


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


@pytest.fixture
def address(browser: Browser) -> str:
    return buy(browser, "610/4009/5", **SPLIT)


def learners_called(site: Site, last_name: str) -> list[Learner]:
    with site.database.read() as session:
        return list(session.scalars(select(Learner).where(Learner.last_name == last_name)))


def test_somebody_new_becomes_a_claim(site: Site, browser: Browser, address: str) -> None:
    browser.get(f"{address}/learners/new")
    page = browser.send(SAM)
    assert "Sam Okoro has been added." in page.words
    assert "Nothing about this person speaks against the claim." in page.words
    assert "AB123456C" not in page.words


def test_the_same_number_again_is_the_same_person(site: Site, browser: Browser, address: str) -> None:
    browser.get(f"{address}/learners/new")
    browser.send(SAM)
    browser.get(f"{address}/learners/new")
    page = browser.send({**SAM, "number": "AB123456C"})
    assert page.problems == ["Sam Okoro is on this purchase already."]
    other = buy(browser, "LTS", paid_on="2026-01-12", started_on="2026-01-19")
    browser.get(f"{other}/learners/new")
    page = browser.send({**SAM, "last_name": "Okoro-Blythe"})
    assert "were among your learners already" in page.words
    assert len(learners_called(site, "Okoro-Blythe")) == 1
    assert not learners_called(site, "Okoro")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"first_name": ""}, "Enter the first name"),
        ({"last_name": "x" * 71}, "The last name must be 70 characters or fewer"),
        ({"last_name": "Smith3"}, "take out “3”"),
        ({"number": ""}, "Enter the National Insurance number"),
        ({"number": "BG123456C"}, "cannot begin with BG: check it against a payslip"),
        ({"number": "AB12345C"}, "must be 2 letters, 6 numbers"),
        ({"job_role": ""}, "Select the job role"),
        ({"engagement": None}, "Select how they work for you"),
        ({"works_in_england": None}, "Select yes if they work in England"),
        ({"post_requires_registration": None}, "Select yes if their post requires registration"),
        (day("employed_from", "2026-02-03"), "must be on or before 2 February 2026"),
        (day("employed_from", "1949-12-31"), "must be on or after 1 January 1950"),
    ],
)
def test_learner_faults_are_told_at_their_place(
    site: Site, browser: Browser, address: str, changed: dict[str, str], sentence: str
) -> None:
    browser.get(f"{address}/learners/new")
    page = browser.send({**SAM, **changed})
    assert page.title.startswith("Error: ")
    assert len(page.problems) == 1
    assert sentence in page.problems[0]
    assert sentence in page.field_errors[0]
    kept = page.filled()
    for name, value in {**SAM, **changed}.items():
        assert kept.get(name, [None]) == [value]
    assert not learners_called(site, "Okoro")


def test_ineligible_people_are_said_at_once(site: Site, browser: Browser, address: str) -> None:
    page = add_learners(browser, address, site.house.learners["Margaret Ellis"])
    assert "Not met" in page.words
    assert "regulated profession" in page.words


def test_duplicates_are_said_at_once(site: Site, browser: Browser, address: str) -> None:
    niamh = site.house.learners["Niamh O’Brien"]
    add_learners(browser, address, niamh)
    again = buy(browser, "610/4009/5", **SPLIT)
    page = add_learners(browser, again, niamh)
    assert "There is another draft for this learner and course" in page.words
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    page = browser.get(f"{again}/learners")
    assert "Not met You already have a claim" in page.words


def test_adding_nobody_says_so(browser: Browser, address: str) -> None:
    browser.get(f"{address}/learners")
    page = browser.send({}, action=f"{address}/learners")
    assert page.problems == page.field_errors == ["Select at least one learner to add"]
    page = browser.post(f"{address}/learners/continue", follow_redirects=True)
    assert "Add at least one learner." in page.words


def test_another_employers_learner_cannot_be_added(site: Site, browser: Browser, address: str) -> None:
    browser.get(f"{address}/learners")
    page = browser.post(f"{address}/learners", {"learner": str(site.meadow.learners["Sean Doyle"])})
    assert page.status == 404


def test_nobody_is_added_beyond_what_the_invoice_covers(site: Site, browser: Browser) -> None:
    cost = {"footing": "total", "total": "1000", "people_covered": "2", "other": "no"}
    address = buy(browser, "610/4009/5", **SPLIT, cost=cost)
    page = add_learners(browser, address, *list(site.house.learners.values())[:3])
    assert "The invoice covers 2 people" in page.words
    with site.database.read() as session:
        assert session.scalars(select(func.count()).select_from(Claim)).one() == 0


def test_somebody_is_taken_off(site: Site, browser: Browser, address: str) -> None:
    add_learners(browser, address, site.house.learners["Niamh O’Brien"], site.house.learners["Daniel Mensah"])
    with site.database.read() as session:
        claim = session.scalars(select(Claim).order_by(Claim.id)).first()
    page = browser.send({}, action=f"/claims/{claim.id}/removal")
    assert "has been taken off this purchase." in page.words
    assert "1 learner on this purchase" in page.words


def test_too_many_for_the_invoice_stay_ticked_and_the_page_says_how_many_too_many(site: Site, browser: Browser) -> None:
    cost = {"footing": "total", "total": "3,200.00", "people_covered": "2", "other": "no"}
    address = buy(browser, "610/4009/5", **SPLIT, cost=cost)
    everybody = [str(each) for each in site.house.learners.values()]
    assert "The invoice covers 2 people, so 2 more people can be added." in browser.get(f"{address}/learners").words
    page = add_learners(browser, address, *list(site.house.learners.values())[:3])
    sentence = (
        "The invoice covers 2 people: you selected 3, which is 1 too many. "
        "Select fewer, or change the number of people covered."
    )
    assert page.problems == [sentence] == page.field_errors
    assert sorted(page.filled(f"{address}/learners")["learner"]) == sorted(everybody[:3])
    page = browser.send({"learner": everybody[:1]}, action=f"{address}/learners")
    assert "1 learner added." in page.words
    assert "so 1 more person can be added" in page.words
    page = add_learners(browser, address, *list(site.house.learners.values())[:3])
    assert "and 1 of them is on this purchase already: you selected 2, which is 1 too many." in page.problems[0]
    page = add_learners(browser, address, *list(site.house.learners.values())[:2])
    assert "1 learner added. 1 person was on this purchase already." in page.words
    with site.database.read() as session:
        assert session.scalars(select(func.count()).select_from(Claim)).one() == 2


def test_ticks_on_a_further_page_of_learners_are_kept_too(site: Site, browser: Browser) -> None:
    cost = {"footing": "total", "total": "3,200.00", "people_covered": "2", "other": "no"}
    address = buy(browser, "610/4009/5", **SPLIT, cost=cost)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    browser.get(f"{address}/learners", query_string={"search": "m"})
    action = f"{address}/learners?search=m"
    chosen = [str(site.house.learners[name]) for name in ("Margaret Ellis", "Daniel Mensah")]
    page = browser.send({"learner": chosen}, action=action)
    assert "you selected 2, which is 1 too many" in page.problems[0]
    assert page.filled(action)["learner"] == chosen


def test_one_completion_date_for_all_or_one_each(site: Site, browser: Browser) -> None:
    address = buy(browser, "LTS", paid_on="2025-10-01", started_on="2025-10-06")
    add_learners(browser, address, site.house.learners["Zofia Kowalska"], site.house.learners["Imran Siddiqui"])
    go_on_from_learners(browser, address)
    assert browser.send({}).problems == ["Select when they completed the training"]
    assert browser.send({"how": "one"}).problems == ["Enter the completion date, like 27 3 2025"]
    late = {"how": "one", **day("completed_on", "2026-02-03")}
    assert browser.send(late).problems == ["The completion date must be on or before 2 February 2026"]
    browser.send({"how": "one", **day("completed_on", "2025-11-14")})
    with site.database.read() as session:
        assert set(session.scalars(select(Claim.completed_on))) == {date(2025, 11, 14)}
        one, two = session.scalars(select(Claim.id).order_by(Claim.id)).all()
    page = browser.get(f"{address}/completion-dates")
    assert page.filled()["completed_on-day"] == ["14"]
    page = browser.send({"how": "each", f"completed_on_{one}-day": "32", f"completed_on_{one}-month": "1"})
    assert len(page.problems) == 1
    browser.send(
        {
            "how": "each",
            **day(f"completed_on_{one}", "2025-11-20"),
            f"completed_on_{two}-day": "",
            f"completed_on_{two}-month": "",
            f"completed_on_{two}-year": "",
        }
    )
    with site.database.read() as session:
        assert session.get_one(Claim, one).completed_on == date(2025, 11, 20)
        assert session.get_one(Claim, one).last_day_on == date(2026, 2, 20)
        assert session.get_one(Claim, two).completed_on is None


@pytest.mark.parametrize("how", ["one", "each"])
def test_nobody_completes_before_they_start(site: Site, browser: Browser, how: str) -> None:
    address = buy(browser, "LTS", paid_on="2025-10-01", started_on="2025-10-06")
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    with site.database.read() as session:
        claim_id = session.scalars(select(Claim.id)).one()
    box = "completed_on" if how == "one" else f"completed_on_{claim_id}"
    browser.get(f"{address}/completion-dates")
    page = browser.send({"how": how, **day(box, "2025-10-05")})
    assert page.problems == ["Niamh O’Brien started on 6 October 2025: enter that day or a later one"]
    assert page.filled()[f"{box}-day"] == ["5"]
    assert browser.send({"how": how, **day(box, "2025-10-06")}).heading == "Evidence"


def test_a_learners_details_are_changed(site: Site, browser: Browser, address: str) -> None:
    learner_id = site.house.learners["Margaret Ellis"]
    add_learners(browser, address, learner_id)
    page = browser.get(f"/learners/{learner_id}")
    assert "Registered nurse" in page.words
    assert "AA000003A" not in page.words
    page = browser.get(f"/learners/{learner_id}/details")
    assert page.filled()["number"] == [""]
    assert browser.send(day("left_on", "2024-09-01")).problems == [
        "The last day employed must be on or after the day they started working for you"
    ]
    page = browser.send(
        {
            "job_role": "care-worker",
            "post_requires_registration": "no",
            "left_on-day": "",
            "left_on-month": "",
            "left_on-year": "",
        }
    )
    assert "have been saved" in page.words
    assert "Nothing about this person speaks against the claim." in browser.get(f"{address}/learners").words
    browser.get(f"/learners/{learner_id}/details")
    assert browser.send({"number": "AA000001A"}).problems == [
        "Another of your learners has this National Insurance number."
    ]


def learner_with(site: Site, learner_id: int) -> Learner:
    with site.database.read() as session:
        return session.get_one(Learner, learner_id)


def test_a_page_that_is_saved_untouched_changes_nothing_of_a_name(site: Site, browser: Browser) -> None:
    learner_id = site.house.learners["Niamh O’Brien"]
    for name in ("O’Brien", "O'Brien", "O’Brien"):
        browser.get(f"/learners/{learner_id}/details")
        browser.send({"last_name": name})
        browser.get(f"/learners/{learner_id}/details")
        browser.send()
        assert learner_with(site, learner_id).last_name == name
        for search in ("o'brien", "o’brien", "obrien"):
            assert "1 learner" in browser.get("/learners", query_string={"search": search}).words


def test_two_tabs_on_one_learner_never_take_back_what_the_other_saved(site: Site, browser: Browser) -> None:
    learner_id = site.house.learners["Niamh O’Brien"]
    address = f"/learners/{learner_id}/details"
    second = site.sign_in(site.house.sro)
    second.get(address)
    browser.get(address)
    assert "have been saved" in browser.send({"job_role": "team-leader", "number": "AB 12 34 56 C"}).words
    page = second.send({"first_name": "Niamh Mary", "number": "AB 12 34 57 C"})
    assert page.problems == ["Somebody changed these details after you opened the page. Check them again below"]
    assert page.title.startswith("Error: ")
    assert "Nothing has been saved." in page.words
    assert "First name Niamh Niamh Mary Job role Team leader Care worker" in page.words
    assert "National Insurance number ** ** ** 56 C ** ** ** 57 C" in page.words
    kept = page.filled()
    assert (kept["first_name"], kept["job_role"], kept["number"]) == (
        ["Niamh Mary"],
        ["care-worker"],
        ["AB 12 34 57 C"],
    )
    now = learner_with(site, learner_id)
    assert (now.first_name, now.job_role) == ("Niamh", "team-leader")
    # Whoever has seen what is kept now may save.
    page = second.send({"job_role": "team-leader", "number": ""})
    assert "The details of Niamh Mary O’Brien have been saved." in page.words
    now = learner_with(site, learner_id)
    assert (now.first_name, now.job_role) == ("Niamh Mary", "team-leader")


def test_what_is_kept_already_may_be_sent_again_and_a_page_that_shows_nothing_is_not_believed(
    site: Site, browser: Browser
) -> None:
    learner_id = site.house.learners["Niamh O’Brien"]
    address = f"/learners/{learner_id}/details"
    values = browser.get(address).filled() | {"job_role": ["team-leader"]}
    for _ in range(2):
        assert browser.post(address, values).status == 303
    page = browser.post(address, values | {"seen": "", "job_role": ["care-worker"]})
    assert page.problems == ["Somebody changed these details after you opened the page. Check them again below"]
    assert learner_with(site, learner_id).job_role == "team-leader"


def test_learners_are_found_by_name(browser: Browser) -> None:
    assert "10 learners" in browser.get("/learners").words
    assert "1 learner" in browser.get("/learners", query_string={"search": "o'bri"}).words
    assert "Nobody of that name" in browser.get("/learners", query_string={"search": "Doyle"}).words


def test_a_number_that_is_fixed_is_not_asked_for(site: Site, browser: Browser, address: str) -> None:
    niamh = site.house.learners["Niamh O’Brien"]
    assert "number" in browser.get(f"/learners/{niamh}/details").filled()
    add_learners(browser, address, niamh)
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    page = browser.get(f"/learners/{niamh}/details")
    assert "Their National Insurance number is fixed" in page.words
    assert "number" not in page.filled()
    page = browser.send({"job_role": "senior-care-worker"})
    assert "The details of Niamh O’Brien have been saved." in page.words
