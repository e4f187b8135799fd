"""What somebody who looks back may ask for: events by person, claim, employer, kind and day."""

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from claims import clock, references
from claims.exchange.parsing_dates import DAY, MONTH, YEAR
from claims.store.events import EventFilter
from claims.web.forms.choosing import SelectField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import TextField
from claims.web.forms.form import Form

DATES = ("first", "last")


class EventsForm(Form):
    """Every question may be skipped. Sent by GET, so it carries no token and changes nothing."""

    class Meta:
        csrf = False

    form_token = None

    person = TextField("Person’s name or email address", called="the person", most=100, width="govuk-input--width-20")
    claim = TextField("Claim reference", called="the reference", most=40, width="govuk-input--width-20")
    employer = TextField(
        "Employer’s name or workplace ID", called="the employer", most=100, width="govuk-input--width-20"
    )
    kind = SelectField("What was done", called="what was done", width="app-filter")
    first = DateField("From", called="the first day", latest=clock.today)
    last = DateField("To", called="the last day")

    @classmethod
    def read(cls, given: Mapping[str, str], kinds: Iterable[tuple[str, str]]) -> "EventsForm":
        """From an address or another form. ``kinds`` are values and words of what can have been done."""
        form = cls(formdata=MultiDict(given))
        form.kind.choices = list(kinds)
        return form

    def process(self, *given: Any, **more: Any) -> None:
        for field in self:
            field.optional = True
        super().process(*given, **more)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.claim.data and references.read(self.claim.data) is None:
            self.claim.refuse("Enter a claim reference, such as 7KD-4XQ2-M9RT-A. Check each character")
            valid = False
        if self.first.data and self.last.data and self.last.data < self.first.data:
            self.last.refuse("The last day must be on or after the first day")
            valid = False
        return valid

    def wanted(self) -> EventFilter:
        """What is asked for, once it is valid."""
        return EventFilter(
            person=self.person.data or "",
            claim=self.claim.data or "",
            employer=self.employer.data or "",
            kind=self.kind.data or "",
            first=self.first.data,
            last=self.last.data,
        )

    def query(self) -> dict[str, Any]:
        """The answers as they stand in an address; what was skipped is left out."""
        query = {name: self[name].data for name in ("person", "claim", "employer", "kind")}
        for name in DATES:
            if day := self[name].data:
                query |= {f"{name}-{DAY}": day.day, f"{name}-{MONTH}": day.month, f"{name}-{YEAR}": day.year}
        return {name: str(value) for name, value in query.items() if value}
