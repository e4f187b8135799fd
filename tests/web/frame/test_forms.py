"""Forms in a page: errors said twice and linked, what was typed kept, questions that do not arise left alone."""

import io
import re

import pytest

from tests.html_checks import text_of

ADDRESS = "/specimens/everything"

GOOD = {
    "name": "Sarah O’Brien",
    "email": "Sarah@Hartley.example",
    "number": "ab 12 34 56 c",
    "paid_on-day": "3 apr 25",
    "cost": "£1,540",
    "people": "12",
    "provider": "Care Learning Ltd",
    "model": "full",
    "plan": "no",
    "role": "care-worker",
    "services": ["home", "dom"],
    "agree": "yes",
}


def evidence(*names):
    return [(io.BytesIO(b"%PDF"), name) for name in names]


@pytest.fixture
def form(browser):
    """Sends the specimen form, good but for what is given."""

    def send(follow_redirects=True, **changed):
        browser.get(ADDRESS)
        values = {
            **GOOD,
            "files": evidence("invoice.pdf"),
            **{name.replace("__", "-"): value for name, value in changed.items()},
        }
        return browser.send(values, ADDRESS, follow_redirects=follow_redirects)

    return send


def test_what_people_type_is_understood(form):
    page = form()
    assert page.problems == []
    assert "Everything was understood" in page.words


def test_an_empty_form_names_everything_that_is_missing_at_once_twice_and_linked(browser):
    browser.get(ADDRESS)
    page = browser.send({}, ADDRESS)
    assert page.status == 200
    assert page.title == "Error: Every kind of question - Claim for care training"
    assert page.problems == page.field_errors
    assert page.problems == [
        "Enter the learner’s name",
        "Enter the email address",
        "Enter the National Insurance number",
        "Enter the payment date, like 27 3 2025",
        "Enter the cost in pounds, like 1,540 or 1540.00",
        "Enter the number of people",
        "Enter the training provider",
        "Select how you want to claim",
        "Select yes if you paid by a payment plan",
        "Select a job role",
        "Select at least one service",
        "Choose a file that shows the payment",
        "Tick the box to say that what you entered is correct",
    ]


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("name", "J0e", "The learner’s name must only have letters"),
        ("email", "sam", "The email address must be in the form name@example.com"),
        ("number", "12", "The National Insurance number must be 2 letters"),
        ("cost", "1,54", "The cost must be an amount in pounds"),
        ("people", "many", "The number of people must be a whole number"),
        ("provider", "x" * 41, "The training provider must be 40 characters or fewer"),
        ("note", "x" * 1501, "A note must be 1,500 characters or fewer"),
        ("code", "12", "The security code must be 6 digits"),
    ],
)
def test_one_fault_is_said_at_its_place_and_everything_typed_is_kept(form, name, typed, sentence):
    page = form(**{name: typed})
    (problem,) = page.problems
    assert problem.startswith(sentence)
    assert page.field_errors == [problem]
    kept = page.filled(ADDRESS)
    assert kept[name] == [typed]
    for other in set(GOOD) - {name}:
        expected = GOOD[other] if isinstance(GOOD[other], list) else [GOOD[other]]
        assert kept[other] == expected
    assert f'href="#{name}"' in page.text


@pytest.mark.parametrize(
    ("boxes", "link"),
    [
        ({"paid_on__day": "31 4 2025"}, "paid_on-day"),
        ({"paid_on__day": "3", "paid_on__month": "13", "paid_on__year": "2025"}, "paid_on-month"),
        ({"paid_on__day": "3", "paid_on__month": "4"}, "paid_on-year"),
        ({"paid_on__day": "31/3/2024"}, "paid_on-day"),
        ({"paid_on__day": "3/2/2026"}, "paid_on-day"),
    ],
)
def test_a_wrong_date_links_to_the_box_that_is_wrong(form, boxes, link):
    page = form(**boxes)
    assert len(page.problems) == 1
    assert re.search(rf'<a href="#{link}">', page.text)
    kept = page.filled(ADDRESS)
    assert kept["paid_on-day"] == [boxes["paid_on__day"]]


def wrong_boxes(page) -> list[str]:
    return [
        each.get("name", "")
        for each in page.document.iter("input")
        if "govuk-input--error" in each.get("class", "") and "date-input" in each.get("class", "")
    ]


def test_only_the_wrong_box_is_marked_or_all_when_all_are(form):
    page = form(paid_on__day="3", paid_on__month="13", paid_on__year="2025")
    assert wrong_boxes(page) == ["paid_on-month"]
    assert wrong_boxes(form(paid_on__day="")) == ["paid_on-day", "paid_on-month", "paid_on-year"]


def test_the_first_and_last_day_that_a_date_may_be_are_allowed(form):
    assert form(paid_on__day="1/4/2024").problems == []
    assert form(paid_on__day="2/2/2026").problems == []


def test_a_question_that_another_answer_brings_up_is_asked_only_then(form):
    assert form(model="full", started_on__day="nonsense").problems == []
    page = form(model="split", started_on__day="nonsense")
    assert page.problems == ["The start date must include a month and a year"]
    assert form(model="split", started_on__day="10 May 2025").problems == []


def test_an_answer_that_was_not_offered_is_no_answer(form):
    for name, sentence in (("model", "Select how you want to claim"), ("role", "Select a job role")):
        assert form(**{name: "made-up"}).problems == [sentence]
    assert form(services=["made-up"]).problems == ["Select at least one service"]
    assert form(plan="perhaps").problems == ["Select yes if you paid by a payment plan"]


def test_up_to_as_many_files_as_are_allowed(form):
    assert form(files=evidence("1.pdf", "2.pdf", "3.pdf", "4.pdf")).problems == []
    page = form(files=evidence("1.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf"))
    assert page.problems == ["Choose no more than 4: you chose 5"]


def test_a_form_keeps_its_token_until_it_is_done_and_then_gets_another(browser):
    first = browser.get(ADDRESS).filled(ADDRESS)["form_token"]
    assert browser.send({}, ADDRESS).filled(ADDRESS)["form_token"] == first
    assert browser.get(ADDRESS).filled(ADDRESS)["form_token"] != first
    assert len(first[0]) == 32


def test_what_is_typed_is_shown_as_text(form):
    page = form(name='"><script>alert(1)</script>')
    assert "<script>alert" not in page.text
    assert page.filled(ADDRESS)["name"] == ['"><script>alert(1)</script>']


def test_a_refusal_found_later_stands_at_its_question_and_gives_up_what_was_written(app):
    from flask import g

    from tests.web.frame.specimens import Everything

    with app.test_request_context(ADDRESS):
        form = Everything()
        form.refuse("paid_on", "Another claim has this date", "year")
        assert form.problems() == [{"text": "Another claim has this date", "href": "#paid_on-year"}]
        assert g.given_up
        assert "Another claim has this date" in form.paid_on()


def test_what_is_known_is_shown_as_one_would_type_it(app):
    from datetime import date

    from tests.web.frame.specimens import Everything

    known = {
        "cost": 154_000,
        "paid_on": date(2025, 4, 3),
        "number": "AB123456C",
        "plan": True,
        "services": ["dom"],
        "people": 3,
    }
    with app.test_request_context(ADDRESS):
        form = Everything(data=known)
        assert 'value="1,540.00"' in form.cost()
        assert [f'value="{part}"' in form.paid_on() for part in (3, 4, 2025)] == [True] * 3
        assert "AB 12 34 56 C" in form.number().replace("\N{NO-BREAK SPACE}", " ")
        assert re.search(r'value="yes" checked', form.plan())
        assert re.search(r'value="dom" checked', form.services())
        assert 'value="3"' in form.people()


def test_a_single_question_may_be_the_heading_of_its_page(app):
    from tests.web.frame.specimens import Everything

    with app.test_request_context(ADDRESS):
        form = Everything()
        for name in ("name", "paid_on", "model", "plan", "services", "note", "files", "role"):
            assert re.search(r"<h1 class=\"govuk-(label-wrapper|fieldset__heading)\">", form[name](heading=True)), name


def test_findings_are_shown_worst_first_with_what_they_rest_on(browser):
    page = browser.get(ADDRESS)
    findings = [each for each in page.document.iter("li") if "app-finding " in each.get("class", "")]
    told = [text_of(each) for each in findings]
    assert [words.split(" Agency")[0].split(" The")[0] for words in told] == [
        "Not met",
        "To be checked Check with the scheme",
        "Met Check with the scheme",
    ]
    assert "National Insurance number ** ** ** 56 C" in told[0]
    assert "AB123456C" not in page.text
    assert "Cost for this learner £1,600.00" in told[1]
    assert "Time to claim 3 months Check with the scheme (NHSBSA help article)" in told[1]
    assert "1 rule met or not needed" in page.words
