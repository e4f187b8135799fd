"""Who may open what, on the frame alone: the guards open every real route as every role."""

from dataclasses import replace

import pytest
from flask import Flask

from claims.lifecycle import ASSESSING_ROLES, EMPLOYER_ROLES, Role
from claims.web import access, security
from claims.web.access import ANYONE, SIGNED_IN, Undeclared, check_declarations, opened_to, opens
from claims.web.app import build
from tests.browsing import Browser


def test_a_visitor_is_asked_to_sign_in_and_then_led_back(browser):
    page = browser.get("/specimens/for-assessors?part=full&page=2", follow_redirects=False)
    assert page.status == 303
    assert page.location == "/sign-in?next=%2Fspecimens%2Ffor-assessors%3Fpart%3Dfull%26page%3D2"


@pytest.mark.parametrize("role", sorted(SIGNED_IN))
def test_a_page_opens_to_the_roles_it_names_and_to_no_other(browser, role):
    page = browser.sign_in_with(role).get("/specimens/for-assessors")
    if role in ASSESSING_ROLES:
        assert (page.status, page.heading) == (200, f"Hello Pat {role}")
    else:
        assert (page.status, page.heading) == (403, "You cannot open this page")


@pytest.mark.parametrize("role", sorted(SIGNED_IN))
def test_sending_is_guarded_as_reading_is(browser, role):
    browser.get("/specimens/everything")
    page = browser.sign_in_with(role).post("/specimens/for-submitters", {"said": "hello"})
    assert page.status == (303 if role in EMPLOYER_ROLES else 403)


def test_a_session_that_has_ended_is_nobody(browser):
    assert browser.sign_in_with("ended").get("/specimens/for-assessors", follow_redirects=False).status == 303


def test_a_page_for_people_who_are_signed_in_tells_when_nobody_is(app):
    with app.test_request_context("/"), pytest.raises(access.SignedOut):
        access.actor()


def test_a_route_that_does_not_say_who_may_open_it_cannot_be_served(app):
    app.add_url_rule("/secret", "secret", lambda: "told")
    with pytest.raises(Undeclared, match="does not say who may open it"):
        check_declarations(app)
    assert Browser(app).get("/secret").status == 500


def test_a_route_must_name_somebody():
    with pytest.raises(Undeclared):
        opens()


def test_opening_is_written_beside_the_route_and_leaves_the_view_as_it_was():
    def view():
        return "shown"

    assert opens(ANYONE)(view) is view
    assert opened_to(view) == {ANYONE}


def test_every_route_of_the_application_says_who_may_open_it(app):
    check_declarations(app)
    assert all(opened_to(view) for view in app.view_functions.values())


@pytest.mark.parametrize(
    "address",
    ["/claims", "/claims?page=2", "/claims/7KD-4XQ2-M9RT-A"],
)
def test_a_path_on_this_site_is_a_safe_place_to_go_next(app, address):
    assert security.same_site(address) == address
    with app.test_request_context("/sign-in", query_string={"next": address}):
        assert access.next_address("/home") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        None,
        "claims",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\tevil",
        "/ evil",
        "/a\\b",
        "/\n/evil.example",
    ],
)
def test_no_other_address_is_a_place_to_go_next(app, address):
    assert security.same_site(address) is None
    with app.test_request_context("/sign-in", query_string={"next": address or ""}):
        assert access.next_address("/home") == "/home"


def signing_in(given, *, demonstration: bool) -> str:
    """The cookie that signing in sets."""
    app: Flask = build(services=replace(given, settings=replace(given.settings, demonstration=demonstration)))

    @app.post("/sign-someone-in")
    @opens(ANYONE)
    def sign_someone_in():
        answer = app.make_response(("", 204))
        access.remember(answer, "sro")
        return answer

    security.csrf.exempt(sign_someone_in)
    cookies = Browser(app).client.post("/sign-someone-in").headers.getlist("Set-Cookie")
    return next(cookie for cookie in cookies if "sro" in cookie)


def test_the_session_cookie_stays_in_this_site_and_out_of_scripts(given):
    cookie = signing_in(given, demonstration=False)
    assert cookie.startswith("__Host-claims=sro;")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_the_demonstration_may_do_without_tls(given):
    cookie = signing_in(given, demonstration=True)
    assert cookie.startswith("claims=sro;")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie


def test_signing_out_takes_the_cookie_away(app):
    with app.test_request_context("/"):
        answer = app.make_response("")
        access.forget(answer)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-claims=;")
    assert "Max-Age=0" in cookie
    assert "Secure" in cookie


def test_use_of_a_session_is_noted_at_most_once_a_minute(browser, seen):
    browser.sign_in_with(Role.SRO)
    browser.get("/specimens/for-submitters")
    browser.get("/specimens/for-submitters")
    assert seen == ["sro"]
    with browser.client.session_transaction() as kept:
        kept["seen"] -= 40
    browser.get("/specimens/for-submitters")
    assert seen == ["sro"]
    with browser.client.session_transaction() as kept:
        kept["seen"] -= 21
    browser.get("/specimens/for-submitters")
    assert seen == ["sro", "sro"]


def test_a_session_that_has_ended_is_not_noted(browser, seen):
    browser.sign_in_with("ended").get("/specimens/for-submitters", follow_redirects=False)
    assert seen == []
