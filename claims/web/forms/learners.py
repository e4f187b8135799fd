"""What is asked about learners."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from wtforms import HiddenField

from claims import clock
from claims.exchange import parsing_dates
from claims.exchange.learner_words import ENGAGEMENTS
from claims.models import CareService, Learner
from claims.rules.facts import Engagement
from claims.rules.scheme import JobRole, RoleCategory
from claims.services.employing import DESCRIBED, LearnerDetails, seen_hash
from claims.web.forms.choosing import RadiosField, SelectField, YesNoField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import NameField, NationalInsuranceNumberField
from claims.web.forms.form import Form


class LearnerForm(Form):
    first_name = NameField("First name", called="the first name")
    last_name = NameField("Last name", called="the last name")
    number = NationalInsuranceNumberField("National Insurance number", hint="For example, QQ 12 34 56 C.")
    job_role = SelectField("Job role", called="the job role")
    engagement = RadiosField(
        "How do they work for you?",
        called="how they work for you",
        choices=[(engagement.value, words) for engagement, words in ENGAGEMENTS.items()],
    )
    employed_from = DateField(
        "When did they start working for you?",
        called="the day they started working for you",
        hint="For example, 27 3 2024.",
        earliest=parsing_dates.EARLIEST_DATE,
        latest=clock.today,
    )
    works_in_england = YesNoField("Do they work in England?", called="they work in England")
    post_requires_registration = YesNoField(
        "Does their post require registration with a professional regulator?",
        called="their post requires registration with a professional regulator",
        hint="The NMC, the HCPC or Social Work England. Not CQC.",
    )

    service = SelectField("Service", called="the service they work in", optional=True)
    in_role_from = DateField(
        "When did they start in this job role?",
        called="the day they started in this job role",
        hint="Leave blank if they have had it since they started working for you.",
        earliest=parsing_dates.EARLIEST_DATE,
        latest=clock.today,
        optional=True,
    )
    role_category = SelectField(
        "Role category on the care workforce pathway",
        called="the role category",
        hint="Leave blank for the one that the job role and the start date suggest. It never decides what is funded.",
        optional=True,
    )

    def offer_roles(self, roles: Sequence[JobRole]) -> None:
        self.job_role.choices = [(role.slug, role.title) for role in roles]

    def offer_categories(self, categories: Iterable[RoleCategory]) -> None:
        self.role_category.choices = [(category.slug, category.title) for category in categories]

    def offer_services(self, services: Sequence[CareService], *, required: bool) -> None:
        """Those the person who asks sees; ``required`` where they only see learners of some."""
        self.service.choices = [(str(service.id), service.name) for service in services]
        if required:
            self.service.optional = False
            self.service.label.text = "Service"
        elif not services:
            del self.service

    @classmethod
    def filled_with(cls, details: LearnerDetails) -> "LearnerForm":
        """The form filled in as somebody filled it in before."""
        return cls(formdata=None, data=asdict(details) | {"service": details.service_id})

    def details(self) -> LearnerDetails:
        return LearnerDetails(
            first_name=self.first_name.data,
            last_name=self.last_name.data,
            number=self.number.data,
            job_role=self.job_role.data,
            engagement=Engagement(self.engagement.data),
            works_in_england=self.works_in_england.data,
            post_requires_registration=self.post_requires_registration.data,
            employed_from=self.employed_from.data,
            service_id=int(self.service.data) if "service" in self and self.service.data else None,
            role_category=self.role_category.data,
            in_role_from=self.in_role_from.data,
        )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        first, in_role = self.employed_from.data, self.in_role_from.data
        if first and in_role and in_role < first:
            self.in_role_from.refuse("The day they started in this job role must be on or after the day they started")
            return False
        return fine


class LearnerChangeForm(LearnerForm):
    seen = HiddenField()
    """What was kept of the learner when the page was made, condensed."""
    number = NationalInsuranceNumberField(
        "A different National Insurance number", hint="Leave blank to keep the one we have.", optional=True
    )
    left_on = DateField(
        "Last day employed",
        called="the last day employed",
        hint="Leave blank if they still work for you.",
        earliest=parsing_dates.EARLIEST_DATE,
        optional=True,
    )

    @classmethod
    def of(cls, learner: Learner) -> "LearnerChangeForm":
        told = {name: getattr(learner, name) for name in DESCRIBED}
        return cls(data=told | {"service": learner.service_id, "seen": seen_hash(learner)})

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        first, last = self.employed_from.data, self.left_on.data
        if first and last and last < first:
            self.left_on.refuse("The last day employed must be on or after the day they started working for you")
            return False
        return fine
