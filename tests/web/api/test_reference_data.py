"""The calls that read: courses and their amounts, role categories, job roles, scheme years."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from claims.exchange.money import render_pounds
from claims.reference import load
from claims.web.api.queries import write_cursor
from tests.site import Site
from tests.web.api.test_assessments import errors_in, problem_in

REFERENCE = load()
COURSES = "/api/v1/courses"
ON = date(2026, 2, 2)
HOLDING = {code: entry for code, entries in REFERENCE.courses.items() for entry in entries if entry.holds_on(ON)}


def codes_in(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(f"{COURSES}?limit=200&{query}")
    assert answer.status_code == 200, answer.get_json()
    return [course["code"] for course in answer.get_json()["courses"]]


def walk(client: FlaskClient, query: str) -> list[list[str]]:
    """The codes of every page."""
    pages, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{COURSES}?{query}&cursor={cursor}").get_json()
        pages.append([course["code"] for course in page["courses"]])
        cursor = page["next_cursor"]
    return pages


# Courses.


def test_a_listed_course_is_told_in_every_field(client: FlaskClient):
    (course,) = client.get(f"{COURSES}?q=610/4009/5").get_json()["courses"]
    assert course == {
        "code": "610/4009/5",
        "title": "Adult Social Care Certificate",
        "kind": "qualification",
        "level": "2",
        "size": "Certificate",
        "category": "Adult Social Care Certificate",
        "awarding_organisation": HOLDING["610/4009/5"].awarding_organisation,
        "learning_hours": 360,
        "funding_model": "split",
        "fund": "main",
        "delivery": None,
        "amount": {
            "max_reimbursement_gbp": "1540.00",
            "paid_from": "2025-04-01",
            "paid_to": "2026-03-31",
            "source": HOLDING["610/4009/5"].source,
            "confidence": "secondary",
            "note": None,
        },
        "role_categories": [
            {"slug": link.role_category, "rank": link.rank, "basis": link.basis, "confidence": link.confidence}
            for link in REFERENCE.links["610/4009/5"]
        ],
    }


def test_all_courses_that_hold_today_come_page_by_page_each_once(client: FlaskClient):
    pages = walk(client, "limit=7")
    assert [len(page) for page in pages[:-1]] == [7] * (len(pages) - 1)
    assert sorted(code for page in pages for code in page) == sorted(HOLDING)


def test_a_page_that_is_just_full_is_the_last(client: FlaskClient):
    found = codes_in(client, "q=dementia")
    answer = client.get(f"{COURSES}?q=dementia&limit={len(found)}").get_json()
    assert answer["next_cursor"] is None
    assert client.get(f"{COURSES}?q=dementia&limit={len(found) - 1}").get_json()["next_cursor"] is not None


def test_without_a_limit_there_are_fifty_at_a_time(client: FlaskClient):
    assert len(client.get(COURSES).get_json()["courses"]) == 50


def test_a_cursor_is_good_in_a_list_that_has_changed(client: FlaskClient):
    gone = write_cursor("M", "a course that is no longer there")
    first = client.get(f"{COURSES}?cursor={gone}&limit=1").get_json()["courses"][0]
    titles = sorted((entry.title, code) for code, entry in HOLDING.items())
    assert (first["title"], first["code"]) == next(each for each in titles if each > ("M", ""))


def test_blank_parameters_ask_for_nothing(client: FlaskClient):
    blank = "q=&role_category=&funding_model=&fund=&on=&limit=&cursor="
    assert client.get(f"{COURSES}?{blank}").get_json() == client.get(COURSES).get_json()


def test_amounts_are_those_of_the_date_asked_for(client: FlaskClient):
    def amount(on: str) -> str | None:
        found = client.get(f"{COURSES}?q=610/4009/5&on={on}").get_json()
        assert found["on"] == on
        return found["courses"][0]["amount"]["max_reimbursement_gbp"] if found["courses"] else None

    assert [amount(on) for on in ("2025-03-31", "2025-04-01", "2026-03-31", "2026-04-01", "0001-01-01")] == [
        "1500.00", "1540.00", "1540.00", None, None,
    ]  # fmt: skip


def test_without_a_date_today_in_london_is_meant(client: FlaskClient, site: Site):
    site.time.move_to("2025-06-30 22:59:59")
    assert client.get(COURSES).get_json()["on"] == "2025-06-30"
    site.time.move_to("2025-06-30 23:00:00")
    assert client.get(COURSES).get_json()["on"] == "2025-07-01"


def test_courses_are_picked_by_what_is_asked_for_together(client: FlaskClient):
    assert set(codes_in(client, "fund=ommt")) == {code for code in HOLDING if HOLDING[code].fund == "ommt"}
    split = {code for code, entry in HOLDING.items() if entry.funding_model == "split"}
    assert set(codes_in(client, "funding_model=split")) < set(HOLDING) | split
    serving = {code for code in HOLDING if any(x.role_category == "new-to-care" for x in REFERENCE.links.get(code, ()))}
    assert set(codes_in(client, "role_category=new-to-care")) == serving
    assert set(codes_in(client, "role_category=new-to-care&funding_model=full")) == serving - split
    assert codes_in(client, "role_category=nobody") == []
    assert codes_in(client, "q=no+such+words") == []


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("on=2026-02-30", "on", "must be a date like 2025-04-01"),
        ("on=1/2/2026", "on", "must be a date like 2025-04-01"),
        ("fund=other", "fund", "must be one of: main, ommt"),
        ("funding_model=SPLIT", "funding_model", "must be one of: full, split"),
        ("limit=0", "limit", "must be a whole number from 1 to 200"),
        ("limit=201", "limit", "must be a whole number from 1 to 200"),
        ("limit=-1", "limit", "must be a whole number from 1 to 200"),
        ("limit=1.0", "limit", "must be a whole number from 1 to 200"),
        ("limit=²", "limit", "must be a whole number from 1 to 200"),
        ("limit=" + "9" * 5000, "limit", "must be a whole number from 1 to 200"),
        ("cursor=nonsense", "cursor", "must be next_cursor of the page before"),
        ("cursor=é", "cursor", "must be next_cursor of the page before"),
        ("cursor=W10", "cursor", "must be next_cursor of the page before"),
        ("cursor=WzEsMl0", "cursor", "must be next_cursor of the page before"),
        ("q=" + "x" * 201, "q", "must be at most 200 characters"),
        ("q=%00", "q", "contains a control character or half a character"),
        ("colour=red", "colour", "is not a parameter of this call"),
        ("fund=main&fund=ommt", "fund", "is given twice"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(client: FlaskClient, query: str, field: str, message: str):
    assert errors_in(client.get(f"{COURSES}?{query}")) == [(None, field, message)]


def test_every_parameter_that_is_wrong_is_named_at_once(client: FlaskClient):
    errors = errors_in(client.get(f"{COURSES}?on=x&limit=x&colour=red"))
    assert {field for _, field, _ in errors} == {"on", "limit", "colour"}


# One course.


def test_every_course_that_was_ever_listed_is_found_by_its_code(client: FlaskClient):
    for code, entries in REFERENCE.courses.items():
        by_slash = client.get(f"{COURSES}/{code}").get_json()
        assert by_slash["code"] == code
        assert client.get(f"{COURSES}/{code.replace('/', '-')}").get_json() == by_slash
        assert client.get(f"{COURSES}/{code.replace('/', '%2F')}").get_json() == by_slash
        assert [amount["max_reimbursement_gbp"] for amount in by_slash["amounts"]] == [
            render_pounds(entry.max_reimbursement_pence) for entry in entries
        ]


def test_a_course_is_told_with_all_its_dated_amounts(client: FlaskClient):
    course = client.get(f"{COURSES}/610-4009-5").get_json()
    assert [(each["paid_from"], each["paid_to"], each["max_reimbursement_gbp"]) for each in course["amounts"]] == [
        ("2024-04-01", "2025-03-31", "1500.00"),
        ("2025-04-01", "2026-03-31", "1540.00"),
    ]


def test_a_course_that_is_no_longer_listed_is_still_told(client: FlaskClient):
    assert client.get(f"{COURSES}/DLP").get_json()["amounts"][0]["paid_to"] == "2025-02-04"
    assert "DLP" not in codes_in(client)


@pytest.mark.parametrize("code", ["NOPE", "lts", "LTS/", "610//4009/5", "610", "..", "%FF", "%00"])
def test_a_code_that_was_never_listed_is_not_found(client: FlaskClient, code: str):
    problem_in(client.get(f"{COURSES}/{code}"), 404)


# The other reference data.


def test_role_categories_come_in_order_with_where_they_lead(client: FlaskClient):
    categories = client.get("/api/v1/role-categories").get_json()["role_categories"]
    assert [each["position"] for each in categories] == sorted(each["position"] for each in categories)
    assert {each["slug"] for each in categories} == set(REFERENCE.role_categories)
    assert categories[0]["slug"] == "new-to-care"
    assert categories[0]["leads_to"] == [{"slug": "care-or-support-worker", "basis": "published"}]


def test_job_roles_say_whether_training_is_funded(client: FlaskClient):
    roles: list[dict[str, Any]] = client.get("/api/v1/job-roles").get_json()["job_roles"]
    assert {each["slug"]: each["funding"] for each in roles} == {
        slug: role.funding for slug, role in REFERENCE.job_roles.items()
    }


def test_scheme_years_give_every_parameter_with_its_source(client: FlaskClient):
    (year,) = client.get("/api/v1/scheme-years").get_json()["scheme_years"]
    parameters = {each["name"]: each for each in year["parameters"]}
    assert parameters["cap_main_gbp"]["value"] == "400000.00"
    assert parameters["cap_ommt_gbp"]["value"] is None
    assert parameters["claim_window_months"]["value"] == 3
    assert all(each["source"] and each["confidence"] for each in parameters.values())
    assert len(parameters) == len(REFERENCE.years[0].parameters)
