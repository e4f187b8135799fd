"""What a person chooses about emails: how often, and about what."""

from collections.abc import Iterable

from claims.reminders.kinds import NAMES, Kind
from claims.reminders.rhythm import Rhythm
from claims.web.forms.choosing import CheckboxesField, Choice, RadiosField
from claims.web.forms.form import Form


class NotificationsForm(Form):
    rhythm = RadiosField(
        "How often do you want emails?",
        called="how often you want emails",
        choices=(
            Choice(Rhythm.AT_ONCE, "At once", "What is due at one moment comes as one email."),
            Choice(Rhythm.DAILY, "Once a day", "One email at 8am on working days."),
            Choice(Rhythm.WEEKLY, "Once a week", "One email at 8am on the first working day of the week."),
        ),
    )
    kinds = CheckboxesField(
        "What do you want emails about?",
        called="what you want emails about",
        hint="What you leave out is still shown on this page.",
        optional=True,
    )

    def offer(self, kinds: Iterable[Kind]) -> None:
        """The kinds that can be chosen."""
        self.kinds.label.text = "What do you want emails about?"
        self.kinds.choices = [Choice(kind, NAMES[kind]) for kind in kinds]
