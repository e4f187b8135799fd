"""Many tries in one moment: guesses are counted, and a code of either kind signs in once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import func, select

from claims.db import Database
from claims.models import Person, SignedInSession
from claims.services import proving, throttling
from claims.services.emailing_codes import Refusal
from claims.services.signing_in import SignedIn
from tests.db.test_signing_in import ASHA, AT, ask, emailed_code, enter, peopled
from tests.keys import KEYRING

__all__ = ["peopled"]

AT_ONCE = 12


def all_at_once(do: Callable[[int], object]) -> list[object]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(do, range(AT_ONCE)))


def app_code(database: Database, at: datetime) -> str:
    with database.read() as session:
        secret = session.scalars(select(Person.authenticator_secret).where(Person.email == ASHA)).one()
    return proving.authenticator_code(KEYRING, secret, at)


def count_sessions(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(SignedInSession)).one()


def test_racing_guesses_get_no_more_tries_than_guesses_one_by_one(peopled: Database) -> None:
    ask(peopled)
    right = int(emailed_code(peopled))
    answers = all_at_once(lambda number: enter(peopled, f"{(right + 1 + number) % 1_000_000:06}"))
    assert answers.count(Refusal.WRONG_CODE) == throttling.TRIES_PER_ACCOUNT
    assert answers.count(Refusal.TOO_MANY) == AT_ONCE - throttling.TRIES_PER_ACCOUNT


def test_racing_askers_get_no_more_codes_than_askers_one_by_one(peopled: Database) -> None:
    answers = all_at_once(lambda number: ask(peopled, browser=f"browser {number}"))
    assert answers.count(None) == throttling.TRIES_PER_ACCOUNT


def test_a_code_that_is_sent_by_a_double_click_signs_in_once(peopled: Database) -> None:
    ask(peopled)
    code = emailed_code(peopled)
    answers = all_at_once(lambda _: enter(peopled, code))
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1
    assert count_sessions(peopled) == 1


def test_an_authenticator_code_that_was_watched_is_not_taken_a_second_time_in_the_same_moment(
    peopled: Database,
) -> None:
    codes = []
    for number in range(2):
        ask(peopled, ASHA, browser=f"browser {number}", address=f"192.0.2.{number + 1}")
        codes.append(emailed_code(peopled))
    shown = app_code(peopled, AT)
    answers = all_at_once(
        lambda number: enter(
            peopled, codes[number % 2], ASHA, browser=f"browser {number % 2}", authenticator=shown, address="192.0.2.9"
        )
    )
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1
