"""Many people are put on a purchase, all or nobody; what it would do is said before, with one look for all of them."""

from datetime import date

import pytest
from sqlalchemy import event, func, select

from claims.db import Database
from claims.demo import cast
from claims.lifecycle import NotAllowed
from claims.models import Claim, Learner
from claims.rules.facts import Engagement
from claims.services.dividing import add_service
from claims.services.employing import LearnerDetails
from claims.services.enlisting import enlist, find_known, foresee_enlisting
from claims.services.enrolling import AlreadyAdded, NotEnoughCovered, enrol, enrol_all, room_on
from claims.services.purchasing import change_purchase, start_purchase
from tests.keys import KEYRING
from tests.site import AT

TODAY = AT.date()


@pytest.fixture
def house(database: Database) -> cast.House:
    with database.write() as session:
        return cast.hartley_house(session, KEYRING, AT)


def bought(session, house: cast.House, **told):
    purchase = start_purchase(session, house.employer_id, "LTS", house.sro, AT)
    change_purchase(session, purchase, {"started_on": date(2025, 10, 6), **told}, house.sro, AT)
    return purchase


def somebody(number: int, **told) -> LearnerDetails:
    details = {
        "first_name": "Sam",
        "last_name": "Okoro",
        "number": cast.unreal_number(number),
        "job_role": "care-worker",
        "engagement": Engagement.EMPLOYEE,
        "works_in_england": True,
        "post_requires_registration": False,
        "employed_from": date(2024, 3, 1),
    }
    return LearnerDetails(**{**details, **told})


def test_everybody_is_kept_and_added_or_nobody(database: Database, house: cast.House) -> None:
    with database.write() as session:
        purchase = bought(session, house, cost_pence=100_000, people_covered=2)
        with pytest.raises(NotEnoughCovered, match="you selected 3, which is 1 too many"), session.begin_nested():
            enlist(session, KEYRING, purchase, [somebody(n) for n in (50, 51, 52)], by=house.sro, at=AT)
        assert session.scalars(select(func.count()).select_from(Learner)).one() == 10
        came = enlist(session, KEYRING, purchase, [somebody(n) for n in (50, 51)], by=house.sro, at=AT)
        assert (came.added, came.present) == (2, 0)
        came = enlist(session, KEYRING, purchase, [somebody(n) for n in (51, 50)], by=house.sro, at=AT)
        assert (came.added, came.present) == (0, 2)
        assert session.scalars(select(func.count()).select_from(Claim)).one() == 2


def test_the_last_place_on_an_invoice_is_given_and_none_after_it(database: Database, house: cast.House) -> None:
    with database.write() as session:
        purchase = bought(session, house, cost_pence=100_000, people_covered=2)
        one, two, three = (session.get_one(Learner, each) for each in list(house.learners.values())[:3])
        assert room_on(purchase, 0) == 2
        assert len(enrol_all(session, purchase, [one, one], house.sro, AT)) == 1
        with pytest.raises(NotEnoughCovered, match="and 1 of them is on this purchase already: you selected 2"):
            enrol_all(session, purchase, [one, two, three], house.sro, AT)
        assert len(enrol_all(session, purchase, [one, two], house.sro, AT)) == 1
        with pytest.raises(AlreadyAdded):
            enrol(session, purchase, two, house.sro, AT)
        with pytest.raises(NotEnoughCovered, match="all of them are on this purchase already"):
            enrol(session, purchase, three, house.sro, AT)
        for_each = bought(session, house, cost_pence=100_000, people_covered=1)
        assert room_on(for_each, 9) is None
        assert len(enrol_all(session, for_each, [one, two, three], house.sro, AT)) == 3


def test_what_speaks_against_somebody_new_is_known_before_they_are_kept(database: Database, house: cast.House) -> None:
    with database.read() as session:
        everybody = [
            somebody(50),
            somebody(51, job_role="registered-nurse"),
            somebody(52, works_in_england=False),
            somebody(53, employed_from=date(2025, 10, 7)),
            somebody(3),
        ]
    with database.write() as session:
        purchase = bought(session, house)
        found = foresee_enlisting(session, KEYRING, purchase, everybody, by=house.sro, today=TODAY)
        against = [[finding.rule for finding in each.findings] for each in found]
        assert against == [
            [],
            ["learner-role-is-funded"],
            ["learner-works-in-england"],
            ["learner-employed-when-training-started"],
            [],
        ]
        assert found[0].foreseen.learner is None
        assert found[4].foreseen.learner is not None
        assert ("job_role", "registered-nurse", "care-worker") in found[4].foreseen.changes
        assert not session.new
        assert session.scalars(select(func.count()).select_from(Learner)).one() == 10


def test_somebody_who_is_not_seen_is_not_described_and_not_changed(database: Database, house: cast.House) -> None:
    with database.write() as session:
        service = add_service(session, house.employer_id, "Orchard wing", by=house.sro, at=AT)
        other = add_service(session, house.employer_id, "The Cottage", by=house.sro, at=AT)
        session.get_one(Learner, house.learners["Niamh O’Brien"]).service_id = service.id
        session.get_one(Learner, house.learners["Daniel Mensah"]).service_id = other.id
        session.flush()
        limited = house.submitter.__class__(
            house.submitter.role, "Tom Bell", house.submitter.person_id, house.employer_id, frozenset({service.id})
        )
        numbers = [cast.unreal_number(n) for n in (1, 2, 99)]
        known = find_known(session, KEYRING, house.employer_id, numbers, limited)
        assert set(known.details) == {cast.unreal_number(1)}
        assert known.unseen == {cast.unreal_number(2)}
        purchase = bought(session, house)
        with pytest.raises(NotAllowed, match="in a service that you do not see"):
            enlist(session, KEYRING, purchase, [somebody(2, service_id=service.id)], by=limited, at=AT)


def test_foreseeing_many_asks_as_many_questions_as_foreseeing_one(database: Database, house: cast.House) -> None:
    asked: list[int] = []
    with database.write() as session:
        purchase = bought(session, house)
        enrol(session, purchase, session.get_one(Learner, house.learners["Zofia Kowalska"]), house.sro, AT)
        for numbers in ((1, 50), tuple(range(1, 61))):
            session.expire_all()
            statements: list[str] = []

            def note(_connection: object, _cursor: object, statement: str, *_rest: object, told=statements) -> None:
                told.append(statement)

            everybody = [somebody(number) for number in numbers]
            engine = session.get_bind()
            event.listen(engine, "before_cursor_execute", note)
            try:
                find_known(session, KEYRING, house.employer_id, [each.number for each in everybody], house.sro)
                foresee_enlisting(session, KEYRING, purchase, everybody, by=house.sro, today=TODAY)
            finally:
                event.remove(engine, "before_cursor_execute", note)
            asked.append(len(statements))
    assert asked[0] == asked[1]
