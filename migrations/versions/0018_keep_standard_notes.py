"""Let standard notes be changed: those that were fixed so far become rows."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SO_FAR = (
    (
        "payment",
        "action-needed",
        "The evidence does not show that the payment was made",
        (
            "The evidence shows what was to be paid, not that it was paid. Please add a bank statement, a receipt"
            " or a paid invoice that shows the date and the amount of the payment."
        ),
    ),
    (
        "payment",
        "action-needed",
        "The evidence cannot be read",
        "We cannot read all of the payment evidence. Please add a clearer copy of every page.",
    ),
    (
        "payment",
        "action-needed",
        "The cost on the claim differs from the evidence",
        (
            "The cost on the claim is not the one that the payment evidence shows. Please correct the cost or "
            "explain the difference."
        ),
    ),
    (
        "payment",
        "action-needed",
        "The evidence does not show whom it is for",
        (
            "The payment evidence does not show which learners and which course it is for. Please add the part of"
            " the invoice that lists them."
        ),
    ),
    (
        "payment",
        "reject",
        "What was paid for cannot be funded",
        "The payment evidence is for something that the scheme does not fund, so no claim can rest on it.",
    ),
    (
        "completion",
        "action-needed",
        "The certificate cannot be read",
        "We cannot read the certificate. Please add a clearer copy.",
    ),
    (
        "completion",
        "action-needed",
        "The certificate does not show the date",
        (
            "The certificate does not show on which day the training was completed. Please add one that does, or "
            "a letter from the training provider."
        ),
    ),
    (
        "completion",
        "action-needed",
        "The certificate is for somebody else",
        (
            "The name on the certificate is not the learner's. Please add the learner's own certificate, or tell "
            "us if their name has changed."
        ),
    ),
    (
        "completion",
        "action-needed",
        "The certificate is for another course",
        "The certificate is for another course than the one that was claimed. Please add the right one.",
    ),
    (
        "completion",
        "action-needed",
        "It is not shown that the learner started",
        (
            "We cannot see that the learner started this training. Please add a registration or enrolment that "
            "shows the learner's name and the start date."
        ),
    ),
    (
        "completion",
        "reject",
        "The learner cannot be funded",
        "The learner or the training does not meet the rules of the scheme, so this claim cannot be paid.",
    ),
)
"""About, answer, title and text of the notes as they were before they could be changed."""


def upgrade() -> None:
    notes = op.create_table(
        "standard_notes",
        sa.Column("id", whole_number, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changes", whole_number, nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("about IN ('payment', 'completion')", name=op.f("ck_standard_notes_about_known")),
        sa.CheckConstraint("answer IN ('action-needed', 'reject')", name=op.f("ck_standard_notes_answer_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_notes")),
    )
    op.bulk_insert(
        notes,
        [
            {"about": about, "answer": answer, "title": title, "text": text, "changes": 0}
            for about, answer, title, text in SO_FAR
        ],
    )


def downgrade() -> None:
    op.drop_table("standard_notes")
