"""The checker: what would be paid back for a person and a course. No account; the answers live in the address."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from claims import clock
from claims.exchange.calendars import Entry, render_calendar
from claims.lifecycle import EMPLOYER_ROLES
from claims.reminders.sentences import FUNDS
from claims.rules.findings import Outcome, Says
from claims.rules.scheme import Reference
from claims.services.foreseeing import Foreseen, foresee
from claims.store.browsing import offer
from claims.store.courses import FoundCourse, describe_course, find_courses
from claims.web.access import ANYONE, opens, visitor
from claims.web.answers import Answer
from claims.web.downloads import as_download
from claims.web.forms.foreseeing import CheckForm
from claims.web.listed import todays_reference
from claims.web.pages.public.courses import code_in, in_address
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("checker", __name__, url_prefix="/check")


@pages.get("")
@opens(ANYONE)
def questions() -> str:
    return _questions_page(CheckForm.read(request.args, todays_reference()))


def _questions_page(form: CheckForm) -> str:
    return render_template("public/check.html", form=form)


def _read() -> tuple[CheckForm, Reference]:
    reference = todays_reference()
    return CheckForm.read(request.args, reference), reference


@pages.get("/answer")
@opens(ANYONE)
def answer() -> Answer:
    form, reference = _read()
    if not form.validate():
        return _questions_page(form)
    found = _courses_meant(reference, form.course.data or "")
    if form.course.data and not found:
        form.course.refuse("No course on the eligible list has all of these words. Try fewer words, or its number")
        return _questions_page(form)
    if len(found) > 1:
        return redirect(url_for(".choose", **form.query()), 303)
    course = found[0] if found else None
    if course is not None:
        form.course.data = course.entry.code
    # One way to write each answer, so that the address can be shared and kept.
    if request.args.to_dict(flat=False) != {name: [value] for name, value in form.query().items()}:
        return redirect(url_for(".answer", **form.query()), 303)
    return _answer_page(form, reference, course)


def _courses_meant(reference: Reference, words: str) -> Sequence[FoundCourse]:
    """The one course whose code this is, or all that have these words."""
    code = code_in(reference, words)
    exact = describe_course(reference, code, clock.today()) if code else None
    return [exact] if exact else find_courses(reference, words, clock.today()) if words else []


def _answer_page(form: CheckForm, reference: Reference, course: FoundCourse | None) -> str:
    foreseen = foresee(session(), reference, form.known(), clock.today())
    who = visitor()
    return render_template(
        "public/answer.html",
        heading=_say(foreseen),
        form_data=form,
        foreseen=foreseen,
        course=course,
        funds=FUNDS,
        reference=reference,
        change=url_for(".questions", **form.query()),
        other=url_for(".answer", **{**form.query(), "way": _other_way(foreseen)}),
        calendar=url_for(".calendar", **form.query()),
        start=url_for("employer_purchases.new", **form.query()),
        may_start=course is not None and (who is None or who.role in EMPLOYER_ROLES),
        course_page=url_for("courses.course", code=in_address(course.entry.code)) if course else None,
    )


def _say(foreseen: Foreseen) -> str:
    """The answer in one sentence. Only facts that need an account are never a reason to hold it back."""
    if foreseen.assessment.outcome is Outcome.INELIGIBLE:
        return "This cannot be claimed as it stands"
    if foreseen.to_tell:
        return "Tell us more to be sure"
    if foreseen.assessment.findings_that(Says.CHECK):
        return "Nothing so far rules this out, but an assessor would check it"
    return "Nothing so far rules this out"


def _other_way(foreseen: Foreseen) -> str:
    return "start" if foreseen.part == "full" else "full"


@pages.get("/course")
@opens(ANYONE)
def choose() -> Answer:
    form, reference = _read()
    if not form.validate():
        return _questions_page(form)
    others: dict[str, Any] = {name: value for name, value in form.query().items() if name != "course"}
    found = find_courses(reference, form.course.data or "", clock.today())
    return render_template(
        "public/check_course.html",
        search=form.course.data or "",
        others=others,
        offered=offer(found),
        back=url_for(".questions", **form.query()),
    )


@pages.get("/last-day.ics")
@opens(ANYONE)
def calendar() -> Answer:
    form, reference = _read()
    if not form.validate():
        return _questions_page(form)
    foreseen = foresee(session(), reference, form.known(), clock.today())
    content = render_calendar("Last days to claim", _entries(form, foreseen), clock.now())
    return as_download(content, "last-day-to-claim.ics")


def _entries(form: CheckForm, foreseen: Foreseen) -> list[Entry]:
    entry = foreseen.assessment.course
    what = entry.title if entry else "care training"
    address = services().settings.base_url + url_for(".answer", **form.query())
    more = f"The whole day counts. If a date changes, the last day may change: check again at {address}"
    days = [
        ("Last day to claim", foreseen.assessment.last_day_to_claim),
        ("Last day to claim the 40%", foreseen.last_day_of_completion),
    ]
    # The same answers give the same entry, so that a second download adds nothing.
    return [
        Entry(sha256(f"{words} {address}".encode()).hexdigest()[:32], day, f"{words}: {what}", more, address)
        for words, day in days
        if day is not None
    ]
