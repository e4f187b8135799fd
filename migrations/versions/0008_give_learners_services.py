"""Give learners services and a place on the pathway, and their names an index to find them by."""

import unicodedata
from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
codes = sa.String().with_variant(sa.String(collation="C"), "postgresql")
AS_COMPARED = str.maketrans({**dict.fromkeys("'’‘‛ʼ`´ʹ′＇", None), **dict.fromkeys("-‐‑‒–—−", " ")})
AT_A_TIME = 1_000

LEARNERS = (
    ("service_id", "INTEGER CONSTRAINT fk_learners_service_id REFERENCES care_services (id)"),
    ("role_category", "VARCHAR"),
    ("in_role_from", "DATE"),
    ("certified", "BOOLEAN"),
    (
        "certified_on",
        "DATE CONSTRAINT ck_learners_certified_on_only_if_certified CHECK (certified_on IS NULL OR certified)",
    ),
)
"""Written out, because claims refer to learners: SQLite may not rebuild the table, and adds such columns as they are."""


def upgrade() -> None:
    op.create_table(
        "care_services",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_care_services_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_services")),
        sa.UniqueConstraint("employer_id", "name", name=op.f("uq_care_services_employer_id_name")),
    )
    op.create_table(
        "membership_services",
        sa.Column("membership_id", whole_number, nullable=False),
        sa.Column("service_id", whole_number, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_membership_services_membership_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["care_services.id"], name=op.f("fk_membership_services_service_id")),
        sa.PrimaryKeyConstraint("membership_id", "service_id", name=op.f("pk_membership_services")),
    )
    op.create_table(
        "name_parts",
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("part", codes, nullable=False),
        sa.Column("learner_id", whole_number, nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_name_parts_employer_id")),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_name_parts_learner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("employer_id", "part", "learner_id", name=op.f("pk_name_parts")),
    )
    op.create_index("ix_name_parts_learner_id", "name_parts", ["learner_id"])
    op.add_column("memberships", sa.Column("limited", sa.Boolean(), nullable=False, server_default=sa.false()))
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, definition in LEARNERS:
        written = definition if sqlite else definition.replace("INTEGER", "BIGINT")
        op.execute(f"ALTER TABLE learners ADD COLUMN {name} {written}")
    op.create_index("ix_learners_employer_name", "learners", ["employer_id", "last_name", "first_name", "id"])
    op.create_index("ix_learners_service_id", "learners", ["service_id"])
    _write_name_parts()


def downgrade() -> None:
    op.drop_index("ix_learners_service_id", "learners")
    op.drop_index("ix_learners_employer_name", "learners")
    for name, _ in reversed(LEARNERS):
        op.drop_column("learners", name)
    op.drop_column("memberships", "limited")
    op.drop_table("name_parts")
    op.drop_table("membership_services")
    op.drop_table("care_services")


def _write_name_parts() -> None:
    bind = op.get_bind()
    learners = sa.table(
        "learners", sa.column("id"), sa.column("employer_id"), sa.column("first_name"), sa.column("last_name")
    )
    parts = sa.table("name_parts", sa.column("employer_id"), sa.column("part"), sa.column("learner_id"))
    rest = iter(bind.execute(sa.select(learners)).all())
    while some := list(islice(rest, AT_A_TIME)):
        rows = [
            {"employer_id": row.employer_id, "part": word, "learner_id": row.id}
            for row in some
            for word in dict.fromkeys(_words(f"{row.first_name} {row.last_name}"))
        ]
        if rows:
            bind.execute(sa.insert(parts), rows)


def _words(text: str) -> list[str]:
    """As ``claims.models.names.words_of`` was when this was written."""
    plain = unicodedata.normalize("NFKD", text.translate(AS_COMPARED)).translate(AS_COMPARED)
    return "".join(each for each in plain if not unicodedata.combining(each)).casefold().split()
