"""Leave room for a second hash of each number, while the hash key is changed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("learners", sa.Column("next_number_hash", sa.String(), nullable=True))
    op.add_column("bank_accounts", sa.Column("next_account_hash", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("bank_accounts", "next_account_hash")
    op.drop_column("learners", "next_number_hash")
