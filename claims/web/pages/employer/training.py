"""A learner's training: the record to print or download, the certificate they hold, and that they left."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from claims import clock
from claims.exchange.parsing_dates import EARLIEST_DATE
from claims.lifecycle import NotAllowed
from claims.services.certifying import learning_record_of, record_as_json, record_as_workbook, tell_certified
from claims.services.employing import mark_left, remove_learner
from claims.store.claims import claims_for
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.downloads import as_download
from claims.web.forms.choosing import Choice, RadiosField
from claims.web.forms.dates import DateField
from claims.web.forms.form import Form
from claims.web.pages.employer.own import EMPLOYER, own_learner
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_training", __name__, url_prefix="/learners/<int:learner_id>")

HELD: dict[bool | None, str] = {True: "yes", False: "no", None: "unknown"}


class CertifiedForm(Form):
    held = RadiosField(
        "Do they hold the Level 2 Adult Social Care Certificate?",
        called="whether they hold the certificate",
        hint="From whichever employer. Not the Care Certificate standards, which are something else.",
        choices=(
            Choice("yes", "Yes", reveals=("on",)),
            Choice("no", "No"),
            Choice("unknown", "We do not know"),
        ),
    )
    on = DateField(
        "When did they get it?",
        called="the day they got it",
        hint="For example, 27 3 2025.",
        earliest=EARLIEST_DATE,
        latest=clock.today,
        optional=True,
    )


class LeavingForm(Form):
    left = RadiosField(
        "Have they left?",
        called="whether they have left",
        choices=(Choice("yes", "Yes, they left or are leaving", reveals=("left_on",)), Choice("no", "No")),
    )
    left_on = DateField(
        "Last day employed",
        called="the last day employed",
        hint="For example, 27 3 2026. It counts as a day on which they worked for you.",
        earliest=EARLIEST_DATE,
    )


def _page_of(learner_id: int) -> str:
    return url_for("employer_learners.learner", learner_id=learner_id)


@pages.get("/record")
@opens(*EMPLOYER)
def record(learner_id: int) -> Answer:
    found = own_learner(learner_id)
    return render_template(
        "employer/learning_record.html",
        learner=found,
        record=learning_record_of(session(), found, clock.now()),
        back=_page_of(learner_id),
    )


@pages.get("/record.xlsx")
@opens(*EMPLOYER)
def workbook(learner_id: int) -> Response:
    content = b"".join(record_as_workbook(session(), own_learner(learner_id), actor(), clock.now()))
    # No name in the file's name: it would end up in logs and lists of downloads.
    return as_download(content, "learning-record.xlsx")


@pages.get("/record.json")
@opens(*EMPLOYER)
def as_json(learner_id: int) -> Response:
    content = record_as_json(session(), own_learner(learner_id), clock.now())
    return as_download(content, "learning-record.json")


@pages.route("/certificate", methods=["GET", "POST"])
@opens(*EMPLOYER)
def certificate(learner_id: int) -> Answer:
    found = own_learner(learner_id)
    form = CertifiedForm(data={"held": HELD[found.certified], "on": found.certified_on})
    if form.validate_on_submit():
        held = {words: value for value, words in HELD.items()}[form.held.data]
        tell_certified(session(), found, held, form.on.data if held else None, by=actor(), at=clock.now())
        return done("What you said about the certificate has been saved.", _page_of(learner_id))
    return render_template("employer/certified.html", form=form, learner=found, back=_page_of(learner_id))


@pages.post("/removal")
@opens(*EMPLOYER)
def remove(learner_id: int) -> Answer:
    found = own_learner(learner_id)
    name = found.name
    try:
        remove_learner(session(), found, by=actor(), at=clock.now())
    except NotAllowed as no:
        return refused(no, _page_of(learner_id))
    return done(f"{name} has been removed.", url_for("employer_learners.learners"))


@pages.route("/leaving", methods=["GET", "POST"])
@opens(*EMPLOYER)
def leaving(learner_id: int) -> Answer:
    found = own_learner(learner_id)
    form = LeavingForm(data={"left": "yes" if found.left_on else "no", "left_on": found.left_on})
    if form.validate_on_submit():
        last_day = form.left_on.data if form.left.data == "yes" else None
        try:
            mark_left(session(), services().keyring, found, last_day, by=actor(), at=clock.now())
        except NotAllowed as no:
            form.refuse("left_on", str(no).rstrip("."))
        else:
            return done(f"The details of {found.name} have been saved.", _page_of(learner_id))
    return render_template(
        "employer/leaving.html",
        form=form,
        learner=found,
        removable=not claims_for(session(), found),
        back=_page_of(learner_id),
    )
