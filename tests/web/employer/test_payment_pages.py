"""Payments as an employer sees them, their remittances, and that another employer sees none of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from claims.db import Database
from claims.models import Claim, Recovery
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.paying import PaymentKey, record_result, release
from claims.services.recovering import approve_recovery, propose_recovery, record_repayment
from claims.services.setting_off import plan_set_offs
from claims.store.payments import run_called
from claims.store.ready import RunFilter, ready_claims
from tests.keys import KEYRING
from tests.site import AT, Site
from tests.stage import Stage

RUN = "RUN-2526-0001"
NAMES = ("Niamh O’Brien", "Daniel Mensah")


@pytest.fixture
def stage(site: Site) -> Stage:
    return Stage(site.database, site.house, site.meadow, site.office)


def pay(database: Database, stage: Stage, *, because: str = "") -> None:
    with database.write() as session:
        wanted = RunFilter("2025-26")
        ready = [each for each in ready_claims(session, wanted) if not each.held_because]
        seen = seen_hash(ready, plan_set_offs(session, ready))
        run = run_called(session, draw_up(session, KEYRING, wanted, stage.office.finance, AT, seen=seen).reference)
        release(session, KEYRING, run, stage.office.other_finance, AT)
        failures = {PaymentKey(stage.house.employer_id, "main"): because} if because else {}
        record_result(session, run, failures, stage.office.finance, AT, paid_on=AT.date())


def test_what_was_paid_is_listed_with_its_remittance(site: Site, stage: Stage) -> None:
    browser = site.sign_in(site.house.submitter)
    assert "Nothing has been paid yet." in browser.get("/remittances").words
    stage.approved(*NAMES)
    assert "Main fund, 2025-26 £1,848.00 £1,848.00 by 16 Feb 2026" in browser.get("/remittances").words
    pay(site.database, stage)
    page = browser.get("/remittances")
    assert f"{RUN} remittance, Main fund Paid 2 Feb 2026 Main fund, 2025-26 2 £1,848.00 £0.00 £1,848.00" in page.words
    address = f"/remittances/{RUN}/main"
    page = browser.get(address)
    assert page.heading == f"Remittance {RUN}"
    assert "In all £1,848.00" in page.words
    for ending, kind in (("xlsx", "spreadsheetml.sheet"), ("csv", "text/csv")):
        file = browser.get(f"{address}.{ending}")
        assert kind in file.headers["Content-Type"]
        assert file.headers["Content-Disposition"] == f'attachment; filename="remittance-run-2526-0001-main.{ending}"'
    stranger = site.sign_in(site.meadow.sro)
    for path in (address, f"{address}.xlsx", f"{address}.csv", f"/remittances/{RUN}/other"):
        assert stranger.get(path).status == 404
    assert "Nothing has been paid yet." in stranger.get("/remittances").words


def test_what_is_overdue_stands_apart_from_what_is_to_come_as_on_the_pages_of_the_claims(
    site: Site, stage: Stage
) -> None:
    browser = site.sign_in(site.house.submitter)

    def said_of(purchase_id: int) -> str:
        with site.database.read() as session:
            of_it = select(Claim.id).where(Claim.purchase_id == purchase_id, Claim.part == "start")
            return browser.get(f"/claims/{session.scalars(of_it).one()}").words

    def decided(name: str, month: int, day: int, **more: int) -> str:
        return said_of(stage.approved(name, at=datetime(2026 - month // 12, month, day, 9, 30, tzinfo=UTC), **more))

    late = "takes longer than it should"
    assert f"You should have been paid by 2 January 2026: it {late}." in decided(NAMES[0], 12, 16)
    for path in ("/home", "/remittances"):
        words = browser.get(path).words
        assert f"£924.00 was expected by 2 Jan 2026 and {late}" in words
        assert f"{late};" not in words
    assert "You should be paid by 16 February 2026." in decided(NAMES[1], 2, 2, cost_pence=50_000)
    for path in ("/home", "/remittances"):
        assert f"£924.00 was expected by 2 Jan 2026 and {late}; £300.00 by 16 Feb 2026" in browser.get(path).words
    # The day of what was decided on Friday passed on Friday; today is the day of what was decided on Monday.
    assert "You should have been paid by 30 January 2026" in decided("Zofia Kowalska", 1, 16)
    assert "You should be paid by 2 February 2026." in decided("Imran Siddiqui", 1, 19)
    overdue = f"£1,848.00 was expected between 2 Jan 2026 and 30 Jan 2026 and {late}"
    for path in ("/home", "/remittances"):
        assert f"{overdue}; £1,224.00 between 2 Feb 2026 and 16 Feb 2026" in browser.get(path).words


def test_what_was_set_off_is_shown_and_the_totals_agree_with_the_bank(site: Site, stage: Stage) -> None:
    stage.approved(NAMES[0])
    pay(site.database, stage)
    with site.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.state == "paid")).one()
        recovery = propose_recovery(
            session, claim, stage.office.finance, AT, pence=2_400, way="set-off", because="Too much"
        )
        approve_recovery(session, recovery, stage.office.lead, AT)
        reference = claim.reference
    stage.approved(NAMES[1])
    pay(site.database, stage)
    browser = site.sign_in(site.house.submitter)
    words = browser.get("/remittances").words
    assert "Paid 2 Feb 2026 Main fund, 2025-26 1 £924.00 £24.00 £900.00" in words
    assert "Paid, of these 2 £1,848.00 £24.00 £1,824.00" in words
    words = browser.get("/remittances/RUN-2526-0002/main").words
    assert "Amount of the claims £924.00 Set off £24.00 Paid to your account £900.00" in words
    assert f"{reference} £24.00 In all £24.00" in words


def test_what_is_still_owed_is_shown_until_it_is_recovered(site: Site, stage: Stage) -> None:
    stage.approved(NAMES[0])
    pay(site.database, stage)
    browser = site.sign_in(site.house.submitter)
    assert "To be paid back" not in browser.get("/remittances").words
    with site.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.state == "paid")).one()
        told = {"by": stage.office.finance, "at": AT}
        asked = propose_recovery(session, claim, pence=90_000, way="set-off", because="Paid twice", **told)
        assert "To be paid back" not in browser.get("/remittances").words
        approve_recovery(session, asked, stage.office.lead, AT)
        first, reference = claim.id, claim.reference
    kept_back = "Main fund. We keep it back from your next payments from the same fund. You need do nothing."
    set_off = f"{reference} Paid twice {kept_back} 2 Feb 2026"
    assert f"{set_off} £900.00 £0.00 £900.00" in browser.get("/remittances").words
    assert "To be paid back" not in site.sign_in(site.meadow.sro).get("/remittances").words
    stage.approved(NAMES[1], cost_pence=50_000)
    pay(site.database, stage)
    words = browser.get("/remittances").words
    assert f"{set_off} £900.00 £300.00 £600.00" in words
    with site.database.write() as session:
        other = session.scalars(select(Claim).where(Claim.state == "paid", Claim.id != first)).one()
        asked = propose_recovery(session, other, pence=2_000, way="invoice", because="Paid too much", **told)
        approve_recovery(session, asked, stage.office.lead, AT)
    words = browser.get("/remittances").words
    assert "It stays here until we have recorded that you paid it. 2 Feb 2026 £20.00 £0.00 £20.00" in words
    assert "In all £920.00 £300.00 £620.00" in words
    with site.database.write() as session:
        record_repayment(session, session.get_one(Recovery, 2), stage.office.finance, AT, repaid_on=AT.date())
    words = browser.get("/remittances").words
    assert "invoice" not in words
    assert f"{set_off} £900.00 £300.00 £600.00" in words


def test_a_failed_payment_says_why_and_what_to_do(site: Site, stage: Stage) -> None:
    stage.approved(*NAMES)
    pay(site.database, stage, because="Account closed")
    site.time.tick(timedelta(hours=1))
    browser = site.sign_in(site.house.sro)
    words = browser.get("/remittances").words
    assert "The bank did not pay 2 claims: Account closed" in words
    assert "your senior responsible officer checks the bank details" in words
    assert "the bank did not pay £924.00. See why, and what to do" in browser.get("/home").words
    pay(site.database, stage, because="Account closed again")
    words = browser.get("/remittances").words
    assert words.count("What to do:") == 1
    assert "The bank did not pay 2 claims: Account closed again" in words
    pay(site.database, stage)
    words = browser.get("/remittances").words
    assert "What to do:" not in words
    assert f"{RUN} Not paid" in words
    assert "the bank did not pay" not in browser.get("/home").words
