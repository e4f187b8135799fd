"""A new scheme year is a data file, a course list and opened funds: rules, rates, caps, agreements and runs follow."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from claims.cli import main
from claims.demo.folder import environment_of
from claims.models import Agreement, Commitment, Employer, Purchase
from claims.reference import load
from claims.reference.changing import add_amount
from claims.rules.findings import Assessment, Says
from claims.rules.scheme import Fund
from claims.services.claiming import assess_claim
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.funding import open_or_close
from claims.services.holding import take
from claims.services.publishing import publish_at_once
from claims.store.claims import claims_in
from claims.store.course_lists import entries_on
from claims.store.ready import RunFilter, ready_claims
from tests.keys import KEYRING
from tests.second_year import second_year, with_2026_27
from tests.site import settings_in
from tests.stage import CERTIFICATE_COURSE, Stage, check_all, confirm_shown, submit_all

__all__ = ["second_year"]

BEFORE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SPRING = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
"""When the claims below are made: six weeks into 2026-27."""
LAST_DAY, FIRST_DAY = date(2026, 3, 31), date(2026, 4, 1)


@pytest.fixture
def spring(second_year: Path, quick_stage: Stage) -> Stage:
    """What the runbook says was done in March: amounts of 2026-27 are published. Its funds are still to be opened."""
    with quick_stage.database.write() as session:
        entries = add_amount(
            entries_on(session, LAST_DAY),
            CERTIFICATE_COURSE,
            amount_pence=120_000,
            paid_from=FIRST_DAY,
            paid_to=date(2027, 3, 31),
            source="Invented",
        )
        by = quick_stage.office.administrator
        publish_at_once(session, entries, what="2026-27", from_on=BEFORE.date(), by=by, at=BEFORE)
    return quick_stage


def settle_in(stage: Stage) -> None:
    """Funds are opened; the employer signs for the year and brings its workforce data up to date."""
    house = stage.house
    with stage.database.write() as session:
        for fund in Fund:
            by = stage.office.administrator
            open_or_close(session, fund, "2026-27", is_open=True, from_on=FIRST_DAY, message="", by=by, at=BEFORE)
        session.add(
            Agreement(
                employer_id=house.employer_id,
                scheme_year="2026-27",
                signed_on=date(2026, 4, 2),
                signed_by_id=house.sro.person_id,
            )
        )
        session.get_one(Employer, house.employer_id).workforce_data_updated_on = date(2026, 4, 20)


def buy(stage: Stage, learner: str, paid_on: date) -> int:
    with stage.database.write() as session:
        return stage.drafted(session, [learner], paid_on=paid_on, started_on=paid_on).id


def judge(stage: Stage, purchase_id: int) -> Assessment:
    with stage.database.read() as session:
        (claim,) = claims_in(session, session.get_one(Purchase, purchase_id))
        return assess_claim(session, KEYRING, claim, SPRING.date())


def test_each_payment_goes_by_the_rules_and_rates_of_its_own_year(spring: Stage) -> None:
    settle_in(spring)
    before = judge(spring, buy(spring, "Liam Walsh", LAST_DAY))
    after = judge(spring, buy(spring, "Zofia Kowalska", FIRST_DAY))
    assert (before.scheme_year, before.amount.payable_pence, before.rules_version) == ("2025-26", 92_400, "2025-26.1")
    assert (after.scheme_year, after.amount.payable_pence, after.rules_version) == ("2026-27", 60_000, "2026-27.1")


def test_agreement_workforce_data_and_fund_are_asked_for_anew(spring: Stage) -> None:
    purchase_id = buy(spring, "Zofia Kowalska", FIRST_DAY)
    missing = {finding.rule for finding in judge(spring, purchase_id).findings_that(Says.FAIL, Says.UNKNOWN)}
    assert missing == {"employer-workforce-data-up-to-date", "employer-signed-agreement", "fund-open"}
    settle_in(spring)
    assert judge(spring, purchase_id).outcome == "eligible"


def test_caps_runs_and_register_are_each_years_own(spring: Stage, tmp_path: Path) -> None:
    settle_in(spring)
    office = spring.office
    for learner, paid_on in (("Liam Walsh", LAST_DAY), ("Zofia Kowalska", FIRST_DAY)):
        purchase_id = buy(spring, learner, paid_on)
        with spring.database.write() as session:
            purchase = session.get_one(Purchase, purchase_id)
            submit_all(session, purchase, spring.house.submitter, SPRING)
            take(session, purchase, office.assessor, SPRING)
            check_all(session, purchase, office.assessor, SPRING)
            confirm_shown(session, purchase, office.assessor, SPRING)
    with spring.database.write() as session:
        kept = {row.scheme_year: (row.cap_pence, row.committed_pence) for row in session.scalars(select(Commitment))}
        assert kept == {"2025-26": (40_000_000, 92_400), "2026-27": (30_000_000, 60_000)}
        wanted = RunFilter("2026-27")
        ready = ready_claims(session, wanted)
        assert [each.amount_pence for each in ready] == [60_000]
        run = draw_up(session, KEYRING, wanted, office.finance, SPRING, seen=seen_hash(ready))
        assert run.reference.startswith("RUN-2627-")
    environment = environment_of(settings_in(tmp_path, spring.database.url, demonstration=False), 0)
    output = tmp_path / "register.xlsx"
    asked = ["export", "register", "--year", "2026-27", "--output", str(output)]
    done = CliRunner(env=environment).invoke(main, asked)
    assert done.exit_code == 0, done.output
    rows = list(load_workbook(output)["Claims"].iter_rows(values_only=True))
    # The start claim and the completion claim that it opened, and nothing paid for the day before.
    paid_for = [value.date() for row in rows for value in row if isinstance(value, datetime)]
    assert sum(1 for row in rows if "Hartley House Care Ltd" in row) == 2
    assert FIRST_DAY in paid_for
    assert LAST_DAY not in paid_for


def test_a_fault_in_the_data_file_is_said_on_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = with_2026_27(tmp_path / "reference")
    years = folder / "scheme_years.toml"
    years.write_text(
        years.read_text().replace(
            '["2026-27".paid_from]\nvalue = 2026-04-01', '["2026-27".paid_from]\nvalue = 2026-03-01'
        )
    )
    monkeypatch.setattr("claims.cli.given.from_files", lambda: load(folder))
    environment = environment_of(settings_in(tmp_path, "sqlite://", demonstration=False), 0)
    done = CliRunner(env=environment).invoke(main, ["serve"])
    assert done.exit_code == 2
    assert "2026-27 begins before 2025-26 has ended" in done.stderr
