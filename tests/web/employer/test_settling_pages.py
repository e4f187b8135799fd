"""The pages on which an employer settles its bank details and its agreement."""

import pytest
from sqlalchemy import delete, select, update

from claims.models import Agreement, BankAccount, Employer, Message
from claims.services import banking
from tests.browsing import Browser
from tests.site import Site

TYPED = {
    "account_name": "Hartley House Care Ltd",
    "sort_code": "30-94-30",
    "account_number": "7 334 456",
    "organisations": "yes",
}


@pytest.fixture
def unsettled(site: Site) -> Site:
    """Hartley House before it signed and gave an account."""
    with site.database.write() as session:
        session.execute(delete(Agreement).where(Agreement.employer_id == site.house.employer_id))
        session.execute(delete(BankAccount).where(BankAccount.employer_id == site.house.employer_id))
    return site


def officer(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


def test_home_and_organisation_lead_to_what_is_to_be_settled(unsettled: Site) -> None:
    browser = officer(unsettled)
    page = browser.get("/home")
    assert 'href="/agreements/2025-26"' in page.text
    assert 'href="/bank-details"' in page.text
    assert "To be signed" in browser.get("/organisation").words


@pytest.mark.parametrize("state", ["started", "sent", "refused"])
def test_home_asks_for_nothing_that_has_to_wait_for_the_registration(unsettled: Site, state: str) -> None:
    with unsettled.database.write() as session:
        session.execute(update(Employer).values(registration=state))
    for who in (unsettled.house.sro, unsettled.house.submitter):
        page = unsettled.sign_in(who).get("/home")
        assert "The agreement is signed and bank details are given then, not before." in page.words
        assert "Nothing today." in page.words
        assert 'href="/agreements/2025-26"' not in page.text
        assert 'href="/bank-details"' not in page.text.partition("<main")[2]


def test_the_officer_is_told_to_sign_and_the_others_who_does(unsettled: Site) -> None:
    words = officer(unsettled).get("/home").words
    assert "Read and sign the agreement" in words
    assert "Claims can be submitted once you have given them. Give bank details" in words
    assert "Your senior responsible officer signs it" not in words
    words = unsettled.sign_in(unsettled.house.submitter).get("/home").words
    assert "Your senior responsible officer signs it: read the agreement" in words
    assert "once your senior responsible officer has given them" in words
    assert "Read and sign" not in words


def test_bank_details_in_any_spacing_are_kept_masked_and_told(unsettled: Site) -> None:
    browser = officer(unsettled)
    browser.get("/bank-details/change")
    page = browser.send(TYPED)
    assert page.heading == "Bank details"
    assert "Being checked" in page.words
    assert "**-**-30" in page.words
    assert "****4456" in page.words
    assert "07334456" not in page.text
    with unsettled.database.read() as session:
        assert session.scalars(select(Message.kind).order_by(Message.id.desc()).limit(1)).one() == banking.MESSAGE
    browser.get("/bank-details/change")
    assert "Nothing was changed" in browser.send(TYPED).words


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("account_name", "", "Enter the name on the account"),
        ("sort_code", "30-94-3", "The sort code must be 6 digits, like 30 94 30"),
        ("account_number", "12345", "The account number must be between 6 and 8 digits, like 00733445"),
        ("account_number", "123456789", "The account number must be between 6 and 8 digits, like 00733445"),
        ("organisations", None, "Tick the box to say that the account belongs to your organisation"),
    ],
)
def test_what_is_mistyped_is_said_at_its_field(unsettled: Site, field: str, typed: str | None, sentence: str) -> None:
    browser = officer(unsettled)
    browser.get("/bank-details/change")
    page = browser.send({**TYPED, field: typed})
    assert page.problems == page.field_errors == [sentence]
    assert page.filled()["sort_code"] == [typed if field == "sort_code" else TYPED["sort_code"]]


def test_a_submitter_sees_how_bank_details_stand_and_cannot_change_them(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    page = browser.get("/bank-details")
    assert "Verified" in page.words
    assert "Only your senior responsible officer" in page.words
    assert browser.get("/bank-details/change").status == 403


def test_an_organisation_that_is_not_registered_is_told_to_wait(unsettled: Site) -> None:
    with unsettled.database.write() as session:
        session.execute(update(Employer).values(registration="sent"))
    browser = officer(unsettled)
    assert "once your organisation is registered" in browser.get("/bank-details/change").words
    page = browser.get("/agreements/2025-26")
    assert "once your organisation is registered" in page.words


def test_nobody_sets_up_a_second_factor_to_be_told_to_wait(unsettled: Site) -> None:
    browser = unsettled.sign_in(unsettled.house.sro, confirmed=False)
    assert browser.get("/bank-details/change").heading == "Set up an authenticator app"
    with unsettled.database.write() as session:
        session.execute(update(Employer).values(registration="sent"))
    sent = browser.post("/bank-details/change", TYPED)
    assert (sent.status, sent.headers["Location"]) == (303, "/bank-details")
    assert "once your organisation is registered" in browser.get("/bank-details/change").words
    with unsettled.database.read() as session:
        assert (
            session.scalars(select(BankAccount).where(BankAccount.employer_id == unsettled.house.employer_id)).all()
            == []
        )


def test_a_lead_assessor_compares_the_whole_numbers_and_verifies(unsettled: Site) -> None:
    officer_browser = officer(unsettled)
    officer_browser.get("/bank-details/change")
    officer_browser.send(TYPED)
    lead = unsettled.sign_in(unsettled.office.lead)
    page = lead.get("/bank-accounts")
    assert "Hartley House Care Ltd" in page.words
    account = _latest(unsettled)
    page = lead.get(f"/bank-accounts/{account}")
    assert "30-94-30" in page.words
    assert "07334456" in page.words
    page = lead.send({})
    assert "are verified" in page.words
    assert "07334456" not in lead.get(f"/bank-accounts/{account}").text
    assert "Verified" in officer_browser.get("/bank-details").words
    # The second lead's tab was open all the while.
    assert "verified already" in lead.post(f"/bank-accounts/{account}/verification", follow_redirects=True).words


def test_a_lead_assessor_refuses_with_a_reason_that_the_employer_reads(unsettled: Site) -> None:
    officer_browser = officer(unsettled)
    officer_browser.get("/bank-details/change")
    officer_browser.send(TYPED)
    lead = unsettled.sign_in(unsettled.office.lead)
    account = _latest(unsettled)
    lead.get(f"/bank-accounts/{account}/refusal")
    assert lead.send({"reason": " "}).problems == ["Enter why they cannot be confirmed"]
    assert "are refused" in lead.send({"reason": "The name does not match."}).words
    page = officer_browser.get("/bank-details")
    assert "The name does not match." in page.words
    assert "Give bank details" in page.words
    assert "has not given its bank details" in officer_browser.get("/home").words
    assert lead.get("/bank-accounts/999").status == 404


def test_the_officer_reads_and_signs_the_agreement(unsettled: Site) -> None:
    browser = officer(unsettled)
    assert "To be signed" in browser.get("/agreements").words
    page = browser.get("/agreements/2025-26")
    assert "at most £400,000.00 from the main fund" in page.words
    page = browser.send({})
    assert page.problems == ["Tick the box to say that you accept the agreement for your organisation"]
    page = browser.send({"accepted": "yes"})
    assert "Signed by Grace Okafor on 2 February 2026." in page.words
    assert "Signed by Grace Okafor on 2 February 2026" in browser.get("/agreements").words
    text = browser.get("/agreements/2025-26/letter.txt").text
    assert text.startswith("Grant agreement 2025-26\nHartley House Care Ltd\n")
    assert text.endswith("Signed by Grace Okafor on 2 February 2026.\n")


def test_an_agreement_of_no_year_is_not_there(site: Site) -> None:
    browser = officer(site)
    assert browser.get("/agreements/2031-32").status == 404
    assert browser.get("/agreements/2031-32/letter.txt").status == 404


def test_a_submitter_reads_the_agreement_and_cannot_sign_it(unsettled: Site) -> None:
    browser = unsettled.sign_in(unsettled.house.submitter)
    assert "Only your senior responsible officer can sign it." in browser.get("/agreements/2025-26").words
    assert browser.post("/agreements/2025-26", {"accepted": "yes"}).status == 403


def _latest(site: Site) -> int:
    with site.database.read() as session:
        return session.scalars(select(BankAccount.id).order_by(BankAccount.id.desc()).limit(1)).one()
