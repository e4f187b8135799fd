"""What finance fills in: confirming a preview, reasons, the bank's result, what the register holds."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField

from claims import clock, words
from claims.services.exporting import Payment
from claims.web.forms.choosing import Choice, RadiosField, SelectField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import NoteField, TextField
from claims.web.forms.form import Form
from claims.web.forms.uploading import FileField

FUNDS = tuple(words.FUNDS.items())


class DrawUpForm(Form):
    """Draws up exactly what was shown."""

    year = HiddenField()
    fund = HiddenField()
    employer = HiddenField()
    age = HiddenField()
    seen = HiddenField()


class CancelForm(Form):
    reason = NoteField("Why is it cancelled?", called="the reason", rows=3)


class RegisterForm(Form):
    """Which claims the register is to hold."""

    year = SelectField("Scheme year", called="the scheme year", width="govuk-input--width-10")
    fund = SelectField("Fund", choices=FUNDS, optional=True)
    state = SelectField("State", choices=tuple(words.CLAIM_STATES.items()), optional=True)
    employer = TextField("Employer’s name or workplace ID", most=100, optional=True, width="govuk-input--width-20")
    submitted_from = DateField("Submitted from", called="the first day", optional=True)
    submitted_to = DateField("Submitted to", called="the last day", optional=True)


class ResultFileForm(Form):
    """What the bank did, as a file."""

    paid_on = DateField("When did the bank pay?", called="the payment date", latest=clock.today)
    file = FileField(
        "The bank’s result",
        called="the bank’s result",
        hint="CSV with the columns reference, result (paid or failed) and reason; a column amount is checked too.",
        accept=".csv",
    )


def make_result_form(payments: Sequence[Payment]) -> Form:
    """What the bank did: ``paid_on``, and for each payment ``result_N`` (``paid`` or ``failed``) and ``reason_N``."""
    questions: dict[str, Any] = {
        "paid_on": DateField("When did the bank pay?", called="the payment date", latest=clock.today)
    }
    for number, payment in enumerate(payments):
        questions[f"result_{number}"] = RadiosField(
            f"{payment.row.employer}, {payment.row.payment_reference}",
            called=f"what happened to the payment to {payment.row.employer}",
            choices=(Choice("paid", "Paid"), Choice("failed", "Failed", reveals=(f"reason_{number}",))),
            default="paid",
        )
        questions[f"reason_{number}"] = TextField(
            "Why did it fail?",
            called=f"why the payment to {payment.row.employer} failed",
            hint="The employer reads this.",
            most=300,
        )
    form: Form = type("ResultForm", (Form,), questions)()
    return form
