"""Administrators: one course changed by hand. Each change becomes a proposal with the preview that any list gets."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, abort, redirect, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.reference.changing import CannotBe, add_amount, correct_title, end_entry, entries_called
from claims.rules.scheme import CourseEntry
from claims.rules.wording import in_pounds, in_words
from claims.services import listing
from claims.store.course_lists import entries_on
from claims.web.access import actor, opens
from claims.web.answers import Answer
from claims.web.forms.form import Form
from claims.web.forms.listing import AmountForm, EndForm, TitleForm
from claims.web.pages.administrator.course_list_proposals import address_of
from claims.web.pages.administrator.course_lists import LOOKING, address_of_course, may_publish
from claims.web.transactions import session

pages = Blueprint("course_by_hand", __name__, url_prefix="/course-lists/courses")

Entries = tuple[CourseEntry, ...]


@pages.get("/<code>")
@opens(*LOOKING)
def course(code: str) -> Answer:
    return render_template(
        "administrator/course.html",
        entries=_entries_today(code),
        slug=code,
        may_publish=may_publish(),
        back=url_for("course_lists.all_versions"),
    )


@pages.route("/<code>/title", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def title(code: str) -> Answer:
    entries = _entries_today(code)
    form = TitleForm(data={"title": entries[-1].title})
    if form.validate_on_submit() and (
        made := _propose(
            form,
            lambda there: correct_title(there, entries[-1].code, form.title.data),
            f"{entries[-1].code}: title corrected",
            {"title": "title"},
        )
    ):
        return made
    return _page("course_title.html", code, entries, form)


@pages.route("/<code>/amount", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def amount(code: str) -> Answer:
    entries = _entries_today(code)
    form = AmountForm(data={"paid_to": entries[-1].paid_to})
    if form.validate_on_submit() and (
        made := _propose(
            form,
            lambda there: add_amount(
                there,
                entries[-1].code,
                amount_pence=form.amount.data,
                paid_from=form.paid_from.data,
                paid_to=form.paid_to.data,
                source=form.source.data,
            ),
            f"{entries[-1].code}: {in_pounds(form.amount.data or 0)} added",
            {"paid_from": "paid_from", "paid_to": "paid_to"},
        )
    ):
        return made
    return _page("course_amount.html", code, entries, form)


@pages.route("/<code>/end/<first_day>", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def end(code: str, first_day: str) -> Answer:
    entries = _entries_today(code)
    entry = next((each for each in entries if each.paid_from.isoformat() == first_day), None)
    if entry is None:
        abort(404)
    form = EndForm(data={"last_day": entry.paid_to})
    if form.validate_on_submit() and (
        made := _propose(
            form,
            lambda there: end_entry(there, entry.code, entry.paid_from, form.last_day.data),
            f"{entry.code}: the amount of {in_pounds(entry.max_reimbursement_pence)} ends on "
            f"{in_words(form.last_day.data or date.max)}",
            {"paid_from": "last_day", "paid_to": "last_day"},
        )
    ):
        return made
    return _page("course_end.html", code, entries, form, entry=entry)


def _entries_today(code: str) -> Entries:
    found = entries_called(entries_on(session(), clock.today()), code.replace("-", "/"))
    if not found:
        abort(404)
    return found


def _propose(form: Form, change: Callable[[Entries], Entries], what: str, places: dict[str, str]) -> Answer | None:
    """Propose the list of the chosen day with ``change`` made to it; ``None`` when the form says why it cannot be.

    ``places`` says at which question of the form a fault of an entry's field belongs.
    """
    from_on: date = form["from_on"].data
    try:
        entries = change(entries_on(session(), from_on))
        proposal = listing.propose(session(), entries, what=what, from_on=from_on, by=actor(), at=clock.now())
    except CannotBe as no:
        form.refuse(places.get(no.field, "from_on"), str(no))
        return None
    except NotAllowed as no:
        form.refuse("from_on", str(no))
        return None
    return redirect(address_of(proposal), 303)


def _page(template: str, code: str, entries: Entries, form: Form, **more: object) -> Answer:
    return render_template(
        f"administrator/{template}",
        entries=entries,
        slug=code,
        form=form,
        back=address_of_course(entries[-1].code),
        **more,
    )
