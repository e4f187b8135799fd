"""Count calls of the API."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_windows",
        sa.Column("network_hash", sa.String(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claims", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("claims > 0", name=op.f("ck_api_windows_claims_positive")),
        sa.PrimaryKeyConstraint("network_hash", "begins_at", name=op.f("pk_api_windows")),
    )


def downgrade() -> None:
    op.drop_table("api_windows")
