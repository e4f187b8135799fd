"""Reports on screen and as a workbook: each says what it counts, and comes to what the database says."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from claims.decisions import Answer
from claims.models import Claim, Purchase
from claims.services.checking import save_payment_check
from claims.services.holding import take
from claims.services.reporting import all_reports
from claims.store.spending import ReportFilter
from claims.workbooks.cells import Kind
from tests.browsing import Browser
from tests.site import AT, Site, site, still_clock
from tests.stage import Stage, confirm_shown

__all__ = ["site", "still_clock"]

SLUGS = (
    "spend-by-month", "against-caps", "by-course", "by-level", "by-topic", "by-role", "time-to-decision", "reasons",
    "to-come",
)  # fmt: skip


@pytest.fixture
def told(site: Site) -> Site:
    """Claims that were approved, rejected, submitted and not yet submitted, and a completion that is open."""
    stage = Stage(site.database, site.house, site.meadow, site.office)
    stage.approved("Zofia Kowalska")
    stage.submitted("Niamh O’Brien")
    refused = stage.submitted("Daniel Mensah", "Imran Siddiqui")
    with site.database.write() as session:
        stage.drafted(session, ["Liam Walsh"])
        purchase, by = session.get_one(Purchase, refused), site.office.assessor
        take(session, purchase, by, AT)
        save_payment_check(session, purchase, by, AT, answer=Answer.REJECT, note="The invoice is not from a provider.")
        confirm_shown(session, purchase, by, AT)
    return site


@pytest.fixture
def finance(told: Site) -> Browser:
    return told.sign_in(told.office.finance)


def test_every_report_is_there_with_a_picture_and_a_table(finance: Browser) -> None:
    for slug in SLUGS:
        page = finance.get(f"/reports/{slug}")
        assert page.status == 200
        assert "There is nothing to report yet." not in page.words, slug
        assert '<svg class="app-bar"' in page.text, slug
    assert finance.get("/reports").heading == "Spend by month"
    assert finance.get("/reports/nothing").status == 404


def test_each_report_comes_to_what_the_database_says_by_itself(told: Site) -> None:
    with told.database.read() as session:
        for wanted in (ReportFilter("2025-26"), ReportFilter("2025-26", "main"), ReportFilter("2025-26", "ommt")):
            reports = all_reports(session, wanted, AT.date())
            assert [report.slug for report in reports] == list(SLUGS)
            for report in reports:
                for place, known in report.expected:
                    assert report.total(place) == known, (report.slug, place)
        (spend, *_) = all_reports(session, ReportFilter("2025-26"), AT.date())
        assert spend.total(3) > 0


def test_a_month_with_nothing_but_payments_has_a_bar_and_funds_are_told_apart(told: Site, finance: Browser) -> None:
    with told.database.write() as session:
        first, second = session.scalars(select(Claim).where(Claim.state != "draft").order_by(Claim.id)).all()[:2]
        first.state, first.paid_on = "paid", date(2026, 3, 5)
        second.state, second.fund = "approved", "ommt"
        second.payable_pence, second.decided_at = 50_000, AT
    page = finance.get("/reports/spend-by-month")
    assert "February 2026, Main: £924.00 committed, £0.00 paid" in page.words
    assert "February 2026, OMMT: £500.00 committed, £0.00 paid" in page.words
    assert "March 2026, Main: £0.00 committed, £924.00 paid" in page.words
    assert 'aria-label="March 2026, Main: £924.00 paid"' in page.text
    bar = page.text.partition('aria-label="March 2026, Main: £924.00 paid"')[2].partition("</svg>")[0]
    assert 'app-bar__part--paid" x="0.0" y="0" width="1000' in bar


def test_decisions_after_the_standard_are_drawn_beside_those_within_it(told: Site, finance: Browser) -> None:
    with told.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.state == "approved")).one()
        claim.submitted_at = AT - timedelta(days=30)
    page = finance.get("/reports/time-to-decision")
    assert "February 2026: 2 within the standard, 1 later" in page.words
    bar = page.text.partition('aria-label="February 2026: 2 within the standard, 1 later"')[2].partition("</svg>")[0]
    assert bar.count("<rect") == 2


def test_a_fund_without_claims_has_nothing_to_report(finance: Browser) -> None:
    page = finance.get("/reports/by-course?fund=ommt")
    assert "There is nothing to report yet." in page.words
    assert page.filled("/reports/by-course")["fund"] == ["ommt"]


def test_the_workbook_has_every_report_and_controls(finance: Browser, told: Site) -> None:
    finance.get("/reports")
    answer = finance.send({}, action="/reports/workbook")
    assert answer.status == 200
    book = load_workbook(BytesIO(answer.response.get_data()))
    with told.database.read() as session:
        reports = all_reports(session, ReportFilter("2025-26"), AT.date())
    assert book.sheetnames == ["About", *(report.title for report in reports), "Controls"]
    for report in reports:
        rows = list(book[report.title].iter_rows(min_row=2, values_only=True))
        assert len(rows) == len(report.rows)
        for row, written in zip(report.rows, rows, strict=True):
            assert written[len(row) :] == ((report.name(row),) if len(report.picture.labels) > 1 else ())
            for figure, value, cell in zip(report.figures, row, written, strict=False):
                expected = round(value / 100, 2) if figure.kind is Kind.MONEY and value is not None else value
                assert cell == expected, (report.slug, figure.words)


def test_words_that_were_used_once_are_not_shown(told: Site, finance: Browser) -> None:
    assert "The invoice is not from a provider." in finance.get("/reports/reasons").words
    stage = Stage(told.database, told.house, told.meadow, told.office)
    refused = stage.submitted("Chloe Bennett")
    with told.database.write() as session:
        purchase, by = session.get_one(Purchase, refused), told.office.assessor
        take(session, purchase, by, AT)
        save_payment_check(session, purchase, by, AT, answer=Answer.REJECT, note="Chloe left in May.")
        confirm_shown(session, purchase, by, AT)
    words = finance.get("/reports/reasons").words
    assert "Chloe left in May." not in words
    assert "Other words" in words


def test_employers_and_assessors_do_not_read_them(told: Site) -> None:
    for who in (told.house.sro, told.office.assessor):
        assert told.sign_in(who).get("/reports").status == 403
