"""Search events by person, kind and day."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_events_by_id": ["by_id", "number"],
    "ix_events_kind": ["about_kind", "act", "number"],
    "ix_events_at": ["at", "number"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "events", columns)


def downgrade() -> None:
    for name in reversed(INDEXES):
        op.drop_index(name, "events")
