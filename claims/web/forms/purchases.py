"""What is asked about a purchase: payment, cost, dates, and how to claim."""

from datetime import date, timedelta
from typing import Any

from claims import clock
from claims.exchange.parsing_dates import PLANNED_DAYS_AHEAD
from claims.models import Purchase
from claims.services.purchasing import Details
from claims.web.forms.choosing import Choice, RadiosField, YesNoField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import MoneyField, NoteField, TextField, WholeNumberField
from claims.web.forms.form import Form


def latest_planned() -> date:
    """Planned dates reach two years ahead."""
    return clock.today() + timedelta(days=PLANNED_DAYS_AHEAD)


class PaymentForm(Form):
    provider = TextField("Training provider", called="the training provider", most=200)
    invoice_reference = TextField(
        "Invoice number or reference",
        called="the invoice number",
        most=100,
        optional=True,
        width="govuk-input--width-20",
    )
    paid_on = DateField(
        "When was it paid?",
        called="the payment date",
        hint="The day the money left your account; for a payment plan, the first payment. For example, 27 3 2025.",
        latest=latest_planned,
    )
    way = RadiosField(
        "How is the training paid for?",
        called="how the training is paid for",
        choices=(
            Choice("once", "All at once"),
            Choice("plan", "By a payment plan", "Part now and part later", reveals=("second_payment_on",)),
        ),
    )
    second_payment_on = DateField(
        "When was the second payment made?",
        called="the date of the second payment",
        hint="Leave blank if it has not been made yet. You can add it later.",
        latest=latest_planned,
        optional=True,
    )

    @classmethod
    def of(cls, purchase: Purchase) -> "PaymentForm":
        told = {True: "plan", False: "once", None: None}[purchase.by_plan]
        return cls(obj=purchase, data={"way": told})

    def details(self) -> Details:
        return {
            "provider": self.provider.data,
            "invoice_reference": self.invoice_reference.data,
            "by_plan": self.way.data == "plan",
            "paid_on": self.paid_on.data,
            "second_payment_on": self.second_payment_on.data,
        }

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        first, second = self.paid_on.data, self.second_payment_on.data
        if first and second and second < first:
            self.second_payment_on.refuse("The date of the second payment must be on or after the first payment")
            return False
        return fine


class SecondPaymentForm(Form):
    second_payment_on = DateField(
        "When was the second payment made?", called="the date of the second payment", latest=clock.today
    )


class CostForm(Form):
    footing = RadiosField(
        "What does the invoice show?",
        called="what the invoice shows",
        choices=(
            Choice("each", "A cost for each learner", reveals=("cost_each",)),
            Choice("total", "A total for several people", reveals=("total", "people_covered")),
        ),
    )
    cost_each = MoneyField("Cost for each learner", called="the cost for each learner")
    total = MoneyField("Total of the invoice", called="the total of the invoice")
    people_covered = WholeNumberField(
        "How many people does the invoice cover?",
        called="the number of people",
        hint="Everybody on the invoice, claimed for or not. For 1 person, give the cost for each learner.",
        least=2,
    )
    other = YesNoField(
        "Did anybody else pay towards it?",
        called="anybody else paid towards it",
        hint="For example another grant, or the learner.",
        yes_reveals=("other_funding_pence",),
    )
    other_funding_pence = MoneyField(
        "How much did they pay?",
        called="what others paid",
        hint="For each learner if you gave a cost for each learner; in total if you gave a total.",
    )

    @classmethod
    def of(cls, purchase: Purchase) -> "CostForm":
        by_total = (purchase.people_covered or 1) > 1
        told: dict[str, Any] = {}
        if purchase.cost_pence is not None:
            told = {
                "footing": "total" if by_total else "each",
                "total" if by_total else "cost_each": purchase.cost_pence,
            }
            if by_total:
                told["people_covered"] = purchase.people_covered
        if purchase.other_funding_pence is not None:
            told["other"] = purchase.other_funding_pence > 0
            told["other_funding_pence"] = purchase.other_funding_pence or None
        return cls(data=told)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        cost = self.total.data if self.footing.data == "total" else self.cost_each.data
        others = self.other_funding_pence.data
        if cost and others and others >= cost:
            self.other_funding_pence.refuse(
                "What others paid must be less than the cost: otherwise there is nothing to claim back"
            )
            return False
        return fine

    def details(self) -> Details:
        by_total = self.footing.data == "total"
        return {
            "cost_pence": self.total.data if by_total else self.cost_each.data,
            "people_covered": self.people_covered.data if by_total else 1,
            "other_funding_pence": self.other_funding_pence.data if self.other.data else 0,
        }


class TrainingForm(Form):
    started_on = DateField(
        "When did the training start?",
        called="the start date",
        hint="The day most learners started. You can give a learner another day later. For example, 27 3 2025.",
        latest=latest_planned,
    )
    planned_end_on = DateField(
        "When is it planned to end?", called="the planned end date", latest=latest_planned, optional=True
    )
    apprenticeship = YesNoField(
        "Is it delivered as part of an apprenticeship?", called="it is delivered as part of an apprenticeship"
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        start, end = self.started_on.data, self.planned_end_on.data
        if start and end and end < start:
            self.planned_end_on.refuse("The planned end date must be on or after the start date")
            return False
        return fine

    def details(self) -> Details:
        return {
            "started_on": self.started_on.data,
            "planned_end_on": self.planned_end_on.data,
            "apprenticeship": self.apprenticeship.data,
        }


class WayForm(Form):
    claimed_as = RadiosField("How do you want to claim?", called="how you want to claim")


class WithdrawalForm(Form):
    reason = NoteField("Why are you withdrawing this claim?", called="why you are withdrawing this claim")
