"""The pages of a registration: errors at the field, nothing lost, nobody else's, and where it stands."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from claims.demo import cast
from claims.lifecycle import Role
from claims.models import Employer, Person, Purchase, Registration
from claims.services.claiming import assess_claim, what_blocks
from claims.store.claims import claims_in
from tests.browsing import Browser
from tests.claiming import a_pdf, add_learners, buy, day
from tests.keys import KEYRING
from tests.registering import ANSWERS, BILL, ELM, LEASE, add_proofs, answer, begin, confirm_address, register, send
from tests.site import AT, Site


def test_the_page_says_the_same_with_and_without_an_account(site: Site) -> None:
    said = []
    for email in (ELM, "grace.okafor@example.com"):
        browser = site.visit()
        browser.get("/register")
        said.append(browser.send({"email": email}).words.replace(email, "…"))
    assert said[0] == said[1]


def test_an_address_or_code_that_cannot_be_read_is_refused_at_the_field(site: Site) -> None:
    browser = site.visit()
    browser.get("/register")
    page = browser.send({"email": "leila at example"})
    assert page.field_errors == ["Your email address must be in the form name@example.com"]
    browser.send({"email": ELM})
    assert browser.send({"code": "12"}).title.startswith("Error: ")
    for _ in range(4):
        page = browser.send({"code": "000000"})
        assert page.field_errors, page.words
    assert browser.send({"code": "000000"}).status in (200, 429)
    assert browser.send({"code": "000000"}).status == 429


def test_without_a_confirmed_address_there_is_no_way_in(site: Site) -> None:
    browser = site.visit()
    assert browser.get("/register/organisation").heading == "Register your organisation"
    browser.get("/register")
    sent = {"own_name": "Eve", "name": "Eve Ltd", "workplace_id": "E12345"}
    assert browser.post("/register/organisation", sent, follow_redirects=True).heading == "Register your organisation"
    with site.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Registration)) == 0


def test_a_workplace_id_that_is_taken_is_refused_at_the_field_and_nothing_is_lost(site: Site) -> None:
    browser = site.visit()
    confirm_address(site, browser)
    page = browser.send({"own_name": "", "name": "Elm Court Care", "workplace_id": "123"})
    assert len(page.problems) == 2
    page = browser.send({"own_name": "Leila Haddad", "workplace_id": "h1002001"})
    assert "An employer is registered" in page.field_errors[0]
    assert page.filled("/register/organisation")["name"] == ["Elm Court Care"]
    assert browser.send({"workplace_id": "E3003003"}).heading == "Your registration"


def test_coming_in_again_by_the_first_door_goes_on_with_what_was_begun(site: Site) -> None:
    begin(site, site.visit())
    again = site.visit()
    assert confirm_address(site, again).heading == "Your registration"
    with site.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Registration)) == 1


def test_somebody_who_acts_for_an_employer_may_register_another(site: Site) -> None:
    browser = site.visit()
    page = confirm_address(site, browser, "grace.okafor@example.com")
    assert page.filled("/register/organisation")["own_name"] == ["Grace Okafor"]
    assert browser.send({"name": "Hartley East", "workplace_id": "H77777"}).heading == "Your registration"


@pytest.mark.parametrize(
    ("slug", "typed", "says"),
    [
        ("address", {"postcode": "12345"}, "The postcode must be a full postcode, like LS1 4AA"),
        ("services", {"services": []}, "Select the care that your organisation provides, or “None of these”"),
        ("services", {"services": ["home-care", "none"]}, "or “None of these”, not both"),
        ("care-staff", {"care_staff": "many"}, "The number of care staff must be a whole number, like 12"),
        ("care-staff", {"workforce_data_updated_on-year": "2027"}, "on or before 2 February 2026"),
        ("numbers", {"cqc_location": "101607012"}, "The CQC location ID must be 1, a hyphen and 9 to 11 numbers"),
        ("numbers", {"vat_number": "GB 12"}, "The VAT number must be 9 or 12 numbers"),
        ("numbers", {"companies_house_number": "A123"}, "The Companies House number must be 8 numbers"),
        ("responsible-officer", {"officer_job_title": " "}, "Enter the job title"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field_and_kept(
    site: Site, slug: str, typed: dict[str, object], says: str
) -> None:
    browser = site.visit()
    begin(site, browser)
    answer(browser)
    browser.get(f"/registration/{slug}")
    page = browser.send({**ANSWERS[slug], **typed})
    assert page.title.startswith("Error: ")
    assert says in " ".join(page.field_errors)
    [(name, value)] = typed.items()
    if value:
        assert page.filled()[name] == (value if isinstance(value, list) else [str(value)])


def test_a_later_step_leads_to_the_first_that_is_not_answered(site: Site) -> None:
    browser = site.visit()
    begin(site, browser)
    assert browser.get("/registration/proofs").heading == "Where is your organisation?"
    answer(browser)
    assert browser.get("/registration/check").heading == "Proofs of address"


def test_changing_one_answer_leads_back_to_all_of_them(site: Site) -> None:
    browser = site.visit()
    begin(site, browser)
    answer(browser)
    add_proofs(browser)
    browser.get("/registration/address")
    page = browser.send({"town": "Whitby"})
    assert page.heading == "Check your answers"
    assert "3 Station Road, Whitby, WF2 9QQ" in page.words


OUTDATED = (
    "Your workforce records (ASC-WDS) were last updated on 3 March 2025: "
    "update them, because only days from 1 April 2025 count."
)


def test_workforce_data_that_is_too_old_is_said_and_refused_nowhere(site: Site) -> None:
    browser = site.visit()
    begin(site, browser)
    answer(browser)
    page = browser.get("/registration/care-staff")
    assert "Only a day from 1 April 2025 on counts when you claim now." in page.words
    page = browser.send({**ANSWERS["care-staff"], **day("workforce_data_updated_on", date(2025, 3, 3))})
    assert page.heading == "CQC, Companies House and VAT"
    assert OUTDATED in page.words
    add_proofs(browser)
    page = browser.get("/registration/check")
    assert f"{OUTDATED} You can register all the same" in page.words
    # Once only, also when the answer is changed from there.
    browser.get("/registration/care-staff")
    page = browser.send(day("workforce_data_updated_on", date(2025, 3, 3)))
    assert (page.heading, page.text.count("only days from")) == ("Check your answers", 1)
    page = send(browser)
    assert page.heading == "Registration sent"
    assert OUTDATED in page.words


@pytest.mark.parametrize("on", [date(2025, 4, 1), date(2026, 2, 2)])
def test_workforce_data_that_counts_is_not_commented_on(site: Site, on: date) -> None:
    browser = site.visit()
    begin(site, browser)
    answer(browser)
    browser.get("/registration/care-staff")
    assert "only days from" not in browser.send(day("workforce_data_updated_on", on)).words
    add_proofs(browser)
    assert "only days from" not in browser.get("/registration/check").words
    assert "only days from" not in send(browser).words


@pytest.mark.parametrize(
    ("on", "problems"),
    [
        (date(1950, 1, 1), []),
        (date(1949, 12, 31), ["The day you last updated ASC-WDS must be on or after 1 January 1950"]),
    ],
)
def test_workforce_data_may_be_as_old_as_any_date(site: Site, on: date, problems: list[str]) -> None:
    browser = site.visit()
    begin(site, browser)
    answer(browser)
    browser.get("/registration/care-staff")
    assert browser.send(day("workforce_data_updated_on", on)).field_errors == problems


def test_proofs_are_looked_into_and_must_differ(site: Site) -> None:
    browser = site.visit()
    begin(site, browser)
    answer(browser)
    browser.get("/registration/proofs")
    upload = "/registration/proofs"
    assert len(browser.send({}, action=upload).problems) == 2
    page = browser.send({"kind": "lease", "file": a_pdf("lease.pdf", b"not a pdf")}, action=upload)
    assert page.field_errors
    browser.send({"kind": "lease", "file": a_pdf("lease.pdf", LEASE)}, action=upload)
    page = browser.send({"kind": "utility-bill", "file": a_pdf("bill.pdf", LEASE)}, action=upload)
    assert "must be a different document" in page.field_errors[0]
    page = browser.send({"kind": "lease", "file": a_pdf("bill.pdf", BILL)}, action=upload)
    assert "must be a different kind of document" in page.field_errors[0]
    file = browser.client.get("/registration/proofs/1")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]


def test_without_the_declaration_nothing_is_sent_and_twice_is_once(site: Site) -> None:
    browser = site.visit()
    begin(site, browser)
    answer(browser)
    add_proofs(browser)
    browser.get("/registration/check")
    assert browser.send({}).field_errors == ["Tick the box to say that you make the declaration"]
    form = {**browser.page.filled(), "declaration": ["yes"]}
    for _ in range(2):
        assert browser.post("/registration/check", form, follow_redirects=True).heading == "Registration sent"
    with site.database.read() as session:
        assert session.scalars(select(Registration.times_sent)).one() == 1
    assert browser.get("/registration/address").heading == "Registration sent"


def test_a_submitter_sees_where_it_stands_and_changes_nothing(site: Site) -> None:
    begin(site, site.visit())
    with site.database.write() as session:
        elm = session.scalars(select(Registration.employer_id)).one()
        who = cast.member(session, elm, Role.SUBMITTER, name="Jo Ash", email="jo.ash@example.com", at=AT)
    browser = site.sign_in(who)
    assert "Your senior responsible officer can change it" in browser.get("/registration").words
    assert browser.get("/registration/address").status == 403


@pytest.mark.parametrize(
    ("state", "says"),
    [("started", "has not been sent yet"), ("sent", "waits for a decision"), ("refused", "was refused")],
)
def test_a_claim_says_that_the_registration_is_in_the_way_and_links_to_it(site: Site, state: str, says: str) -> None:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "LTS")
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    with site.database.write() as session:
        session.execute(update(Employer).where(Employer.id == site.house.employer_id).values(registration=state))
        purchase = session.scalars(select(Purchase)).one()
        [claim] = claims_in(session, purchase)
        blockers = what_blocks(session, claim, assess_claim(session, KEYRING, claim, AT.date()))
    assert says in blockers[0].message
    page = browser.get(f"{address}/check")
    assert says in page.words
    assert "See your registration" in page.words
    # One that was registered before registrations were kept here has nothing to show but where it stands.
    assert browser.get("/registration").heading == "Your organisation"


def test_an_address_that_nobody_confirmed_leaves_an_account_without_a_name(site: Site) -> None:
    browser = site.visit()
    browser.get("/register")
    browser.send({"email": ELM})
    with site.database.read() as session:
        assert session.scalars(select(Person.name).where(Person.email == ELM)).one() == ""


def test_hostile_words_stay_words(site: Site) -> None:
    script = "<script>alert(1)</script>"
    browser = site.visit()
    confirm_address(site, browser)
    browser.send({"own_name": "Leila Haddad", "name": script, "workplace_id": "E3003003"})
    answer(browser)
    add_proofs(browser)
    send(browser)
    lead = site.sign_in(site.office.lead)
    with site.database.read() as session:
        elm = session.scalars(select(Registration.employer_id)).one()
    for address in ("/registrations", f"/registrations/{elm}", "/employers", f"/employers/{elm}"):
        page = lead.get(address)
        assert script in page.words, address
        assert script not in page.text, address


def test_a_registration_is_whole_after_the_journey(site: Site) -> None:
    browser: Browser = site.visit()
    assert register(site, browser).heading == "Registration sent"
    asha = site.sign_in(site.office.assessor)
    with site.database.read() as session:
        elm = session.scalars(select(Registration.employer_id)).one()
    page = asha.get(f"/registrations/{elm}")
    page = asha.send({"checks": ["care"], "decision": "registered"})
    assert "Not everything is in order" in page.field_errors[0]
    assert page.filled(f"/registrations/{elm}")["checks"] == ["care"]
    page = asha.send({"decision": "refused", "reasons": ""})
    assert page.field_errors == ["Enter the reasons"]
    file = asha.client.get("/registrations/proofs/1")
    assert file.status_code == 200
    assert "sandbox" in file.headers["Content-Security-Policy"]
