"""A learner's training, the record to take along, and the workforce as a whole."""

import json
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from claims.models import Claim, Learner, Purchase
from claims.services.dividing import add_service
from claims.services.holding import take
from claims.store.claims import claims_in
from tests.browsing import Browser
from tests.site import AT, Site
from tests.stage import Stage, check_all, confirm_shown

ZOFIA = "Zofia Kowalska"


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.submitter)


@pytest.fixture
def trained(site: Site) -> str:
    """The address of Zofia, whose full claim for LTS is approved, and whose certificate's start is."""
    stage = Stage(site.database, site.house, site.meadow, site.office)
    stage.approved(ZOFIA)
    completed(stage, ZOFIA)
    return f"/learners/{site.house.learners[ZOFIA]}"


def completed(stage: Stage, name: str) -> None:
    """A full claim for LTS, completed on 20 January 2026 and approved."""
    with stage.database.write() as session:
        purchase_id = stage.drafted(
            session, [name], course="LTS", claimed_as="full", cost_pence=62_000, invoice_reference="INV-2"
        ).id
    stage.complete(purchase_id, date(2026, 1, 20))
    approve(stage, purchase_id, cost_pence=62_000)


def approve(stage: Stage, purchase_id: int, cost_pence: int = 160_000) -> None:
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, stage.office.assessor, AT)
        check_all(session, purchase, stage.office.assessor, AT, cost_pence=cost_pence)
        confirm_shown(session, purchase, stage.office.assessor, AT)


def test_a_learners_page_shows_training_and_next_steps(browser: Browser, trained: str) -> None:
    page = browser.get(trained)
    assert "Care or support worker, suggested by the job role and the start date" in page.words
    assert "Adult Social Care Certificate not yet £924.00" in page.words
    assert "Lead to Succeed" in page.words
    assert "As care or support worker" in page.words
    assert "To move on to practice leader" in page.words
    assert "Suggested from level and topic, not official" in page.words


def test_the_learning_record_is_a_page_a_workbook_and_json(site: Site, browser: Browser, trained: str) -> None:
    page = browser.get(f"{trained}/record")
    assert page.heading == f"Learning record of {ZOFIA}"
    assert "20 Jan 2026" in page.words
    assert "Adult Social Care Certificate" not in page.words
    workbook = load_workbook(BytesIO(browser.client.get(f"{trained}/record.xlsx", buffered=True).data))
    assert workbook.sheetnames == ["About", "Learning record", "Controls"]
    rows = list(workbook["Learning record"].iter_rows(values_only=True))
    assert rows[0][:5] == ("Funded training", "Course code", "Level", "Awarding organisation", "Completed on")
    assert len(rows) == 2
    assert rows[1][1] == "LTS"
    assert rows[1][-1] == "Hartley House Care Ltd"
    answer = browser.client.get(f"{trained}/record.json", buffered=True)
    assert ZOFIA.rsplit(maxsplit=1)[-1] not in answer.headers["Content-Disposition"]
    said = json.loads(answer.data)
    assert said["learner"] == ZOFIA
    assert [each["completed_on"] for each in said["training"]] == ["2026-01-20"]
    assert "AA000004A" not in answer.text


def test_the_employer_says_who_holds_the_certificate(site: Site, browser: Browser) -> None:
    address = f"/learners/{site.house.learners['Joyce Appiah']}"
    browser.get(f"{address}/certificate")
    late = {"held": "yes", "on-day": "3", "on-month": "2", "on-year": "2026"}
    assert browser.send(late).problems == ["The day they got it must be on or before 2 February 2026"]
    page = browser.send({"held": "yes", "on-day": "2", "on-month": "2", "on-year": "2026"})
    assert "yes, as you told us, since 2 February 2026" in page.words
    assert browser.get(f"{address}/certificate").filled()["held"] == ["yes"]
    assert "no, as you told us" in browser.send({"held": "no"}).words
    browser.get(f"{address}/certificate")
    browser.send({"held": "unknown"})
    with site.database.read() as session:
        learner = session.get_one(Learner, site.house.learners["Joyce Appiah"])
        assert (learner.certified, learner.certified_on) == (None, None)


def test_a_learner_is_marked_as_left_and_taken_back(site: Site, browser: Browser) -> None:
    address = f"/learners/{site.house.learners['Joyce Appiah']}"
    browser.get(f"{address}/leaving")
    assert browser.send({"left": "yes"}, action=f"{address}/leaving").problems == [
        "Enter the last day employed, like 27 3 2025"
    ]
    page = browser.send(
        {"left": "yes", "left_on-day": "1", "left_on-month": "9", "left_on-year": "2024"}, action=f"{address}/leaving"
    )
    assert page.problems == ["The last day employed must be on or after the day they started working for you"]
    page = browser.send({"left_on-day": "2"}, action=f"{address}/leaving")
    assert "Last day employed: 2 September 2024." in page.words
    assert "1 learner" in browser.get("/learners?show=left").words
    assert "9 learners" in browser.get("/learners?show=present").words
    browser.get(f"{address}/leaving")
    assert "still employed" in browser.send({"left": "no"}, action=f"{address}/leaving").words


def test_somebody_who_is_leaving_has_left_the_day_after_the_last_day_employed(site: Site, browser: Browser) -> None:
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Joyce Appiah"]).left_on = date(2030, 1, 1)
        session.get_one(Learner, site.house.learners["Liam Walsh"]).left_on = date(2026, 2, 2)  # today
        session.get_one(Learner, site.house.learners["Imran Siddiqui"]).left_on = date(2026, 2, 1)
    page = browser.get("/learners")
    assert "leaves 1 Jan 2030" in page.words
    assert "leaves 2 Feb 2026" in page.words
    assert "left 1 Feb 2026" in page.words
    present, gone = browser.get("/learners?show=present").words, browser.get("/learners?show=left").words
    assert "9 learners" in present
    assert "Joyce Appiah" in present
    assert "Liam Walsh" in present
    assert "1 learner" in gone
    assert "Imran Siddiqui" in gone
    site.time.move_to("2026-02-03")
    # Signing in again: a day is longer than a session.
    gone = site.sign_in(site.house.sro).get("/learners?show=left").words
    assert "2 learners" in gone
    assert "Liam Walsh" in gone
    assert "Joyce Appiah" not in gone


def test_only_a_learner_without_claims_is_removed(site: Site, browser: Browser, trained: str) -> None:
    address = f"/learners/{site.house.learners['Joyce Appiah']}"
    browser.get(f"{address}/leaving")
    assert "Joyce Appiah has been removed." in browser.send({}, action=f"{address}/removal").words
    assert browser.get(address).status == 404
    assert "9 learners" in browser.get("/learners").words
    assert "Remove learner" not in browser.get(f"{trained}/leaving").words
    browser.post(f"{trained}/removal")
    assert "Mark them as left instead." in browser.get(trained).words


def test_the_workforce_view_counts_the_gap_and_what_closing_it_costs(site: Site, browser: Browser) -> None:
    page = browser.get("/workforce")
    # Care and support workers: Niamh, Zofia, Imran, Joyce, Liam; the senior care worker Daniel.
    assert "Care or support worker 6 0 0 6 £9,240.00 £9,240.00" in page.words
    assert "Supervisor or leader 1 0 0 not needed" in page.words
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Joyce Appiah"]).certified = True
        session.get_one(Learner, site.house.learners["Imran Siddiqui"]).engagement = "volunteer"
        session.get_one(Learner, site.house.learners["Liam Walsh"]).left_on = date(2026, 2, 1)
        session.get_one(Learner, site.house.learners["Niamh O’Brien"]).employed_from = date(2025, 12, 1)
    page = browser.get("/workforce")
    assert "New to care 1 0 0 1 £1,540.00 £1,540.00" in page.words
    assert "Care or support worker 4 1 0 3 £4,620.00 £3,080.00" in page.words
    assert "Care or support worker: 4 learners, 1 of 4 hold the certificate" in page.words


def test_a_certificate_that_was_funded_here_closes_the_gap(site: Site, browser: Browser) -> None:
    stage = Stage(site.database, site.house, site.meadow, site.office)
    purchase_id = stage.approved(ZOFIA)
    assert "Care or support worker 6 0 1 5" in browser.get("/workforce").words
    stage.complete(purchase_id, date(2026, 1, 30))
    approve(stage, purchase_id)
    assert "Care or support worker 6 1, 1 funded here 0 5" in browser.get("/workforce").words


def test_who_is_on_the_training_already_is_in_neither_the_gap_nor_its_cost(site: Site, browser: Browser) -> None:
    stage = Stage(site.database, site.house, site.meadow, site.office)
    with site.database.write() as session:
        drafted = stage.drafted(session, ["Niamh O’Brien"])
        # Another course does not lead to the certificate.
        stage.drafted(session, ["Imran Siddiqui"], course="LTS", claimed_as="full", invoice_reference="INV-2")
        again = [claim.id for claim in claims_in(session, drafted)]
    waiting = stage.submitted("Joyce Appiah")
    stage.approved(ZOFIA)
    stage.approved("Gareth Pugh")
    page = browser.get("/workforce")
    assert "Care or support worker 6 0 3 3 £4,620.00 £4,620.00" in page.words
    assert "Care or support worker: 6 learners, 0 of 6 hold the certificate, 3 under way" in page.words
    gap, _, under_way = page.words.partition("Who is in the gap")[2].partition("Who is under way")
    assert ("Imran Siddiqui" in gap, "Imran Siddiqui" in under_way) == (True, False)
    assert (ZOFIA in gap, ZOFIA in under_way) == (False, True)
    # Held already, as the employer says, is held and not under way; what was taken back or rejected is in the gap.
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Joyce Appiah"]).certified = True
        session.execute(update(Claim).where(Claim.id.in_(again)).values(state="withdrawn", first_submitted_at=AT))
    assert "Care or support worker 6 1 1 4 £6,160.00 £6,160.00" in browser.get("/workforce").words
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Joyce Appiah"]).certified = False
        session.execute(update(Claim).where(Claim.purchase_id == waiting).values(state="rejected"))
    assert "Care or support worker 6 0 1 5 £7,700.00 £7,700.00" in browser.get("/workforce").words


def test_the_workforce_of_one_service(site: Site, browser: Browser) -> None:
    with site.database.write() as session:
        service = add_service(session, site.house.employer_id, "Orchard wing", by=site.house.sro, at=AT)
        session.get_one(Learner, site.house.learners["Joyce Appiah"]).service_id = service.id
    assert "Care or support worker 1 0 0 1" in browser.get(f"/workforce?service={service_id(site)}").words
    assert "Together 10" in browser.get("/workforce?service=99999999999999999999999").words
    assert "Orchard wing" not in site.sign_in(site.meadow.sro).get(f"/workforce?service={service_id(site)}").words


def service_id(site: Site) -> int:
    with site.database.read() as session:
        found = session.get_one(Learner, site.house.learners["Joyce Appiah"]).service_id
    assert found is not None
    return found


@pytest.mark.parametrize("page", ["", "/record", "/record.xlsx", "/record.json", "/certificate", "/leaving"])
def test_another_employers_learner_is_not_there(site: Site, page: str) -> None:
    stranger = site.sign_in(site.meadow.sro)
    assert stranger.get(f"/learners/{site.house.learners[ZOFIA]}{page}").status == 404
