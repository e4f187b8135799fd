"""Say more of the pathway: edits of links, and role categories that are added or dated."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_edits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("whole_group", sa.Boolean(), nullable=False),
        sa.Column("role_category", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("files_said", sa.JSON(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act <> 'link' OR (rank <> '' AND basis <> '')", name=op.f("ck_link_edits_link_says_what")),
        sa.CheckConstraint("act IN ('link', 'unlink', 'withdraw')", name=op.f("ck_link_edits_act_known")),
        sa.CheckConstraint("basis IN ('', 'published', 'inferred')", name=op.f("ck_link_edits_basis_known")),
        sa.CheckConstraint("confidence IN ('', 'high', 'medium', 'low')", name=op.f("ck_link_edits_confidence_known")),
        sa.CheckConstraint("rank IN ('', 'primary', 'secondary')", name=op.f("ck_link_edits_rank_known")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_link_edits_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_edits")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_link_edits_subject", "link_edits", ["subject", "id"])

    op.create_table(
        "role_category_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('direct care', 'management')", name=op.f("ck_role_category_changes_kind_known")),
        sa.CheckConstraint(
            "from_on IS NULL OR to_on IS NULL OR from_on <= to_on", name=op.f("ck_role_category_changes_dates_in_order")
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_role_category_changes_position_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_role_category_changes_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_category_changes")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("role_category_changes")
    op.drop_index("ix_link_edits_subject", "link_edits")
    op.drop_table("link_edits")
