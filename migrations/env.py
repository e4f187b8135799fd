"""How alembic reaches the database: on the connection that ``claims.services.upgrading`` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from claims import models  # noqa: F401  the tables register themselves
from claims.db import Instant, Table


def render(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Migrations spell types out, so that they stay true when the code moves on."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
