"""Limit how many claims one network may have assessed, whichever process it asks."""

import ipaddress
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from claims.models import ApiWindow
from claims.secrets import Keyring

WINDOW = timedelta(minutes=1)
CLAIMS_PER_WINDOW = 3_000
"""For one network: three full lists, or 50 single claims a second."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

IPV6_NETWORK_BITS = 64
"""What one household or office is given: it could ask from a new address in it each time."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a network may still ask for."""

    granted: bool
    """Whether what was asked for may be done now."""
    left: int
    """Claims in this window."""
    resets_in_seconds: int
    """Until the next window begins: 1 to the length of a window."""


def take_allowance(session: Session, keyring: Keyring, *, address: str, claims: int, at: datetime) -> Allowance:
    """Take ``claims`` (1 to ``CLAIMS_PER_WINDOW``) from the allowance of the network that ``address`` is in.

    All of them or none. Counted in one statement, so that calls at the same instant cannot both have the last of it.
    Commit at once: until then others of the same network wait.
    """
    network_hash = keyring.keyed_hash(_network_of(address), "api.network")
    begins_at = _window_of(at)
    resets_in_seconds = math.ceil((begins_at + WINDOW - at).total_seconds())
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    used = session.scalars(
        insert(ApiWindow)
        .values(network_hash=network_hash, begins_at=begins_at, claims=claims)
        .on_conflict_do_update(
            index_elements=["network_hash", "begins_at"],
            set_={"claims": ApiWindow.claims + claims},
            where=ApiWindow.claims + claims <= CLAIMS_PER_WINDOW,
        )
        .returning(ApiWindow.claims)
    ).one_or_none()
    if used is not None:
        return Allowance(True, CLAIMS_PER_WINDOW - used, resets_in_seconds)
    used = session.get_one(ApiWindow, (network_hash, begins_at)).claims
    return Allowance(False, CLAIMS_PER_WINDOW - used, resets_in_seconds)


def clear_windows(session: Session, at: datetime) -> int:
    """Delete the windows that are over; says how many."""
    cleared = session.execute(delete(ApiWindow).where(ApiWindow.begins_at < _window_of(at)))
    return int(cleared.rowcount)  # type: ignore[attr-defined]


def _window_of(at: datetime) -> datetime:
    """When the window that ``at`` is in began."""
    return _EPOCH + (at - _EPOCH) // WINDOW * WINDOW


def _network_of(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.ipv4_mapped:
        return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
    return str(parsed)
