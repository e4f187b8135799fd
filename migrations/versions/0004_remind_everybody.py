"""Remind everybody: how a person is written to, what they stopped, and which scheduler does the work."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = "state IN ('queued', 'leased', 'sent', 'failed', 'dropped')"
AFTER = "state IN ('queued', 'leased', 'sent', 'failed', 'dropped', 'stopped')"


def upgrade() -> None:
    op.create_table(
        "correspondence",
        sa.Column("person_id", whole_number, nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("calendar_number", whole_number, nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rhythm IN ('at-once', 'daily', 'weekly')", name=op.f("ck_correspondence_rhythm_known")),
        sa.CheckConstraint("calendar_number >= 1", name=op.f("ck_correspondence_calendar_number_positive")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_correspondence_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_correspondence")),
    )
    op.create_table(
        "stopped_kinds",
        sa.Column("person_id", whole_number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_stopped_kinds_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_stopped_kinds")),
    )
    op.add_column("heartbeats", sa.Column("holder", sa.String(), nullable=False, server_default=""))
    op.add_column("heartbeats", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    # Nothing refers to messages, so SQLite may rebuild the table.
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("last_day_on", sa.Date(), nullable=True))
        messages.drop_constraint(op.f("ck_messages_state_known"), type_="check")
        messages.create_check_constraint(op.f("ck_messages_state_known"), AFTER)


def downgrade() -> None:
    op.execute("UPDATE messages SET state = 'dropped' WHERE state = 'stopped'")
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("last_day_on")
        messages.drop_constraint(op.f("ck_messages_state_known"), type_="check")
        messages.create_check_constraint(op.f("ck_messages_state_known"), BEFORE)
    op.drop_column("heartbeats", "held_until")
    op.drop_column("heartbeats", "holder")
    op.drop_table("stopped_kinds")
    op.drop_table("correspondence")
