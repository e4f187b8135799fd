"""Register employers: what they tell, their proofs of address, and what staff note about them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "employer_notes",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", whole_number, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_employer_notes_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_employer_notes_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_notes")),
    )
    op.create_index("ix_employer_notes_employer_id", "employer_notes", ["employer_id", "id"], unique=False)

    op.create_table(
        "registration_proofs",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", whole_number, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", whole_number, nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('council-tax', 'utility-bill', 'bank-statement', 'lease', 'insurance', 'government-letter')",
            name=op.f("ck_registration_proofs_kind_known"),
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_registration_proofs_added_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_registration_proofs_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_proofs")),
    )
    op.create_index(
        "ix_registration_proofs_present",
        "registration_proofs",
        ["employer_id", "kind"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )

    op.create_table(
        "registrations",
        sa.Column("employer_id", whole_number, nullable=False),
        sa.Column("address_line_1", sa.String(), nullable=True),
        sa.Column("address_line_2", sa.String(), nullable=True),
        sa.Column("town", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("services", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("care_staff", whole_number, nullable=True),
        sa.Column("cqc_location", sa.String(), nullable=True),
        sa.Column("companies_house_number", sa.String(), nullable=True),
        sa.Column("vat_number", sa.String(), nullable=True),
        sa.Column("numbers_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("officer_job_title", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("times_sent", whole_number, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", whole_number, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", whole_number, nullable=True),
        sa.Column("checks", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.CheckConstraint("(times_sent = 0) = (sent_at IS NULL)", name=op.f("ck_registrations_sent_when")),
        sa.CheckConstraint("care_staff >= 0", name=op.f("ck_registrations_care_staff_not_negative")),
        sa.CheckConstraint("times_sent >= 0", name=op.f("ck_registrations_times_sent_not_negative")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_registrations_decided_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_registrations_employer_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["people.id"], name=op.f("fk_registrations_sent_by_id")),
        sa.PrimaryKeyConstraint("employer_id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("reference", name=op.f("uq_registrations_reference")),
    )
    op.create_index("ix_registrations_sent_at", "registrations", ["sent_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_registrations_sent_at", "registrations")

    op.drop_table("registrations")
    op.drop_index("ix_registration_proofs_present", "registration_proofs")

    op.drop_table("registration_proofs")
    op.drop_index("ix_employer_notes_employer_id", "employer_notes")

    op.drop_table("employer_notes")
