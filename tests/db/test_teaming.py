"""The team: ten people at most, invited, removed and replaced by the senior responsible officer alone."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Event, Invitation, Membership, Message, Person
from claims.services import handing_over, inviting
from claims.services.sessions import actor_of, start_session
from claims.store.team import open_invitations_of, team_of
from tests.keys import KEYRING
from tests.stage import AT, Stage

SECOND = timedelta(seconds=1)


def invite(stage: Stage, email: str = "ada@example.com", *, by: Actor | None = None, at: datetime = AT, declared=True):
    with stage.database.write() as session:
        by = by or stage.house.sro
        return inviting.invite(session, KEYRING, email=email, name="Ada Lamb", declared=declared, by=by, at=at).id


def newest_address(stage: Stage) -> str:
    with stage.database.read() as session:
        of_invitations = select(Message.link).where(Message.kind == inviting.MESSAGE).order_by(Message.id.desc())
        return session.scalars(of_invitations.limit(1)).one().removeprefix(f"{inviting.INVITATION_PATH}/")


def accept(stage: Stage, signed: str, at: datetime = AT + SECOND) -> Actor | None:
    with stage.database.write() as session:
        return inviting.accept_invitation(session, KEYRING, signed, at)


def names(stage: Stage) -> list[tuple[str, str]]:
    with stage.database.read() as session:
        return [(each.person.name, each.role) for each in team_of(session, stage.house.employer_id)]


def membership_id(stage: Stage, who: Actor) -> int:
    with stage.database.read() as session:
        found = select(Membership.id).where(
            Membership.person_id == who.person_id, Membership.employer_id == stage.house.employer_id
        )
        return session.scalars(found).one()


def test_whoever_was_invited_joins_once(stage: Stage) -> None:
    invite(stage)
    signed = newest_address(stage)
    joined = accept(stage, signed)
    assert joined.role is Role.SUBMITTER
    assert ("Ada Lamb", Role.SUBMITTER) in names(stage)
    assert accept(stage, signed) is None
    with stage.database.read() as session:
        told = session.scalars(select(Message.person_id).where(Message.kind == inviting.TEAM_MESSAGE)).all()
        assert told == [stage.house.sro.person_id]
        acts = session.scalars(select(Event.act).order_by(Event.number.desc()).limit(2)).all()
        assert acts == ["join", "invite"]


@pytest.mark.parametrize(("waited", "works"), [(inviting.LASTS - SECOND, True), (inviting.LASTS, False)])
def test_an_invitation_is_good_for_seven_days(stage: Stage, waited: timedelta, works: bool) -> None:
    invite(stage)
    assert (accept(stage, newest_address(stage), AT + waited) is not None) == works


def test_sent_again_the_newest_address_works_and_the_one_before_does_not(stage: Stage) -> None:
    invitation_id = invite(stage)
    first = newest_address(stage)
    late = AT + timedelta(days=8)
    with stage.database.write() as session:
        inviting.send_again(session, KEYRING, invitation_id, stage.house.sro, late)
    second = newest_address(stage)
    assert first != second
    assert accept(stage, first, late) is None
    assert accept(stage, second, late + inviting.LASTS - SECOND) is not None


def test_a_cancelled_invitation_works_no_more(stage: Stage) -> None:
    invitation_id = invite(stage)
    with stage.database.write() as session:
        inviting.cancel_invitation(session, invitation_id, stage.house.sro, AT)
    assert accept(stage, newest_address(stage)) is None
    with pytest.raises(NotAllowed, match="accepted or cancelled"), stage.database.write() as session:
        inviting.send_again(session, KEYRING, invitation_id, stage.house.sro, AT)
    invite(stage)
    assert accept(stage, newest_address(stage)) is not None


def test_an_address_that_is_changed_by_a_letter_leads_nowhere(stage: Stage) -> None:
    invite(stage)
    signed = newest_address(stage)
    for wrong in (signed[:-1] + ("0" if signed[-1] != "0" else "1"), "1-", "", "9" * 30, signed.upper() + "x"):
        assert accept(stage, wrong) is None


def test_somebody_with_an_account_joins_with_it(stage: Stage) -> None:
    invite(stage, "Karl.Jensen@example.com")
    joined = accept(stage, newest_address(stage))
    assert joined.person_id == stage.meadow.submitter.person_id
    with stage.database.read() as session:
        employers = select(Membership.employer_id).where(Membership.person_id == joined.person_id)
        assert set(session.scalars(employers)) == {stage.house.employer_id, stage.meadow.employer_id}


def test_only_the_officer_invites_and_only_with_the_declaration(stage: Stage) -> None:
    for nobody in (stage.house.submitter, stage.office.lead):
        with pytest.raises(NotAllowed, match="Only the senior responsible officer"):
            invite(stage, by=nobody)
    with pytest.raises(NotAllowed, match="Tick the box"):
        invite(stage, declared=False)
    # A role that was taken away a moment ago counts no more.
    with stage.database.write() as session:
        session.get_one(Membership, membership_id(stage, stage.house.sro)).role = Role.SUBMITTER
    with pytest.raises(NotAllowed, match="Only the senior responsible officer"):
        invite(stage)


def test_nobody_is_invited_twice_or_when_they_are_there(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="in your team already"):
        invite(stage, "tom.bell@example.com")
    invite(stage)
    with pytest.raises(NotAllowed, match="invited already"):
        invite(stage, "ADA@example.com")
    # After its 7 days it can be sent anew.
    invite(stage, at=AT + inviting.LASTS)


def test_the_back_office_cannot_join_an_employer(stage: Stage) -> None:
    invite(stage, "asha.rahman@example.org")
    with pytest.raises(NotAllowed, match="cannot act for an employer"):
        accept(stage, newest_address(stage))


def test_a_team_has_ten_people_and_those_invited_count(stage: Stage) -> None:
    for count in range(8):
        invite(stage, f"person{count}@example.com")
    with pytest.raises(NotAllowed, match="10 people at most"):
        invite(stage, "one.more@example.com")
    # Invitations that ran out give their places back, and take them again when they are sent again.
    late = AT + inviting.LASTS
    for count in range(8):
        invite(stage, f"other{count}@example.com", at=late)
    with stage.database.read() as session:
        waiting = open_invitations_of(session, stage.house.employer_id)
        assert len(waiting) == 16
        oldest = waiting[0].id
    with pytest.raises(NotAllowed, match="10 people at most"), stage.database.write() as session:
        inviting.send_again(session, KEYRING, oldest, stage.house.sro, late)


def test_two_invitations_at_once_never_make_eleven(stage: Stage) -> None:
    for count in range(7):
        invite(stage, f"person{count}@example.com")
    begin, refused = threading.Barrier(4), []

    def try_it(number: int) -> None:
        begin.wait()
        try:
            invite(stage, f"racer{number}@example.com")
        except NotAllowed as no:
            refused.append(str(no))

    racers = [threading.Thread(target=try_it, args=(number,)) for number in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(refused) == 3
    with stage.database.read() as session:
        assert inviting.places_taken(session, stage.house.employer_id, AT) == 10


def test_whoever_is_removed_is_signed_out_at_once_and_can_be_invited_again(stage: Stage) -> None:
    with stage.database.write() as session:
        token = start_session(session, stage.house.submitter, AT)
    removed = membership_id(stage, stage.house.submitter)
    with stage.database.write() as session:
        handing_over.remove_member(session, removed, stage.house.sro, AT + SECOND)
    with stage.database.read() as session:
        assert actor_of(session, token, AT + SECOND) is None
    assert names(stage) == [("Grace Okafor", Role.SRO)]
    with pytest.raises(NotAllowed, match="not in your team"), stage.database.write() as session:
        handing_over.remove_member(session, removed, stage.house.sro, AT + SECOND)
    invite(stage, "tom.bell@example.com")
    accept(stage, newest_address(stage))
    assert names(stage) == [("Grace Okafor", Role.SRO), ("Tom Bell", Role.SUBMITTER)]


def test_nobody_removes_themselves_or_another_employers_people(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="hand your part over first"), stage.database.write() as session:
        handing_over.remove_member(session, membership_id(stage, stage.house.sro), stage.house.sro, AT)
    with stage.database.read() as session:
        theirs = session.scalars(
            select(Membership.id).where(Membership.person_id == stage.meadow.submitter.person_id)
        ).one()
    with pytest.raises(NotAllowed, match="not in your team"), stage.database.write() as session:
        handing_over.remove_member(session, theirs, stage.house.sro, AT)


def offer(stage: Stage, at: datetime = AT) -> int:
    with stage.database.write() as session:
        to = session.scalars(select(Membership.id).where(Membership.person_id == stage.house.submitter.person_id)).one()
        return handing_over.offer_handover(session, to, declared=True, by=stage.house.sro, at=at).id


def take_over(stage: Stage, offer_id: int, by: Actor | None = None, at: datetime = AT + SECOND) -> Actor:
    with stage.database.write() as session:
        return handing_over.accept_handover(session, offer_id, by or stage.house.submitter, at)


def test_the_officers_part_is_handed_over_when_the_other_accepts(stage: Stage) -> None:
    with stage.database.write() as session:
        tokens = [start_session(session, who, AT) for who in (stage.house.sro, stage.house.submitter)]
    offer_id = offer(stage)
    assert names(stage)[0] == ("Grace Okafor", Role.SRO)
    now = take_over(stage, offer_id)
    assert now.role is Role.SRO
    assert names(stage) == [("Tom Bell", Role.SRO), ("Grace Okafor", Role.SUBMITTER)]
    with stage.database.read() as session:
        assert [actor_of(session, token, AT + SECOND) for token in tokens] == [None, None]
    with pytest.raises(NotAllowed, match="no longer stands"):
        take_over(stage, offer_id)
    with pytest.raises(NotAllowed, match="Only the senior responsible officer"):
        invite(stage)
    invite(stage, by=now)


def test_an_offer_ends_after_seven_days_or_when_it_is_taken_back_or_declined(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="no longer stands"):
        take_over(stage, offer(stage), at=AT + inviting.LASTS)
    offer_id = offer(stage)
    with stage.database.write() as session:
        assert handing_over.withdraw_handover(session, stage.house.sro, AT)
    with pytest.raises(NotAllowed, match="no longer stands"):
        take_over(stage, offer_id)
    offer_id = offer(stage)
    with stage.database.write() as session:
        handing_over.decline_handover(session, offer_id, stage.house.submitter, AT)
    with pytest.raises(NotAllowed, match="no longer stands"):
        take_over(stage, offer_id)
    assert names(stage)[0] == ("Grace Okafor", Role.SRO)


def test_nobody_accepts_an_offer_made_to_another(stage: Stage) -> None:
    offer_id = offer(stage)
    for nobody in (stage.house.sro, stage.meadow.submitter):
        with pytest.raises(NotAllowed, match="no longer stands"):
            take_over(stage, offer_id, nobody)


def test_a_person_is_made_for_an_address_only_once(stage: Stage) -> None:
    invite(stage)
    with stage.database.write() as session:
        inviting.cancel_invitation(session, session.scalars(select(Invitation.id)).one(), stage.house.sro, AT)
    invite(stage)
    with stage.database.read() as session:
        assert len(session.scalars(select(Person).where(Person.email == "ada@example.com")).all()) == 1
