"""How values are written for people."""

from datetime import UTC, date, datetime

import pytest

from claims.rules.findings import Finding, Says
from claims.web import formats


@pytest.mark.parametrize(
    ("pence", "written"),
    [
        (0, "£0.00"),
        (5, "£0.05"),
        (99, "£0.99"),
        (100, "£1.00"),
        (154_000, "£1,540.00"),
        (-500, "−£5.00"),
        (None, "not known"),
    ],
)
def test_money_has_pounds_commas_and_two_decimals(pence, written):
    assert formats.money(pence) == written


def test_dates_are_written_without_a_leading_nought():
    assert formats.written_date(date(2025, 8, 1)) == "1 August 2025"
    assert formats.short_date(date(2025, 8, 10)) == "10 Aug 2025"
    assert formats.written_date(None) == formats.short_date(None) == "not known"


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2025, 8, 10, 14, 5, tzinfo=UTC), "10 August 2025 at 3:05pm"),
        (datetime(2025, 12, 10, 0, 0, tzinfo=UTC), "10 December 2025 at 12:00am"),
        (datetime(2025, 12, 10, 12, 0, tzinfo=UTC), "10 December 2025 at 12:00pm"),
        (datetime(2025, 8, 9, 23, 30, tzinfo=UTC), "10 August 2025 at 12:30am"),
        (None, "not known"),
    ],
)
def test_instants_are_written_as_london_sees_them(at, written):
    assert formats.written_time(at) == written


def test_counts_agree_with_their_words():
    assert formats.count(1, "claim") == "1 claim"
    assert formats.count(0, "claim") == "0 claims"
    assert formats.count(1_200, "person", "people") == "1,200 people"


@pytest.mark.parametrize(
    ("day", "words"),
    [(1, "yesterday"), (2, "today"), (3, "tomorrow"), (4, "in 2 days"), (14, "in 12 days")],
)
def test_days_are_told_from_today(day, words):
    assert formats.days_away(date(2026, 2, day), date(2026, 2, 2)) == words


def test_days_that_have_gone_are_told_too():
    assert formats.days_away(date(2026, 1, 31), date(2026, 2, 2)) == "2 days ago"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1 KB"),
        (1024 * 1024, "1 MB"),
        (1_992_294, "1.9 MB"),
        (2_097_152, "2 MB"),
    ],
)
def test_sizes_are_told_in_round_numbers(size, words):
    assert formats.file_size(size).replace(formats.NO_BREAK, " ") == words


def test_a_national_insurance_number_is_spaced_as_on_letters():
    assert formats.spaced_number("AB123456C").replace(formats.NO_BREAK, " ") == "AB 12 34 56 C"


@pytest.mark.parametrize(
    ("name", "known", "words"),
    [
        ("training.cost_gbp", 160_000, "£1,600.00"),
        ("cap_main_pence", 40_000_000, "£400,000.00"),
        ("start_share_percent", 60, "60%"),
        ("claim_window_months", 3, "3 months"),
        ("claim_window_months", 1, "1 month"),
        ("files_max", 4_000, "4,000"),
        ("evidence_file_bytes_max", 2_097_152, f"2{formats.NO_BREAK}MB"),
        ("workforce_data_updated_since", "04-01", "1 April"),
        ("training.apprenticeship", False, "no"),
        ("training.apprenticeship", True, "yes"),
        ("training.paid_on", date(2025, 5, 1), "1 May 2025"),
        ("at", datetime(2025, 5, 1, 9, 0, tzinfo=UTC), "1 May 2025 at 10:00am"),
        ("evidence_extensions", ("pdf", "jpg"), "pdf, jpg"),
        ("claim.overlapping.own", (), "none"),
        ("learner.job_role", "care-worker", "care-worker"),
        ("learner.job_role", None, "not known"),
    ],
)
def test_facts_and_parameters_are_written_by_what_their_name_says(name, known, words):
    assert formats.value(name, known) == words


def test_a_slug_is_letters_digits_and_hyphens():
    assert formats.slug("Claims for 2025-26: ready!") == "claims-for-2025-26-ready"


def test_findings_are_ordered_worst_first_and_then_as_in_the_guidance():
    told = [
        Finding(name, says, "", (), (), "")
        for name, says in [
            ("a", Says.PASS),
            ("b", Says.FAIL),
            ("c", Says.NOT_APPLICABLE),
            ("d", Says.UNKNOWN),
            ("e", Says.CHECK),
            ("f", Says.FAIL),
        ]
    ]
    assert [finding.rule for finding in formats.worst_first(told)] == ["b", "f", "e", "d", "a", "c"]


def test_a_reference_is_kept_on_one_line_and_all_else_stays_as_it_is() -> None:
    assert formats.whole_references("Claim D6Q-GGGG-8PP5-B") == ('Claim <span class="app-whole">D6Q-GGGG-8PP5-B</span>')
    assert formats.whole_references("Spend <b>by</b> month, 2025-26") == "Spend &lt;b&gt;by&lt;/b&gt; month, 2025-26"
