"""What the checker asks. The answers live in the address of a page, so nothing asked here is about a person."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from werkzeug.datastructures import MultiDict

from claims.exchange.learner_words import ENGAGEMENTS
from claims.exchange.parsing_dates import DAY, MONTH, YEAR
from claims.rules.facts import Engagement, Part
from claims.rules.scheme import CourseEntry, FundingModel, Reference
from claims.services.foreseeing import Known
from claims.services.purchasing import Details
from claims.web import formats
from claims.web.forms.choosing import Choice, RadiosField, SelectField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import MoneyField, TextField, WholeNumberField
from claims.web.forms.form import Form
from claims.web.forms.purchases import latest_planned

REGISTRATION = {"yes": True, "no": False}
DATES = ("paid_on", "started_on", "completed_on")
MOST_PEOPLE = 5_000


class CheckForm(Form):
    """Every question may be skipped. Sent by GET, so it carries no token and changes nothing."""

    class Meta:
        csrf = False

    form_token = None

    course = TextField(
        "Course",
        called="the course",
        hint="Words from its title, its number, its topic or the awarding organisation. "
        "For example “level 2 certificate”, “610/4009/5” or “dementia”.",
        most=100,
    )
    job_role = SelectField("Job role of the person", called="the job role")
    engagement = SelectField(
        "How do they work for you?",
        called="how they work for you",
        choices=[(engagement.value, words) for engagement, words in ENGAGEMENTS.items()],
    )
    registration = RadiosField(
        "Does their post require registration with a professional regulator?",
        called="whether their post requires registration",
        hint="The NMC, the HCPC or Social Work England. Not CQC.",
        choices=(Choice("yes", "Yes"), Choice("no", "No"), Choice("", "I do not know")),
        width="govuk-radios--inline",
    )
    cost = MoneyField("Cost for each person", called="the cost for each person", hint="Including any VAT you pay.")
    other_funding = MoneyField(
        "Other funding for each person",
        called="other funding",
        hint="For example another grant. Enter 0 if there is none.",
        least_pence=0,
    )
    people = WholeNumberField("How many people?", called="the number of people", most_number=MOST_PEOPLE)
    paid_on = DateField(
        "When was or will it be paid?",
        called="the payment date",
        hint="For a payment plan, the first payment. For example, 27 3 2025.",
        latest=latest_planned,
    )
    started_on = DateField("When did or will the training start?", called="the start date", latest=latest_planned)
    completed_on = DateField("When was or will it be completed?", called="the completion date", latest=latest_planned)
    way = RadiosField(
        "How would you claim for a qualification?",
        called="how you would claim",
        hint="Other courses are always claimed all at once.",
        choices=(Choice("start", "60% at the start, 40% on completion"), Choice("full", "All at once, on completion")),
    )

    @classmethod
    def read(cls, given: Mapping[str, str], reference: Reference) -> "CheckForm":
        """From an address: as the form sends it, or with whole dates as ``query`` writes them."""
        boxes = MultiDict(given)
        for name in DATES:
            if whole := given.get(name):
                boxes.update(_boxes(name, whole))
        form = cls(formdata=boxes)
        roles = sorted(reference.job_roles.values(), key=lambda role: role.title)
        form.job_role.choices = [(role.slug, role.title) for role in roles]
        return form

    def process(self, *given: Any, **more: Any) -> None:
        # Set here and not one by one: what may be skipped everywhere need not be said at each question.
        for field in self:
            field.optional = True
        super().process(*given, **more)

    def query(self) -> dict[str, Any]:
        """The answers as they stand in an address: what was skipped is left out, and each has one way to be written."""
        written = {
            "course": self.course.data,
            "job_role": self.job_role.data,
            "engagement": self.engagement.data,
            "registration": self.registration.data,
            "cost": _pounds(self.cost.data),
            "other_funding": _pounds(self.other_funding.data),
            "people": self.people.data,
            **{name: self[name].data for name in DATES},
            "way": self.way.data,
        }
        return {name: str(value) for name, value in written.items() if value not in (None, "")}

    def known(self) -> Known:
        """The answers, once they are valid; ``course`` is a code by then."""
        return Known(
            course=self.course.data or None,
            job_role=self.job_role.data,
            engagement=Engagement(self.engagement.data) if self.engagement.data else None,
            post_requires_registration=REGISTRATION.get(self.registration.data or ""),
            paid_on=self.paid_on.data,
            started_on=self.started_on.data,
            completed_on=self.completed_on.data,
            cost_pence=self.cost.data,
            other_funding_pence=self.other_funding.data,
            people=self.people.data or 1,
            part=Part(self.way.data) if self.way.data else None,
        )

    def details(self, entry: CourseEntry) -> Details:
        """What a purchase of this course may take over from the answers."""
        told: dict[str, Any] = {}
        if not entry.is_internal_ommt:
            told |= {
                "paid_on": self.paid_on.data,
                "cost_pence": self.cost.data,
                "people_covered": 1 if self.cost.data else None,
                "other_funding_pence": self.other_funding.data,
            }
        told |= {"started_on": self.started_on.data, "planned_end_on": self.completed_on.data}
        if entry.funding_model is FundingModel.SPLIT and self.way.data:
            told["claimed_as"] = "split" if self.way.data == Part.START else "full"
        return cast("Details", {name: value for name, value in told.items() if value is not None})


def _boxes(name: str, whole: str) -> dict[str, str]:
    """A whole date in the three boxes; what is none in the first, where it is refused in words."""
    try:
        day = date.fromisoformat(whole)
    except ValueError:
        return {f"{name}-{DAY}": whole}
    return {f"{name}-{DAY}": str(day.day), f"{name}-{MONTH}": str(day.month), f"{name}-{YEAR}": str(day.year)}


def _pounds(pence: int | None) -> str | None:
    return None if pence is None else formats.money(pence).removeprefix("£").replace(",", "")
