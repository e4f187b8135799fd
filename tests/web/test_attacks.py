"""The pages as an attacker uses them: what no page sends, other names, stolen places, hostile words and files."""

import errno
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg  # noqa: F401  before the clock stands still: it measures the real one
import pytest
from flask import request
from sqlalchemy import select, update

from claims import clock
from claims.db import Database
from claims.files import EvidenceStore
from claims.lifecycle import Role
from claims.models import (
    ActionRequest,
    Claim,
    Employer,
    EventNote,
    Evidence,
    Learner,
    Membership,
    Message,
    Person,
    Purchase,
)
from claims.services import sessions, throttling
from claims.web.access import ANYONE, opened_to
from claims.web.app import build
from claims.web.pages import WITHOUT_FORMS
from claims.web.wiring import EXTENSION
from tests.browsing import Browser
from tests.claiming import INVOICE, buy
from tests.guards.test_access import READING, Town, addresses, methods_of, town
from tests.site import Site, build_site, settings_in
from tests.web.test_signing_in import GRACE, ask, emailed_code, is_signed_in

__all__ = ["town"]

HUGE = "9" * 30
SCRIPT = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>"
EVIL = "evil.example"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def either(database: Database, tmp_path: Path, still_clock: object) -> Iterator[Site]:
    """The service on SQLite and on PostgreSQL, which take offence at different things."""
    site = build_site(database, tmp_path, still_clock)
    site.app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    yield site
    site.app.extensions[EXTENSION].database.close()


@pytest.mark.parametrize("odd", [HUGE, "%00", "1%00", "%27%20OR%201%3D1--"])
def test_addresses_and_answers_that_no_page_sends_break_nothing(either: Site, odd: str) -> None:
    house, office = either.house, either.office
    people = (house.sro, office.lead, office.finance, office.administrator)
    browsers = {who.role: either.sign_in(who) for who in people}
    asked = "&".join(f"{name}={odd}" for name in ("search", "employer", "page", "year", "state", "before", "next"))
    told = dict.fromkeys(("search", "year", "reason", "course", "form_token"), "\x00") | {"claims": HUGE}
    for rule in either.app.url_map.iter_rules():
        may = opened_to(either.app.view_functions[rule.endpoint])
        if rule.endpoint.startswith("health") or rule.rule == "/sign-out":
            continue
        browser = next((browsers[role] for role in browsers if role in may), None) or either.visit()
        address = re.sub(r"<(?:[\w()]+:)?\w+>", odd, rule.rule)
        for method in methods_of(rule):
            sent = None if method in READING else told
            answer = browser.client.open(f"{address}?{asked}", method=method, data=sent, headers=OURS, buffered=True)
            assert answer.status_code < 500, f"{method} {address}"


def test_an_employer_of_any_length_of_digits_breaks_nothing(site: Site) -> None:
    browser = ask(site)
    browser.send({"code": emailed_code(site)})
    browser = ask(site)
    for chosen in (HUGE, "9" * 5_000, "²"):
        page = browser.post("/sign-in/employer", {"code": "000000", "employer": chosen})
        assert page.status == 200


@pytest.mark.parametrize("wild", ["%", "_", "%25", "' OR '1'='1", "\\"])
def test_wildcards_and_quotes_in_a_search_are_only_letters(town: Town, wild: str) -> None:
    site = town.site
    for who, address, name in (
        (site.office.assessor, "/assessment", "employer"),
        (site.office.finance, "/payments", "employer"),
        (site.house.sro, "/learners", "search"),
        (site.house.sro, "/claims", "search"),
    ):
        page = site.sign_in(who).get(address, query_string={name: wild})
        assert page.status == 200
        for found in ("Hartley House Care Ltd", "Meadow View", "Kowalska", "Mensah"):
            assert found not in page.words, f"{address} {wild}"


def test_words_that_are_scripts_are_shown_as_words(town: Town) -> None:
    with town.site.database.write() as session:
        session.execute(update(Learner).values(first_name=SCRIPT, last_name=SCRIPT))
        session.execute(update(Purchase).values(provider=SCRIPT, invoice_reference=SCRIPT))
        session.execute(update(Employer).values(name=SCRIPT, address=SCRIPT))
        session.execute(update(Person).values(name=SCRIPT))
        session.execute(update(Evidence).values(name=f"{SCRIPT}.pdf"))
        session.execute(update(EventNote).values(note=SCRIPT))
        session.execute(update(Message).values(subject=SCRIPT, text=SCRIPT))
        session.execute(update(ActionRequest).values(note=SCRIPT, reply=SCRIPT))
        for claim in session.scalars(select(Claim).where(Claim.as_submitted.is_not(None))):
            kept = claim.as_submitted or {}
            claim.as_submitted = {**kept, "learner": {"name": SCRIPT}, "employer": {**kept["employer"], "name": SCRIPT}}
    shown = 0
    for role, who in town.everybody().items():
        browser = town.site.sign_in(who)
        for method, address, may, _ in addresses(town):
            if method in READING and (role in may or ANYONE in may):
                page = browser.get(f"{address}?search={SCRIPT}&employer={SCRIPT}", follow_redirects=False)
                assert "<script>alert" not in page.text, address
                assert "<img src=x" not in page.text, address
                shown += "&lt;script&gt;alert" in page.text
    assert shown > 20


def test_no_form_is_taken_without_its_token_on_any_page(town: Town) -> None:
    town.site.app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    people = town.everybody()
    exempt = {blueprint.name for blueprint in WITHOUT_FORMS}
    tried = 0
    for rule in town.site.app.url_map.iter_rules():
        address = town.address(rule)
        if "POST" not in (rule.methods or ()) or address is None or rule.endpoint.partition(".")[0] in exempt:
            continue
        may = opened_to(town.site.app.view_functions[rule.endpoint])
        who = next((people[role] for role in people if role in may), None)
        browser = town.site.sign_in(who) if who else town.site.visit()
        answer = browser.client.post(address, data={"reason": "x"}, headers={"Origin": f"https://{EVIL}"})
        assert answer.status_code == 400, address
        assert "This page was open for a long time" in answer.text, address
        tried += 1
    assert tried > 30


def test_a_token_from_another_browser_is_no_token(site: Site) -> None:
    theirs = site.visit().get("/sign-in").filled()["csrf_token"][0]
    browser = site.sign_in(site.house.sro)
    browser.get("/")
    assert browser.post("/sign-out", {"csrf_token": theirs}).status == 400
    assert is_signed_in(browser.get("/"))


def test_a_name_that_is_not_ours_is_refused_and_repeated_nowhere(site: Site) -> None:
    for address in ("/", "//sign-in", "/sign-in?next=/home", "/claims"):
        answer = site.visit().client.get(address, headers={"Host": EVIL})
        assert answer.status_code == 400
        assert EVIL not in answer.text + str(answer.headers)
    assert site.visit().get("/health/live", headers={"Host": "10.0.0.7:8000"}).status == 200


def test_what_a_stranger_says_about_forwarding_leads_nowhere(site: Site) -> None:
    said = {"X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}", "X-Original-URL": "/demonstration/people"}
    for address in ("/", "//sign-in", "/claims"):
        answer = site.visit().client.get(address, headers=said)
        assert EVIL not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "elsewhere",
    [
        f"https:{EVIL}",
        f"///{EVIL}",
        f"/\\{EVIL}",
        f"/\t/{EVIL}",
        f"\\\\{EVIL}",
        f"http:///{EVIL}",
        f"/\r\nLocation: https://{EVIL}",
        "javascript:alert(1)",
        f"/%0d%0aSet-Cookie:%20{EVIL}",
    ],
)
def test_nobody_is_led_away_after_signing_in(site: Site, elsewhere: str) -> None:
    browser = site.visit()
    browser.get("/sign-in", query_string={"next": elsewhere})
    browser.send({"email": GRACE})
    page = browser.send({"code": emailed_code(site)}, follow_redirects=False)
    assert page.status == 303
    # On our own site a path may say anything.
    assert re.match(r"/(?![/\\])", page.location)
    assert not {"\r", "\n", "\t"} & set(page.location)
    assert "Set-Cookie" not in str(page.headers.getlist("X-Request-Id"))


def test_a_scanner_that_opens_every_link_spends_no_code(site: Site) -> None:
    browser = ask(site)
    code = emailed_code(site)
    for visitor in (site.visit(), browser):
        for method in ("GET", "HEAD"):
            visitor.client.open("/sign-in/code", method=method)
            visitor.client.open(f"/sign-in/code?code={code}", method=method)
    browser.get("/sign-in/code")
    assert is_signed_in(browser.send({"code": code}))


def test_a_session_that_a_stranger_planted_is_never_taken_over(site: Site) -> None:
    planted = "planted-by-somebody-else"
    browser = ask(site)
    browser.client.set_cookie("__Host-claims", planted)
    page = browser.send({"code": emailed_code(site)}, follow_redirects=False)
    (cookie,) = [each for each in page.headers.getlist("Set-Cookie") if each.startswith("__Host-claims=")]
    assert planted not in cookie
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert not is_signed_in(site.visit().sign_in_with(planted).get("/"))


def test_signing_in_again_ends_the_session_before(site: Site) -> None:
    asking = ask(site)
    with site.database.write() as session:
        earlier = sessions.start_session(session, site.house.sro, clock.now())
    with site.app.app_context():
        asking.client.set_cookie("__Host-claims", earlier)
    assert is_signed_in(asking.send({"code": emailed_code(site)}))
    assert not is_signed_in(site.visit().sign_in_with(earlier).get("/"))
    assert is_signed_in(asking.get("/"))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
    ],
)
def test_addresses_are_believed_from_our_own_proxies_only(
    site: Site, tmp_path: Path, proxies: int, forwarded: str, believed: str
) -> None:
    settings = replace(settings_in(tmp_path, site.database.url, demonstration=False), proxies=proxies)
    app, seen = build(settings), []
    app.before_request(lambda: seen.append(request.remote_addr))
    app.test_client().get("/health/live", headers={"X-Forwarded-For": forwarded})
    assert seen == [believed]


def test_an_address_that_is_made_up_for_each_try_does_not_escape_the_limit(site: Site) -> None:
    def try_from(address: str) -> int:
        browser = site.visit()
        browser.get("/sign-in")
        headers = {**OURS, "X-Forwarded-For": address}
        return browser.send({"email": f"{address}@example.com"}, headers=headers).status

    tries = [try_from(f"198.51.100.{number}") for number in range(throttling.TRIES_PER_ADDRESS + 1)]
    assert tries == [200] * throttling.TRIES_PER_ADDRESS + [429]


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/evil.pdf",
        "..\\..\\evil.pdf",
        '"; filename="evil.html".pdf',
        "evil\r\nSet-Cookie: a=b.pdf",
        "evil\u202efdp.exe.pdf",
        "=HYPERLINK(1).pdf",
        f"{SCRIPT}.pdf",
    ],
)
def test_a_hostile_file_name_is_shown_and_is_never_a_path_or_a_header(site: Site, tmp_path: Path, name: str) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5")
    learner = str(next(iter(site.house.learners.values())))
    browser.get(f"{address}/learners")
    browser.send({"learner": [learner]}, action=f"{address}/learners")
    browser.get(f"{address}/evidence")
    # As browsers send it: a quote and a line break would end the part's header.
    sent = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    page = browser.send({"files": [(io.BytesIO(INVOICE), sent)]}, action=f"{address}/evidence")
    assert "1 file added" in page.text
    assert "<script>alert" not in page.text
    kept = [path.name for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert re.fullmatch(r"[0-9a-f]{64}", kept[0])
    with site.database.read() as session:
        evidence_id = session.scalars(select(Evidence.id)).one()
    answer = browser.client.get(f"/evidence/{evidence_id}")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert not any(letter in answer.headers["Content-Disposition"] for letter in "\r\n\u202e")
    assert "a=b" not in answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("invoice.pdf", b"<script>alert(1)</script>"),
        ("invoice.pdf", b"MZ" + b"\0" * 200),
        ("invoice.pdf", b"%PDF-1.7\n%%EOF"),
        ("invoice.pdf", b""),
        ("invoice.png", INVOICE),
        ("invoice.pdf.exe", INVOICE),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_at_its_place_and_not_kept(
    site: Site, tmp_path: Path, name: str, content: bytes
) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5")
    learner = str(next(iter(site.house.learners.values())))
    browser.get(f"{address}/learners")
    browser.send({"learner": [learner]}, action=f"{address}/learners")
    browser.get(f"{address}/evidence")
    page = browser.send({"files": [(io.BytesIO(content), name)]}, action=f"{address}/evidence")
    assert page.problems == page.field_errors != []
    assert not [path for path in tmp_path.glob("evidence/**/*") if path.is_file()]


def test_a_full_disk_is_told_and_leaves_nothing_half_done(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5")
    browser.get(f"{address}/learners")
    browser.send({"learner": [str(next(iter(site.house.learners.values())))]}, action=f"{address}/learners")
    browser.get(f"{address}/evidence")

    def refuse(_store: EvidenceStore, _content: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path))

    monkeypatch.setattr(EvidenceStore, "put", refuse)
    page = browser.send({"files": [(io.BytesIO(INVOICE), "invoice.pdf")]}, action=f"{address}/evidence")
    assert (page.status, page.heading) == (500, "Sorry, something went wrong")
    assert page.headers["X-Request-Id"] in page.words
    assert str(tmp_path) not in page.text
    with site.database.read() as session:
        assert session.scalars(select(Evidence)).all() == []


def test_a_database_that_is_gone_is_told_without_a_trace(site: Site, tmp_path: Path) -> None:
    gone = Database("postgresql+psycopg://nobody:hidden-word@127.0.0.1:1/none")
    services = replace(build(settings_in(tmp_path, site.database.url, demonstration=False)).extensions[EXTENSION])
    browser = Browser(build(services=replace(services, database=gone))).sign_in_with("a-token")
    for address in ("/", "/home", "/sign-in"):
        page = browser.get(address, follow_redirects=False)
        assert (page.status, page.heading) == (500, "Sorry, something went wrong"), address
        assert page.headers["X-Request-Id"] in page.words
        assert "hidden-word" not in page.text
    assert browser.get("/health/ready").status == 503
    assert browser.get("/health/live").status == 200
    gone.close()


def test_programs_get_no_pages_and_people_get_no_json(town: Town) -> None:
    for role, who in town.everybody().items():
        browser = town.site.sign_in(who)
        for method, address, may, _ in addresses(town):
            if method not in READING or not (role in may or ANYONE in may):
                continue
            answer = browser.client.get(address, buffered=True)
            if answer.status_code < 300 or answer.status_code >= 400:
                for_programs = address.startswith(("/api/", "/health/"))
                assert not (for_programs and answer.mimetype == "text/html"), address
                # A learning record is a file that its owner takes along.
                is_file = "attachment" in answer.headers.get("Content-Disposition", "")
                assert for_programs or is_file or "json" not in answer.mimetype, address


def test_an_assessor_of_ones_own_claims_sees_no_way_to_decide_them(town: Town) -> None:
    asha = town.site.office.assessor
    with town.site.database.write() as session:
        joined = Membership(
            employer_id=town.site.house.employer_id,
            person_id=asha.person_id,
            role=Role.SUBMITTER,
            joined_at=clock.now(),
        )
        session.add(joined)
    browser = town.site.sign_in(asha)
    assert "Hartley House" not in browser.get("/assessment").words
    purchase = f"/assessment/purchases/{town.names['purchase_id']}"
    for what in ("hold", "checks", "outcome", "release"):
        browser.post(f"{purchase}/{what}", {"answer": "yes", "seen": "x"}, follow_redirects=True)
    with town.site.database.read() as session:
        held = session.get_one(Purchase, int(town.names["purchase_id"]))
        assert held.holder_id is None
        states = set(session.scalars(select(Claim.state).where(Claim.purchase_id == held.id)))
    assert states == {"submitted"}
