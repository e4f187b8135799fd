"""Keep year-end workbooks, and which of them closed a scheme year."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CLOSED = sa.text("closes AND reopened_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "year_ends",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("scheme_year", sa.String(), nullable=False),
        sa.Column("version", whole_number, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", whole_number, nullable=False),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by_id", whole_number, nullable=True),
        sa.CheckConstraint("closes OR reopened_at IS NULL", name=op.f("ck_year_ends_reopened_after_closing")),
        sa.CheckConstraint(
            "(reopened_at IS NULL) = (reopened_by_id IS NULL)", name=op.f("ck_year_ends_reopened_by_somebody")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_year_ends_made_by_id")),
        sa.ForeignKeyConstraint(["reopened_by_id"], ["people.id"], name=op.f("fk_year_ends_reopened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_ends")),
        sa.UniqueConstraint("scheme_year", "version", name=op.f("uq_year_ends_scheme_year_version")),
    )
    op.create_index(
        "ix_year_ends_closed", "year_ends", ["scheme_year"], unique=True, sqlite_where=CLOSED, postgresql_where=CLOSED
    )


def downgrade() -> None:
    op.drop_table("year_ends")
