"""A sample of ``make money``: two worlds of claim lives, every penny compared after every act, workbooks recomputed."""

from pathlib import Path

import pytest

from claims.db import Database
from tests.money.books import Books, Claim, Course, Employer, Purchase, sixty_percent, three_months_after
from tests.money.comparing import Comparing, unbalanced
from tests.money.life import Disagreement
from tests.money.lives import Lives
from tests.money.living import live
from tests.money.register import differing, expected_rows, make_hostile, write_register
from tests.money.workbooks import disagreeing, workbooks_of
from tests.money.world import BEGINS, low_caps, make_world

LIVES = 40


@pytest.mark.libreoffice
def test_every_penny_is_where_the_books_have_it_and_the_register_is_what_the_database_holds(
    quick_database: Database, tmp_path: Path
) -> None:
    files, in_the_register = [], []

    def keep(database: Database, lives: Lives) -> None:
        for name, content in workbooks_of(database, lives):
            files.append(tmp_path / f"{name}.xlsx")
            files[-1].write_bytes(content)
        make_hostile(database)
        files.append(tmp_path / "hostile.xlsx")
        write_register(database, files[-1], lives.office.finance[0], lives.at)
        in_the_register.extend(expected_rows(database))

    with low_caps(tmp_path):
        lived = live(quick_database, 20260202, LIVES, finish=keep)
    assert lived.faults == []
    assert lived.lives >= LIVES
    assert {"submit", "assess", "draw up", "release", "record a bank result"} <= lived.done.keys()
    assert {"submit", "assess", "draw up", "release", "withdraw"} & lived.refused.keys()
    assert disagreeing(tmp_path, files) == []
    for path in (files[-1], tmp_path / "saved" / files[-1].name):
        cells, found = differing(path, in_the_register)
        assert found == []
        assert cells >= LIVES * 30


def test_books_that_are_a_penny_out_are_noticed(quick_database: Database, tmp_path: Path) -> None:
    with low_caps(tmp_path):
        lives = Lives(make_world(quick_database), 7, 40)
        while not (approved := lives.books.in_state("approved")):
            lives.live_on()
        comparing = Comparing(lives.books)
        with quick_database.read() as session:
            assert comparing.faults(session) == []
        approved[0].pays = (approved[0].pays or 0) - 1
        with quick_database.read() as session:
            faults = Comparing(lives.books).faults(session)
    assert any(fault.startswith(f"claim {approved[0].id}:") for fault in faults)
    assert any("is committed" in fault or fault.startswith("commitment") for fault in faults)


def test_a_refusal_that_the_books_do_not_expect_is_a_disagreement(quick_database: Database, tmp_path: Path) -> None:
    with low_caps(tmp_path):
        lives = Lives(make_world(quick_database), 3, 40)
        lives.acts = [(1, lives.buy)]
        while not lives.books.in_state("draft"):
            lives.live_on()
        for claim in lives.books.claims.values():
            claim.state = "rejected"
        lives.acts = [(1, lives.undo)]
        with pytest.raises(Disagreement, match="undo was refused"):
            for _ in range(50):
                lives.live_on()


@pytest.mark.parametrize(("full", "start"), [(154_000, 92_400), (133_333, 80_000), (12_555, 7_533), (9_999, 5_999)])
def test_the_books_know_the_worked_examples(full: int, start: int) -> None:
    assert sixty_percent(full) == start
    course = Course("X", "main", full, internal=False, splits=True)
    purchase = Purchase(1, Employer(1), course, total=full, other=0, people=1, plan=False, paid_on=BEGINS.date())
    first = Claim(1, purchase, 1, "N", "start", state="paid", full=full, due=start, pays=start, reached_the_bank=start)
    rest = Claim(2, purchase, 1, "N", "completion", start=first, state="approved")
    _, rest.full, rest.due = Books().amounts(rest, None)
    rest.pays = rest.due
    assert (start + rest.due, unbalanced(rest)) == (full, [])


def test_the_books_count_months_as_the_rules_do() -> None:
    assert three_months_after(BEGINS.date().replace(month=11, day=30)).isoformat() == "2026-02-28"
