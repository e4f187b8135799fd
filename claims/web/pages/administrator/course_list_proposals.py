"""Administrators: a course list before it is published: uploading, the preview, its first day, publishing."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for

from claims import clock
from claims.files.checks import displayed_name
from claims.lifecycle import NotAllowed, Role
from claims.models import CourseListProposal, Person
from claims.reference.course_files import CheckedList, FaultyList, read_course_file
from claims.reference.courses import has_wrong_check_character
from claims.services import listing, publishing
from claims.services.listing import AlreadyPublished, Preview
from claims.services.publishing import OutOfDate, TakesMuchAway
from claims.store.course_lists import proposal_called, versions
from claims.store.reference import listed_on
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.listing import DayForm, PublishForm, UploadForm
from claims.web.pages.administrator.course_lists import LOOKING, may_publish
from claims.web.transactions import give_up, session
from claims.web.wiring import services

pages = Blueprint("course_list_proposals", __name__, url_prefix="/course-lists")

MOST_SHOWN = 200
"""Rows of one table of a preview or of problems; the others are counted."""


@pages.get("/upload")
@opens(Role.ADMINISTRATOR)
def upload() -> Answer:
    return _upload_page(UploadForm())


@pages.post("/upload")
@opens(Role.ADMINISTRATOR)
def upload_file() -> Answer:
    form = UploadForm()
    file = form.file.file
    if not form.validate_on_submit() or file is None:
        return _upload_page(form)
    name = displayed_name(file.filename or "")
    content = file.read()
    try:
        checked = _check(name, content)
    except FaultyList as faulty:
        form.refuse("file", _say_problems(faulty, name))
        return _upload_page(form, faulty)
    try:
        proposal = listing.propose(
            session(),
            checked.entries,
            what="A workbook that was uploaded" if name.lower().endswith(".xlsx") else "A CSV file that was uploaded",
            from_on=form.from_on.data,
            made_from=checked.made_from,
            notices=checked.notices,
            by=actor(),
            at=clock.now(),
        )
    except NotAllowed as no:
        form.refuse("from_on", str(no))
        return _upload_page(form)
    return redirect(address_of(proposal), 303)


def _check(name: str, content: bytes) -> CheckedList:
    """Before this request's session is opened, so that no lock waits for the file to be read."""
    with services().database.read() as reading:
        reference = listed_on(reading, clock.today()).reference
    return read_course_file(name, content, reference)


def _say_problems(faulty: FaultyList, name: str) -> str:
    if len(faulty.faults) == 1:
        return str(faulty.faults[0])
    what = {"file": "of the file", "columns": "with its columns", "rows": "in its rows"}[faulty.about]
    return f"{name} has {len(faulty.faults):,} problems {what}. They are listed on this page; nothing was changed"


def _upload_page(form: UploadForm, faulty: FaultyList | None = None) -> Answer:
    return render_template(
        "administrator/course_list_upload.html",
        form=form,
        faulty=faulty,
        most=MOST_SHOWN,
        back=url_for("course_lists.all_versions"),
    )


def address_of(proposal: CourseListProposal) -> str:
    return url_for("course_list_proposals.proposal", proposal_id=proposal.id)


@pages.get("/proposals/<int:proposal_id>")
@opens(*LOOKING)
def proposal(proposal_id: int) -> Answer:
    return _preview_page(proposal_called(session(), proposal_id))


@pages.post("/proposals/<int:proposal_id>")
@opens(Role.ADMINISTRATOR)
def publish(proposal_id: int) -> Answer:
    found = proposal_called(session(), proposal_id)
    form = PublishForm()
    seen = str(form.seen.data or "")
    form.ask_only(overtaken="overtaken_asked" in request.form, removals="removals" in request.form)
    if not form.validate_on_submit():
        return _preview_page(found, form)
    try:
        published = publishing.publish(
            session(),
            found,
            seen=int(seen) if seen.isdecimal() and len(seen) < 7 else 0,
            overtaken_is_meant="overtaken" in form,
            removals_typed=form.removals.data if "removals" in form else None,
            by=actor(),
            at=clock.now(),
        )
    except AlreadyPublished as there:
        return redirect(url_for("course_lists.version", number=there.version), 303)
    except TakesMuchAway as no:
        if "removals" in form:
            form.refuse("removals", str(no))
            return _preview_page(found, form)
        return _refuse(found, no)
    except (OutOfDate, NotAllowed) as no:
        return _refuse(found, no)
    return done(f"Version {published.version} is published.", url_for("course_lists.version", number=published.version))


def _refuse(found: CourseListProposal, no: NotAllowed) -> Answer:
    """The preview again, as things stand now, with why it was not published."""
    if found.set_aside_at is not None:
        return refused(no, address_of(found))
    give_up()
    return _preview_page(found, problems=[{"text": str(no), "href": "#publish"}])


def _preview_page(
    found: CourseListProposal, form: PublishForm | None = None, problems: Sequence[dict[str, str]] = ()
) -> Answer:
    if found.published_as_id is not None:
        published = next(version for version in versions(session()) if version.id == found.published_as_id)
        return redirect(url_for("course_lists.version", number=published.number), 303)
    seen = listing.preview(session(), found, clock.today())
    if form is None:
        form = PublishForm(formdata=None)
        form.ask_only(overtaken=seen.overtaken, removals=seen.takes_much_away)
    form.seen.data = str(seen.latest)
    return render_template(
        "administrator/course_list_preview.html",
        proposal=found,
        prepared_by=session().get_one(Person, found.prepared_by_id).name,
        seen=seen,
        form=form,
        day_form=DayForm(formdata=None, data={"from_on": found.from_on}),
        problems=problems,
        followed_by=_followed_by(found),
        most=MOST_SHOWN,
        notices=[notice for notice in found.notices if not _is_about_check(notice)],
        unusual=_unusual(seen),
        may_publish=may_publish() and found.set_aside_at is None,
        back=url_for("course_lists.all_versions"),
    )


def _is_about_check(notice: Sequence[object]) -> bool:
    return notice[1] == "code"


def _unusual(seen: Preview) -> list[str]:
    """Codes that come in new with an unusual check character."""
    return sorted({entry.code for entry in seen.difference.added if has_wrong_check_character(entry.code)})


def _followed_by(found: CourseListProposal) -> list[int]:
    """Versions published already that take over later."""
    return [version.number for version in versions(session()) if version.from_on > found.from_on]


@pages.post("/proposals/<int:proposal_id>/day")
@opens(Role.ADMINISTRATOR)
def change_day(proposal_id: int) -> Answer:
    found, form = proposal_called(session(), proposal_id), DayForm()
    if not form.validate_on_submit():
        return _day_page(found, form)
    try:
        listing.change_day(session(), found, form.from_on.data, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, address_of(found))
    return redirect(address_of(found), 303)


@pages.get("/proposals/<int:proposal_id>/day")
@opens(Role.ADMINISTRATOR)
def day(proposal_id: int) -> Answer:
    found = proposal_called(session(), proposal_id)
    return _day_page(found, DayForm(formdata=None, data={"from_on": found.from_on}))


def _day_page(found: CourseListProposal, form: DayForm) -> Answer:
    return render_template("administrator/course_list_day.html", proposal=found, form=form, back=address_of(found))


@pages.post("/proposals/<int:proposal_id>/removal")
@opens(Role.ADMINISTRATOR)
def set_aside(proposal_id: int) -> Answer:
    found = proposal_called(session(), proposal_id)
    try:
        listing.set_aside(session(), found, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, address_of(found))
    return done("It was set aside. Nothing was published.", url_for("course_lists.all_versions"))


@pages.post("/<int:number>/again")
@opens(Role.ADMINISTRATOR)
def republish(number: int) -> Answer:
    proposal = listing.propose_again(session(), number, from_on=clock.today(), by=actor(), at=clock.now())
    return redirect(address_of(proposal), 303)
