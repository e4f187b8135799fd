"""Funds open and close from a day on; claims go by the day on which they are first submitted."""

from datetime import timedelta

import pytest

from claims.lifecycle import NotAllowed
from claims.rules.scheme import Fund
from claims.services.funding import open_or_close
from claims.services.recording import verify
from claims.store.reference import fund_is_open, funds_on
from tests.stage import AT, Stage

TODAY = AT.date()
YEAR = "2025-26"
WORDS = "The money of this year is spent."


def test_a_fund_closes_on_its_day_and_opens_again(stage: Stage) -> None:
    by, closes, opens = stage.office.administrator, TODAY + timedelta(7), TODAY + timedelta(9)
    with stage.database.write() as session:
        open_or_close(session, Fund.MAIN, YEAR, is_open=False, from_on=closes, message=WORDS, by=by, at=AT)
        open_or_close(session, Fund.MAIN, YEAR, is_open=True, from_on=opens, message="", by=by, at=AT)
        days = [closes - timedelta(1), closes, opens - timedelta(1), opens]
        assert [fund_is_open(session, Fund.MAIN, YEAR, day) for day in days] == [True, False, False, True]
        assert fund_is_open(session, Fund.OMMT, YEAR, closes) is True
        stands = next(each for each in funds_on(session, closes) if each.fund is Fund.MAIN)
        assert (stands.open, stands.since, stands.message, len(stands.to_come)) == (False, closes, WORDS, 1)
        assert verify(session)[1] == []


def test_what_is_said_again_for_the_same_day_gives_way(stage: Stage) -> None:
    by = stage.office.administrator
    with stage.database.write() as session:
        open_or_close(session, Fund.MAIN, YEAR, is_open=False, from_on=TODAY, message=WORDS, by=by, at=AT)
        assert fund_is_open(session, Fund.MAIN, YEAR, TODAY) is False
        open_or_close(session, Fund.MAIN, YEAR, is_open=True, from_on=TODAY, message="", by=by, at=AT)
        assert fund_is_open(session, Fund.MAIN, YEAR, TODAY) is True


def test_only_administrators_for_today_or_later_with_words_for_closing(stage: Stage) -> None:
    office = stage.office
    for by, year, day, message, sentence in (
        (office.finance, YEAR, TODAY, WORDS, "Only administrators"),
        (office.administrator, "2031-32", TODAY, WORDS, "no scheme year"),
        (office.administrator, YEAR, TODAY - timedelta(1), WORDS, "today or later"),
        (office.administrator, YEAR, TODAY, " ", "people who want to claim will read"),
    ):
        with stage.database.write() as session, pytest.raises(NotAllowed, match=sentence):
            open_or_close(session, Fund.MAIN, year, is_open=False, from_on=day, message=message, by=by, at=AT)
