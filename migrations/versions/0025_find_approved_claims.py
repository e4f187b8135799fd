"""Find approved claims, the first approved first, with all that is added up of them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

APPROVED = sa.text("state = 'approved'")


def upgrade() -> None:
    op.create_index(
        "ix_claims_approved",
        "claims",
        ["scheme_year", "decided_at", "id", "employer_id", "fund", "payable_pence"],
        sqlite_where=APPROVED,
        postgresql_where=APPROVED,
    )


def downgrade() -> None:
    op.drop_index("ix_claims_approved", "claims")
