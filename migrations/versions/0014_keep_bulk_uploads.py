"""Keep bulk uploads: files of claims while they are checked, looked at and turned into drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bulk_uploads",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("uploaded_by_id", whole_number, nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", whole_number, nullable=False),
        sa.Column("done", whole_number, nullable=False),
        sa.Column("tries", whole_number, nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=True),
        sa.Column("leave_out", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by_id", whole_number, nullable=True),
        sa.Column("confirmed_role", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('checking', 'faulty', 'checked', 'creating', 'created', 'set-aside', 'failed')",
            name=op.f("ck_bulk_uploads_state_known"),
        ),
        sa.CheckConstraint("done >= 0", name=op.f("ck_bulk_uploads_done_not_negative")),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_bulk_uploads_rows_not_negative")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["people.id"], name=op.f("fk_bulk_uploads_confirmed_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_bulk_uploads_employer_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["people.id"], name=op.f("fk_bulk_uploads_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_uploads")),
    )
    with op.batch_alter_table("bulk_uploads", schema=None) as batch_op:
        batch_op.create_index("ix_bulk_uploads_employer_id", ["employer_id", "id"], unique=False)
        batch_op.create_index("ix_bulk_uploads_state", ["state", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("bulk_uploads", schema=None) as batch_op:
        batch_op.drop_index("ix_bulk_uploads_state")
        batch_op.drop_index("ix_bulk_uploads_employer_id")

    op.drop_table("bulk_uploads")
