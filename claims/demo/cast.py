"""People and employers one can remember, all invented: shared by the demonstration, the tests and the screenshots."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, Role
from claims.models import Agreement, BankAccount, Employer, Learner, Membership, Person
from claims.rules.facts import Engagement
from claims.secrets import Keyring
from claims.services.sealing import encrypt_account, encrypt_number, hash_number
from claims.services.seeding import SYSTEM
from claims.services.staffing import add_staff

SCHEME_YEAR = "2025-26"
WELL_BEFORE = date(2024, 9, 2)
"""Most learners have worked there since this day."""


@dataclass(frozen=True, slots=True)
class House:
    """An employer with the people who act for it; values only, good after the session has ended."""

    employer_id: int
    sro: Actor
    submitter: Actor
    learners: Mapping[str, int]
    """Ids by full name, as in ``HARTLEY_LEARNERS``, ``MEADOW_LEARNERS`` and ``ROWAN_LEARNERS``."""


@dataclass(frozen=True, slots=True)
class BackOffice:
    """Everybody behind the counter."""

    assessor: Actor
    """Asha Rahman."""
    other_assessor: Actor
    """Ben Carter."""
    lead: Actor
    """Ruth Adeyemi, lead assessor."""
    finance: Actor
    """Olu Martins."""
    other_finance: Actor
    """Priya Shah."""
    administrator: Actor
    """Helen Novak."""
    auditor: Actor
    """Marcus Lindqvist."""


STAFF: tuple[tuple[str, str, Role], ...] = (
    ("Asha Rahman", "asha.rahman@example.org", Role.ASSESSOR),
    ("Ben Carter", "ben.carter@example.org", Role.ASSESSOR),
    ("Ruth Adeyemi", "ruth.adeyemi@example.org", Role.LEAD_ASSESSOR),
    ("Olu Martins", "olu.martins@example.org", Role.FINANCE),
    ("Priya Shah", "priya.shah@example.org", Role.FINANCE),
    ("Helen Novak", "helen.novak@example.org", Role.ADMINISTRATOR),
    ("Marcus Lindqvist", "marcus.lindqvist@example.org", Role.AUDITOR),
)

HARTLEY_LEARNERS: tuple[tuple[str, str, str], ...] = (
    # The first three are claimed for in the journey of the demonstration; Margaret is why one claim is refused.
    ("Niamh", "O’Brien", "care-worker"),
    ("Daniel", "Mensah", "senior-care-worker"),
    ("Margaret", "Ellis", "registered-nurse"),
    ("Zofia", "Kowalska", "support-worker"),
    ("Imran", "Siddiqui", "care-worker"),
    ("Chloe", "Bennett", "team-leader"),
    ("Joyce", "Appiah", "care-worker"),
    ("Liam", "Walsh", "support-worker"),
    ("Fatima", "Noor", "deputy-manager"),
    ("Gareth", "Pugh", "activities-worker-co-ordinator"),
)
"""First name, last name, job role."""

HOME_CARE = frozenset({"Imran Siddiqui", "Joyce Appiah", "Liam Walsh"})
"""Of Hartley House: those who work in its home care, once it has named its services."""

MEADOW_LEARNERS: tuple[tuple[str, str, str], ...] = (
    ("Sean", "Doyle", "care-worker"),
    ("Aisha", "Khan", "support-worker"),
)

ROWAN_LEARNERS: tuple[tuple[str, str, str], ...] = (
    ("Bethan", "Lloyd", "care-worker"),
    ("Tariq", "Aziz", "support-worker"),
)


def back_office(session: Session, keyring: Keyring, at: datetime) -> BackOffice:
    """The back office. Called again, it finds those who are there already."""
    return BackOffice(*[_staff(session, keyring, described, at) for described in STAFF])


def hartley_house(session: Session, keyring: Keyring, at: datetime) -> House:
    """Hartley House: registered, agreement signed, bank account verified, registered with CQC, ten learners."""
    return settle_house(
        session,
        keyring,
        at,
        made=employer(session, "Hartley House Care Ltd", "H1002001", "14 Orchard Road, Ludbrook, LB1 4AA", at),
        sro=("Grace Okafor", "grace.okafor@example.com"),
        submitter=("Tom Bell", "tom.bell@example.com"),
        learners=HARTLEY_LEARNERS,
        first_number=1,
    )


def meadow_view(session: Session, keyring: Keyring, at: datetime) -> House:
    """Meadow View: another employer, as settled in as Hartley House, that must never see the other's data."""
    return settle_house(
        session,
        keyring,
        at,
        made=employer(session, "Meadow View Homecare", "M2003002", "2 Mill Lane, Ashcombe, AC2 7BB", at),
        sro=("Rosa Almeida", "rosa.almeida@example.com"),
        submitter=("Karl Jensen", "karl.jensen@example.com"),
        learners=MEADOW_LEARNERS,
        first_number=101,
    )


def rowan_lodge(session: Session, keyring: Keyring, at: datetime) -> House:
    """Rowan Lodge: registered the other day; nothing signed, no bank account, and its SRO does everything alone."""
    made = employer(session, "Rowan Lodge", "R5005005", "5 Abbey Walk, Whitford, WF5 3CC", at)
    officer = member(session, made.id, Role.SRO, name="Imani Clarke", email="imani.clarke@example.com", at=at)
    return House(
        made.id, officer, officer, _staff_of(session, keyring, made.id, ROWAN_LEARNERS, first_number=201, at=at)
    )


def employer(session: Session, name: str, workplace_id: str, address: str, at: datetime) -> Employer:
    """A registered employer with workforce data of 2 May 2025, registered with CQC."""
    made = Employer(
        workplace_id=workplace_id,
        name=name,
        address=address,
        registration="registered",
        suspended=False,
        provides_adult_social_care=True,
        employs_care_staff_in_england=True,
        workforce_data_updated_on=date(2025, 5, 2),
        registered_with_cqc=True,
        created_at=at,
    )
    session.add(made)
    session.flush()
    return made


def member(session: Session, employer_id: int, role: Role, *, name: str, email: str, at: datetime) -> Actor:
    """A person who acts for the employer; a person who is there already joins it."""
    person = _person(session, email) or Person(email=email, name=name, created_at=at)
    session.add(person)
    session.flush()
    session.add(Membership(employer_id=employer_id, person_id=person.id, role=role, joined_at=at))
    session.flush()
    return Actor(role, name, person.id, employer_id)


def sign_agreement(session: Session, by: Actor, on: date = date(2025, 4, 10)) -> None:
    """The senior responsible officer ``by`` accepts the agreement of 2025-26."""
    session.add(Agreement(employer_id=by.employer_id, scheme_year=SCHEME_YEAR, signed_on=on, signed_by_id=by.person_id))


def bank_account(session: Session, keyring: Keyring, given_by: Actor, verified_by: Actor | None, at: datetime) -> None:
    """An account that no bank has, given by the SRO; verified when ``verified_by`` says by whom."""
    session.add(
        BankAccount(
            employer_id=given_by.employer_id,
            account_name="Care account",
            sort_code=encrypt_account(keyring, "000000"),
            account_number=encrypt_account(keyring, f"{given_by.employer_id:08}"),
            given_at=at,
            given_by_id=given_by.person_id,
            verified_at=at if verified_by else None,
            verified_by_id=verified_by.person_id if verified_by else None,
        )
    )


def learner(
    session: Session,
    keyring: Keyring,
    employer_id: int,
    name: tuple[str, str],
    *,
    number: str,
    at: datetime,
    job_role: str = "care-worker",
    engagement: Engagement = Engagement.EMPLOYEE,
    employed_from: date = WELL_BEFORE,
) -> Learner:
    """A member of the employer's staff, by first and last ``name``; ``number`` is in its normal form."""
    made = Learner(
        employer_id=employer_id,
        first_name=name[0],
        last_name=name[1],
        number=encrypt_number(keyring, number),
        number_hash=hash_number(keyring, number),
        job_role=job_role,
        engagement=engagement,
        works_in_england=True,
        post_requires_registration=job_role == "registered-nurse",
        employed_from=employed_from,
        created_at=at,
    )
    session.add(made)
    session.flush()
    return made


def unreal_number(count: int) -> str:
    """The ``count``-th National Insurance number that is well-formed and plainly nobody's: ``AA000001A``."""
    return f"AA{count:06}A"


def settle_house(
    session: Session,
    keyring: Keyring,
    at: datetime,
    *,
    made: Employer,
    sro: tuple[str, str],
    submitter: tuple[str, str],
    learners: tuple[tuple[str, str, str], ...],
    first_number: int,
) -> House:
    """An employer with its two people, the agreement signed, a verified bank account and ``learners``."""
    officer = member(session, made.id, Role.SRO, name=sro[0], email=sro[1], at=at)
    colleague = member(session, made.id, Role.SUBMITTER, name=submitter[0], email=submitter[1], at=at)
    sign_agreement(session, officer)
    bank_account(session, keyring, officer, back_office(session, keyring, at).lead, at)
    return House(
        made.id, officer, colleague, _staff_of(session, keyring, made.id, learners, first_number=first_number, at=at)
    )


def _staff_of(
    session: Session,
    keyring: Keyring,
    employer_id: int,
    learners: tuple[tuple[str, str, str], ...],
    *,
    first_number: int,
    at: datetime,
) -> dict[str, int]:
    """Adds the ``learners``; their ids by full name."""
    return {
        f"{first} {last}": learner(
            session,
            keyring,
            employer_id,
            (first, last),
            number=unreal_number(first_number + count),
            at=at,
            job_role=role,
        ).id
        for count, (first, last, role) in enumerate(learners)
    }


def _staff(session: Session, keyring: Keyring, described: tuple[str, str, Role], at: datetime) -> Actor:
    name, email, role = described
    there = _person(session, email)
    if there is not None:
        return Actor(role, name, there.id)
    made = add_staff(session, keyring, email=email, name=name, role=role, by=SYSTEM, at=at)
    return Actor(role, name, made.person_id)


def _person(session: Session, email: str) -> Person | None:
    return session.scalars(select(Person).where(Person.email == email)).one_or_none()
