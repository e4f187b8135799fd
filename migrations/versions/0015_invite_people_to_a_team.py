"""Invite people to a team, and offer somebody the senior responsible officer's part."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("person_id", whole_number, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("invited_by_id", whole_number, nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sendings", whole_number, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('sro', 'submitter')", name=op.f("ck_invitations_role_known")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_invitations_employer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["people.id"], name=op.f("fk_invitations_invited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index(
        "ix_invitations_open",
        "invitations",
        ["employer_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_invitations_person_id"), "invitations", ["person_id"])


def downgrade() -> None:
    op.drop_table("invitations")
