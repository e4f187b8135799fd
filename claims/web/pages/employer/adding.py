"""Add learners beside any purchase: one by one, as a table, as a workbook; nothing is kept before it was shown."""

import hashlib
from collections.abc import Sequence
from datetime import date

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField

from claims import clock
from claims.exchange.learner_words import ENGAGEMENTS
from claims.lifecycle import NotAllowed
from claims.services.employing import LearnerDetails, keep_learner
from claims.services.listing_learners import Foreseen, foresee_learners, keep_learners
from claims.store.claims import employer_called
from claims.web.access import actor, opens
from claims.web.answers import Answer, done
from claims.web.downloads import as_download
from claims.web.formats import count, spaced_number
from claims.web.forms.form import Form
from claims.web.forms.learner_files import UploadForm
from claims.web.forms.learner_headings import Headings
from claims.web.forms.learner_tables import FIELDS, ReadTable, RowFault, TableForm, read_rows, read_table, write_table
from claims.web.forms.learners import LearnerForm
from claims.web.listed import job_roles, todays_reference
from claims.web.pages.employer.learner_tables import COLUMN_OF, SHOWN_OF_NEW, DetailWords, page_with_faults, table_page
from claims.web.pages.employer.own import EMPLOYER, employer_id, known_learners, offered, own_services, prepared
from claims.web.transactions import give_up, session
from claims.web.wiring import services
from claims.workbooks.learners import (
    COLUMNS,
    Allowed,
    write_learners_template,
)

pages = Blueprint("employer_adding", __name__, url_prefix="/learners")


class ConfirmationForm(Form):
    table = HiddenField()
    """Everybody who was shown, as the text of a table."""
    seen = HiddenField()
    """What was shown of them, condensed."""
    alone = HiddenField()
    """Anything, where they were entered as one learner and not in a table."""


@pages.get("/add")
@opens(*EMPLOYER)
def ways() -> Answer:
    return render_template("employer/adding.html", back=_list())


@pages.route("/new", methods=["GET", "POST"])
@opens(*EMPLOYER)
def one() -> Answer:
    form = prepared(LearnerForm())
    if form.validate_on_submit():
        details = form.details()
        foreseen = _look_ahead([details])
        if foreseen[0].learner is not None:
            return _show(foreseen, write_table(_as_rows([details])), alone=True)
        try:
            learner, _ = keep_learner(session(), services().keyring, employer_id(), details, by=actor(), at=clock.now())
        except NotAllowed as no:
            form.refuse("number", str(no))
        else:
            return done(f"{learner.name} has been added.", url_for("employer_learners.learner", learner_id=learner.id))
    return _one(form)


@pages.route("/table", methods=["GET", "POST"])
@opens(*EMPLOYER)
def table() -> Answer:
    form = TableForm()
    if not form.validate_on_submit():
        return _table(form)
    told = read_table(form.table.data, offered(), known_learners)
    if told.faults:
        return _table(form, told)
    return _show(_look_ahead(told.people), form.table.data, headings=told.headings)


@pages.route("/upload", methods=["GET", "POST"])
@opens(*EMPLOYER)
def upload() -> Answer:
    form = UploadForm()
    faults: list[RowFault] = []
    told: ReadTable[LearnerDetails] = ReadTable()
    if (read := form.opened()) is not None:
        told = read_rows(read.rows, offered(), known_learners)
        faults = form.refuse_rows(read, told.faults)
        if not faults:
            notices = [f"{read.name} {notice}." for notice in read.notices]
            return _show(_look_ahead(told.people), write_table(read.rows), headings=told.headings, notices=notices)
    back = url_for("employer_adding.ways")
    return page_with_faults("employer/adding_upload.html", form, faults, told.headings, back=back)


@pages.get("/template.xlsx")
@opens(*EMPLOYER)
def template() -> Response:
    employer = employer_called(session(), employer_id())
    content = write_learners_template(
        employer.name,
        [
            Allowed("Job role", [role.title for role in job_roles()]),
            Allowed("How they work for you", list(ENGAGEMENTS.values())),
            Allowed("Works in England", ["yes", "no"]),
            Allowed("Post requires registration", ["yes", "no"]),
            Allowed("Service", [each.name for each in own_services()]),
            Allowed("Role category", [each.title for each in todays_reference().role_categories.values()]),
        ],
        scheme_year=todays_reference().year_to_go_by(clock.today()).name,
        made_by=actor().name,
        made_at=clock.now(),
    )
    return as_download(content, "learners.xlsx")


@pages.post("/confirmation")
@opens(*EMPLOYER)
def confirm() -> Answer:
    form = ConfirmationForm()
    text, alone = form.table.data or "", bool(form.alone.data)
    told = read_table(text, offered(), known_learners)
    everybody = told.people
    if alone and len(everybody) == 1 and request.form.get("do") == "change":
        return _one(prepared(LearnerForm.filled_with(everybody[0])))
    again = TableForm(formdata=None, data={"table": text})
    if not form.validate_on_submit() or request.form.get("do") == "change":
        return _table(again)
    if told.faults:
        return _table(again, told)
    foreseen = _look_ahead(everybody)
    # They were entered in the questions about one learner: no heading is theirs.
    headings = None if alone else told.headings
    if form.seen.data != _condensed(foreseen) and any(map(_does_something, foreseen)):
        changed = "Somebody changed these learners after you opened the page. Check them again below"
        return _show(foreseen, text, alone=alone, headings=headings, refusal=changed)
    try:
        with session().begin_nested():
            new, renewed = keep_learners(
                session(), services().keyring, employer_id(), everybody, by=actor(), at=clock.now()
            )
    except NotAllowed as no:
        return _show(foreseen, text, alone=alone, headings=headings, refusal=str(no))
    return done(f"{count(new, 'learner')} added and {renewed:,} changed.", _list())


def _look_ahead(everybody: Sequence[LearnerDetails]) -> list[Foreseen]:
    return foresee_learners(session(), services().keyring, employer_id(), everybody, actor())


def _does_something(foreseen: Foreseen) -> bool:
    """Whether keeping this person would; where it would for nobody, what was asked for has been done."""
    return foreseen.learner is None or bool(foreseen.changes)


def _condensed(foreseen: Sequence[Foreseen]) -> str:
    """What is said of everybody, as a hash: when it is another, the page showed something else."""
    said = [(each.learner.id if each.learner else None, each.changes, each.unseen) for each in foreseen]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _one(form: LearnerForm) -> Answer:
    return render_template("employer/learner_alone.html", form=form, back=url_for("employer_adding.ways"))


def _table(form: TableForm, told: ReadTable[LearnerDetails] | None = None) -> Answer:
    told = told or ReadTable()
    back = url_for("employer_adding.ways")
    return table_page("employer/adding_table.html", form, told.faults, told.headings, back=back)


def _show(
    foreseen: Sequence[Foreseen],
    table: str,
    *,
    alone: bool = False,
    headings: Headings | None = None,
    refusal: str = "",
    notices: Sequence[str] = (),
) -> Answer:
    """What would be kept; the form that says so carries everybody along."""
    if refusal:
        give_up()
    unseen = [each for each in foreseen if each.unseen]
    words = DetailWords()
    return render_template(
        "employer/adding_preview.html",
        form=None,
        confirmation=ConfirmationForm(
            formdata=None, data={"table": table, "seen": _condensed(foreseen), "alone": "yes" if alone else ""}
        ),
        headings=headings,
        new=[
            [detail for _, detail in words.of_new(each.details)]
            for each in foreseen
            if each.learner is None and not each.unseen
        ],
        shown_of_new=[COLUMN_OF[name] for name in SHOWN_OF_NEW],
        changed=[(each.learner, words.changes(each)) for each in foreseen if each.learner is not None and each.changes],
        same=[each for each in foreseen if each.learner is not None and not each.changes],
        unseen=unseen,
        notices=notices,
        refusal=refusal,
        problems=[{"text": refusal, "href": "#people"}] if refusal else [],
        back=url_for("employer_adding.ways"),
    )


def _as_rows(everybody: Sequence[LearnerDetails]) -> list[tuple[int, list[str]]]:
    """Details as the rows of a table, headings first."""
    words = DetailWords()
    rows = [(1, list(COLUMNS))]
    for number, details in enumerate(everybody, 2):
        cells = []
        for column in COLUMNS:
            if column == "National Insurance number":
                cells.append(spaced_number(details.number))
                continue
            value = getattr(details, FIELDS[column])
            written = "" if value is None else words.of(FIELDS[column], value)
            cells.append(value.isoformat() if isinstance(value, date) else written)
        rows.append((number, cells))
    return rows


def _list() -> str:
    return url_for("employer_learners.learners")
