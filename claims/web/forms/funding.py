"""What an administrator fills in to open or close a fund."""

from claims import clock
from claims.web.forms.choosing import Choice, RadiosField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import NoteField
from claims.web.forms.form import Form
from claims.web.forms.linking import LATEST


class FundForm(Form):
    stands = RadiosField(
        "What is it to be?", called="what it is to be", choices=(Choice("open", "Open"), Choice("closed", "Closed"))
    )
    from_on = DateField(
        "From which day?",
        called="the day",
        hint="Today or later. A claim goes by the day on which it is first submitted.",
        earliest=clock.today,
        latest=LATEST,
        default=clock.today,
    )
    message = NoteField(
        "What will people read?",
        called="what people will read",
        most=500,
        rows=3,
        optional=True,
        hint="Shown on the start page and to employers from that day. Needed when it is closed.",
    )
