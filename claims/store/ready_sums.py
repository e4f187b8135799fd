"""What is ready to pay as the database adds it up: what can be paid, then what is held, by reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from claims.models import Claim, Employer
from claims.store.ready import HELD, IN_SAMPLE, RunFilter, approved, why_of_group


@dataclass(frozen=True, slots=True)
class ReadyGroup:
    """Claims of one employer and fund that can all be paid, or are all held for the same reason."""

    employer: str
    at_risk: bool
    fund: str
    claims: int
    pence: int
    first_approved_at: datetime


@dataclass(frozen=True, slots=True)
class ReadySum:
    """All that can be paid, or is held for one reason."""

    held_because: str
    """Blank for what can be paid."""
    largest: tuple[ReadyGroup, ...]
    """The largest groups, as many as were asked for."""
    groups: int
    """How many there are in all."""
    claims: int
    pence: int
    first_approved_at: datetime


def ready_sums(session: Session, wanted: RunFilter, largest: int) -> list[ReadySum]:
    """What can be paid, then what is held by reason, each with its ``largest`` groups.

    The database adds up claims before it looks at employers, and all groups before it gives some of them out. It does
    not look for lines of each claim: one that is in a run is not approved any more.
    """
    added_up = (
        select(
            Claim.employer_id,
            Claim.fund,
            case((IN_SAMPLE, 1), else_=0).label("in_sample"),
            func.count().label("claims"),
            func.sum(Claim.payable_pence).label("pence"),
            func.min(Claim.decided_at).label("first_approved_at"),
        )
        .where(*approved(wanted))
        .group_by(Claim.employer_id, Claim.fund, "in_sample")
        .subquery()
    )
    each = added_up.c
    why = why_of_group(each.employer_id, each.fund, each.in_sample == 1, wanted.scheme_year)
    groups = select(added_up, why.label("held")).subquery()
    group = groups.c
    in_order = (group.pence.desc(), group.employer_id, group.fund)
    ranked = select(
        groups,
        func.row_number().over(partition_by=group.held, order_by=in_order).label("place"),
        func.count().over(partition_by=group.held).label("all_groups"),
        func.sum(group.claims).over(partition_by=group.held).label("all_claims"),
        func.sum(group.pence).over(partition_by=group.held).label("all_pence"),
        func.min(group.first_approved_at).over(partition_by=group.held).label("first"),
    ).subquery()
    rows = session.execute(
        select(ranked, Employer.name, Employer.registration)
        .join(Employer, Employer.id == ranked.c.employer_id)
        .where(ranked.c.place <= max(1, largest))
        .order_by(ranked.c.held, ranked.c.place)
    )
    return [_added_up(why, list(found), largest) for why, found in groupby(rows, key=lambda row: cast("str", row.held))]


def _added_up(why: str, rows: Sequence[Row[Any]], largest: int) -> ReadySum:
    groups = [
        ReadyGroup(row.name, row.registration == "at-risk", row.fund, row.claims, int(row.pence), row.first_approved_at)
        for row in rows[:largest]
    ]
    first = rows[0]
    return ReadySum(
        HELD[why], tuple(groups), first.all_groups, int(first.all_claims), int(first.all_pence), first.first
    )
