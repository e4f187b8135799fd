"""Headers, nonces, assets, and forms that must carry a token."""

import re
from dataclasses import replace

import pytest

from claims.web import assets, security
from claims.web.app import build
from tests.browsing import Browser

ALWAYS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    "address", ["/", "/nothing-here", "/health/live", "/specimens/breaks", "/specimens/for-assessors"]
)
def test_every_answer_carries_every_header(browser, address):
    headers = browser.get(address, follow_redirects=False).headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert "camera=()" in headers["Permissions-Policy"]
    assert re.fullmatch(r"[0-9A-F]{10}", headers["X-Request-Id"])
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy


def test_a_nonce_is_used_once(browser):
    policies = {browser.get("/").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_a_page_is_not_stored_once_somebody_is_signed_in(browser):
    assert browser.get("/").headers["Cache-Control"] == "private, no-cache"
    assert browser.sign_in_with("sro").get("/").headers["Cache-Control"] == "no-store"


def test_assets_are_kept_for_a_year_under_an_address_that_changes_with_them(browser, app, tmp_path):
    page = browser.get("/")
    address = re.search(r'href="(/assets/[^"]+app\.css)"', page.text)[1]
    assert browser.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert browser.get("/assets/000000000000/app.css").headers["Cache-Control"] == "private, no-cache"
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.css").write_text("a {}")
    before = assets.digest_of(tmp_path / "a")
    (tmp_path / "a" / "one.css").write_text("b {}")
    assert assets.digest_of(tmp_path / "a") != before


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "/etc/passwd", "nothing.css"])
def test_nothing_but_assets_is_served_as_one(browser, name):
    assert browser.get(f"/assets/x/{name}").status == 404


def test_the_style_sheet_loads_no_typeface_and_no_crest(browser, app):
    digest = app.config["ASSETS_DIGEST"]
    style = browser.get(f"/assets/{digest}/govuk/govuk-frontend.min.css").text
    assert "font-family:system-ui" in style
    for absent in ("GDS Transport", "@font-face", "url("):
        assert absent not in style
    assert not list(assets.FOLDER.rglob("*.woff*"))


def test_an_application_without_its_style_sheet_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    with pytest.raises(assets.NotFetched, match=r"python -m tools\.assets"):
        assets.prepare()


def test_a_form_without_its_token_changes_nothing(browser):
    page = browser.sign_in_with("sro").post("/specimens/for-submitters", {"said": "hello"})
    assert (page.status, page.heading) == (400, "This page was open for a long time")


def test_what_was_typed_into_an_expired_form_is_sent_again_at_a_click(browser):
    browser.sign_in_with("sro")
    page = browser.post("/specimens/for-submitters?from=draft", {"said": ["one", "O’Brien <b>"], "csrf_token": "old"})
    assert "Nothing you typed is lost" in page.words
    assert page.form().get("action") == "/specimens/for-submitters?from=draft"
    assert page.filled()["said"] == ["one", "O’Brien <b>"]
    assert page.headers["Cache-Control"] == "no-store"
    assert browser.send(follow_redirects=False).status == 303


def test_what_another_site_sent_is_not_offered_to_be_sent_again(browser):
    browser.sign_in_with("sro")
    evil = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    page = browser.post("/specimens/for-submitters", {"said": "evil"}, headers=evil)
    assert page.status == 400
    assert "evil" not in page.text
    assert "Nothing was changed" in page.words


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({}, False),
    ],
)
def test_our_own_pages_are_known_by_what_the_browser_says(app, headers, ours):
    with app.test_request_context("/", method="POST", headers=headers):
        assert security.sent_by_our_page() is ours


def test_what_was_typed_when_a_session_ended_is_sent_again_after_signing_in(browser):
    browser.get("/specimens/everything")
    page = browser.post("/specimens/for-submitters", {"said": "hello"})
    assert (page.status, page.heading) == (401, "You have been signed out")
    assert "Sign in again (opens in a new tab)" in page.words
    browser.sign_in_with("sro")
    assert browser.send(follow_redirects=False).status == 303


def test_what_comes_with_the_token_from_before_signing_in_again_is_kept_and_says_why(browser):
    browser.get("/specimens/everything")
    browser.post("/specimens/for-submitters", {"said": "hello"})
    kept = browser.page.filled()
    browser.sign_in_with("sro")
    page = browser.post("/specimens/for-submitters", {**kept, "csrf_token": "from before"})
    assert (page.status, page.heading) == (400, "You are signed in again")
    assert page.filled()["said"] == ["hello"]
    assert browser.send(follow_redirects=False).status == 303


def test_the_demonstration_sends_its_form_cookie_without_tls(given):
    shown = build(services=replace(given, settings=replace(given.settings, demonstration=True)))
    cookie = Browser(shown).client.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("form=")
    assert "Secure" not in cookie


def test_the_form_cookie_stays_in_this_site(browser):
    cookie = browser.client.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("__Host-form=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
