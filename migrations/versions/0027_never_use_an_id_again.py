"""Never use an id again that events or letters name, after its row was deleted. PostgreSQL never does."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NAMED = {
    "passkeys": "SELECT MAX(CAST(json_extract(details, '$.passkey') AS INTEGER)) FROM events",
    "sessions": "SELECT MAX(CAST(json_extract(details, '$.session') AS INTEGER)) FROM events",
    "known_browsers": "SELECT MAX(CAST(substr(about, 9) AS INTEGER)) FROM messages WHERE about LIKE 'browser:%'",
    "sign_in_codes": "SELECT MAX(CAST(substr(about, 14) AS INTEGER)) FROM messages WHERE about LIKE 'sign-in-code:%'",
    "care_services": "SELECT MAX(about_id) FROM events WHERE about_kind = 'service'",
}
"""The highest id that is named anywhere, by table: also of rows that are gone."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_tables_again(autoincrement=True)
        for table, highest in NAMED.items():
            last = f"MAX(COALESCE((SELECT MAX(id) FROM {table}), 0), COALESCE(({highest}), 0))"  # noqa: S608  our own words
            op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")  # noqa: S608
            op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {last})")  # noqa: S608


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_tables_again(autoincrement=False)


def _make_tables_again(*, autoincrement: bool) -> None:
    """SQLite says it of a table when it is made, and never later."""
    for table in ("passkeys", "sessions", "known_browsers", "sign_in_codes"):
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": autoincrement}):
            pass
    # Learners refer to services, so theirs is emptied into another and filled again under its own name: rows that
    # refer to it are missed for a moment, which is looked at when all is done.
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE care_services_kept AS SELECT * FROM care_services")
    op.drop_table("care_services")
    op.create_table(
        "care_services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_care_services_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_services")),
        sa.UniqueConstraint("employer_id", "name", name=op.f("uq_care_services_employer_id_name")),
        sqlite_autoincrement=autoincrement,
    )
    op.execute(
        "INSERT INTO care_services (id, employer_id, name, created_at) "
        "SELECT id, employer_id, name, created_at FROM care_services_kept"
    )
    op.drop_table("care_services_kept")
