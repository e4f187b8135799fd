"""Verify bank details, or refuse them with a reason; keep the agreement's terms as they were signed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Payment lines refer to bank accounts, so SQLite may not rebuild the table: columns are only added.
    op.add_column("bank_accounts", sa.Column("account_hash", sa.String(), nullable=True))
    op.add_column("bank_accounts", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bank_accounts", sa.Column("refused_because", sa.String(), nullable=True))
    op.create_index(op.f("ix_bank_accounts_account_hash"), "bank_accounts", ["account_hash"])
    op.add_column("agreements", sa.Column("terms", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreements", "terms")
    op.drop_index(op.f("ix_bank_accounts_account_hash"), "bank_accounts")
    op.drop_column("bank_accounts", "refused_because")
    op.drop_column("bank_accounts", "refused_at")
    op.drop_column("bank_accounts", "account_hash")
