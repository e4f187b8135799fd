"""The life of a claim, held against the table of the specification, typed again by hand."""

import itertools

import pytest

from claims.lifecycle import (
    COMMITTED,
    EMPLOYER_ROLES,
    FINAL,
    LIVE,
    MOVES,
    PAST,
    STAFF_ROLES,
    WORDS,
    Act,
    Actor,
    NotAllowed,
    Role,
    State,
    acts_from,
    decide,
)

TABLE = """
draft         submit            submitted     sro submitter
draft         discard           -             sro submitter system
submitted     request-action    needs-action  assessor lead-assessor          because
submitted     approve           approved      assessor lead-assessor
submitted     reject            rejected      assessor lead-assessor          because
submitted     withdraw          withdrawn     sro submitter                   because
needs-action  recall            submitted     assessor lead-assessor          because
needs-action  lapse             rejected      lead-assessor                   because
needs-action  withdraw          withdrawn     sro submitter                   because
needs-action  resubmit          submitted     sro submitter
approved      undo              submitted     lead-assessor                   because
rejected      undo              submitted     lead-assessor                   because
approved      schedule          in-payment    finance
in-payment    unschedule        approved      finance
in-payment    pay               paid          finance
in-payment    payment-failed    approved      finance                         because
paid          payment-returned  approved      finance                         second
paid          recover           recovered     lead-assessor                   because second
"""

ROWS = [line.split() for line in TABLE.strip().splitlines()]
FLAGS = {"because", "second"}
TYPED = {
    (State(row[0]), Act(row[1])): (
        None if row[2] == "-" else State(row[2]),
        frozenset(Role(word) for word in row[3:] if word not in FLAGS),
        "because" in row,
        "second" in row,
    )
    for row in ROWS
}


def actor(role: Role, person_id: int = 1) -> Actor:
    return Actor(role, "Somebody", person_id)


def test_only_those_limited_to_services_do_not_see_everybody() -> None:
    whole, limited = Actor(Role.SRO, "Grace"), Actor(Role.SUBMITTER, "Tom", services=frozenset({3}))
    assert [whole.sees(each) for each in (3, 4, None)] == [True, True, True]
    assert [limited.sees(each) for each in (3, 4, None)] == [True, False, False]


def test_the_table_of_moves_is_the_one_in_the_specification() -> None:
    assert {key: (move.to, move.who, move.because, move.second_person) for key, move in MOVES.items()} == TYPED


@pytest.mark.parametrize(("state", "act", "role"), list(itertools.product(State, Act, Role)))
def test_an_act_is_possible_exactly_where_and_for_whom_the_table_says(state: State, act: Act, role: Role) -> None:
    allowed = (state, act) in TYPED and role in TYPED[state, act][1]
    if allowed:
        assert decide(state, act, actor(role), "A reason", actor(role, 2)).to == TYPED[state, act][0]
    else:
        with pytest.raises(NotAllowed):
            decide(state, act, actor(role), "A reason", actor(role, 2))
    assert (act in acts_from(state, role)) is allowed


@pytest.mark.parametrize(("state", "act"), [key for key, row in TYPED.items() if row[2]])
@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_an_act_that_needs_a_reason_is_refused_without_one(state: State, act: Act, reason: str) -> None:
    role = min(TYPED[state, act][1])
    with pytest.raises(NotAllowed, match="Give a reason"):
        decide(state, act, actor(role), reason, actor(role, 2))


@pytest.mark.parametrize(("state", "act"), [key for key, row in TYPED.items() if row[3]])
@pytest.mark.parametrize("prepared_by", [None, actor(Role.FINANCE)])
def test_an_act_that_takes_two_is_refused_to_one(state: State, act: Act, prepared_by: Actor | None) -> None:
    role = min(TYPED[state, act][1])
    with pytest.raises(NotAllowed, match="second person"):
        decide(state, act, actor(role), "A reason", prepared_by)


def test_a_refusal_says_what_cannot_be_done_in_words() -> None:
    with pytest.raises(NotAllowed, match="A claim that is paid cannot be approved"):
        decide(State.PAID, Act.APPROVE, actor(Role.ASSESSOR))


@pytest.mark.parametrize("state", State)
def test_acts_from_a_state_without_a_role_are_all_of_the_table(state: State) -> None:
    assert set(acts_from(state)) == {act for origin, act in TYPED if origin == state}


@pytest.mark.parametrize("state", State)
def test_every_state_has_words_and_is_reached(state: State) -> None:
    assert WORDS[state]
    assert state is State.DRAFT or state in {row[0] for row in TYPED.values()}


@pytest.mark.parametrize("act", Act)
def test_every_act_has_words_and_is_possible_somewhere(act: Act) -> None:
    assert PAST[act]
    assert act in {done for _, done in TYPED}


def test_only_final_states_have_no_way_out() -> None:
    assert {state for state in State if not acts_from(state)} == FINAL


def test_committed_claims_are_live_and_a_draft_is_not() -> None:
    assert COMMITTED < LIVE
    assert {State.SUBMITTED, State.NEEDS_ACTION, State.APPROVED, State.IN_PAYMENT, State.PAID} == LIVE


def test_roles_are_of_an_employer_or_of_the_back_office_or_the_system() -> None:
    assert not EMPLOYER_ROLES & STAFF_ROLES
    assert set(Role) - EMPLOYER_ROLES - STAFF_ROLES == {Role.SYSTEM}
