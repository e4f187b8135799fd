"""List what a lead assessor has to look at."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "lead_tasks",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("purchase_id", whole_number, nullable=False),
        sa.Column("start_claim_id", whole_number, nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", whole_number, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", whole_number, nullable=True),
        sa.Column("closing_event", whole_number, nullable=True),
        sa.CheckConstraint("kind IN ('payment-rejected', 'start-recovered')", name=op.f("ck_lead_tasks_kind_known")),
        sa.CheckConstraint(
            "(kind = 'start-recovered') = (start_claim_id IS NOT NULL)", name=op.f("ck_lead_tasks_names_the_start")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (closing_event IS NULL)",
            name=op.f("ck_lead_tasks_closed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_lead_tasks_purchase_id")),
        sa.ForeignKeyConstraint(["start_claim_id"], ["claims.id"], name=op.f("fk_lead_tasks_start_claim_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["people.id"], name=op.f("fk_lead_tasks_opened_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["people.id"], name=op.f("fk_lead_tasks_closed_by_id")),
        sa.ForeignKeyConstraint(["closing_event"], ["events.number"], name=op.f("fk_lead_tasks_closing_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_tasks")),
    )
    op.create_index("ix_lead_tasks_open", "lead_tasks", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_lead_tasks_purchase_id", "lead_tasks", ["purchase_id", "id"])


def downgrade() -> None:
    op.drop_table("lead_tasks")
