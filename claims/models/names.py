"""Learners' names as they are looked for: one row for each word of a name, kept with the learner."""

import unicodedata
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, event, insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.learners import Learner

APOSTROPHES = "'’‘‛ʼ`´ʹ′＇"
HYPHENS = "-‐‑‒–—−"
AS_COMPARED = str.maketrans({**dict.fromkeys(APOSTROPHES, None), **dict.fromkeys(HYPHENS, " ")})

Codes = String().with_variant(String(collation="C"), "postgresql")
"""Text in the order of its characters' numbers on both databases, so that a range finds what begins with a word."""


def words_of(text: str) -> list[str]:
    """The words of a name as they are compared: without accents, apostrophes or case; a hyphen parts words."""
    plain = unicodedata.normalize("NFKD", text.translate(AS_COMPARED)).translate(AS_COMPARED)
    return "".join(each for each in plain if not unicodedata.combining(each)).casefold().split()


class NamePart(Table):
    """One word of a learner's name. Written by the database session whenever a learner's name is."""

    __tablename__ = "name_parts"
    __table_args__ = (
        Index("ix_name_parts_learner_id", "learner_id"),
        Index("ix_name_parts_part", "part", "learner_id"),
    )

    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), primary_key=True)
    part: Mapped[str] = mapped_column(Codes, primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True)


@event.listens_for(Learner, "after_insert")
def _write_parts(_mapper: Any, connection: Connection, learner: Learner) -> None:
    parts = [
        {"employer_id": learner.employer_id, "part": part, "learner_id": learner.id}
        for part in dict.fromkeys(words_of(learner.name))
    ]
    if parts:
        connection.execute(insert(NamePart), parts)


@event.listens_for(Learner, "after_update")
def _write_parts_again(mapper: Any, connection: Connection, learner: Learner) -> None:
    connection.execute(delete(NamePart).where(NamePart.learner_id == learner.id))
    _write_parts(mapper, connection, learner)
