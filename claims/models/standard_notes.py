"""Notes that assessors write often, to start from; what is sent is what they make of them."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import one_of


class StandardNote(Table):
    """One note. It is changed or retired, never deleted; its earlier words stand in its events."""

    __tablename__ = "standard_notes"
    __table_args__ = (
        one_of("about", ("payment", "completion")),
        one_of("answer", ("action-needed", "reject")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str]
    """Which check it is offered at."""
    answer: Mapped[str]
    """What the employer is told by it: to put something right, or that it is rejected."""
    title: Mapped[str]
    """What assessors choose it by. The employer never reads it."""
    text: Mapped[str]
    """Up to 1,500 characters."""
    changes: Mapped[int] = mapped_column(default=0)
    """How often it was changed, so that nobody overwrites what they have not seen."""
    retired_at: Mapped[datetime | None]
    """Since when it is not offered any more."""
