"""The story of the demonstration's claims up to 2 February 2026, told by really doing each thing on its day."""

from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from claims.clock import LONDON
from claims.demo import cast
from claims.demo.acting import Assessing, Claiming
from claims.demo.registering import Registering
from claims.files import EvidenceStore
from claims.models import Learner
from claims.secrets import Keyring
from claims.services import banking, certifying, dividing, drawing_up, employing
from claims.store.ready import RunFilter, ready_claims

TODAY = date(2026, 2, 2)
"""The day on which the demonstration begins."""
CERTIFICATE = "610/4009/5"
"""The Level 2 Adult Social Care Certificate, paid 60/40."""


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """An instant of the story in London: April to December lie in 2025, January to March in 2026."""
    return datetime.combine(date(2025 if month >= 4 else 2026, month, day), time(hour, minute), LONDON)


def tell(session: Session, keyring: Keyring, store: EvidenceStore) -> None:
    """Put everybody and everything that happened into a database that holds the reference data only.

    In time order, because the chain of events is. The whole story is one transaction.
    """
    office = cast.back_office(session, keyring, at(4, 7))
    house = cast.hartley_house(session, keyring, at(4, 14))
    meadow = cast.meadow_view(session, keyring, at(4, 22))
    hartley = Claiming(session, keyring, store, house, "Ludbrook Training Partnership")
    other = Claiming(session, keyring, store, meadow, "Ashcombe Skills")
    asha = Assessing(session, keyring, office.assessor, office.lead)
    ben = Assessing(session, keyring, office.other_assessor, office.lead)

    started = hartley.buy(
        at(11, 24),
        CERTIFICATE,
        "Zofia Kowalska",
        "Liam Walsh",
        paid_on=date(2025, 10, 1),
        started_on=date(2025, 10, 6),
        cost_pence=150_000,
        claimed_as="split",
        planned_end_on=date(2026, 1, 30),
    )
    hartley.submit(at(12, 1), started)
    leading = hartley.buy(
        at(12, 5),
        "LTS",
        "Fatima Noor",
        paid_on=date(2025, 9, 1),
        started_on=date(2025, 9, 15),
        cost_pence=62_000,
        completed_on=date(2025, 11, 20),
    )
    hartley.submit(at(12, 8), leading)
    asha.approve(at(12, 15), leading, cost_pence=62_000)
    asha.approve(at(12, 16), started, cost_pence=150_000)

    approved = hartley.buy(
        at(1, 12, 9),
        "IMLM",
        "Chloe Bennett",
        paid_on=date(2025, 11, 10),
        started_on=date(2025, 12, 1),
        cost_pence=5_500,
        completed_on=date(2026, 1, 9),
    )
    hartley.submit(at(1, 12, 9, 30), approved)
    sent_back = hartley.buy(
        at(1, 14),
        "MHFA",
        "Gareth Pugh",
        paid_on=date(2025, 12, 3),
        started_on=date(2026, 1, 6),
        cost_pence=9_500,
        completed_on=date(2026, 1, 7),
    )
    hartley.submit(at(1, 14, 11), sent_back)
    hartley.buy(
        at(1, 20),
        "UPM",
        "Imran Siddiqui",
        paid_on=date(2025, 10, 20),
        started_on=date(2025, 10, 27),
        cost_pence=12_000,
        completed_on=date(2025, 11, 4),
        certified=False,
    )
    hartley.buy(
        at(1, 23),
        "PBSFL",
        "Joyce Appiah",
        paid_on=date(2025, 12, 12),
        started_on=date(2026, 1, 8),
        cost_pence=14_000,
        completed_on=date(2026, 1, 22),
    )
    ben.send_back(
        at(1, 27),
        sent_back,
        cost_pence=9_500,
        note="The certificate does not show the day on which the training was completed. Please send one that does.",
    )
    wanted = RunFilter(cast.SCHEME_YEAR)
    ready = [each for each in ready_claims(session, wanted) if not each.held_because]
    drawing_up.draw_up(session, keyring, wanted, office.finance, at(1, 28, 14), seen=drawing_up.seen_hash(ready))
    asha.approve(at(1, 29), approved, cost_pence=5_500)
    hartley.complete(at(1, 30), started, "Zofia Kowalska", date(2026, 1, 26))

    waiting = other.buy(
        at(1, 30, 14),
        CERTIFICATE,
        "Sean Doyle",
        paid_on=date(2026, 1, 5),
        started_on=date(2026, 1, 12),
        cost_pence=160_000,
        claimed_as="split",
        planned_end_on=date(2026, 6, 26),
    )
    other.submit(at(1, 30, 15), waiting)
    _divide(session, keyring, house, at(1, 30, 16))
    newcomers = Registering(session, store)
    newcomers.elm_court(at(1, 30, 16, 20))
    newcomers.birchwood(at(1, 30, 16, 40), office.assessor)

    sampled = other.buy(
        at(1, 30, 16, 50),
        "MHFA",
        "Aisha Khan",
        paid_on=date(2025, 12, 15),
        started_on=date(2026, 1, 14),
        cost_pence=9_500,
        completed_on=date(2026, 1, 15),
    )
    other.submit(at(1, 30, 16, 55), sampled)
    ben.approve(at(1, 30, 17), sampled, cost_pence=9_500, agreed=False)
    _get_ready_too_soon(session, keyring, store)


def _get_ready_too_soon(session: Session, keyring: Keyring, store: EvidenceStore) -> None:
    """Rowan Lodge prepares a claim before it signs the agreement, and its bank details are not verified yet."""
    rowan = cast.rowan_lodge(session, keyring, at(1, 30, 17, 10))
    account = {"account_name": "Rowan Lodge", "sort_code": "000000", "account_number": f"{rowan.employer_id:08}"}
    banking.give_account(session, keyring, **account, by=rowan.sro, at=at(1, 30, 17, 15))
    Claiming(session, keyring, store, rowan, "Ashcombe Skills").buy(
        at(1, 30, 17, 20),
        "MHFA",
        "Bethan Lloyd",
        paid_on=date(2025, 12, 15),
        started_on=date(2026, 1, 14),
        cost_pence=9_500,
        completed_on=date(2026, 1, 15),
    )


def _divide(session: Session, keyring: Keyring, house: cast.House, at: datetime) -> None:
    """Hartley House names its two services, and says who holds the certificate already."""
    services = {
        name: dividing.add_service(session, house.employer_id, name, by=house.sro, at=at).id
        for name in ("Hartley House", "Ludbrook home care")
    }
    for name, learner_id in house.learners.items():
        learner = session.get_one(Learner, learner_id)
        service_id = services["Ludbrook home care" if name in cast.HOME_CARE else "Hartley House"]
        details = replace(employing.details_of(keyring, learner), service_id=service_id)
        employing.change_learner(session, keyring, learner, details, by=house.sro, at=at)
    niamh = session.get_one(Learner, house.learners["Niamh O’Brien"])
    certifying.tell_certified(session, niamh, True, date(2025, 3, 14), by=house.sro, at=at)
