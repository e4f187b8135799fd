"""Find claims of a purchase by their state, and payment lines by their claim."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_claims_purchase_id", "claims")
    op.create_index("ix_claims_purchase_id", "claims", ["purchase_id", "state", "last_day_on"])
    op.create_index("ix_payment_lines_claim_id", "payment_lines", ["claim_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_payment_lines_claim_id", "payment_lines")
    op.drop_index("ix_claims_purchase_id", "claims")
    op.create_index("ix_claims_purchase_id", "claims", ["purchase_id"])
