"""The published course list that the API answers from, with everything else that rules read."""

from datetime import date

from sqlalchemy.orm import Session

from claims.store.reference import Listed, NoCourseList, listed_on
from claims.web.api.problems import NOT_READY, Problem


def find_list(session: Session, day: date) -> Listed:
    """The list that holds on ``day``. Raises ``Problem`` when none was published."""
    try:
        return listed_on(session, day)
    except NoCourseList:
        raise Problem(NOT_READY, "No eligible course list has been published for this day.") from None
