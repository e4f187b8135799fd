"""Walk an employer's pages as a person would: buy, enrol, complete, show evidence, check and submit."""

import io
from datetime import date
from typing import Any

from claims.files.specimens import specimen_pdf
from tests.browsing import Browser, Page

INVOICE = specimen_pdf("Invoice INV-17", ["Bright Training", "Paid 1 May 2025", "£1,600.00"])
CERTIFICATE = specimen_pdf("Certificate", ["Completed"])


def day(name: str, on: date | str | None) -> dict[str, str]:
    """A date as it is typed into three boxes."""
    if on is None:
        return {}
    on = date.fromisoformat(on) if isinstance(on, str) else on
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def a_pdf(name: str = "invoice.pdf", content: bytes = INVOICE) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def choose_course(browser: Browser, code: str) -> Page:
    """From the search to the first step of the purchase."""
    browser.get("/purchases/new", query_string={"search": code})
    page = browser.post("/purchases/new", {"course": code}, follow_redirects=True)
    if page.heading == "Who delivers the training?":
        page = browser.send({"delivery": "internal" if code.endswith("INT") else "external"})
    return page


def purchase_address(page: Page, browser: Browser) -> str:
    """``/purchases/7``, from the form on the open page."""
    action = page.form().get("action") or ""
    return "/".join(action.split("/")[:3])


def buy(browser: Browser, code: str, **told: Any) -> str:
    """A purchase up to its learners; returns its address. ``told`` changes what the example says."""
    page = choose_course(browser, code)
    address = purchase_address(page, browser)
    if not told.get("internal"):
        page = browser.send(
            {
                "provider": "Bright Training",
                "invoice_reference": "INV-17",
                **day("paid_on", told.get("paid_on", "2025-05-01")),
                "way": told.get("way", "once"),
            }
        )
        page = browser.send(told.get("cost", {"footing": "each", "cost_each": "1,600.00", "other": "no"}))
    page = browser.send(
        {
            **day("started_on", told.get("started_on", "2025-05-10")),
            **day("planned_end_on", told.get("planned_end_on", "2026-06-30")),
            "apprenticeship": told.get("apprenticeship", "no"),
        }
    )
    if page.heading == "How do you want to claim?":
        browser.send({"claimed_as": told.get("claimed_as", "split")})
    return address


def add_learners(browser: Browser, address: str, *learner_ids: int) -> Page:
    browser.get(f"{address}/learners")
    return browser.send({"learner": [str(each) for each in learner_ids]}, action=f"{address}/learners")


def go_on_from_learners(browser: Browser, address: str) -> Page:
    return browser.send(action=f"{address}/learners/continue")


def add_payment_evidence(browser: Browser, address: str) -> Page:
    browser.get(f"{address}/evidence")
    return browser.send({"files": [a_pdf()]}, action=f"{address}/evidence")


def add_certificates(browser: Browser, address: str) -> None:
    """One for every learner who needs one."""
    page = browser.get(f"{address}/evidence")
    links = [a.get("href") for a in page.document.iter("a") if (a.get("href") or "").endswith("/certificate")]
    for link in links:
        browser.get(link)
        browser.send({"file": a_pdf("certificate.pdf", CERTIFICATE)}, action=link)


def submit_all(browser: Browser, address: str) -> Page:
    browser.get(f"{address}/check")
    return browser.send({"declaration": "yes"}, action=f"{address}/check")
