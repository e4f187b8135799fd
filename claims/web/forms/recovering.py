"""What finance and leads fill in about money that comes back."""

from claims import clock
from claims.web.forms.choosing import Choice, RadiosField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import MoneyField, NoteField
from claims.web.forms.form import Form


class RecoveryForm(Form):
    """Recover a paid claim, wholly or in part."""

    share = RadiosField(
        "How much is to be paid back?",
        called="how much is to be paid back",
        choices=(
            Choice("whole", "All that is left of this claim"),
            Choice("part", "A part", reveals=("amount",)),
        ),
    )
    amount = MoneyField("How much?", called="the part to be paid back")
    way = RadiosField(
        "How is it to be paid back?",
        called="how it is to be paid back",
        choices=(
            Choice("set-off", "Set off in later payment runs of this employer and fund"),
            Choice("invoice", "By an invoice"),
        ),
    )
    reason = NoteField("Why?", called="the reason", hint="The employer reads this.", rows=4)


class RefuseRecoveryForm(Form):
    reason = NoteField("Why is it refused?", called="the reason", rows=3)


class RepaymentForm(Form):
    repaid_on = DateField("When was the invoice paid?", called="the day", latest=clock.today)


class ReturnForm(Form):
    reason = NoteField("Why did it come back?", called="the reason", hint="The employer reads this.", rows=3, most=300)
