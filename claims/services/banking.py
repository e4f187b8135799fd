"""Take an employer's bank details, tell its senior responsible officer, and have a second person verify them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import BankAccount, Employer, Membership, Person
from claims.models.employers import MAY_SUBMIT
from claims.secrets import Keyring, mask_account_number
from claims.services.holding import belongs_to
from claims.services.queueing import Words, queue
from claims.services.recording import record
from claims.services.sealing import decrypt_account, encrypt_account, hash_account

MESSAGE = "bank-details"
"""A kind that nobody can stop: whoever changes where the money goes must not be able to silence it."""
PAGE = "/bank-details"
NAME_LENGTH = 70


def give_account(
    session: Session,
    keyring: Keyring,
    *,
    account_name: str,
    sort_code: str,
    account_number: str,
    by: Actor,
    at: datetime,
) -> BankAccount:
    """The employer of ``by`` is to be paid into this account from now on, once a lead assessor verified it.

    ``sort_code`` has 6 digits and ``account_number`` 8. Given again as it is, nothing changes. Raises ``NotAllowed``
    for anybody but the senior responsible officer of a registered employer.
    """
    if by.role is not Role.SRO or by.employer_id is None:
        raise NotAllowed("Only the senior responsible officer can give bank details.")
    employer = _locked_employer(session, by.employer_id)
    if employer.registration not in MAY_SUBMIT:
        raise NotAllowed("You can give bank details once your organisation is registered.")
    given_hash = hash_account(keyring, sort_code, account_number)
    current = session.scalars(
        select(BankAccount).where(BankAccount.employer_id == employer.id, BankAccount.replaced_at.is_(None))
    ).one_or_none()
    if current is not None:
        if _same(keyring, current, sort_code, account_number) and current.account_name == account_name:
            return current
        current.replaced_at = at
        session.flush()
    account = BankAccount(
        employer_id=employer.id,
        account_name=account_name,
        sort_code=encrypt_account(keyring, sort_code),
        account_number=encrypt_account(keyring, account_number),
        account_hash=given_hash,
        given_at=at,
        given_by_id=by.person_id,
    )
    session.add(account)
    session.flush()
    act = "change-bank-details" if current is not None else "give-bank-details"
    record(session, act, ("employer", employer.id), by, at, details={"bank_account": account.id})
    ending = mask_account_number(account_number)
    text = (
        f"On {by.name}’s instruction, {employer.name} is to be paid into the account {ending} from now on, "
        "once we have verified it. Until then nothing is paid, also not into an account given before.\n\n"
        "If this was not you, sign in and give the right account at once, and contact the scheme."
    )
    _tell_officer(session, account, "given", Words(f"New bank details of {employer.name}", text, PAGE), at)
    return account


def verify_account(session: Session, account_id: int, by: Actor, at: datetime) -> None:
    """A lead assessor has checked the account: it is used from now on.

    Raises ``NotAllowed`` when it was decided or replaced meanwhile, and for whoever gave it or belongs to the employer.
    """
    account = _undecided(session, account_id, by)
    account.verified_at, account.verified_by_id = at, by.person_id
    employer = session.get_one(Employer, account.employer_id)
    record(
        session,
        "verify-bank-details",
        ("employer", employer.id),
        by,
        at,
        employer_id=employer.id,
        details={"bank_account": account.id},
    )
    text = f"We have verified the bank details of {employer.name}. What is approved can now be paid."
    _tell_officer(session, account, "verified", Words(f"Bank details of {employer.name} verified", text, PAGE), at)


def refuse_account(session: Session, account_id: int, by: Actor, at: datetime, *, because: str) -> None:
    """A lead assessor cannot confirm the account: the employer has no bank details until it gives others.

    Raises ``NotAllowed`` as ``verify_account`` does, and for a missing reason.
    """
    if not because.strip():
        raise NotAllowed("Give a reason.")
    account = _undecided(session, account_id, by)
    account.refused_at = account.replaced_at = at
    account.refused_because = because.strip()
    employer = session.get_one(Employer, account.employer_id)
    record(
        session,
        "refuse-bank-details",
        ("employer", employer.id),
        by,
        at,
        employer_id=employer.id,
        details={"bank_account": account.id},
        note=account.refused_because,
    )
    text = (
        f"We could not confirm the bank details of {employer.name}: {account.refused_because}\n\n"
        "Give them again. Until then nothing can be submitted or paid."
    )
    words = Words(f"Give the bank details of {employer.name} again", text, PAGE)
    _tell_officer(session, account, "refused", words, at)


def _undecided(session: Session, account_id: int, by: Actor) -> BankAccount:
    """The account, locked, if ``by`` may decide on it now."""
    account = session.scalars(
        select(BankAccount)
        .where(BankAccount.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if by.role is not Role.LEAD_ASSESSOR:
        raise NotAllowed("Only a lead assessor can verify bank details.")
    if account.replaced_at is not None:
        raise NotAllowed("The employer has given other bank details since, or these were refused.")
    if account.verified_at is not None:
        raise NotAllowed("These bank details are verified already.")
    if account.given_by_id == by.person_id or belongs_to(session, by.person_id, account.employer_id):
        raise NotAllowed("You belong to this employer, so somebody else must verify its bank details.")
    return account


def _same(keyring: Keyring, account: BankAccount, sort_code: str, account_number: str) -> bool:
    kept = (decrypt_account(keyring, account.sort_code), decrypt_account(keyring, account.account_number))
    return kept == (sort_code, account_number)


def _locked_employer(session: Session, employer_id: int) -> Employer:
    # Whoever changes an employer's account waits for the employer, so that there is one current account at a time.
    return session.scalars(
        select(Employer).where(Employer.id == employer_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _tell_officer(session: Session, account: BankAccount, what: str, words: Words, at: datetime) -> None:
    """To the senior responsible officer of now."""
    officers = session.scalars(
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.employer_id == account.employer_id,
            Membership.role == Role.SRO,
            Membership.left_at.is_(None),
            Person.closed_at.is_(None),
        )
    )
    about = f"bank-account:{account.id}:{what}"
    for person_id in officers:
        queue(session, MESSAGE, person_id=person_id, about=about, due_on=london_date(at), words=words, at=at)
