"""Count how often a letter was given to a relay that cannot be asked, where words in its problem said it before."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

whole_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SAID = (("A sending was broken off.", 1), ("Two sendings were broken off.", 2))


def upgrade() -> None:
    with op.batch_alter_table("messages") as batch_op:
        batch_op.add_column(sa.Column("given", whole_number, nullable=False, server_default="0"))
    messages = sa.table("messages", sa.column("given"), sa.column("problem"))
    for words, times in SAID:
        op.execute(messages.update().where(messages.c.problem.startswith(words)).values(given=times))
    with op.batch_alter_table("messages") as batch_op:
        batch_op.alter_column("given", server_default=None)


def downgrade() -> None:
    messages = sa.table("messages", sa.column("given"), sa.column("problem"))
    for words, times in SAID:
        told = messages.update().where(messages.c.given == times, sa.not_(messages.c.problem.startswith(words)))
        op.execute(told.values(problem=sa.literal(f"{words} ") + messages.c.problem))
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_column("given")
