"""Keep on each purchase since when it waits for a decision, and how many of its claims do."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

WAITING_CLAIMS = (
    "INTEGER NOT NULL DEFAULT 0 "
    "CONSTRAINT ck_purchases_waiting_claims_not_negative CHECK (waiting_claims >= 0) "
    "CONSTRAINT ck_purchases_waits_since_the_first CHECK ((waiting_claims = 0) = (waiting_since IS NULL))"
)
"""Written out, because claims refer to purchases: SQLite may not rebuild the table, and adds such columns as they are."""

FILL = """
    UPDATE purchases SET
        waiting_since = (
            SELECT min(coalesce(submitted_at, first_submitted_at)) FROM claims
            WHERE claims.purchase_id = purchases.id AND claims.state = 'submitted'
        ),
        waiting_claims = (
            SELECT count(*) FROM claims WHERE claims.purchase_id = purchases.id AND claims.state = 'submitted'
        )
    WHERE EXISTS (SELECT 1 FROM claims WHERE claims.purchase_id = purchases.id AND claims.state = 'submitted')
"""


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("purchases", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    written = WAITING_CLAIMS if sqlite else WAITING_CLAIMS.replace("INTEGER", "BIGINT")
    op.execute(f"ALTER TABLE purchases ADD COLUMN waiting_claims {written}")
    submitted, waiting = sa.text("state = 'submitted'"), sa.text("waiting_since IS NOT NULL")
    op.create_index(
        "ix_claims_waiting",
        "claims",
        ["purchase_id", "submitted_at"],
        sqlite_where=submitted,
        postgresql_where=submitted,
    )
    op.create_index(
        "ix_purchases_waiting", "purchases", ["waiting_since", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.execute(FILL)


def downgrade() -> None:
    op.drop_index("ix_purchases_waiting", "purchases")
    op.drop_index("ix_claims_waiting", "claims")
    op.drop_column("purchases", "waiting_claims")
    op.drop_column("purchases", "waiting_since")
