"""How many claims a network may have assessed, counted in the database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from claims.db import Database
from claims.models import ApiWindow
from claims.services.limiting import CLAIMS_PER_WINDOW, Allowance, clear_windows, take_allowance
from tests.keys import KEYRING

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
HERE, ELSEWHERE = "198.51.100.7", "198.51.100.8"
LAST_INSTANT = timedelta(seconds=59, microseconds=999_999)


def take(database: Database, claims: int = 1, *, address: str = HERE, at: datetime = AT) -> Allowance:
    with database.write() as session:
        return take_allowance(session, KEYRING, address=address, claims=claims, at=at)


def windows(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(ApiWindow)).one()


def test_everything_up_to_the_last_claim_is_granted_and_not_one_more(database: Database):
    assert take(database, CLAIMS_PER_WINDOW - 1) == Allowance(True, 1, 60)
    assert take(database) == Allowance(True, 0, 60)
    assert take(database) == Allowance(False, 0, 60)


def test_a_list_that_does_not_fit_takes_nothing(database: Database):
    take(database, CLAIMS_PER_WINDOW - 5)
    assert take(database, 6) == Allowance(False, 5, 60)
    assert take(database, 5) == Allowance(True, 0, 60)


def test_the_next_minute_begins_anew(database: Database):
    take(database, CLAIMS_PER_WINDOW)
    assert take(database, at=AT + LAST_INSTANT) == Allowance(False, 0, 1)
    assert take(database, at=AT + timedelta(minutes=1)) == Allowance(True, CLAIMS_PER_WINDOW - 1, 60)


def test_another_network_has_its_own_allowance(database: Database):
    take(database, CLAIMS_PER_WINDOW)
    assert take(database, address=ELSEWHERE).granted


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
        ("", "", True),
    ],
)
def test_a_household_is_one_network_whichever_of_its_addresses_it_uses(
    quick_database: Database, one: str, other: str, same: bool
):
    take(quick_database, CLAIMS_PER_WINDOW, address=one)
    assert take(quick_database, address=other).granted is not same


def test_calls_at_the_same_instant_never_share_the_last_claim(database: Database):
    take(database, CLAIMS_PER_WINDOW - 10)
    together = threading.Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return sum(take(database).granted for _ in range(4))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 10


def test_no_address_is_kept(quick_database: Database):
    take(quick_database)
    with quick_database.read() as session:
        assert HERE not in session.scalars(select(ApiWindow.network_hash)).one()


def test_windows_that_are_over_are_cleared_and_the_present_one_is_kept(database: Database):
    take(database)
    take(database, address=ELSEWHERE)
    take(database, at=AT + timedelta(minutes=1))
    with database.write() as session:
        assert clear_windows(session, AT + LAST_INSTANT) == 0
        assert clear_windows(session, AT + timedelta(minutes=1)) == 2
    assert windows(database) == 1
