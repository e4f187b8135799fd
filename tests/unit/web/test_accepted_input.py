"""The table of accepted input, field by field: what the questions of the employer's forms take and refuse."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from werkzeug.datastructures import MultiDict

from claims.web.forms.answering import ResubmissionForm
from claims.web.forms.foreseeing import CheckForm
from claims.web.forms.form import Form
from claims.web.forms.learners import LearnerChangeForm, LearnerForm
from claims.web.forms.purchases import CostForm, PaymentForm, SecondPaymentForm, TrainingForm, WithdrawalForm
from claims.web.forms.registering import BeginningForm, FirstForm, OfficerForm
from claims.web.forms.settling import BankDetailsForm
from claims.web.forms.team import InviteForm
from claims.web.pages.employer.claim import DatesForm

TODAY = "2026-02-02"
FIRST_TRAINING, FIRST_EVER = "1 4 2024", "1/1/1950"
TWO_YEARS_AHEAD = "2 Feb 2028"


@pytest.fixture(autouse=True, scope="module")
def today() -> Iterator[None]:
    app = Flask("forms")
    app.secret_key = "of a test"
    with freeze_time(f"{TODAY} 09:30"), app.test_request_context():
        yield


def read(form: type[Form], name: str, typed: str) -> tuple[Any, list[str]]:
    """What ``form`` makes of ``typed`` in its question ``name``: the value, and what is wrong with it."""
    boxes = dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), (typed, "", ""), strict=True))
    filled = form(formdata=MultiDict({name: typed, **boxes}), meta={"csrf": False})
    field = filled[name]
    field.validate(filled)
    return field.data, list(field.errors)


NAMES = [
    (LearnerForm, "first_name"),
    (LearnerForm, "last_name"),
    (InviteForm, "name"),
    (OfficerForm, "officer_name"),
    (FirstForm, "own_name"),
]


@pytest.mark.parametrize(("form", "name"), NAMES)
def test_names(form: type[Form], name: str) -> None:
    for typed, kept in {
        "O’Brien": "O’Brien",
        "O'Brien": "O'Brien",
        "Żółć-Núñez Jr.": "Żółć-Núñez Jr.",
        "x": "x",
        "a" * 70: "a" * 70,
    }.items():
        assert read(form, name, typed) == (kept, [])
    for typed in ("", "  ", "a" * 71, "R2D2", "Sam; drop", "-"):
        assert read(form, name, typed)[1], typed


MONEY = [
    (CheckForm, "cost", 1),
    (CheckForm, "other_funding", 0),
    (CostForm, "cost_each", 1),
    (CostForm, "total", 1),
    (CostForm, "other_funding_pence", 1),
]
"""With the least that is taken, in pence. That nobody else paid is an answer of its own on the page of the cost."""


@pytest.mark.parametrize(("form", "name", "least"), MONEY)
def test_money(form: type[Form], name: str, least: int) -> None:
    for typed in ("£1,540", "1540.00", " 1 540 ", "1540", "£ 1,540.0"):
        assert read(form, name, typed) == (154_000, []), typed
    assert read(form, name, "0.01") == (1, [])
    assert read(form, name, "100,000.00") == (10_000_000, [])
    for typed in ("-0.01", "100,000.01", "1.005", "1,54", "about 500", "1540 euro", "£"):
        assert read(form, name, typed)[1], typed
    assert bool(read(form, name, "0")[1]) is (least > 0)


DATES = [
    # form, question, first and last day that are taken
    (PaymentForm, "paid_on", FIRST_TRAINING, TWO_YEARS_AHEAD),
    (PaymentForm, "second_payment_on", FIRST_TRAINING, TWO_YEARS_AHEAD),
    (SecondPaymentForm, "second_payment_on", FIRST_TRAINING, TODAY),
    (TrainingForm, "started_on", FIRST_TRAINING, TWO_YEARS_AHEAD),
    (TrainingForm, "planned_end_on", FIRST_TRAINING, TWO_YEARS_AHEAD),
    (DatesForm, "started_on", FIRST_TRAINING, TWO_YEARS_AHEAD),
    (DatesForm, "completed_on", FIRST_TRAINING, TODAY),
    (CheckForm, "paid_on", FIRST_TRAINING, TWO_YEARS_AHEAD),
    (CheckForm, "started_on", FIRST_TRAINING, TWO_YEARS_AHEAD),
    (CheckForm, "completed_on", FIRST_TRAINING, TWO_YEARS_AHEAD),
    (LearnerForm, "employed_from", FIRST_EVER, TODAY),
    (LearnerForm, "in_role_from", FIRST_EVER, TODAY),
    (LearnerChangeForm, "left_on", FIRST_EVER, ""),
]
"""A blank last day: any day to come."""
BEYOND = {TODAY: "3 2 2026", TWO_YEARS_AHEAD: "3 2 2028"}
BEFORE = {FIRST_TRAINING: "31 march 2024", FIRST_EVER: "31.12.1949"}


@pytest.mark.parametrize(("form", "name", "first", "last"), DATES)
def test_dates(form: type[Form], name: str, first: str, last: str) -> None:
    for typed in ("3 4 2025", "3 apr 2025", "3 apr 25", "03/04/2025", "3.4.25", "3rd April 2025", "2025-04-03"):
        assert read(form, name, typed) == (date(2025, 4, 3), []), typed
    for typed in (first, last):
        assert not typed or read(form, name, typed)[1] == [], typed
    for typed in (BEFORE[first], BEYOND.get(last, "x"), "31 4 2025", "29/2/2025", "3 4", "soon", "3 13 2025"):
        assert read(form, name, typed)[1], typed


def test_a_date_may_be_typed_into_its_three_boxes() -> None:
    boxes = {"paid_on-day": " 3 ", "paid_on-month": "apr", "paid_on-year": "25"}
    assert PaymentForm(formdata=MultiDict(boxes), meta={"csrf": False}).paid_on.data == date(2025, 4, 3)


@pytest.mark.parametrize(("form", "name"), [(WithdrawalForm, "reason"), (ResubmissionForm, "note")])
def test_notes(form: type[Form], name: str) -> None:
    assert read(form, name, "n" * 1_500)[1] == []
    assert read(form, name, "two\r\nlines") == ("two\nlines", [])
    assert read(form, name, "n" * 1_501)[1]


@pytest.mark.parametrize(("form", "name"), [(InviteForm, "email"), (BeginningForm, "email")])
def test_email_addresses(form: type[Form], name: str) -> None:
    assert read(form, name, " Sam.Bell@Example.COM ") == ("sam.bell@example.com", [])
    longest = "a" * 64 + "@" + ".".join(["d" * 61] * 3) + ".org"
    assert len(longest) == 254
    assert read(form, name, longest)[1] == []
    for typed in ("", "sam", "sam@home", "sam bell@example.com", longest.replace("ddd.org", "dddd.org")):
        assert read(form, name, typed)[1], typed


def test_bank_numbers() -> None:
    for typed in ("300030", "30-00-30", " 30 00 30 "):
        assert read(BankDetailsForm, "sort_code", typed) == ("300030", [])
    for typed in ("", "30003", "3000300", "3o-00-30"):
        assert read(BankDetailsForm, "sort_code", typed)[1], typed
    for typed, kept in {"123456": "00123456", "1234567": "01234567", "12 34 56 78": "12345678"}.items():
        assert read(BankDetailsForm, "account_number", typed) == (kept, [])
    for typed in ("", "12345", "123456789", "GB29NWBK"):
        assert read(BankDetailsForm, "account_number", typed)[1], typed


def test_the_workplace_id() -> None:
    for typed, kept in {"a12345": "A12345", "A 1234 5678": "A12345678"}.items():
        assert read(FirstForm, "workplace_id", typed) == (kept, [])
    for typed in ("", "12345", "A1234", "A123456789", "AB12345"):
        assert read(FirstForm, "workplace_id", typed)[1], typed


@pytest.mark.parametrize("form", [LearnerForm, LearnerChangeForm])
def test_the_national_insurance_number(form: type[Form]) -> None:
    for typed in ("ab 12 34 56 c", "AB123456C", " ab 12 34 56 c "):
        assert read(form, "number", typed) == ("AB123456C", [])
    for typed in ("AB 12 34 56", "AB 12 34 56 E", "GB 12 34 56 A", "AB 12 34 5 C"):
        assert read(form, "number", typed)[1], typed
