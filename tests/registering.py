"""Walk through a registration as a person would, from the email address to the declaration."""

import re
from datetime import date
from typing import Any

from sqlalchemy import select

from claims.files.specimens import specimen_pdf
from claims.models import Message
from tests.browsing import Browser, Page
from tests.claiming import a_pdf, day
from tests.site import Site

ELM = "leila.haddad@example.com"
BILL = specimen_pdf("Electricity bill", ["Elm Court Care", "3 Station Road, Whitford, WF2 9QQ"])
LEASE = specimen_pdf("Lease", ["Elm Court Care", "3 Station Road, Whitford, WF2 9QQ"])

ANSWERS: dict[str, dict[str, Any]] = {
    "address": {"address_line_1": "3 Station Road", "town": "Whitford", "postcode": "wf29qq"},
    "services": {"services": ["home-care", "supported-living"]},
    "care-staff": {"care_staff": "24", **day("workforce_data_updated_on", date(2025, 11, 3))},
    "numbers": {"cqc_location": "1-101607012", "companies_house_number": "1234567"},
    "responsible-officer": {"officer_job_title": "Registered manager"},
}
"""What Elm Court answers at each step after the first."""


def emailed_code(site: Site) -> str:
    with site.database.read() as session:
        subject = session.scalars(select(Message.subject).order_by(Message.id.desc()).limit(1)).one()
    return re.search(r"\b\d{6}\b", subject).group()


def confirm_address(site: Site, browser: Browser, email: str = ELM) -> Page:
    browser.get("/register")
    browser.send({"email": email})
    return browser.send({"code": emailed_code(site)})


def begin(site: Site, browser: Browser, workplace_id: str = "e 300-3003", email: str = ELM) -> Page:
    """Up to the overview of the registration, signed in."""
    confirm_address(site, browser, email)
    return browser.send({"own_name": "Leila Haddad", "name": "Elm Court Care", "workplace_id": workplace_id})


def answer(browser: Browser, *slugs: str) -> Page:
    page = browser.page
    for slug in slugs or ANSWERS:
        browser.get(f"/registration/{slug}")
        page = browser.send(ANSWERS[slug])
    assert page is not None
    return page


def add_proofs(browser: Browser) -> Page:
    browser.get("/registration/proofs")
    browser.send({"kind": "utility-bill", "file": a_pdf("bill.pdf", BILL)}, action="/registration/proofs")
    return browser.send({"kind": "lease", "file": a_pdf("lease.pdf", LEASE)}, action="/registration/proofs")


def send(browser: Browser) -> Page:
    browser.get("/registration/check")
    return browser.send({"declaration": ["yes"]})


def register(site: Site, browser: Browser) -> Page:
    """From the email address to the reference."""
    begin(site, browser)
    answer(browser)
    add_proofs(browser)
    return send(browser)
