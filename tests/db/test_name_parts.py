"""Parts of learners' names are kept with the learners, and written for those who were there before."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from claims.db import Database
from claims.models import Learner, NamePart
from claims.models.names import words_of
from claims.services.upgrading import differences, downgrade, upgrade
from claims.store.learners import learners_of
from tests.stage import Stage, stage

__all__ = ["stage"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Niamh O’Brien", ["niamh", "obrien"]),
        ("Niamh O'Brien", ["niamh", "obrien"]),
        ("Zoë Nuñez-Løw", ["zoe", "nunez", "løw"]),
        ("Anne‑Marie STRASSE", ["anne", "marie", "strasse"]),
        ("’", []),
    ],
)
def test_names_are_compared_without_accents_apostrophes_hyphens_and_case(name: str, words: list[str]) -> None:
    assert words_of(name) == words


def parts_of(session: Session, learner_id: int) -> list[str]:
    return sorted(session.scalars(select(NamePart.part).where(NamePart.learner_id == learner_id)))


def test_parts_follow_the_name_and_go_with_the_learner(stage: Stage) -> None:
    learner_id = stage.house.learners["Niamh O’Brien"]
    with stage.database.write() as session:
        learner = session.get_one(Learner, learner_id)
        learner.last_name = "Niamh-Ýr"
        session.flush()
        assert parts_of(session, learner_id) == ["niamh", "yr"]
        assert learners_of(session, stage.house.employer_id, "ýR nia") == [learner]
        assert not learners_of(session, stage.meadow.employer_id, "yr")
        assert not learners_of(session, stage.house.employer_id, "brien")
        session.delete(learner)
        session.flush()
        assert not parts_of(session, learner_id)


def test_the_migration_writes_parts_for_learners_there_are_and_goes_back(stage: Stage) -> None:
    database: Database = stage.database
    learner_id = stage.house.learners["Niamh O’Brien"]
    with database.write() as session:
        before = parts_of(session, learner_id)
        assert before == ["niamh", "obrien"]
    downgrade(database, "0007")
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM learners")) == 12
    upgrade(database)
    assert differences(database) == []
    with database.read() as session:
        assert parts_of(session, learner_id) == before
        assert session.scalars(select(Learner.service_id)).first() is None
