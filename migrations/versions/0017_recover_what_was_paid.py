"""Keep recoveries, what runs set off against them, and payments that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "payment_returns",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("run_id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", whole_number, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", whole_number, nullable=True),
        sa.CheckConstraint("fund IN ('main', 'ommt')", name=op.f("ck_payment_returns_fund_known")),
        sa.CheckConstraint(
            "state = 'proposed' OR decided_by_id IS NOT NULL", name=op.f("ck_payment_returns_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'refused')", name=op.f("ck_payment_returns_state_known")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id",
            name=op.f("ck_payment_returns_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_payment_returns_decided_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_payment_returns_employer_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["people.id"], name=op.f("fk_payment_returns_proposed_by_id")),
        sa.ForeignKeyConstraint(["run_id"], ["payment_runs.id"], name=op.f("fk_payment_returns_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_returns")),
    )
    op.create_index(
        "ix_payment_returns_one_proposed",
        "payment_returns",
        ["run_id", "employer_id", "fund"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )

    op.create_table(
        "recoveries",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("claim_id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("amount_pence", whole_number, nullable=False),
        sa.Column("left_pence", whole_number, nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", whole_number, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", whole_number, nullable=True),
        sa.Column("repaid_on", sa.Date(), nullable=True),
        sa.CheckConstraint("fund IN ('main', 'ommt')", name=op.f("ck_recoveries_fund_known")),
        sa.CheckConstraint(
            "state = 'proposed' OR decided_by_id IS NOT NULL", name=op.f("ck_recoveries_decided_by_somebody")
        ),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'refused')", name=op.f("ck_recoveries_state_known")),
        sa.CheckConstraint("way IN ('set-off', 'invoice')", name=op.f("ck_recoveries_way_known")),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_recoveries_amount_positive")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_recoveries_decided_by_another")
        ),
        sa.CheckConstraint("left_pence >= 0 AND left_pence <= amount_pence", name=op.f("ck_recoveries_left_in_range")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_recoveries_claim_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_recoveries_decided_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_recoveries_employer_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["people.id"], name=op.f("fk_recoveries_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
    )
    op.create_index("ix_recoveries_claim_id", "recoveries", ["claim_id", "id"], unique=False)
    op.create_index("ix_recoveries_employer_id", "recoveries", ["employer_id", "id"], unique=False)
    op.create_index(
        "ix_recoveries_one_proposed",
        "recoveries",
        ["claim_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "ix_recoveries_open",
        "recoveries",
        ["employer_id", "fund", "id"],
        unique=False,
        sqlite_where=sa.text("left_pence > 0 AND state = 'approved'"),
        postgresql_where=sa.text("left_pence > 0 AND state = 'approved'"),
    )
    op.create_index("ix_recoveries_state", "recoveries", ["state", "id"], unique=False)

    op.create_table(
        "set_offs",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("recovery_id", whole_number, nullable=False),
        sa.Column("run_id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("amount_pence", whole_number, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('live', 'taken', 'given-back')", name=op.f("ck_set_offs_state_known")),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_set_offs_amount_positive")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_set_offs_employer_id")),
        sa.ForeignKeyConstraint(["recovery_id"], ["recoveries.id"], name=op.f("fk_set_offs_recovery_id")),
        sa.ForeignKeyConstraint(["run_id"], ["payment_runs.id"], name=op.f("fk_set_offs_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_offs")),
    )
    op.create_index("ix_set_offs_recovery_id", "set_offs", ["recovery_id", "id"], unique=False)
    op.create_index("ix_set_offs_run_id", "set_offs", ["run_id", "employer_id", "fund"], unique=False)


def downgrade() -> None:
    op.drop_table("set_offs")
    op.drop_table("recoveries")
    op.drop_table("payment_returns")
