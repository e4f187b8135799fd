"""What an employer fills in to register, and what an assessor fills in to decide."""

from typing import Any

from wtforms import HiddenField

from claims import clock
from claims.exchange import parsing
from claims.exchange.parsing_dates import EARLIEST_DATE
from claims.services.admitting import CHECKS, Decision
from claims.services.registering import Told
from claims.web.forms.choosing import AgreeField, CheckboxesField, Choice, RadiosField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import CodeField, EmailField, NameField, NoteField, TextField, WholeNumberField
from claims.web.forms.form import Form
from claims.web.forms.uploading import FileField

SERVICES = (
    Choice("care-home-nursing", "Care home with nursing"),
    Choice("care-home", "Care home without nursing"),
    Choice("home-care", "Care in people’s own homes"),
    Choice("extra-care", "Extra care housing"),
    Choice("supported-living", "Supported living"),
    Choice("shared-lives", "Shared Lives"),
    Choice("day-care", "Day care or day services"),
    Choice("other", "Other adult social care"),
)
NONE_OF_THEM = Choice("none", "None of these")
PROOF_WORDS = {
    "council-tax": "Council tax or business rates bill",
    "utility-bill": "Gas, electricity, water or telephone bill",
    "bank-statement": "Bank statement",
    "lease": "Lease, tenancy agreement or title register",
    "insurance": "Insurance certificate",
    "government-letter": "Letter from HMRC, CQC or a council",
}
CHECK_WORDS = {
    "workplace": "The workplace ID is this organisation’s in ASC-WDS",
    "care": "It provides adult social care and employs care staff in England",
    "workforce-data": "ASC-WDS was updated when it says, and recently enough",
    "address": "Two different proofs show this name and this address",
    "officer": "The senior responsible officer may act for the organisation",
    "once": "It is not registered under another workplace ID",
}


class WorkplaceIdField(TextField):
    classes = "govuk-input--width-10"
    extra = {"spellcheck": False, "autocapitalize": "characters"}  # noqa: RUF012  as its parents have it

    def read(self, text: str) -> str:
        return parsing.parse_workplace_id(text, self.called)


class PostcodeField(TextField):
    classes = "govuk-input--width-10"
    extra = {"spellcheck": False, "autocomplete": "postal-code"}  # noqa: RUF012  as its parents have it

    def read(self, text: str) -> str:
        return parsing.parse_postcode(text, self.called)


class CqcLocationField(TextField):
    classes = "govuk-input--width-20"

    def read(self, text: str) -> str:
        return parsing.parse_cqc_location(text, self.called)


class CompaniesHouseField(TextField):
    classes = "govuk-input--width-10"

    def read(self, text: str) -> str:
        return parsing.parse_companies_house_number(text, self.called)


class VatField(TextField):
    classes = "govuk-input--width-20"

    def read(self, text: str) -> str:
        return parsing.parse_vat_number(text, self.called)


class BeginningForm(Form):
    """The address of whoever registers."""

    email = EmailField("Your work email address", called="your email address")


class ConfirmingForm(Form):
    code = CodeField("Code from the message", called="the code from the message")


class FirstForm(Form):
    """Enough to keep the rest: who registers, and what."""

    own_name = NameField("Your name", called="your name", autocomplete="name")
    name = TextField("Name of the organisation", most=120, autocomplete="organization")
    workplace_id = WorkplaceIdField(
        "Workplace ID",
        called="the workplace ID",
        hint="From the Adult Social Care Workforce Data Set (ASC-WDS): a letter and 5 to 8 numbers, like A123456.",
    )


class OrganisationForm(Form):
    name = TextField("Name of the organisation", most=120, autocomplete="organization")
    workplace_id = WorkplaceIdField(
        "Workplace ID", called="the workplace ID", hint="A letter and 5 to 8 numbers, like A123456."
    )

    def told(self) -> Told:
        return {"name": self.name.data, "workplace_id": self.workplace_id.data}


class AddressForm(Form):
    address_line_1 = TextField(
        "Address line 1", called="address line 1, usually the building and street", autocomplete="address-line1"
    )
    address_line_2 = TextField("Address line 2", called="address line 2", optional=True, autocomplete="address-line2")
    town = TextField("Town or city", called="the town or city", autocomplete="address-level2")
    postcode = PostcodeField("Postcode", called="the postcode")

    def told(self) -> Told:
        return {
            "address_line_1": self.address_line_1.data,
            "address_line_2": self.address_line_2.data,
            "town": self.town.data,
            "postcode": self.postcode.data,
        }


class ServicesForm(Form):
    services = CheckboxesField(
        "Which care does your organisation provide?",
        called="the care that your organisation provides, or “None of these”",
        hint="Select all that apply.",
        choices=(*SERVICES, NONE_OF_THEM),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if valid and NONE_OF_THEM.value in self.services.data and len(self.services.data) > 1:
            self.services.refuse("Select the care that your organisation provides, or “None of these”, not both")
            return False
        return valid

    def told(self) -> Told:
        return {"services": [slug for slug in self.services.data if slug != NONE_OF_THEM.value]}


class CareStaffForm(Form):
    care_staff = WholeNumberField(
        "How many care staff in England do you employ directly?",
        called="the number of care staff",
        hint="Count people with a contract of employment with you. Leave out agency staff. Enter 0 if there are none.",
        least=0,
        most_number=100_000,
    )
    workforce_data_updated_on = DateField(
        "When did you last update your data in ASC-WDS?",
        called="the day you last updated ASC-WDS",
        hint="It is shown in ASC-WDS. For example, 27 4 2025.",
        earliest=EARLIEST_DATE,
        latest=clock.today,
    )

    def told(self) -> Told:
        return {
            "care_staff": self.care_staff.data,
            "workforce_data_updated_on": self.workforce_data_updated_on.data,
        }


class NumbersForm(Form):
    cqc_location = CqcLocationField(
        "CQC location ID",
        called="the CQC location ID",
        hint="Needed to claim for Oliver McGowan Mandatory Training. Like 1-101607012.",
        optional=True,
    )
    companies_house_number = CompaniesHouseField(
        "Companies House number", called="the Companies House number", hint="Like 01234567.", optional=True
    )
    vat_number = VatField("VAT number", called="the VAT number", hint="Like GB 123 4567 89.", optional=True)

    def told(self) -> Told:
        return {
            "cqc_location": self.cqc_location.data,
            "companies_house_number": self.companies_house_number.data,
            "vat_number": self.vat_number.data,
        }


class OfficerForm(Form):
    officer_name = NameField("Name", called="the name of the senior responsible officer", autocomplete="name")
    officer_job_title = TextField(
        "Job title", called="the job title", most=70, autocomplete="organization-title", hint="Like registered manager."
    )

    def told(self) -> Told:
        return {"officer_name": self.officer_name.data, "officer_job_title": self.officer_job_title.data}


class ProofForm(Form):
    kind = RadiosField("What kind of document is it?", called="the kind of document")
    file = FileField("Choose the file", called="the file")


class DeclarationForm(Form):
    declaration = AgreeField(
        "Declaration",
        called="you make the declaration",
        words=(
            "I am authorised to register this organisation and to be its senior responsible officer. What I have told "
            "is true and complete, and I will say so when it changes."
        ),
    )


class DecisionForm(Form):
    """What an assessor found and decides."""

    seen = HiddenField()
    checks = CheckboxesField(
        "What is in order?",
        called="what is in order",
        optional=True,
        choices=[Choice(check, CHECK_WORDS[check]) for check in CHECKS],
    )
    decision = RadiosField(
        "Decision",
        called="the decision",
        choices=(
            Choice(Decision.REGISTERED, "Register", "Everything above is in order."),
            Choice(
                Decision.AT_RISK,
                "Register at risk",
                "It may claim. Staff see the mark wherever the employer is shown.",
                reveals=("risk",),
            ),
            Choice(
                Decision.REFUSED,
                "Refuse",
                "It reads the reasons, and can correct the registration and send it again.",
                reveals=("reasons",),
            ),
        ),
    )
    risk = NoteField("Why it is at risk", called="why it is at risk", hint="Only staff read this.", rows=3)
    reasons = NoteField("Reasons", called="the reasons", hint="The employer reads exactly this.", rows=4)

    @property
    def note(self) -> str:
        return str(self.risk.data or self.reasons.data or "")
