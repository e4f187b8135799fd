"""One session per request: reading cannot write, and writing is kept whole or not at all."""

import pytest
from sqlalchemy import text

from claims.web.access import ANYONE, opens
from claims.web.transactions import session
from tests.browsing import Browser


@pytest.fixture
def said(database):
    def jottings():
        with database.read() as reading:
            return list(reading.execute(text("SELECT said FROM jottings")).scalars())

    return jottings


@pytest.fixture
def submitter(browser):
    browser.get("/specimens/everything")
    return browser.sign_in_with("submitter")


def test_what_a_form_wrote_is_kept_when_it_succeeded(submitter, said):
    assert submitter.post("/specimens/for-submitters", {"said": "hello"}).status == 303
    assert said() == ["hello"]


@pytest.mark.parametrize(("word", "status"), [("refused", 422), ("broken", 500), ("given up", 200)])
def test_nothing_that_a_form_wrote_is_kept_when_it_did_not(submitter, said, word, status):
    assert submitter.post("/specimens/for-submitters", {"said": word}).status == status
    assert said() == []


def test_reading_cannot_write(browser, said):
    assert browser.get("/specimens/writes").status == 500
    assert said() == []


def test_a_commit_that_fails_is_an_error_and_not_a_success(app, database, said):
    with database.write() as writing:
        writing.execute(text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
        writing.execute(
            text("CREATE TABLE children (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)")
        )

    @app.post("/orphan")
    @opens(ANYONE)
    def orphan():
        session().execute(text("INSERT INTO jottings VALUES ('orphan')"))
        session().execute(text("INSERT INTO children VALUES (7)"))
        return "all is well"

    browser = Browser(app)
    browser.get("/specimens/everything")
    page = browser.post("/orphan")
    assert page.status == 500
    assert "all is well" not in page.text
    assert said() == []


def test_one_request_has_one_session(app):
    @app.get("/twice")
    @opens(ANYONE)
    def twice():
        return "same" if session() is session() else "different"

    assert Browser(app).client.get("/twice").text == "same"


def test_the_next_writer_is_not_kept_waiting(submitter, said):
    for word in ("one", "broken", "two"):
        submitter.post("/specimens/for-submitters", {"said": word})
        submitter.get("/specimens/everything")
    assert said() == ["one", "two"]
