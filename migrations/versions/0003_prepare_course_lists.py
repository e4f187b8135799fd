"""Prepare course lists: proposals, what is said of quality and age, and when open drafts were judged anew."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "course_list_proposals",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("made_from", whole_number, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("prepared_by_id", whole_number, nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_as_id", whole_number, nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "published_as_id IS NULL OR set_aside_at IS NULL",
            name=op.f("ck_course_list_proposals_published_or_set_aside"),
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["people.id"], name=op.f("fk_course_list_proposals_prepared_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_as_id"], ["course_lists.id"], name=op.f("fk_course_list_proposals_published_as_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_list_proposals")),
    )
    op.add_column("course_list_entries", sa.Column("quality_assured", sa.Boolean(), nullable=True))
    op.add_column("course_list_entries", sa.Column("quality_assured_from", sa.Date(), nullable=True))
    # The check belongs to the column: SQLite lets a column go only with checks of its own.
    positive = sa.CheckConstraint("minimum_age > 0", name=op.f("ck_course_list_entries_minimum_age_positive"))
    op.add_column("course_list_entries", sa.Column("minimum_age", whole_number, positive, nullable=True))
    op.add_column("course_lists", sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE course_lists SET taken_up_at = published_at")


def downgrade() -> None:
    # Plain statements: rebuilding a table that others refer to would break what refers to it.
    op.drop_column("course_lists", "taken_up_at")
    for column in ("minimum_age", "quality_assured_from", "quality_assured"):
        op.drop_column("course_list_entries", column)
    op.drop_table("course_list_proposals")
