"""The workbook in which one employer claims for many people, made from what the person sees."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor
from claims.models import Employer, Learner
from claims.rules.scheme import CourseEntry
from claims.secrets import Keyring
from claims.services.bulk_uploading import labels_of
from claims.store.purchases import providers_of
from claims.store.reference import listed_on
from claims.workbooks.bulk_claims import KnownLearner, write_bulk_template
from claims.workbooks.rows import About

MOST_PROVIDERS = 100
"""In the drop-down; any other name may be typed."""


def bulk_template(
    session: Session,
    keyring: Keyring,
    employer: Employer,
    by: Actor,
    at: datetime,
    *,
    begun_for: Callable[[Learner], bool] = lambda _learner: False,
    together: bool = False,
) -> bytes:
    """The workbook with the learners that ``by`` sees, the courses of the list that holds, and all job roles.

    ``begun_for``: for which of those learners a row is begun; ``together`` for one purchase to come.
    """
    today = london_date(at)
    listed = listed_on(session, today)
    reference = listed.reference
    year = reference.year_to_go_by(today)
    about = About(employer.name, (), year.name, str(listed.version), year.rules_version, at, by.name)
    titles = {role.slug: role.title for role in reference.job_roles.values()}
    labelled = labels_of(session, keyring, employer.id)
    learners = [
        KnownLearner(
            each.label,
            titles.get(each.learner.job_role, each.learner.job_role),
            each.learner.employed_from,
            each.learner.left_on,
        )
        for each in labelled
    ]
    return write_bulk_template(
        employer.name,
        about,
        learners=learners,
        courses=_current(reference.courses.values()),
        roles=list(reference.job_roles.values()),
        providers=providers_of(session, employer.id, MOST_PROVIDERS),
        begun_for=[known for known, each in zip(learners, labelled, strict=True) if begun_for(each.learner)],
        together=together,
    )


def _current(courses: Iterable[tuple[CourseEntry, ...]]) -> list[CourseEntry]:
    """The latest entry of each course, by title."""
    latest = [entries[-1] for entries in courses]
    return sorted(latest, key=lambda entry: (entry.title.casefold(), entry.code))
