"""``POST /api/v1/assessments``: facts in, assessments out; what is refused, and how that is told."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, event

from claims.exchange.assessments import render_assessment
from claims.models import CourseList, CourseListEntry
from claims.reference import load
from claims.rules.engine import assess
from claims.rules.facts import Engagement
from claims.services.limiting import CLAIMS_PER_WINDOW
from claims.web.api.assessments import LARGEST_BODY, MOST_CLAIMS
from claims.web.api.problems import KINDS, MOST_ERRORS
from tests.builders import BASE_RECORD, a_record, facts_of
from tests.site import AT, Site
from tests.web.api.conftest import Ask
from tests.worked_examples import EXAMPLES, WorkedExample

TODAY = AT.date()


def problem_in(response: Any, status: int) -> dict[str, Any]:
    """The problem that was answered, which is as every problem must be."""
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    told: dict[str, Any] = response.get_json()
    kind = next(kind for kind in KINDS if kind.status == status)
    assert (told["title"], told["status"]) == (kind.title, status)
    assert told["type"] == f"http://localhost/api#{kind.slug}"
    assert told["reference"] == response.headers["X-Request-Id"]
    return told


def errors_in(response: Any) -> list[tuple[int | None, str, str]]:
    told = problem_in(response, 422)
    return [(error["index"], error["field"], error["message"]) for error in told["errors"]]


# What is answered.


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_worked_example_holds(ask: Ask, site: Site, example: WorkedExample):
    site.time.move_to(example.today)
    assessment = ask(example.record).get_json()
    if example.outcome:
        assert assessment["outcome"] == example.outcome
    assert {name: assessment["amount"][name] for name in example.amount} == example.amount
    findings = {finding["rule"]: finding for finding in assessment["findings"]}
    assert {rule: findings[rule]["outcome"] for rule in example.findings} == example.findings


def test_one_object_gives_one_object_and_a_list_gives_a_list_in_its_order(ask: Ask):
    failing = a_record({"learner": {"engagement": "self-employed"}})
    assert ask(BASE_RECORD).get_json()["outcome"] == "eligible"
    assert [each["outcome"] for each in ask([BASE_RECORD, failing, {}]).get_json()] == [
        "eligible", "ineligible", "incomplete",
    ]  # fmt: skip
    assert ask([]).get_json() == []


def test_an_answer_is_what_the_rules_say_and_nothing_else(ask: Ask):
    assert ask(BASE_RECORD).get_json() == render_assessment(assess(facts_of(BASE_RECORD), load(), TODAY))


def test_a_thousand_claims_are_taken_at_once(ask: Ask):
    answer = ask([BASE_RECORD] * MOST_CLAIMS)
    assert answer.status_code == 200
    assert len(answer.get_json()) == MOST_CLAIMS


def test_a_claim_that_is_not_submitted_is_judged_by_today_in_london(ask: Ask, site: Site):
    not_submitted = a_record({"claim": {"submitted_on": None, "first_submitted_on": None}})

    def outcome() -> str:
        findings = ask(not_submitted).get_json()["findings"]
        return str(next(each["outcome"] for each in findings if each["rule"] == "submitted-in-time"))

    # In summer London is an hour ahead of UTC: its last day to claim, 10 August, ends at 23:00.
    site.time.move_to("2025-08-10 22:59:59")
    assert outcome() == "pass"
    site.time.move_to("2025-08-10 23:00:00")
    assert outcome() == "fail"


def test_the_list_that_was_published_decides_and_not_the_file(ask: Ask, site: Site):
    with site.database.write() as session:
        old = session.get_one(CourseList, 1)
        entry = session.query(CourseListEntry).filter_by(code="LTS").first()
        columns = {c.name: getattr(entry, c.name) for c in CourseListEntry.__table__.columns if c.name != "id"}
        new = CourseList(version=2, from_on=TODAY, published_at=AT, published_by="Test", sha256=old.sha256[::-1])
        session.add(new)
        session.flush()
        session.add(CourseListEntry(**columns | {"course_list_id": new.id, "max_reimbursement_pence": 1}))
    claim = a_record({"training": {"course": "LTS"}, "claim": {"part": "full"}})
    assert ask(claim).get_json()["course"]["max_reimbursement_gbp"] == "0.01"
    site.time.move_to(AT - timedelta(days=1))
    assert ask(claim).get_json()["course"]["max_reimbursement_gbp"] == "500.00"


def test_nothing_is_kept_or_told_of_what_was_sent(ask: Ask, capsys: pytest.CaptureFixture[str], site: Site):
    assert ask(BASE_RECORD).headers["Cache-Control"] == "no-store"
    ask({"learner": {"national_insurance_number": ["AB123456C"]}})
    said = capsys.readouterr()
    assert "AB123456C" not in said.out + said.err


def test_only_the_count_is_written_and_no_transaction_is_open_while_it_works(ask: Ask, site: Site):
    statements: list[str] = []
    event.listen(
        site.app.extensions["claims"].database.engine,
        "before_cursor_execute",
        lambda *given: statements.append(given[2].split()[0]),
    )
    ask(BASE_RECORD)
    assert [statement for statement in statements if statement in ("INSERT", "UPDATE", "DELETE")] == ["INSERT"]
    begun = [statement for statement in statements if statement in ("BEGIN", "SELECT", "INSERT")]
    assert begun.index("INSERT") < begun.index("SELECT")


def test_a_mark_at_the_beginning_is_passed_over(ask: Ask):
    assert ask(data=b"\xef\xbb\xbf" + json.dumps(BASE_RECORD).encode()).status_code == 200


def test_a_character_set_in_the_content_type_changes_nothing(ask: Ask):
    answer = ask(data=json.dumps(BASE_RECORD), content_type="application/json; charset=utf-8")
    assert answer.status_code == 200


# What is refused.


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("", "Line 1: this is not JSON: expecting value, at character 1."),
        ("{", "Line 1: this is not JSON: expecting property name enclosed in double quotes, at character 2."),
        ('{\n"fund": }', "Line 2: this is not JSON: expecting value, at character 9."),
        ("[{},", "Line 1: this is not JSON: expecting value, at character 5."),
        ("[{}\n{}]", "Line 2: this is not JSON: expecting ',' delimiter, at character 1."),
        ("[] 5", "Line 1: this is not JSON: extra data, at character 4."),
        ('{"fund": {}} {}', "Line 1: this is not JSON: extra data, at character 14."),
        ('{"fund": {}, "fund": {}}', "Line 1: “fund” is given twice."),
        ('{"fund": NaN}', "Line 1: this is not JSON: NaN is no value."),
        ('{"fund": ' + "9" * 5_000 + "}", "Line 1: a number of 5,000 digits is no fact."),
        ("[" * 100_000, "Line 1: this is nested too deeply."),
        ('{"fund":' * 100_000, "Line 1: this is nested too deeply."),
        (b'{"fund": "\xff"}', "Line 1: this is not UTF-8 text."),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_json_is_refused_with_the_place(ask: Ask, body: str | bytes, detail: str):
    assert problem_in(ask(data=body), 400)["detail"] == detail


@pytest.mark.parametrize("value", [None, 5, "text", True, 1.5])
def test_a_record_must_be_an_object(ask: Ask, value: Any):
    assert errors_in(ask(data=json.dumps(value))) == [(None, "", "must be an object")]
    assert errors_in(ask([{}, value])) == [(1, "", "must be an object")]


def test_every_field_that_is_wrong_is_named_with_its_place_in_the_list(ask: Ask):
    wrong = {"learner": {"engagement": "boss", "age": 5}, "training": {"cost_gbp": 1600, "paid_on": "1/5/2025"}, "x": 1}
    expected = {
        ("learner.engagement", f"must be one of: {', '.join(Engagement)}"),
        ("learner.age", "is not the name of a fact"),
        ("training.cost_gbp", "must be an amount in pounds as text, like “1600.00”, with two decimals at most"),
        ("training.paid_on", "must be a date like 2025-04-01"),
        ("x", "is not the name of a fact"),
    }  # fmt: skip
    assert set(errors_in(ask(wrong))) == {(None, *each) for each in expected}
    assert set(errors_in(ask([{}, wrong, {"y": 1}]))) == {(1, *each) for each in expected} | {
        (2, "y", "is not the name of a fact")
    }


def test_an_unknown_course_or_job_role_is_a_finding_and_not_an_error(ask: Ask):
    answer = ask(a_record({"learner": {"job_role": "wizard"}, "training": {"course": "NOPE"}}))
    assert (answer.status_code, answer.get_json()["outcome"]) == (200, "ineligible")


def test_one_claim_too_many_is_refused(ask: Ask):
    assert errors_in(ask([{}] * (MOST_CLAIMS + 1))) == [(None, "", "must be at most 1,000 claims at a time")]


def test_more_errors_than_anybody_reads_are_counted(ask: Ask):
    told = problem_in(ask([{f"x{number}": 1} for number in range(MOST_ERRORS + 1)]), 422)
    assert (len(told["errors"]), told["errors_left_out"]) == (MOST_ERRORS, 1)
    told = problem_in(ask([{f"x{number}": 1} for number in range(MOST_ERRORS)]), 422)
    assert (len(told["errors"]), told["errors_left_out"]) == (MOST_ERRORS, 0)


def test_a_field_name_of_half_a_character_is_told_as_it_was_sent(ask: Ask):
    assert errors_in(ask(data='{"\\ud800": 1}')) == [(None, "\ud800", "is not the name of a fact")]


def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_not(ask: Ask):
    assert ask(data=b" " * (LARGEST_BODY - 2) + b"[]").status_code == 200
    problem_in(ask(data=b" " * (LARGEST_BODY - 1) + b"[]"), 413)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml"])
def test_a_body_that_is_not_said_to_be_json_is_refused(ask: Ask, content_type: str):
    problem_in(ask(data=json.dumps(BASE_RECORD), content_type=content_type), 415)


def test_a_wrong_method_says_which_there_are(client: FlaskClient):
    answer = client.get("/api/v1/assessments")
    problem_in(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_without_a_published_list_the_service_is_not_ready(ask: Ask, client: FlaskClient, site: Site):
    with site.database.write() as session:
        session.execute(delete(CourseListEntry))
        session.execute(delete(CourseList))
    for answer in (ask(BASE_RECORD), client.get("/api/v1/courses"), client.get("/api/v1/courses/LTS")):
        assert "No eligible course list" in problem_in(answer, 503)["detail"]


def test_a_fault_is_told_with_a_reference_and_without_a_trace(ask: Ask, site: Site, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise RuntimeError("AB123456C")

    monkeypatch.setattr("claims.web.api.assessments.assess", fail)
    answer = ask(BASE_RECORD)
    problem_in(answer, 500)
    assert "AB123456C" not in answer.get_data(as_text=True)


# How much may be asked for.


def limit_in(response: Any) -> str:
    assert response.headers["RateLimit-Policy"] == '"claims";q=3000;w=60'
    return str(response.headers["RateLimit"])


def test_an_answer_says_what_is_left(ask: Ask):
    assert limit_in(ask(BASE_RECORD)) == '"claims";r=2999;t=60'
    assert limit_in(ask([BASE_RECORD] * 9)) == '"claims";r=2990;t=60'


@pytest.mark.parametrize("body", ["", "[]", "{", "[{}, 5", '{"x": 1}'])
def test_a_call_counts_as_at_least_one_claim_even_when_it_is_refused(ask: Ask, body: str):
    assert limit_in(ask(data=body)) == '"claims";r=2999;t=60'


def test_a_body_counts_by_its_size_before_it_is_read(ask: Ask):
    assert limit_in(ask(data="[" + " " * (4096 - 1))) == '"claims";r=2999;t=60'
    assert limit_in(ask(data="[" + " " * 4096)) == '"claims";r=2997;t=60'
    assert limit_in(ask(data="[{}, {}, {}]" + " " * 4096)) == '"claims";r=2994;t=60'


def test_who_asks_too_much_is_told_how_long_to_wait(ask: Ask, site: Site):
    for _ in range(CLAIMS_PER_WINDOW // MOST_CLAIMS):
        assert ask([{}] * MOST_CLAIMS).status_code == 200
    site.time.tick(timedelta(seconds=20))
    answer = ask(BASE_RECORD)
    assert problem_in(answer, 429)["detail"] == (
        "0 of 3,000 claims are left in this minute. The next begins in 40 seconds."
    )
    assert answer.headers["Retry-After"] == "40"
    assert limit_in(answer) == '"claims";r=0;t=40'
    assert ask(BASE_RECORD, environ_overrides={"REMOTE_ADDR": "198.51.100.7"}).status_code == 200
    site.time.tick(timedelta(seconds=40))
    assert ask(BASE_RECORD).status_code == 200


def test_a_second_process_sees_what_the_first_has_counted(ask: Ask, site: Site):
    from claims.web.app import build

    ask([{}] * MOST_CLAIMS)
    other = build(site.app.extensions["claims"].settings).test_client()
    assert limit_in(other.post("/api/v1/assessments", json={})) == '"claims";r=1999;t=60'


def test_reads_are_not_counted(ask: Ask, client: FlaskClient):
    assert "RateLimit" not in client.get("/api/v1/courses").headers
    assert limit_in(ask({})) == '"claims";r=2999;t=60'
