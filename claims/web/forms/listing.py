"""What an administrator fills in about course lists: a file and a day, what to confirm, one course by hand."""

from datetime import date

from wtforms import HiddenField

from claims import clock
from claims.web.forms.choosing import AgreeField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import MoneyField, TextField, WholeNumberField
from claims.web.forms.form import Form
from claims.web.forms.uploading import FileField

LAST_DAY = date(2099, 12, 31)
PAID_EARLIEST = date(2020, 1, 1)


def _first_day(label: str = "From which day does it hold?") -> DateField:
    return DateField(
        label,
        called="the day from which it holds",
        hint="Today or a later day. Claims are judged by the list of the day on which they are submitted.",
        earliest=clock.today,
        latest=LAST_DAY,
        default=clock.today,
    )


class UploadForm(Form):
    file = FileField(
        "The course list",
        called="the course list",
        hint="CSV or Excel workbook (.xlsx), at most 10 MB, with the columns of the list you download here.",
        accept=".csv,.xlsx",
    )
    from_on = _first_day()


class DayForm(Form):
    from_on = _first_day()


class PublishForm(Form):
    seen = HiddenField()
    """The latest version when the page was made."""
    overtaken = AgreeField(
        "It was made from an older version",
        called="you mean to publish it all the same",
        words="I have checked what it changes, and it is to be published all the same",
    )
    removals = WholeNumberField("How many entries does this take away?", called="the number of entries", least=0)

    def ask_only(self, *, overtaken: bool, removals: bool) -> None:
        """Leave out the questions that do not arise."""
        if not overtaken:
            del self.overtaken
        if not removals:
            del self.removals


class EndForm(Form):
    last_day = DateField(
        "What is the last day of payment?", called="the last day", earliest=PAID_EARLIEST, latest=LAST_DAY
    )
    from_on = _first_day("From which day is this to hold?")


class AmountForm(Form):
    amount = MoneyField("The most that is paid back for each learner", called="the amount")
    paid_from = DateField("First day of payment", called="the first day", earliest=PAID_EARLIEST, latest=LAST_DAY)
    paid_to = DateField("Last day of payment", called="the last day", earliest=PAID_EARLIEST, latest=LAST_DAY)
    source = TextField("Where does this amount come from?", called="where the amount comes from", most=300)
    from_on = _first_day("From which day is this to hold?")


class TitleForm(Form):
    title = TextField("Title", called="the title", most=300)
    from_on = _first_day("From which day is this to hold?")
