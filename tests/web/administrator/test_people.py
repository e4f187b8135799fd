"""Administrators look after the accounts of the back office."""

import re

import pytest
from sqlalchemy import select

from claims.models import Person
from tests.browsing import Browser
from tests.site import Site


@pytest.fixture
def helen(site: Site) -> Browser:
    return site.sign_in(site.office.administrator)


def id_of(site: Site, email: str) -> int:
    with site.database.read() as session:
        return session.scalars(select(Person.id).where(Person.email == email)).one()


def test_everybody_of_the_back_office_and_who_is_signed_in(site: Site, helen: Browser) -> None:
    site.sign_in(site.house.sro)
    words = helen.get("/people").words
    assert "Asha Rahman asha.rahman@example.org Assessor never Open" in words
    assert "Grace Okafor" in words
    assert "senior responsible officer, Hartley House Care Ltd" in words
    assert "Tom Bell" not in words


def test_an_account_is_added_and_its_secret_shown_once(site: Site, helen: Browser) -> None:
    helen.get("/people/new")
    page = helen.send({"name": "Nia Price", "email": "Asha.Rahman@example.org", "role": "finance"})
    assert page.problems == ["There is already an account for asha.rahman@example.org."]
    page = helen.send({"email": "nia.price@example.org"})
    assert page.heading == "Account added"
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.words)
    assert secret
    page = helen.get(f"/people/{id_of(site, 'nia.price@example.org')}")
    assert "Account added by Helen Novak" in page.words
    assert secret[0] not in page.text


def test_a_form_without_answers_says_what_is_missing(helen: Browser) -> None:
    helen.get("/people/new")
    page = helen.send()
    assert page.problems == ["Enter the name", "Enter the email address", "Select the role"]


def test_roles_are_changed_and_accounts_closed_and_opened_again(site: Site, helen: Browser) -> None:
    address = f"/people/{site.office.assessor.person_id}"
    helen.get(f"{address}/role")
    page = helen.send({"role": "lead-assessor"})
    assert "Asha Rahman has a new role, and was signed out everywhere." in page.text
    assert "Role Lead assessor" in page.words
    helen.get(f"{address}/closure")
    page = helen.send()
    assert "Account Closed on 2 February 2026" in page.words
    assert "Role Lead assessor Account" not in page.words
    page = helen.send(action=f"{address}/reopening")
    assert page.heading == "Account opened again"
    helen.get(f"{address}/authenticator")
    assert helen.send().heading == "Authenticator reset"


def test_ones_own_account_is_for_another_administrator(site: Site, helen: Browser) -> None:
    address = f"/people/{site.office.administrator.person_id}"
    page = helen.get(address)
    assert "This is your own account." in page.words
    assert f"{address}/role" not in page.text
    helen.get(f"{address}/role")
    assert helen.send({"role": "auditor"}).problems == ["You cannot change your own role. Ask another administrator."]


def test_sessions_are_ended_at_a_click(site: Site, helen: Browser) -> None:
    grace, asha = site.sign_in(site.house.sro), site.sign_in(site.office.assessor)
    page = helen.get("/people")
    assert page.document is not None
    forms = [form for form in page.document.iter("form") if "Grace Okafor" in "".join(form.itertext())]
    helen.send(action=forms[0].get("action") or "")
    assert grace.get("/home", follow_redirects=False).status == 303
    helen.get(f"/people/{site.office.assessor.person_id}")
    helen.send(action=f"/people/{site.office.assessor.person_id}/sessions")
    assert asha.get("/assessment", follow_redirects=False).status == 303
    assert helen.get("/people").status == 200


@pytest.mark.parametrize("person_id", ["0", "99999", "9" * 30])
def test_nobody_is_not_found(helen: Browser, person_id: str) -> None:
    assert helen.get(f"/people/{person_id}").status == 404


def test_employers_people_are_not_among_them(site: Site, helen: Browser) -> None:
    assert helen.get(f"/people/{site.house.sro.person_id}").status == 404


def test_an_auditor_looks_and_changes_nothing(site: Site) -> None:
    marcus = site.sign_in(site.office.auditor)
    page = marcus.get(f"/people/{site.office.assessor.person_id}")
    assert "/role" not in page.text
    assert "Sign out everywhere" not in page.words
    assert "Add an account" not in marcus.get("/people").words
