"""The checks that follow a kill would notice: each kind of damage is done by hand, and found."""

import pytest
from sqlalchemy import text

from claims.services.drawing_up import draw_up, seen_hash
from claims.store.ready import RunFilter, ready_claims
from tests.faults.checks import doubled, half_done
from tests.keys import KEYRING
from tests.stage import AT, Stage

WANTED = RunFilter("2025-26")

HALVES = {
    "a submission without its slot": "DELETE FROM slots WHERE claim_id = 1",
    "a slot that nobody needs": "INSERT INTO slots VALUES ('somebody', 'LTS', 'start', 1)",
    "a submission without its declaration": "UPDATE events SET act = 'say' WHERE act = 'declare'",
    "a submission that fixed nothing": "UPDATE purchases SET fixed_at = NULL",
    "a state without its event": "UPDATE claims SET state = 'rejected' WHERE id = 1",
    "an event that is gone": "DELETE FROM events WHERE number = (SELECT max(number) FROM events)",
    "an event that was changed": "UPDATE events SET act = 'reject' WHERE act = 'approve'",
    "a promise without its claim": "UPDATE commitments SET committed_pence = committed_pence + 1",
    "a decision nobody was told": "DELETE FROM messages WHERE id = (SELECT min(id) FROM messages)",
    "a decision without its check": "UPDATE completion_checks SET confirmed_at = NULL WHERE claim_id = 1",
    "a decision that does not say when": "UPDATE claims SET decided_at = NULL WHERE id = 1",
    "a start without its completion": "DELETE FROM claims WHERE start_claim_id = 1",
    "a claim in payment without its line": "DELETE FROM payment_lines WHERE claim_id = 1",
    "a line with another amount": "UPDATE payment_lines SET amount_pence = 1 WHERE claim_id = 1",
    "a run without its workbook": "DELETE FROM run_workbooks",
    "a run with another workbook": "UPDATE run_workbooks SET content = x'00'",
    "a run without its event": "UPDATE events SET act = 'dream-up' WHERE act = 'draw-up'",
}

DOUBLES = {
    "an act done twice": "UPDATE events SET act = 'approve' WHERE act = 'schedule'",
    "a message written twice": "UPDATE messages SET subject = 'A', text = 'B'",
    "a claim in two lines": """
        INSERT INTO payment_lines (run_id, claim_id, employer_id, bank_account_id, fund, amount_pence, state, shown)
        SELECT run_id, claim_id, employer_id, bank_account_id, fund, amount_pence, 'removed', shown
        FROM payment_lines WHERE claim_id = 1
    """,
    "a preview drawn up twice": """
        INSERT INTO payment_runs (reference, scheme_year, filters, state, drawn_up_at, drawn_up_by_id, changes)
        SELECT 'RUN-2526-0002', scheme_year, filters, state, drawn_up_at, drawn_up_by_id, changes FROM payment_runs
    """,
}


@pytest.fixture
def drawn_up(quick_stage: Stage) -> Stage:
    """Two claims of Hartley House in a run."""
    quick_stage.approved("Zofia Kowalska", "Imran Siddiqui")
    with quick_stage.database.write() as session:
        seen = seen_hash(ready_claims(session, WANTED))
        draw_up(session, KEYRING, WANTED, quick_stage.office.finance, AT, seen=seen)
    return quick_stage


def test_what_was_done_properly_is_whole_and_there_once(drawn_up: Stage) -> None:
    with drawn_up.database.read() as session:
        assert half_done(session) == []
        assert doubled(session) == []


@pytest.mark.parametrize("damage", HALVES)
def test_half_of_something_is_noticed(drawn_up: Stage, damage: str) -> None:
    _do(drawn_up, HALVES[damage])
    with drawn_up.database.read() as session:
        assert half_done(session)


@pytest.mark.parametrize("damage", DOUBLES)
def test_something_twice_is_noticed(drawn_up: Stage, damage: str) -> None:
    _do(drawn_up, DOUBLES[damage])
    with drawn_up.database.read() as session:
        assert doubled(session)


def _do(stage: Stage, damage: str) -> None:
    with stage.database.engine.connect() as connection:
        # Some of this the database itself would refuse; the checks must not rely on it.
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        assert connection.execute(text(damage)).rowcount
        connection.commit()
