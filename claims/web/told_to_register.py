"""What an employer told to be registered, as pages show it."""

from dataclasses import dataclass

from claims.store.employers import officer_of
from claims.store.registrations import Dossier
from claims.web.formats import written_date
from claims.web.forms.registering import SERVICES
from claims.web.transactions import session


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of a registration, and the step that asks for it."""

    step: str
    words: str
    answer: str


def answers_of(dossier: Dossier) -> list[Told]:
    """Everything a registration tells but its proofs, in the order in which it is asked."""
    employer, registration = dossier.employer, dossier.registration
    care = {choice.value: choice.words for choice in SERVICES}
    officer = officer_of(session(), employer.id)
    services_told = "" if registration.services is None else "None of those offered"
    cared_for = ", ".join(care[slug] for slug in registration.services or ()) or services_told
    none_given = "None given" if registration.numbers_told_at else ""
    return [
        Told("organisation", "Name", employer.name),
        Told("organisation", "Workplace ID", employer.workplace_id),
        Told("address", "Address", employer.address),
        Told("services", "Care provided", cared_for),
        Told(
            "care-staff",
            "Care staff in England",
            "" if registration.care_staff is None else f"{registration.care_staff:,}",
        ),
        Told("care-staff", "ASC-WDS updated", written_date(employer.workforce_data_updated_on)),
        Told("numbers", "CQC location ID", registration.cqc_location or none_given),
        Told("numbers", "Companies House number", registration.companies_house_number or none_given),
        Told("numbers", "VAT number", registration.vat_number or none_given),
        Told("responsible-officer", "Senior responsible officer", officer.name if officer else ""),
        Told("responsible-officer", "Job title", registration.officer_job_title or ""),
    ]
