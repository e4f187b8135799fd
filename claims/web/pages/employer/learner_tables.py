"""Tables of learners as pages show them: where one is pasted, where one is uploaded, and details in words."""

from collections.abc import Sequence
from datetime import date

from flask import render_template

from claims.exchange.learner_words import ENGAGEMENTS
from claims.services.employing import LearnerDetails
from claims.services.listing_learners import Foreseen
from claims.web.answers import Answer
from claims.web.formats import count, short_date
from claims.web.forms.form import Form
from claims.web.forms.learner_headings import Headings
from claims.web.forms.learner_tables import FIELDS, RowFault
from claims.web.listed import job_roles, todays_reference
from claims.web.pages.employer.own import own_services
from claims.workbooks.learners import COLUMNS, NEEDED

MOST_FAULTS_SHOWN = 200
COLUMN_OF = {field: column for column, field in FIELDS.items()}
"""By detail of a learner, what it is called in tables."""
SHOWN_OF_NEW = ("first_name", "last_name", "job_role", "engagement", "employed_from")
"""Details of somebody new that are shown before they are kept: what the table was taken for."""


def table_page(
    template: str, form: Form, faults: Sequence[RowFault], headings: Headings | None, **more: object
) -> Answer:
    """Where a table is pasted, with what its columns are. Where it has ``faults`` it says that nobody was added."""
    if faults:
        form.refuse("table", f"{count(len(faults), 'problem')} in the table: nobody has been added yet")
    return page_with_faults(
        template,
        form,
        faults,
        headings,
        columns=COLUMNS,
        needed=NEEDED,
        roles=job_roles(),
        engagements=list(ENGAGEMENTS.values()),
        **more,
    )


def page_with_faults(
    template: str, form: Form, faults: Sequence[RowFault], headings: Headings | None, **more: object
) -> Answer:
    """A page that asks for learners, with the first ``faults`` of those it was given and how many there are.

    It says once what was made of the ``headings``.
    """
    return render_template(
        template, form=form, faults=faults[:MOST_FAULTS_SHOWN], total=len(faults), headings=headings, **more
    )


class DetailWords:
    """The details of learners as tables have them. Made once for each page: it looks up what things are called."""

    def __init__(self) -> None:
        self._titles: dict[str, dict[str, str]] = {
            "job_role": {role.slug: role.title for role in job_roles()},
            "engagement": {str(engagement): words for engagement, words in ENGAGEMENTS.items()},
            "service_id": {str(each.id): each.name for each in own_services()},
            "role_category": {each.slug: each.title for each in todays_reference().role_categories.values()},
        }

    def of(self, name: str, value: object) -> str:
        if value is None:
            return "not told"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date):
            return short_date(value)
        return self._titles.get(name, {}).get(str(value), str(value))

    def of_new(self, details: LearnerDetails) -> list[tuple[str, str]]:
        """What is shown of somebody before they are kept: column and detail."""
        return [(COLUMN_OF[name], self.of(name, getattr(details, name))) for name in SHOWN_OF_NEW]

    def changes(self, foreseen: Foreseen) -> list[tuple[str, str, str]]:
        """Of each detail that would change: its column, before and after."""
        return [(COLUMN_OF[name], self.of(name, old), self.of(name, new)) for name, old, new in foreseen.changes]
