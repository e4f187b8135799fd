"""Evidence, check and submit, the list, one claim; a claim that was sent back; a claim taken back."""

import io

import pytest
from sqlalchemy import func, select, update

from claims.files.specimens import specimen_pdf, specimen_png
from claims.lifecycle import Act
from claims.models import ActionRequest, BankAccount, Claim, Employer, Event, EventNote, SampledApproval
from claims.services.moving import move
from claims.services.recording import verify
from tests.browsing import Browser
from tests.claiming import INVOICE, a_pdf, add_learners, add_payment_evidence, buy, day, submit_all
from tests.site import AT, Site

SPLIT = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


@pytest.fixture
def address(site: Site, browser: Browser) -> str:
    """A purchase with one learner and no evidence."""
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    return address


def the_claim(site: Site) -> Claim:
    with site.database.read() as session:
        return session.scalars(select(Claim).order_by(Claim.id)).first()


def send_back(site: Site, claim_id: int, about: str = "payment") -> int:
    """As an assessor does; returns the request's id."""
    with site.database.write() as session:
        claim = session.get_one(Claim, claim_id)
        move(session, claim, Act.REQUEST_ACTION, site.office.assessor, AT, because="Which day was it paid?")
        asked = ActionRequest(
            claim_id=claim_id,
            about=about,
            note="Which day was it paid?",
            asked_at=AT,
            asked_by_id=site.office.assessor.person_id,
            reply="",
        )
        session.add(asked)
        session.flush()
        return asked.id


def test_the_list_of_claims_and_each_of_them_stand_under_claims(site: Site, browser: Browser, address: str) -> None:
    one = f"/claims/{the_claim(site).id}"
    for place in ("/claims", "/claims/discarded", one, f"{one}/dates"):
        assert browser.get(place).marked == ["Claims"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("letter.docx", b"PK\x03\x04", "letter.docx is not a PDF, JPG, JPEG or PNG file"),
        ("empty.pdf", b"", "empty.pdf is empty"),
        ("large.pdf", b"%PDF-" + b"0" * 2_097_152, "large.pdf is larger than 2 MB"),
        ("photo.png", INVOICE, "photo.png ends in “.png” but inside it is a PDF"),
        ("cut.pdf", INVOICE[:400], "cut.pdf is damaged or cut short"),
        ("<script>.pdf", b"%PDF-1.4 nonsense", "<script>.pdf is damaged or cut short"),
    ],
)
def test_an_upload_that_cannot_be_kept_says_why(
    browser: Browser, address: str, name: str, content: bytes, sentence: str
) -> None:
    browser.get(f"{address}/evidence")
    page = browser.send({"files": [(io.BytesIO(content), name)]}, action=f"{address}/evidence")
    assert len(page.problems) == 1
    assert sentence in page.problems[0]
    assert sentence in page.field_errors[0]
    assert "invoice.pdf" not in page.words


def test_choosing_no_file_or_too_many_says_so(browser: Browser, address: str) -> None:
    browser.get(f"{address}/evidence")
    assert browser.send({}, action=f"{address}/evidence").problems == ["Choose a file"]
    many = [a_pdf(f"{number}.pdf") for number in range(5)]
    page = browser.send({"files": many}, action=f"{address}/evidence")
    assert page.problems == ["Choose no more than 4: you chose 5"]


def test_one_bad_file_is_told_at_the_field_and_the_good_ones_beside_it_stay(browser: Browser, address: str) -> None:
    where = f"{address}/evidence"
    browser.get(where)
    files = [a_pdf(), a_pdf("bad.pdf", b"")]
    page = browser.post(where, {"then": "check", "files": files}, follow_redirects=True)
    assert page.heading == "Evidence"
    assert "bad.pdf is empty." in page.field_errors[0]
    assert page.problems[0].startswith("bad.pdf is empty.")
    assert page.problems[1] == "The rest has been added: invoice.pdf"
    assert "invoice.pdf" in browser.get(where).words


def test_files_beyond_the_most_are_all_refused_and_what_was_there_stays(browser: Browser, address: str) -> None:
    where = f"{address}/evidence"
    browser.get(where)
    named = [a_pdf(f"{number}.pdf", specimen_pdf(f"Page {number}", ["Paid"])) for number in range(5)]
    browser.send({"files": named[:3]}, action=where)
    page = browser.send({"files": named[3:]}, action=where)
    assert page.problems[0].startswith("There can be at most 4 files of payment evidence.")
    assert page.problems[1] == "None of the 2 files has been added: choose the others again too"
    words = browser.get(where).words
    assert "2.pdf" in words
    assert "3.pdf" not in words


def test_the_page_says_that_continue_uploads_and_offers_it_once(browser: Browser, address: str) -> None:
    page = browser.get(f"{address}/evidence")
    assert "Continue uploads what you have chosen." in page.words
    assert page.words.count("Continue Upload and add more files") == 1


def test_files_that_were_chosen_and_not_uploaded_are_taken_along(browser: Browser, address: str) -> None:
    browser.get(f"{address}/evidence")
    page = browser.post(f"{address}/evidence", {"then": "check", "files": [a_pdf()]}, follow_redirects=True)
    assert page.heading == "Check and submit"
    assert "1 file added." in page.words
    browser.get(f"{address}/evidence")
    page = browser.post(f"{address}/evidence", {"then": "check", "files": [a_pdf("b.pdf", b"")]}, follow_redirects=True)
    assert (page.heading, len(page.problems)) == ("Evidence", 1)
    browser.get(f"{address}/evidence")
    page = browser.post(f"{address}/evidence", {"then": "check"}, follow_redirects=True)
    assert (page.heading, page.problems) == ("Check and submit", [])


@pytest.mark.parametrize("field", ["evidence", "certificate"])
def test_more_than_is_read_at_all_leads_back_to_the_files(site: Site, browser: Browser, field: str) -> None:
    address = buy(browser, "LTS", paid_on="2025-10-01", started_on="2025-10-06")
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    where = f"{address}/evidence" if field == "evidence" else f"/claims/{the_claim(site).id}/certificate"
    browser.get(where)
    browser.app.config["MAX_CONTENT_LENGTH"] = 1_000
    page = browser.send({"files" if field == "evidence" else "file": [a_pdf()]}, action=where)
    assert page.status == 200
    assert page.problems == page.field_errors
    assert page.problems[0].startswith("The files were too large to be sent, so nothing was uploaded.")


def test_the_fifth_file_is_refused_and_the_same_file_twice(browser: Browser, address: str) -> None:
    files = [a_pdf(f"{number}.pdf", specimen_pdf(f"Page {number}", ["Paid"])) for number in range(4)]
    browser.get(f"{address}/evidence")
    assert "4 files added." in browser.send({"files": files}, action=f"{address}/evidence").words
    page = browser.send({"files": [a_pdf("0.pdf", specimen_pdf("Page 0", ["Paid"]))]}, action=f"{address}/evidence")
    assert page.problems == ["0.pdf has been added already."]
    page = browser.send({"files": [a_pdf("5.pdf", specimen_pdf("Page 5", ["Paid"]))]}, action=f"{address}/evidence")
    assert page.problems == ["There can be at most 4 files of payment evidence. Remove one first."]


def test_evidence_is_viewed_as_an_inert_attachment_and_removed(browser: Browser, address: str) -> None:
    page = add_payment_evidence(browser, address)
    link = next(a.get("href") for a in page.document.iter("a") if (a.get("href") or "").startswith("/evidence/"))
    file = browser.client.get(link)
    assert file.data == INVOICE
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    page = browser.send({}, action=f"{link}/removal")
    assert "invoice.pdf has been removed." in page.words
    assert browser.get(link).status == 404


def test_a_certificate_is_added_and_replaced(site: Site, browser: Browser) -> None:
    address = buy(browser, "LTS", paid_on="2025-10-01", started_on="2025-10-06")
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    where = f"/claims/{the_claim(site).id}/certificate"
    browser.get(where)
    assert browser.send({}).problems == ["Choose the certificate"]
    assert "is empty" in browser.send({"file": a_pdf("c.pdf", b"")}).problems[0]
    assert "has been added" in browser.send({"file": a_pdf("first.pdf")}).words
    browser.get(where)
    page = browser.send({"file": (io.BytesIO(specimen_png("Certificate", ["Niamh"])), "second.png")}, action=where)
    assert "second.png" in page.words
    assert "first.pdf" not in page.words


def test_a_start_claim_takes_no_certificate(site: Site, browser: Browser, address: str) -> None:
    page = browser.get(f"/claims/{the_claim(site).id}/certificate")
    assert "takes no certificate now" in page.words


def test_everything_that_blocks_is_said_at_once_with_where_to_put_it_right(
    site: Site, browser: Browser, address: str
) -> None:
    with site.database.write() as session:
        session.execute(update(Employer).where(Employer.id == site.house.employer_id).values(registration="sent"))
        session.execute(update(BankAccount).values(replaced_at=AT))
    page = browser.get(f"{address}/check")
    words = page.words
    order = [
        "registration waits for a decision",
        "has not given its bank details",
        "Add evidence that the training was paid for.",
    ]
    assert sorted(order, key=words.index) == order
    assert "No claim is ready yet." in words
    links = [a.get("href") for a in page.document.iter("a")]
    assert f"{address}/evidence" in links
    assert "Submit claims" not in words
    assert "Not registered yet" in browser.get("/home").words


def test_claims_of_which_the_same_is_to_be_said_stand_together(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    learners = site.house.learners
    add_learners(browser, address, *learners.values())
    with site.database.write() as session:
        later = select(Claim).where(Claim.learner_id == learners["Daniel Mensah"])
        session.scalars(later).one().started_on = AT.date()
    page = browser.get(f"{address}/check")
    cards = [each for each in page.document.iter("li") if "app-choice" in (each.get("class") or "").split()]
    offered = [[box.get("value") for box in card.iter("input") if box.get("type") == "checkbox"] for card in cards]
    ready = [box for boxes in offered for box in boxes]
    assert len(ready) == len(set(ready)), "each claim is there once"
    alike = max(cards, key=lambda card: len(list(card.iter("input"))))
    words = " ".join("".join(alike.itertext()).split())
    assert "people, start part, 60%" in words
    assert "£924.00 each" in words
    assert words.count("Last day to claim") == 1
    assert "Daniel Mensah" not in words, "his last day is another one"
    assert sum("Not ready" in "".join(card.itertext()) for card in cards) == offered.count([]), "each by itself"
    page = browser.send({"claims": ready[:1], "declaration": "yes"}, action=f"{address}/check")
    assert page.heading == "Claim submitted"


def test_nothing_is_submitted_without_the_declaration_or_a_choice(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    browser.get(f"{address}/check")
    page = browser.send({}, action=f"{address}/check")
    assert page.problems == ["Tick the box to say that you make the declaration"]
    page = browser.send({"claims": None, "declaration": "yes"}, action=f"{address}/check")
    assert page.problems == ["Select at least one claim to submit"]
    assert page.filled(f"{address}/check")["declaration"] == ["yes"]
    assert the_claim(site).state == "draft"


def test_a_second_click_leads_to_the_same_confirmation(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    browser.get(f"{address}/check")
    form = {**browser.page.filled(f"{address}/check"), "declaration": "yes"}
    for _ in range(3):
        page = browser.post(f"{address}/check", form)
        assert (page.status, page.location) == (303, f"{address}/confirmation")
    with site.database.read() as session:
        assert session.scalars(select(func.count()).select_from(Event).where(Event.act == "submit")).one() == 1
        assert verify(session)[1] == []


def test_a_page_from_before_a_change_submits_nothing(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    browser.get(f"{address}/check")
    form = {**browser.page.filled(f"{address}/check"), "declaration": "yes"}
    colleague = site.sign_in(site.house.submitter)
    colleague.get(f"{address}/cost")
    colleague.send({"footing": "each", "cost_each": "100", "other": "no"})
    page = browser.post(f"{address}/check", form)
    assert "Somebody changed this claim after you opened the page" in page.problems[0]
    assert "£60.00" in page.words
    assert the_claim(site).state == "draft"
    assert submit_all(browser, address).heading == "Claim submitted"


def test_a_confirmation_before_anything_was_sent_leads_to_the_check(browser: Browser, address: str) -> None:
    assert browser.get(f"{address}/confirmation").heading == "Check and submit"


def test_claims_are_listed_filtered_and_searched(site: Site, browser: Browser, address: str) -> None:
    assert "You have no claims yet" in site.sign_in(site.meadow.sro).get("/claims").words
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    add_learners(browser, address, site.house.learners["Daniel Mensah"])
    assert "2 claims" in browser.get("/claims").words
    assert "1 claim " in browser.get("/claims", query_string={"state": "draft"}).words
    assert "Daniel Mensah" in browser.get("/claims", query_string={"search": "mensah", "order": "deadline"}).words
    assert "No claim fits" in browser.get("/claims", query_string={"search": "zzz"}).words
    assert "2 claims" in browser.get("/claims", query_string={"state": "nonsense", "page": "x"}).words


def test_twenty_claims_a_page(site: Site, browser: Browser) -> None:
    for start in range(3):
        address = buy(browser, "LTS", paid_on="2025-10-01", started_on=f"2025-10-0{start + 1}")
        add_learners(browser, address, *site.house.learners.values())
    page = browser.get("/claims")
    assert "30 claims: 1 to 20" in page.words
    following = next(a.get("href") for a in page.document.iter("a") if a.get("rel") == "next")
    page = browser.get(following)
    assert "30 claims: 21 to 30" in page.words
    back = next(a.get("href") for a in page.document.iter("a") if a.get("rel") == "prev")
    assert "30 claims: 1 to 20" in browser.get(back).words


def test_a_claim_that_was_sent_back_is_answered_and_sent_again(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    claim_id = the_claim(site).id
    request_id = send_back(site, claim_id)
    assert "an assessor asks for something" in browser.get("/home").words
    page = browser.get(f"/claims/{claim_id}")
    assert "Which day was it paid?" in page.words
    # Asked on 2 February; after 28 days it may be closed.
    assert "Answer by 2 March 2026: after that it may be closed." in page.words
    assert "Asha Rahman" not in page.words
    again = f"/claims/{claim_id}/resubmission"
    page = browser.send({"note": "Here you are"}, action=again)
    assert page.problems[0].startswith("Change what the assessor asked about, or write a reply")
    assert page.filled(again)["note"] == ["Here you are"]

    box, tick = f"reply_{request_id}", f"ticked_{request_id}"
    too_long = browser.send({box: "x" * 1501}, action=again)
    assert "1,500 characters or fewer" in too_long.problems[0]
    page = browser.send({box: "On 12 January, see the statement.", tick: "yes", "then": "save"}, action=again)
    assert "Your answers and your note have been saved." in page.words
    assert page.filled(again)["note"] == ["Here you are"]
    assert "1 of 1 done" in page.words
    assert (page.filled(again)[box], page.filled(again)[tick]) == (["On 12 January, see the statement."], ["yes"])
    assert the_claim(site).state == "needs-action"
    browser.get(f"{address}/evidence")
    browser.send(
        {"files": [a_pdf("statement.pdf", specimen_pdf("Statement", ["12 January"]))]}, action=f"{address}/evidence"
    )
    page = browser.get(f"/claims/{claim_id}")
    assert "File added" in page.words
    assert "statement.pdf" in page.words
    page = browser.send({"note": "Thank you for waiting."}, action=again)
    assert "The claim has been sent again." in page.words
    assert "Thank you for waiting." in page.words
    found = the_claim(site)
    assert (found.state, len(found.as_submitted["evidence"])) == ("submitted", 2)
    # A second click changes nothing.
    assert browser.post(again, {}, follow_redirects=True).heading.startswith("Claim ")
    assert "Your reply: On 12 January, see the statement." in browser.get(f"/claims/{claim_id}").words


def test_a_note_to_the_assessor_is_kept_with_the_answers_until_it_is_sent(
    site: Site, browser: Browser, address: str
) -> None:
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    claim_id = the_claim(site).id
    box = f"reply_{send_back(site, claim_id)}"
    again = f"/claims/{claim_id}/resubmission"
    browser.get(f"/claims/{claim_id}")
    page = browser.send({"note": "The invoice is in two parts.\nBoth are here.", "then": "save"}, action=again)
    assert "Your answers and your note have been saved." in page.words
    assert the_claim(site).state == "needs-action"
    page = browser.get(f"/claims/{claim_id}")
    assert page.filled(again)["note"] == ["The invoice is in two parts.\nBoth are here."]
    # A colleague goes on with it, and takes the note out again.
    colleague = site.sign_in(site.house.submitter)
    assert colleague.get(f"/claims/{claim_id}").filled(again)["note"] == page.filled(again)["note"]
    page = colleague.send({"note": "", "then": "save"}, action=again)
    assert "Your answers have been saved." in page.words
    assert page.filled(again)["note"] == [""]
    colleague.send({"note": "One part is here.", "then": "save"}, action=again)
    browser.get(f"/claims/{claim_id}")
    assert "The claim has been sent again." in browser.send({box: "See the note."}, action=again).words
    with site.database.read() as session:
        assert session.scalars(select(EventNote.note).order_by(EventNote.event_number.desc())).first() == (
            "One part is here."
        )
    # What was sent is not offered when the claim comes back once more.
    send_back(site, claim_id)
    assert browser.get(f"/claims/{claim_id}").filled(again)["note"] == [""]


def test_the_dates_of_one_learner_are_changed(site: Site, browser: Browser, address: str) -> None:
    where = f"/claims/{the_claim(site).id}/dates"
    browser.get(where)
    assert "completed_on-day" not in browser.page.filled()
    assert browser.send(day("started_on", "2028-02-03")).problems == [
        "The start date must be on or before 2 February 2028"
    ]
    assert "The dates have been saved." in browser.send(day("started_on", "2026-01-26")).words
    assert "26 April 2026" in browser.get(f"{address}/check").words
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    assert browser.get(where).heading.startswith("Claim ")


def test_a_draft_asks_plainly_for_the_completion_date_and_then_says_the_last_day(site: Site, browser: Browser) -> None:
    address = buy(browser, "LTS", paid_on="2025-10-01", started_on="2025-10-06")
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    add_payment_evidence(browser, address)
    where = f"/claims/{the_claim(site).id}"
    page = browser.get(where)
    assert "When did Niamh O’Brien complete the training?" in page.words
    assert "Check and submit" not in page.words
    blocking = [each for each in page.document.iter("ul") if each.get("class") == "app-blockers"]
    assert len(list(blocking[0])) == 2, "the completion date and the certificate, each asked for once"
    browser.get(f"{where}/dates")
    page = browser.send(day("completed_on", "2025-11-30"))
    assert "The dates have been saved. The last day to claim is 28 February 2026." in page.words
    assert "Add the certificate" in page.words
    browser.get(f"{where}/dates")
    page = browser.send({"completed_on-day": "", "completed_on-month": "", "completed_on-year": ""})
    assert "The claim waits for the completion date" in page.words


def test_a_completion_draft_is_asked_one_question(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    with site.database.write() as session:
        session.execute(update(Claim).values(state="draft", part="completion", first_submitted_at=None))
    page = browser.get(f"/claims/{the_claim(site).id}/dates")
    assert page.heading == "When did Niamh O’Brien complete the training?"
    assert "(optional)" not in page.words


def test_a_learner_does_not_complete_before_they_start(site: Site, browser: Browser) -> None:
    address = buy(browser, "LTS", paid_on="2025-10-01", started_on="2025-10-06")
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    browser.get(f"/claims/{the_claim(site).id}/dates")
    page = browser.send(day("completed_on", "2025-10-05"))
    assert page.problems == ["The completion date must be on or after the start date"]


def test_a_claim_is_withdrawn_with_a_reason(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    where = f"/claims/{the_claim(site).id}/withdrawal"
    browser.get(where)
    assert browser.send({"reason": " "}).problems == ["Enter why you are withdrawing this claim"]
    form = {**browser.page.filled(), "reason": "Entered twice"}
    page = browser.send({"reason": "Entered twice"})
    assert "The claim has been withdrawn." in page.words
    assert "Entered twice" in page.words
    assert browser.post(where, form, follow_redirects=True).heading.startswith("Claim ")
    assert the_claim(site).state == "withdrawn"


def test_the_day_by_which_a_decision_is_due_is_said(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    page = submit_all(browser, address)
    # Monday 2 February and ten working days.
    assert "You should hear by 16 February 2026" in page.words
    where = f"/claims/{the_claim(site).id}"
    assert "If it is approved, you should be paid by 2 March 2026." in browser.get(where).words
    site.time.move_to("2026-02-16 09:00:00")
    browser = site.sign_in(site.house.sro)
    assert "You should hear by 16 February 2026" in browser.get(where).words
    site.time.move_to("2026-02-17 09:00:00")
    browser = site.sign_in(site.house.sro)
    assert "You should have heard by 16 February 2026" in browser.get(where).words


def test_what_was_submitted_in_another_tab_is_shown_as_submitted(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    browser.get(f"{address}/check")
    first_tab = {**browser.page.filled(f"{address}/check"), "declaration": "yes"}
    assert submit_all(browser, address).heading == "Claim submitted"
    page = browser.post(f"{address}/check", first_tab, follow_redirects=True)
    assert (page.heading, page.status) == ("Claim submitted", 200)


@pytest.mark.parametrize(
    ("began", "says"),
    [("2025-11-01", "1 Feb 2026 Too late"), ("2025-11-02", "2 Feb 2026 today"), ("2025-11-16", "in 14 days")],
)
def test_the_list_says_of_a_draft_whose_last_day_is_near_or_over(
    site: Site, browser: Browser, began: str, says: str
) -> None:
    address = buy(browser, "610/4009/5", paid_on=began, started_on=began)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    assert says in browser.get("/claims").words


def test_the_list_says_nothing_of_a_draft_with_fifteen_days_left(site: Site, browser: Browser) -> None:
    address = buy(browser, "610/4009/5", paid_on="2025-11-17", started_on="2025-11-17")
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    words = browser.get("/claims").words
    assert "17 Feb 2026" in words
    assert "in 15 days" not in words


def test_an_unconfirmed_amount_is_marked_and_an_ineligible_one_is_not_promised(site: Site, browser: Browser) -> None:
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, site.house.learners["Margaret Ellis"])
    page = browser.get(f"{address}/check")
    assert "Nothing can be claimed as it stands. Otherwise it would be £924.00. Check with the scheme" in page.words
    assert "Take Margaret Ellis off this purchase" in page.words


def test_home_says_the_most_urgent_first_and_everything_once(site: Site, browser: Browser) -> None:
    soon = buy(browser, "610/4009/5", paid_on="2025-11-18", started_on="2025-11-03")
    add_learners(browser, soon, site.house.learners["Zofia Kowalska"])
    sent = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, sent, site.house.learners["Niamh O’Brien"])
    add_payment_evidence(browser, sent)
    submit_all(browser, sent)
    with site.database.read() as session:
        sent_id = session.scalars(select(Claim.id).where(Claim.state == "submitted")).one()
    send_back(site, sent_id)
    urgent = buy(browser, "610/4009/5", paid_on="2025-11-09", started_on="2025-11-03")
    add_learners(browser, urgent, site.house.learners["Daniel Mensah"])
    page = browser.get("/home")
    (needs,) = [each for each in page.document.iter("ul") if each.get("class") == "app-choices"]
    assert ["".join(" ".join(each.itertext()).split()[:4]) for each in needs] == [
        "Lastdayin7",
        "NeedsactionNiamhO’Brien",
        "Lastdayin16",
    ]
    assert "app-choice--urgent" in needs[0].get("class")
    assert "app-choice--urgent" not in needs[2].get("class")


def test_home_shows_deadlines_and_money(site: Site, browser: Browser) -> None:
    address = buy(browser, "610/4009/5", paid_on="2025-11-06", started_on="2025-11-03")
    add_learners(browser, address, site.house.learners["Niamh O’Brien"], site.house.learners["Daniel Mensah"])
    page = browser.get("/home")
    assert "Last day in 4 days" in page.words
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    page = browser.get("/home")
    assert "£1,848.00" in page.words
    assert "Last day in 4 days" not in page.words
    site.time.move_to("2026-02-07 09:00:00")
    late = buy(site.sign_in(site.house.sro), "610/4009/5", paid_on="2025-11-06", started_on="2025-11-03")
    browser = site.sign_in(site.house.sro)
    add_learners(browser, late, site.house.learners["Chloe Bennett"])
    assert "the last day to claim was 6 February 2026" in browser.get("/home").words


def test_staff_cannot_open_an_employers_pages(site: Site) -> None:
    assert site.sign_in(site.office.assessor).get("/home").status == 403


def test_a_question_about_the_payment_lets_its_cost_be_corrected(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    claim_id = the_claim(site).id
    send_back(site, claim_id)
    browser.get(f"{address}/cost")
    page = browser.send({"footing": "each", "cost_each": "1400", "other": "no"})
    assert "The purchase has been changed." in page.words
    browser.get(f"{address}/payment")
    browser.send({**day("paid_on", "2026-01-13")})
    page = browser.get(f"/claims/{claim_id}")
    assert "Cost for this learner £1600.00 £1400.00" in page.words
    assert "Paid 12 January 2026 13 January 2026" in page.words
    assert "£840.00" in page.words
    page = browser.send({}, action=f"/claims/{claim_id}/resubmission")
    assert "The claim has been sent again." in page.words
    assert the_claim(site).as_submitted["assessment"]["amount"]["payable_gbp"] == "840.00"
    assert browser.get(f"{address}/cost").heading == "Adult Social Care Certificate"


def test_a_claim_that_cannot_be_sent_again_says_what_is_in_the_way(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    found = the_claim(site)
    send_back(site, found.id)
    browser.get(f"/learners/{found.learner_id}/details")
    browser.send({"engagement": "volunteer"})
    browser.get(f"/claims/{found.id}")
    page = browser.send({}, action=f"/claims/{found.id}/resubmission")
    assert "The claim cannot be sent yet." in page.words
    assert "What is in the way" in page.words
    assert the_claim(site).state == "needs-action"


def test_an_approval_that_gets_a_second_look_says_so(site: Site, browser: Browser, address: str) -> None:
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    claim_id = the_claim(site).id
    amounts = {"reimbursable_pence": 154_000, "entitlement_pence": 92_400, "payable_pence": 92_400}
    with site.database.write() as session:
        session.execute(update(Claim).values(state="approved", decided_at=AT, **amounts))
    words = browser.get(f"/claims/{claim_id}").words
    assert "It goes into the next payment run. You should be paid by 16 February 2026." in words
    with site.database.write() as session:
        by_id = site.office.assessor.person_id
        sampled = {"claim_id": claim_id, "reason": "drawn", "words": "", "approved_at": AT, "approved_by_id": by_id}
        session.add(SampledApproval(**sampled))
    assert "A second person looks at it before the decision is sent" in browser.get(f"/claims/{claim_id}").words


def test_the_search_and_the_check_say_once_what_unconfirmed_amounts_mean(browser: Browser, address: str) -> None:
    said = "It may still change until your claim is approved."
    assert browser.get("/purchases/new?search=diploma").words.count(said) == 1
    assert said not in browser.get("/purchases/new").words
    assert browser.get(f"{address}/check").words.count(said) == 1
