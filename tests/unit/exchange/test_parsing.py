"""What people type is read forgivingly; what cannot be read is said plainly."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.exchange import parsing, parsing_dates
from claims.exchange.parsing import Misread
from claims.web import formats


def refusal(read, *typed, **limits):
    with pytest.raises(Misread) as refused:
        read(*typed, **limits)
    return refused.value


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("£1,540", 154_000),
        (" 1 540 ", 154_000),
        ("1540.00", 154_000),
        ("1540", 154_000),
        ("£ 1,540.5", 154_050),
        ("1\N{NO-BREAK SPACE}540,000".replace(",000", ""), 154_000),
        ("1540.", 154_000),
        (".50", 50),
        ("0.01", 1),
        ("１５４０", 154_000),
        ("100,000.00", 10_000_000),
    ],
)
def test_money_is_read_as_people_write_it(typed, pence):
    assert parsing.parse_money(typed, "the cost") == pence


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the cost in pounds, like 1,540 or 1540.00"),
        ("   ", "Enter the cost in pounds, like 1,540 or 1540.00"),
        ("0", "The cost must be more than £0"),
        ("-5", "The cost must be more than £0"),
        ("−5.00", "The cost must be more than £0"),
        ("100000.01", "The cost must be £100,000.00 or less"),
        ("1540.005", "The cost must have no more than 2 digits after the point, like 1540.50"),
        ("1,54", "The cost must be an amount in pounds, like 1,540 or 1540.00"),
        ("1.540,00", "The cost must be an amount in pounds, like 1,540 or 1540.00"),
        ("12,34,567", "The cost must be an amount in pounds, like 1,540 or 1540.00"),
        ("a lot", "The cost must be an amount in pounds, like 1,540 or 1540.00"),
        (".", "The cost must be an amount in pounds, like 1,540 or 1540.00"),
    ],
)
def test_money_that_cannot_be_read_says_how_to_write_it(typed, sentence):
    assert refusal(parsing.parse_money, typed, "the cost").sentence == sentence


def test_other_funding_may_be_nothing_but_not_less():
    assert parsing.parse_money("0", "other funding", least_pence=0) == 0
    assert (
        refusal(parsing.parse_money, "-1", "other funding", least_pence=0).sentence
        == "Other funding must be £0 or more"
    )


@given(st.integers(1, parsing.MOST_PENCE), st.booleans(), st.booleans())
def test_every_amount_that_we_write_is_read_back(pence, with_sign, with_commas):
    written = formats.money(pence)
    written = written if with_sign else written.removeprefix("£")
    assert parsing.parse_money(written if with_commas else written.replace(",", ""), "the cost") == pence


@given(st.text())
def test_no_text_breaks_the_reading_of_money(text):
    with suppress(Misread):
        assert 1 <= parsing.parse_money(text, "the cost") <= parsing.MOST_PENCE


@pytest.mark.parametrize(
    "typed",
    [
        ("3", "4", "2025"),
        ("03", "04", "2025"),
        ("3", "apr", "2025"),
        ("3", "April", "25"),
        ("3", "APR.", "2025"),
        ("3rd", "4", "2025"),
        (" 3 ", " 4 ", " 2025 "),
        ("3 4 2025", "", ""),
        ("3 apr 25", "", ""),
        ("3 apr 2025", "", ""),
        ("03/04/2025", "", ""),
        ("3.4.25", "", ""),
        ("3-4-2025", "", ""),
        ("2025-04-03", "", ""),
        ("3rd April, 2025", "", ""),
        ("Thursday 3 April 2025", "", ""),
        ("Thu, 3 April 2025", "", ""),
        ("3apr2025", "", ""),
    ],
)
def test_a_date_is_read_as_people_write_it(typed):
    assert parsing_dates.parse_date(typed, "the payment date") == date(2025, 4, 3)


@pytest.mark.parametrize(
    ("typed", "sentence", "at"),
    [
        (("", "", ""), "Enter the payment date, like 27 3 2025", ""),
        (("3", "", "2025"), "The payment date must include a month", "month"),
        (("", "4", "2025"), "The payment date must include a day", "day"),
        (("3", "4", ""), "The payment date must include a year", "year"),
        (("", "", "2025"), "The payment date must include a day and a month", "day"),
        (("yesterday", "", ""), "The payment date must include a month and a year", "month"),
        (("3", "13", "2025"), "The payment date must have a month from 1 to 12, or its name", "month"),
        (("3", "ap", "2025"), "The payment date must have a month from 1 to 12, or its name", "month"),
        (("3", "4", "205"), "The payment date must have a year of 4 digits, like 2025", "year"),
        (("32", "4", "2025"), "The payment date must have a day from 1 to 31", "day"),
        (("0", "4", "2025"), "The payment date must have a day from 1 to 31", "day"),
        (("x", "4", "2025"), "The payment date must have a day from 1 to 31", "day"),
        (("31", "4", "2025"), "The payment date must be a real date: check how many days the month has", "day"),
        (("29/2/2025", "", ""), "The payment date must be a real date: check how many days the month has", "day"),
    ],
)
def test_a_date_that_cannot_be_read_points_at_the_box_to_put_right(typed, sentence, at):
    refused = refusal(parsing_dates.parse_date, typed, "the payment date")
    assert (refused.sentence, refused.at) == (sentence, at)


@pytest.mark.parametrize("day", [date(2024, 4, 1), date(2026, 2, 2)])
def test_the_first_and_the_last_day_are_allowed(day):
    typed = (str(day.day), str(day.month), str(day.year))
    assert parsing_dates.parse_date(typed, "it", parsing_dates.EARLIEST_TRAINING_DATE, date(2026, 2, 2)) == day


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31/3/2024", "The start date must be on or after 1 April 2024"),
        ("3/2/2026", "The start date must be on or before 2 February 2026"),
    ],
)
def test_the_day_before_the_first_and_after_the_last_are_refused(typed, sentence):
    refused = refusal(
        parsing_dates.parse_date,
        (typed, "", ""),
        "the start date",
        parsing_dates.EARLIEST_TRAINING_DATE,
        date(2026, 2, 2),
    )
    assert (refused.sentence, refused.at) == (sentence, "")


def test_a_year_of_two_digits_lies_between_1950_and_2049():
    assert parsing_dates.parse_date(("1", "1", "50"), "it") == date(1950, 1, 1)
    assert parsing_dates.parse_date(("1", "1", "49"), "it") == date(2049, 1, 1)


DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
WAYS = ("%d/%m/%Y", "%d %m %y", "%Y-%m-%d", "%d %b %Y", "%d %B %y", "%d.%m.%Y", "%A %d %B %Y")


@given(DAYS, st.sampled_from(WAYS))
def test_every_date_is_read_back_in_every_way_of_writing_it(day, way):
    assert parsing_dates.parse_date((day.strftime(way), "", ""), "it") == day
    assert parsing_dates.parse_date((str(day.day), day.strftime("%b"), str(day.year)), "it") == day


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_the_reading_of_dates(day, month, year):
    with suppress(Misread):
        assert parsing_dates.parse_date((day, month, year), "it") >= parsing_dates.EARLIEST_DATE


@given(DAYS)
def test_the_limits_of_a_date_are_inclusive(day):
    typed = (day.strftime("%d/%m/%Y"), "", "")
    assert parsing_dates.parse_date(typed, "it", earliest=day, latest=day) == day
    if day > parsing_dates.EARLIEST_DATE:
        assert refusal(parsing_dates.parse_date, typed, "it", latest=day - timedelta(days=1))
    assert refusal(parsing_dates.parse_date, typed, "it", earliest=day + timedelta(days=1))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("O’Brien", "O’Brien"),
        ("O'Brien", "O'Brien"),
        ("O´Brien", "O'Brien"),
        ("O‘Brien", "O'Brien"),
        ("  Mary   Ann ", "Mary Ann"),
        ("Anne‑Marie", "Anne-Marie"),
        ("José", "José"),
        ("Jose\N{COMBINING ACUTE ACCENT}", "José"),
        ("Nguyễn Thị", "Nguyễn Thị"),
        ("Dr. T. Łukasz", "Dr. T. Łukasz"),
        ("X", "X"),
        ("a" * 70, "a" * 70),
    ],
)
def test_names_keep_either_apostrophe_and_have_one_kind_of_hyphen(typed, name):
    assert parsing.parse_name(typed, "the learner’s name") == name


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the learner’s name"),
        ("a" * 71, "The learner’s name must be 70 characters or fewer"),
        (
            "J0e",
            "The learner’s name must only have letters, spaces, hyphens, apostrophes and full stops: take out “0”",
        ),
        ("<b>", "The learner’s name must only have letters, spaces, hyphens, apostrophes and full stops: take out “<”"),
        ("...", "The learner’s name must have at least one letter"),
    ],
)
def test_a_name_that_cannot_be_one_says_why(typed, sentence):
    assert refusal(parsing.parse_name, typed, "the learner’s name").sentence == sentence


@given(st.text())
def test_a_name_once_read_is_read_the_same_again(text):
    try:
        name = parsing.parse_name(text)
    except Misread:
        return
    assert 1 <= len(name) <= parsing.NAME_LENGTH
    assert parsing.parse_name(name) == name


@pytest.mark.parametrize("typed", ["ab 12 34 56 c", "AB123456C", " ab123456c ", "AB 123 456 C"])
def test_a_national_insurance_number_is_read_in_any_spacing_and_case(typed):
    assert parsing.parse_national_insurance_number(typed) == "AB123456C"


@pytest.mark.parametrize("typed", ["AB123456E", "AB12345C", "A1123456A", "12"])
def test_a_malformed_national_insurance_number_says_what_it_looks_like(typed):
    assert refusal(parsing.parse_national_insurance_number, typed).sentence == (
        "The National Insurance number must be 2 letters, 6 numbers and then A, B, C or D, like QQ 12 34 56 C"
    )


@pytest.mark.parametrize(
    ("typed", "begins"), [("BG123456A", "BG"), ("da 12 34 56 a", "DA"), ("AO123456A", "AO"), ("QQ 12 34 56 C", "QQ")]
)
def test_a_number_that_cannot_begin_so_says_how_it_begins_and_where_to_look(typed, begins):
    assert refusal(parsing.parse_national_insurance_number, typed).sentence == (
        f"The National Insurance number cannot begin with {begins}: check it against a payslip or their P60"
    )


def test_no_national_insurance_number_is_asked_for():
    assert refusal(parsing.parse_national_insurance_number, " ").sentence == "Enter the National Insurance number"


def test_a_note_counts_a_line_break_as_one_character():
    assert parsing.parse_note("one\r\ntwo\rthree", "a note", most=13) == "one\ntwo\nthree"
    assert parsing.parse_note("a" * 1_500, "a note") == "a" * 1_500
    assert refusal(parsing.parse_note, "a" * 1_501, "a note").sentence == (
        "A note must be 1,500 characters or fewer. You have used 1,501"
    )
    assert refusal(parsing.parse_note, " \n ", "a note").sentence == "Enter a note"


def test_control_characters_are_taken_out():
    assert parsing.parse_text("a\x00b\u200bc", "it") == "abc"
    assert parsing.parse_note("a\x00b\tc", "it") == "ab\tc"


def test_a_line_of_text_has_a_most():
    assert parsing.parse_text("abc", "it", most=3) == "abc"
    assert (
        refusal(parsing.parse_text, "abcd", "the provider", most=3).sentence
        == "The provider must be 3 characters or fewer"
    )


@pytest.mark.parametrize(("typed", "number"), [("1", 1), ("1,200", 1_200), (" 12 ", 12), ("10 000", 10_000)])
def test_whole_numbers_are_read_as_people_write_them(typed, number):
    assert parsing.parse_whole_number(typed, "the number of people") == number


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the number of people"),
        ("two", "The number of people must be a whole number, like 12"),
        ("1.5", "The number of people must be a whole number, like 12"),
        ("0", "The number of people must be 1 or more"),
        ("-1", "The number of people must be 1 or more"),
        ("10001", "The number of people must be 10,000 or fewer"),
    ],
)
def test_a_number_that_is_not_whole_or_out_of_range_says_so(typed, sentence):
    assert refusal(parsing.parse_whole_number, typed, "the number of people").sentence == sentence


def test_email_addresses_are_compared_without_case():
    assert parsing.parse_email(" Sam.Okafor@Hartley.Example ") == "sam.okafor@hartley.example"


@pytest.mark.parametrize(
    "typed", ["sam", "sam@", "@hartley.example", "sam@hartley", "sam okafor@hartley.example", "a@b@c.d"]
)
def test_an_email_address_that_cannot_be_one_shows_the_form(typed):
    assert refusal(parsing.parse_email, typed).sentence == "The email address must be in the form name@example.com"


def test_an_email_address_may_be_254_characters_long():
    domain = ".".join(["d" * 61] * 3) + ".example"
    longest = "a" * (254 - len(domain) - 1)
    assert len(longest) <= 64
    assert parsing.parse_email(f"{longest}@{domain}") == f"{longest}@{domain}"
    assert (
        refusal(parsing.parse_email, f"{longest}a@{domain}").sentence
        == "The email address must be 254 characters or fewer"
    )
    assert refusal(parsing.parse_email, "").sentence == "Enter the email address"


def test_codes_and_bank_numbers_are_read_in_any_spacing():
    assert parsing.parse_code("123 456") == "123456"
    assert parsing.parse_sort_code("30-94–30") == "309430"
    assert parsing.parse_account_number("12 3456") == "00123456"
    assert parsing.parse_account_number("12345678") == "12345678"
    assert parsing.parse_workplace_id(" a12 345 ") == "A12345"
    assert parsing.parse_workplace_id("A12345678") == "A12345678"


@pytest.mark.parametrize(
    ("read", "typed", "sentence"),
    [
        (parsing.parse_code, "", "Enter the code"),
        (parsing.parse_code, "12345", "The code must be 6 digits: check the message again"),
        (parsing.parse_code, "12345x", "The code must only have digits 0 to 9"),
        (parsing.parse_sort_code, "3094301", "The sort code must be 6 digits, like 30 94 30"),
        (parsing.parse_account_number, "12345", "The account number must be between 6 and 8 digits, like 00733445"),
        (parsing.parse_account_number, "123456789", "The account number must be between 6 and 8 digits, like 00733445"),
        (parsing.parse_workplace_id, "", "Enter the workplace ID"),
        (parsing.parse_workplace_id, "A1234", "The workplace ID must be a letter and 5 to 8 numbers, like A123456"),
        (
            parsing.parse_workplace_id,
            "A123456789",
            "The workplace ID must be a letter and 5 to 8 numbers, like A123456",
        ),
    ],
)
def test_codes_and_bank_numbers_that_are_wrong_say_what_they_look_like(read, typed, sentence):
    assert refusal(read, typed).sentence == sentence
