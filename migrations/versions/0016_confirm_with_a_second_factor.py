"""Confirm with a second factor: recovery codes, sessions that are confirmed and described, browsers that are known."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("person_id", whole_number, nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"])
    op.create_table(
        "known_browsers",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("person_id", whole_number, nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_known_browsers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_browsers")),
        sa.UniqueConstraint("person_id", "browser_hash", name=op.f("uq_known_browsers_person_id_browser_hash")),
    )
    op.add_column("sessions", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("browser", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("sessions", "browser")
    op.drop_column("sessions", "confirmed_at")
    op.drop_table("known_browsers")
    op.drop_table("recovery_codes")
