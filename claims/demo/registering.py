"""Employers of the demonstration that are not registered yet: one waits for a decision, one was refused."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.files import EvidenceStore
from claims.files.scanning import NoScanner
from claims.files.specimens import specimen_pdf
from claims.lifecycle import Actor
from claims.models import Person
from claims.services import admitting, evidencing, registering
from claims.services.registering import Told

OFFICERS: tuple[tuple[str, str], ...] = (
    ("Leila Haddad", "leila.haddad@example.com"),
    ("Owen Hughes", "owen.hughes@example.com"),
)


@dataclass(frozen=True, slots=True)
class Registering:
    """The side of employers that register."""

    session: Session
    store: EvidenceStore

    def elm_court(self, at: datetime) -> None:
        """Elm Court Care: everything told and sent; it waits for a decision."""
        by = self._begin("Elm Court Care", "E3003003", OFFICERS[0], at)
        told: Told = {
            "address_line_1": "3 Station Road",
            "address_line_2": None,
            "town": "Whitford",
            "postcode": "WF2 9QQ",
            "services": ["home-care", "supported-living"],
            "care_staff": 24,
            "workforce_data_updated_on": date(2025, 11, 3),
            "cqc_location": "1-101607012",
            "companies_house_number": "01234567",
            "vat_number": None,
            "officer_job_title": "Registered manager",
        }
        self._send(by, told, "Elm Court Care, 3 Station Road, Whitford, WF2 9QQ", at)

    def birchwood(self, at: datetime, assessor: Actor) -> None:
        """Birchwood Day Centre: refused, because a proof shows another address."""
        by = self._begin("Birchwood Day Centre", "B4004004", OFFICERS[1], at)
        told: Told = {
            "address_line_1": "Birchwood House",
            "address_line_2": "9 Canal Street",
            "town": "Ashcombe",
            "postcode": "AC4 1DD",
            "services": ["day-care"],
            "care_staff": 9,
            "workforce_data_updated_on": date(2025, 9, 15),
            "cqc_location": None,
            "companies_house_number": None,
            "vat_number": None,
            "officer_job_title": "Centre manager",
        }
        self._send(by, told, "Birchwood Day Centre, 22 High Street, Ashcombe, AC1 2AB", at)
        admitting.decide(
            self.session,
            by.employer_id or 0,
            admitting.Decision.REFUSED,
            checks=["workplace", "care", "workforce-data", "officer", "once"],
            note=(
                "Both proofs show 22 High Street, but you told us 9 Canal Street. Please correct the address, or send "
                "proofs that show it."
            ),
            seen=1,
            by=assessor,
            at=at,
        )

    def _begin(self, name: str, workplace_id: str, officer: tuple[str, str], at: datetime) -> Actor:
        person = Person(email=officer[1], name="", created_at=at)
        self.session.add(person)
        self.session.flush()
        return registering.begin(self.session, person, own_name=officer[0], name=name, workplace_id=workplace_id, at=at)

    def _send(self, by: Actor, told: Told, shown_on_proofs: str, at: datetime) -> None:
        employer_id = by.employer_id or 0
        registering.tell(self.session, employer_id, told, by, at)
        for kind, name, title in [
            ("utility-bill", "electricity-bill.pdf", "Electricity bill"),
            ("insurance", "insurance-certificate.pdf", "Certificate of employers’ liability insurance"),
        ]:
            content = specimen_pdf(title, [shown_on_proofs, "", f"{london_date(at):%d %B %Y}"])
            kept = evidencing.keep_file(self.store, NoScanner(), name, content, london_date(at))
            registering.add_proof(self.session, employer_id, kind, kept, by=by, at=at)
        registering.send(
            self.session,
            employer_id,
            declared=True,
            token=f"story-registration-{employer_id}",
            leads_to="/registration",
            by=by,
            at=at,
        )
