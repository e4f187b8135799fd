"""Save views of claims, tick off requests, find an employer's payments without reading everybody's."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("person_id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_saved_views_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("person_id", "employer_id", "name", name=op.f("uq_saved_views_person_id_employer_id_name")),
    )
    op.add_column("action_requests", sa.Column("ticked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_payment_lines_employer_id", "payment_lines", ["employer_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_payment_lines_employer_id", "payment_lines")
    op.drop_column("action_requests", "ticked")
    op.drop_table("saved_views")
