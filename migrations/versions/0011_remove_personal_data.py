"""Remember from what personal data was removed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("bank_accounts", "claims", "learners", "people", "purchases")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("personal_data_removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "personal_data_removed_at")
