"""Find employers by the beginning of their names, and learners of all employers by name and number."""

import unicodedata
from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

codes = sa.String().with_variant(sa.String(collation="C"), "postgresql")
AS_COMPARED = str.maketrans({**dict.fromkeys("'’‘‛ʼ`´ʹ′＇", None), **dict.fromkeys("-‐‑‒–—−", " ")})
AT_A_TIME = 1_000


def upgrade() -> None:
    op.add_column("employers", sa.Column("name_sought", codes, nullable=False, server_default=""))
    op.create_index("ix_employers_name_sought", "employers", ["name_sought"])
    op.create_index("ix_learners_number_hash", "learners", ["number_hash"])
    op.create_index("ix_name_parts_part", "name_parts", ["part", "learner_id"])
    _write_names()


def downgrade() -> None:
    op.drop_index("ix_name_parts_part", "name_parts")
    op.drop_index("ix_learners_number_hash", "learners")
    op.drop_index("ix_employers_name_sought", "employers")
    op.drop_column("employers", "name_sought")


def _write_names() -> None:
    bind = op.get_bind()
    employers = sa.table("employers", sa.column("id"), sa.column("name"), sa.column("name_sought"))
    written = (
        sa.update(employers).where(employers.c.id == sa.bindparam("of")).values(name_sought=sa.bindparam("sought"))
    )
    rest = iter(bind.execute(sa.select(employers.c.id, employers.c.name)).all())
    while some := list(islice(rest, AT_A_TIME)):
        bind.execute(written, [{"of": row.id, "sought": _as_sought(row.name)} for row in some])


def _as_sought(name: str) -> str:
    """As ``claims.models.employers.name_as_sought`` was when this was written."""
    plain = unicodedata.normalize("NFKD", name.translate(AS_COMPARED)).translate(AS_COMPARED)
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).casefold().split())
