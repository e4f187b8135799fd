"""Find approved claims by their age and by their employers, and keep what the lines of a run come to."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

APPROVED = sa.text("state = 'approved'")
INDEXES = {
    "ix_claims_approved_by_age": ["scheme_year", "decided_at", "id"],
    "ix_claims_approved_by_employer": ["scheme_year", "employer_id", "fund", "payable_pence", "decided_at", "id"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "claims", columns, sqlite_where=APPROVED, postgresql_where=APPROVED)
    whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for name in ("claims", "pence"):
        op.add_column("payment_runs", sa.Column(name, whole_number, nullable=False, server_default="0"))
    kept = "FROM payment_lines l WHERE l.run_id = payment_runs.id AND l.state <> 'removed'"
    op.execute(
        f"UPDATE payment_runs SET claims = (SELECT COUNT(*) {kept}), "  # noqa: S608  our own words
        f"pence = (SELECT COALESCE(SUM(l.amount_pence), 0) {kept})"
    )


def downgrade() -> None:
    with op.batch_alter_table("payment_runs") as runs:
        runs.drop_column("pence")
        runs.drop_column("claims")
    for name in INDEXES:
        op.drop_index(name, "claims")
