"""An employer registers, is refused, corrects what was wrong, is registered; meanwhile it prepares a purchase."""

from sqlalchemy import select

from claims.models import Employer, Message
from claims.services.recording import verify
from tests.browsing import Browser
from tests.claiming import a_pdf, buy
from tests.registering import ANSWERS, BILL, ELM, LEASE, begin, emailed_code
from tests.site import Site


def test_from_the_first_email_to_registered(site: Site) -> None:
    browser = site.visit()
    assert "Register your organisation" in browser.get("/").words
    page = begin(site, browser)
    assert page.heading == "Your registration"
    assert "Not sent yet" in page.words

    # One step, then away, and back by signing in: it goes on where it was left.
    browser.get("/registration/organisation")
    page = browser.send({})
    assert page.heading == "Where is your organisation?"
    browser.send(ANSWERS["address"])
    browser = site.visit()
    browser.get("/sign-in")
    browser.send({"email": ELM})
    page = browser.send({"code": emailed_code(site)})
    assert page.heading == "Elm Court Care"
    assert "Your registration has not been sent" in page.words
    page = browser.get("/registration/check")
    assert page.heading == "Care you provide"  # the first step that is not answered
    page = browser.send(ANSWERS["services"])
    assert page.heading == "Care staff and workforce data"
    page = browser.send(ANSWERS["care-staff"])
    page = browser.send(ANSWERS["numbers"])
    page = browser.send(ANSWERS["responsible-officer"])
    assert page.heading == "Proofs of address"
    page = browser.send({"kind": "utility-bill", "file": a_pdf("bill.pdf", BILL)}, action="/registration/proofs")
    assert "Add the second proof" in page.words
    page = browser.send({"kind": "lease", "file": a_pdf("lease.pdf", LEASE)}, action="/registration/proofs")
    page = browser.get("/registration/check")
    assert page.heading == "Check your answers"
    assert "3 Station Road, Whitford, WF2 9QQ" in page.words
    assert "01234567" in page.words
    page = browser.send({"declaration": ["yes"]})
    assert page.heading == "Registration sent"
    assert "by 16 February 2026" in page.words

    # Everything but submitting is possible while it waits.
    address = buy(browser, "LTS")
    assert "registration waits for a decision" in browser.get("/home").words
    assert browser.get(address).status == 200

    asha = site.sign_in(site.office.assessor)
    page = asha.get("/registrations")
    assert "Elm Court Care" in page.words
    with site.database.read() as session:
        elm = session.scalars(select(Employer.id).where(Employer.workplace_id == "E3003003")).one()
    page = asha.get(f"/registrations/{elm}")
    assert "1-101607012" in page.words
    page = asha.send({"checks": ["workplace"], "decision": "refused", "reasons": "The lease is another company’s."})
    assert "Elm Court Care is refused." in page.words

    page = browser.get("/registration")
    assert "The lease is another company’s." in page.words
    browser.get("/registration/proofs")
    page = browser.post(_removal(browser, "lease"), follow_redirects=True)
    page = browser.send({"kind": "insurance", "file": a_pdf("insurance.pdf")}, action="/registration/proofs")
    page = browser.get("/registration/check")
    page = browser.send({"declaration": ["yes"]})
    assert page.heading == "Registration sent"

    page = asha.get(f"/registrations/{elm}")
    assert "Refused before: The lease is another company’s." in page.words
    every = ["workplace", "care", "workforce-data", "address", "officer", "once"]
    page = asha.send({"checks": every, "decision": "registered"})
    assert "Elm Court Care is registered." in page.words
    assert "No registration waits." in page.words

    assert "registration" not in browser.get("/home").words.lower()
    with site.database.read() as session:
        told = session.scalars(select(Message.subject).where(Message.kind == "registration").order_by(Message.id)).all()
        assert [subject.split(":")[0].split(" ")[0] for subject in told] == [
            "Registration",
            "Not",
            "Registration",
            "Registered",
        ]
        assert verify(session)[1] == []


def _removal(browser: Browser, name: str) -> str:
    forms = [form.get("action") or "" for form in browser.page.document.iter("form")]
    removals = [action for action in forms if action.endswith("/removal")]
    assert len(removals) == 2
    return removals[1] if name == "lease" else removals[0]
