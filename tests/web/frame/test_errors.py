"""What people see when something went wrong, and what the log keeps of it."""

import json
import re
from dataclasses import replace

import pytest
from flask import abort
from sqlalchemy import text

from claims.db import Database
from claims.web.access import ANYONE, opens
from claims.web.errors import TROUBLES
from tests.browsing import Browser


@pytest.fixture
def log(capsys):
    """Reads back the log's lines so far."""

    def lines():
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return lines


@pytest.mark.parametrize("status", [status for status in sorted(TROUBLES) if status != 500])
def test_every_kind_of_trouble_has_a_page_with_advice_and_a_reference(app, status):
    @app.get("/trouble")
    @opens(ANYONE)
    def trouble():
        abort(status)

    page = Browser(app).get("/trouble")
    assert page.status == status
    assert page.heading == TROUBLES[status].heading
    assert TROUBLES[status].advice in page.words
    assert page.headers["X-Request-Id"] in page.words


def test_a_trouble_without_words_of_its_own_is_still_told(app):
    @app.get("/teapot")
    @opens(ANYONE)
    def teapot():
        abort(418)

    page = Browser(app).get("/teapot")
    assert (page.status, page.heading) == (418, TROUBLES[400].heading)


def test_a_wrong_method_says_so(browser):
    page = browser.post("/")
    assert (page.status, page.heading) == (405, TROUBLES[405].heading)
    assert "GET" in page.headers["Allow"]


def test_a_request_that_is_too_large_says_so(browser):
    browser.get("/specimens/everything")
    browser.app.config["MAX_CONTENT_LENGTH"] = 1_000
    page = browser.post("/specimens/everything", {"name": "a" * 1_000})
    assert (page.status, page.heading) == (413, TROUBLES[413].heading)


def test_a_fault_shows_a_reference_and_no_trace(browser):
    page = browser.get("/specimens/breaks")
    assert (page.status, page.heading) == (500, TROUBLES[500].heading)
    assert page.headers["X-Request-Id"] in page.words
    for told in ("RuntimeError", "Traceback", "AB123456C", "specimens.py"):
        assert told not in page.text


def test_the_log_says_where_a_fault_was_but_not_what_was_typed(browser, log):
    page = browser.get("/specimens/breaks?name=marker-in-the-address")
    fault, request = log()
    assert fault["event"] == "fault"
    assert fault["error"] == "RuntimeError"
    assert fault["request_id"] == request["request_id"] == page.headers["X-Request-Id"]
    assert re.match(r"specimens\.py:\d+ breaks", fault["where"][-1])
    assert request["route"] == "/specimens/breaks"
    assert request["status"] == 500
    assert "marker" not in json.dumps([fault, request])


def test_no_output_holds_what_a_form_was_sent(browser, log):
    browser.sign_in_with("sro").get("/specimens/everything")
    browser.post("/specimens/for-submitters", {"said": "broken"})
    kept = json.dumps(log())
    assert "fault" in kept
    assert "broken" not in kept
    assert "Pat" not in kept


def test_a_fault_in_the_database_does_not_ask_it_who_is_there(given, app):
    def unreachable(_session, _token, _now):
        raise RuntimeError("gone")

    app.extensions["claims"] = replace(given, actor_of=unreachable)
    page = Browser(app).sign_in_with("sro").get("/specimens/for-submitters")
    assert (page.status, page.heading) == (500, TROUBLES[500].heading)


def test_the_interface_for_programs_answers_with_problem_json(app):
    @app.get("/api/v1/broken")
    @opens(ANYONE)
    def broken():
        abort(404)

    answer = Browser(app).client.get("/api/v1/broken")
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["status"] == 404
    assert answer.get_json()["title"] == "There is nothing at this address"
    assert Browser(app).client.get("/api/v1/nothing").content_type == "application/problem+json"


def test_the_process_says_that_it_is_up(browser):
    assert browser.client.get("/health/live").get_json() == {"status": "up"}


def test_a_database_without_its_migrations_is_not_ready(browser, database):
    with database.write() as session:
        session.execute(text("DROP TABLE alembic_version"))
    answer = browser.client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "the database is not at the latest migration")


def test_a_database_that_is_gone_is_not_ready(browser, given, tmp_path):
    elsewhere = Database(f"sqlite:///{tmp_path / 'no' / 'such.db'}")
    browser.app.extensions["claims"] = replace(given, database=elsewhere)
    answer = browser.client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "the database cannot be reached")


def test_text_of_statements_never_reaches_the_log(app, log, database):
    @app.get("/fails-in-the-database")
    @opens(ANYONE)
    def fails():
        with database.read() as session:
            session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "marker"})
        return ""

    assert Browser(app).get("/fails-in-the-database").status == 500
    assert "marker" not in json.dumps(log())
