"""An employer's list of claims: what it finds, in which order, a page at a time."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from claims.db import Database
from claims.demo import cast
from claims.demo.cast import House
from claims.lifecycle import State
from claims.models import Claim
from claims.rules.facts import Part
from claims.services.drafting import open_completion
from claims.services.moving import move
from claims.store.claim_lists import ClaimFilter, ClaimPage, Due, Order, claims_of, facets_of
from tests.keys import KEYRING
from tests.purchases import AT, a_claim, a_purchase, a_ready_claim, send_in

TODAY = AT.date()


@pytest.fixture
def hartley(database: Database) -> House:
    with database.write() as session:
        return cast.hartley_house(session, KEYRING, AT)


def listed(session: Session, house: House, wanted: ClaimFilter = ClaimFilter(), **how: object) -> ClaimPage:  # noqa: B008
    return claims_of(session, house.employer_id, wanted, TODAY, **how)


def names(page: ClaimPage) -> list[str]:
    return [claim.learner.name for claim in page.claims]


def test_claims_are_found_by_reference_and_name(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        claims = {name: a_claim(session, hartley, purchase, name) for name in hartley.learners}
        brien = claims["Niamh O’Brien"]
        written = (brien.reference, brien.base.lower(), brien.base[:7], f"{brien.base[:3]}-{brien.base[3:7]}".lower())
        for search in (*written, "obrien", "O'Br", "nia o’b", "NIAMH"):
            assert names(listed(session, hartley, ClaimFilter(search=search))) == ["Niamh O’Brien"], search
        assert names(listed(session, hartley, ClaimFilter(search="zzz"))) == []
        assert names(listed(session, hartley, ClaimFilter(search="---"))) == []
        assert names(listed(session, hartley, ClaimFilter(search="a"))) == ["Joyce Appiah"]
        assert listed(session, hartley, ClaimFilter(search=f"{brien.base}C")).total == 0


def test_each_filter_keeps_what_it_says(database: Database, hartley: House) -> None:
    with database.write() as session:
        start = a_ready_claim(session, hartley, "Niamh O’Brien")
        full = a_ready_claim(session, hartley, "Daniel Mensah", "LTS", "full", completed_on=date(2025, 5, 20))
        send_in(session, hartley, full)
        kept = {
            ClaimFilter(states=(State.SUBMITTED,)): full,
            ClaimFilter(states=(State.DRAFT,)): start,
            ClaimFilter(part=Part.FULL): full,
            ClaimFilter(course="LTS"): full,
            ClaimFilter(learner_id=start.learner_id): start,
            ClaimFilter(purchase_id=full.purchase_id): full,
            ClaimFilter(due=Due.LATER): start,
        }
        for wanted, claim in kept.items():
            assert listed(session, hartley, wanted).claims == [claim], wanted
        everything = ClaimFilter(fund="main", scheme_year="2025-26", entered_by_id=hartley.submitter.person_id)
        assert listed(session, hartley, everything).total == 2
        for nothing in (
            ClaimFilter(fund="ommt"),
            ClaimFilter(scheme_year="2024-25"),
            ClaimFilter(entered_by_id=hartley.sro.person_id),
            ClaimFilter(due=Due.UNKNOWN),
        ):
            assert listed(session, hartley, nothing).total == 0, nothing


@pytest.mark.parametrize(
    ("days", "dues"),
    [
        (-1, {Due.PASSED}),
        (0, {Due.WEEK, Due.MONTH}),
        (7, {Due.WEEK, Due.MONTH}),
        (8, {Due.MONTH}),
        (28, {Due.MONTH}),
        (29, {Due.LATER}),
        (None, {Due.UNKNOWN}),
    ],
)
def test_drafts_are_kept_by_when_they_are_due(
    database: Database, hartley: House, days: int | None, dues: set[Due]
) -> None:
    with database.write() as session:
        claim = a_claim(session, hartley, a_purchase(session, hartley), "Niamh O’Brien")
        claim.last_day_on = None if days is None else TODAY + timedelta(days)
        session.flush()
        assert {due for due in Due if listed(session, hartley, ClaimFilter(due=due)).total} == dues


@pytest.mark.parametrize("order", list(Order))
def test_pages_onwards_and_back_hold_every_claim_once(database: Database, hartley: House, order: Order) -> None:
    with database.write() as session:
        for days in range(5):
            purchase = a_purchase(session, hartley, started_on=date(2025, 5, 28) - timedelta(days=days % 3))
            for name in hartley.learners:
                a_claim(session, hartley, purchase, name).last_day_on = (
                    None if days == 4 else TODAY + timedelta(days % 3)
                )
        session.flush()
        page = listed(session, hartley, order=order)
        pages = [page]
        while page.after is not None:
            page = listed(session, hartley, order=order, after=page.after)
            pages.append(page)
        assert [(each.first, each.last, each.total) for each in pages] == [(1, 20, 50), (21, 40, 50), (41, 50, 50)]
        seen = [claim.id for each in pages for claim in each.claims]
        assert len(set(seen)) == 50
        back = listed(session, hartley, order=order, before=pages[2].before)
        assert (back.claims, back.first) == (pages[1].claims, 21)
        assert listed(session, hartley, order=order, before=back.before).before is None


def test_orders_are_what_they_are_called(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        claims = [a_claim(session, hartley, purchase, name) for name in hartley.learners]
        for number, claim in enumerate(claims):
            claim.last_day_on = TODAY + timedelta(days=(number * 7) % 10) if number else None
        session.flush()
        by = {order: listed(session, hartley, order=order).claims for order in Order}
        assert by[Order.NEWEST] == claims[::-1]
        assert by[Order.OLDEST] == claims
        days = [claim.last_day_on for claim in by[Order.DEADLINE]]
        assert days[:-1] == sorted(days[:-1])
        assert days[-1] is None
        assert [claim.learner.last_name for claim in by[Order.LEARNER]][:3] == ["Appiah", "Bennett", "Ellis"]


@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST, Order.LEARNER, Order.COURSE])
def test_a_completion_claim_stands_right_after_its_start_claim(
    database: Database, hartley: House, order: Order
) -> None:
    with database.write() as session:
        start = a_claim(session, hartley, a_purchase(session, hartley), "Niamh O’Brien")
        a_claim(session, hartley, a_purchase(session, hartley), "Daniel Mensah")
        completion = open_completion(session, start, hartley.submitter, AT)
        page = listed(session, hartley, order=order)
        place = page.claims.index(start)
        assert page.claims[place + 1] is completion
        assert page.completions == {start.id: completion}


def test_a_page_after_a_claim_that_is_gone_or_anothers_is_the_first(database: Database, hartley: House) -> None:
    with database.write() as session:
        meadow = cast.meadow_view(session, KEYRING, AT)
        theirs = a_claim(session, meadow, a_purchase(session, meadow), "Sean Doyle")
        gone = a_claim(session, hartley, a_purchase(session, hartley), "Daniel Mensah")
        mine = a_claim(session, hartley, a_purchase(session, hartley), "Niamh O’Brien")
        gone_id = gone.id
        move(session, gone, "discard", hartley.submitter, AT)
        for edge in (theirs.id, gone_id, 10**18):
            for how in ({"after": edge}, {"before": edge}):
                page = listed(session, hartley, **how)
                assert (page.claims, page.first, page.total) == ([mine], 1, 1)


def test_what_can_be_filtered_by_is_counted_for_one_employer(database: Database, hartley: House) -> None:
    with database.write() as session:
        meadow = cast.meadow_view(session, KEYRING, AT)
        a_claim(session, meadow, a_purchase(session, meadow), "Sean Doyle")
        purchase = a_purchase(session, hartley)
        for name in list(hartley.learners)[:3]:
            a_claim(session, hartley, purchase, name)
        facets = facets_of(session, hartley.employer_id)
        assert (facets.total, facets.states, facets.funds, facets.years) == (
            3,
            {State.DRAFT: 3},
            {"main": 3},
            {"2025-26": 3},
        )
        assert facets.people == [(hartley.submitter.person_id, "Tom Bell")]
        assert session.get_one(Claim, 1).employer_id == meadow.employer_id
