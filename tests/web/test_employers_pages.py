"""The back office's pages about employers: found, looked at, noted about, suspended, marked, given another officer."""

from sqlalchemy import select

from claims.lifecycle import Role
from claims.models import Claim, Membership
from claims.services.publishing import publish_at_once
from tests.browsing import Page
from tests.course_files import the_list, without
from tests.registering import register
from tests.site import AT, Site
from tests.stage import CERTIFICATE_COURSE
from tests.web.back_office import stage_of


def mark_at_risk(site: Site) -> Page:
    lead = site.sign_in(site.office.lead)
    lead.get(f"/employers/{site.house.employer_id}/risk")
    return lead.send({"reason": "Its website says it has closed."})


def test_an_employer_is_found_by_name_workplace_id_or_address(site: Site) -> None:
    olu = site.sign_in(site.office.finance)
    olu.get("/employers")
    page = olu.send({"search": "hart"})
    assert "1 employer" in page.words
    assert "Hartley House Care Ltd" in page.words
    assert "Meadow View" not in page.words
    assert "Meadow View" in olu.send({"search": "karl.jensen@example.com"}).words
    assert "No employer is found" in olu.send({"search": "nobody at all"}).words
    assert olu.get(f"/employers/{10**25}").status == 404
    assert olu.get("/employers/999").status == 404


def test_the_page_shows_people_agreement_masked_account_money_and_claims(site: Site) -> None:
    stage = stage_of(site)
    stage.approved("Zofia Kowalska")
    page = site.sign_in(site.office.auditor).get(f"/employers/{site.house.employer_id}")
    for words in (
        "Grace Okafor",
        "tom.bell@example.com",
        "2025-26, signed 10 April 2025",
        "Care account, number ****0001 Verified",
        "ASC-WDS updated 2 May 2025",
        "£924.00",
        "Zofia Kowalska",
        "No notes yet.",
    ):
        assert words in page.words, words
    assert "00000001" not in page.text
    assert "Add the note" not in page.words
    assert "Suspend" not in page.words


def test_a_course_that_is_no_longer_listed_is_called_by_its_title_everywhere(site: Site) -> None:
    stage = stage_of(site)
    purchase_id = stage.approved("Zofia Kowalska")
    with site.database.write() as session:
        gone = without(CERTIFICATE_COURSE)
        publish_at_once(session, gone, what="Without it", from_on=AT.date(), by=site.office.administrator, at=AT)
        completion = session.scalars(select(Claim.id).where(Claim.state == "draft")).one()
    title = next(entry.title for entry in the_list() if entry.code == CERTIFICATE_COURSE)
    lead, olu = site.sign_in(site.office.lead), site.sign_in(site.office.finance)
    assert title in lead.get(f"/employers/{site.house.employer_id}").words
    assert title in lead.get("/assessment/claims/1").words
    assert title in lead.get(f"/assessment/purchases/{purchase_id}").words
    assert "Maximum today" not in lead.get(f"/assessment/purchases/{purchase_id}").words
    assert title in olu.get("/payments").words
    browser = site.sign_in(site.house.submitter)
    for address in (
        "/home",
        "/claims",
        "/purchases",
        f"/purchases/{purchase_id}",
        f"/claims/{completion}",
        "/deadlines",
    ):
        assert title in browser.get(address).words, address
    assert browser.get(f"/courses/{CERTIFICATE_COURSE.replace('/', '-')}").status == 404


def test_a_note_is_added_and_an_empty_one_is_refused(site: Site) -> None:
    asha, address = site.sign_in(site.office.assessor), f"/employers/{site.house.employer_id}"
    asha.get(address)
    assert asha.send({"note": " "}, action=f"{address}/notes").field_errors == ["Enter the note"]
    page = asha.send({"note": "Rings on Mondays.\nAsk for Tom."}, action=f"{address}/notes")
    assert "Rings on Mondays. Ask for Tom. Asha Rahman" in page.words
    assert "Note written by Asha Rahman" in page.words


def test_a_lead_suspends_and_lifts_with_a_reason(site: Site) -> None:
    lead, address = site.sign_in(site.office.lead), f"/employers/{site.house.employer_id}"
    lead.get(f"{address}/suspension")
    assert lead.send({"reason": ""}).field_errors == ["Enter the reason"]
    page = lead.send({"reason": "An inquiry."})
    assert "Suspended by Ruth Adeyemi" in page.words
    assert "Suspended" in site.sign_in(site.house.sro).get("/home").words
    lead.get(f"{address}/suspension")
    page = lead.send({"reason": "Cleared."})
    assert "Suspension lifted by Ruth Adeyemi" in page.words


def test_the_mark_stands_wherever_the_employer_is_shown_and_not_before_the_employer(site: Site) -> None:
    stage = stage_of(site)
    stage.approved("Zofia Kowalska")
    purchase_id = stage.submitted("Niamh O’Brien")
    assert "Marked as at risk by Ruth Adeyemi" in mark_at_risk(site).words
    asha, olu = site.sign_in(site.office.assessor), site.sign_in(site.office.finance)
    assert "At risk" in asha.get("/assessment").words
    assert "At risk" in asha.get(f"/assessment/purchases/{purchase_id}").words
    assert "At risk" in asha.get("/assessment/claims/1").words
    assert "at risk" in asha.get("/employers").words
    assert "At risk" in olu.get("/payments").words
    olu.get("/payments/preview")
    page = olu.send({})
    assert page.heading.startswith("Payment run")
    assert page.words.count("At risk") == 2  # its payment and its line
    grace = site.sign_in(site.house.sro)
    for address in ("/home", "/organisation", "/claims/1"):
        assert "at risk" not in grace.get(address).words.lower(), address


def test_a_lead_puts_another_officer_in_charge(site: Site) -> None:
    grace = site.sign_in(site.house.sro)
    lead, address = site.sign_in(site.office.lead), f"/employers/{site.house.employer_id}/responsible-officer"
    lead.get(address)
    assert len(lead.send({}).problems) == 4
    told = {"name": "Nia Price", "email": "asha.rahman@example.org", "before": "leaves", "reason": "Grace has left."}
    page = lead.send(told)
    assert "belongs to the back office" in page.field_errors[0]
    assert page.filled()["name"] == ["Nia Price"]
    page = lead.send({"email": "nia.price@example.com"})
    assert "Nia Price is the senior responsible officer now." in page.words
    assert "Senior responsible officer changed by Ruth Adeyemi" in page.words
    assert grace.get("/home", follow_redirects=False).status == 303


def test_whoever_belongs_to_an_employer_is_told_that_another_must_decide(site: Site) -> None:
    register(site, site.visit())
    with site.database.write() as session:
        elm = session.scalars(select(Membership.employer_id).order_by(Membership.id.desc()).limit(1)).one()
        asha = site.office.assessor.person_id
        session.add(Membership(employer_id=elm, person_id=asha, role=Role.SUBMITTER, joined_at=AT))
    page = site.sign_in(site.office.assessor).get(f"/registrations/{elm}")
    assert "somebody else must decide its registration" in page.words
    assert "Confirm the decision" not in page.words
