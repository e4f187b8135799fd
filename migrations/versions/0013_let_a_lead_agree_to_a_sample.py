"""Let a lead assessor agree to a sample of approvals before they count."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("answer IS NULL")


def upgrade() -> None:
    op.create_table(
        "sampled_approvals",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("claim_id", whole_number, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", whole_number, nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", whole_number, nullable=True),
        sa.CheckConstraint(
            "reason IN ('first-of-employer', 'drawn', 'undone-before')",
            name=op.f("ck_sampled_approvals_reason_known"),
        ),
        sa.CheckConstraint("answer IN ('agreed', 'undone')", name=op.f("ck_sampled_approvals_answer_known")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_sampled_approvals_answered_says_when")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_sampled_approvals_claim_id_claims")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_sampled_approvals_approved_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people.id"], name=op.f("fk_sampled_approvals_answered_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampled_approvals")),
    )
    op.create_index(
        "ix_sampled_approvals_one_waiting",
        "sampled_approvals",
        ["claim_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_sampled_approvals_waiting", "sampled_approvals", ["id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index("ix_sampled_approvals_claim_id", "sampled_approvals", ["claim_id"])


def downgrade() -> None:
    op.drop_table("sampled_approvals")
