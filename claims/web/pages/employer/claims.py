"""An employer's claims as a list: filtered, kept as views, downloaded; and the drafts that were discarded."""

from flask import Blueprint, Response, render_template, request, url_for
from wtforms import HiddenField

from claims import clock
from claims.lifecycle import NotAllowed
from claims.services.exporting_claims import export_claims
from claims.services.saving_views import LONGEST_NAME, forget_view, save_view, views_of
from claims.store.claim_lists import claims_of, facets_of
from claims.store.claims import NotFound, employer_called
from claims.store.history import discarded_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done
from claims.web.downloads import as_download
from claims.web.forms import filtering
from claims.web.forms.fields import TextField
from claims.web.forms.filtering import PRESETS, Asked, read_asked, read_id, read_query
from claims.web.forms.form import Form
from claims.web.listed import course_of
from claims.web.pages.employer.own import EMPLOYER, employer_id, own_learner
from claims.web.transactions import session

pages = Blueprint("employer_claims", __name__, url_prefix="/claims")

LONGEST_QUERY = 2_000
"""Characters of a view's filter."""


class SaveViewForm(Form):
    name = TextField(
        "Name of this view", called="a name for this view", most=LONGEST_NAME, width="govuk-input--width-20"
    )
    query = HiddenField()


@pages.get("")
@opens(*EMPLOYER)
def claims() -> Answer:
    return _list_page(read_asked(request.args))


def _list_page(asked: Asked, form: SaveViewForm | None = None) -> str:
    found = claims_of(
        session(),
        employer_id(),
        asked.wanted,
        clock.today(),
        order=asked.order,
        after=read_id(request.args, "after"),
        before=read_id(request.args, "before"),
    )
    return render_template(
        "employer/claims.html",
        found=found,
        asked=asked,
        facets=facets_of(session(), employer_id()),
        presets=[(words, preset.query()) for words, preset in PRESETS],
        choices=filtering,
        learner=_learner_asked(asked),
        views=views_of(session(), actor()),
        form=form or SaveViewForm(formdata=None, data={"query": asked.query()}),
        course_of=course_of,
    )


@pages.get("/discarded")
@opens(*EMPLOYER)
def discarded() -> Answer:
    """Drafts that are gone: what is left of them is what was done."""
    who = actor()
    # The learner of a draft that is gone is not known any more: somebody who sees some learners only sees their own.
    by_id = None if who.services is None else who.person_id
    found, before = discarded_of(session(), employer_id(), read_id(request.args, "before"), by_id=by_id)
    return render_template("employer/discarded.html", found=found, before=before, course_of=course_of)


@pages.post("/views")
@opens(*EMPLOYER)
def keep_view() -> Answer:
    form = SaveViewForm()
    asked = read_query((form.query.data or "")[:LONGEST_QUERY])
    address = _address_of(asked)
    if form.validate_on_submit():
        try:
            replaced = save_view(session(), form.name.data, asked.query(), actor(), clock.now())
        except NotAllowed as no:
            form.refuse("name", str(no))
        else:
            return done(f"The view has been {'replaced' if replaced else 'saved'}.", address)
    return _list_page(asked, form)


@pages.post("/views/<int:view_id>/removal")
@opens(*EMPLOYER)
def remove_view(view_id: int) -> Answer:
    forget_view(session(), view_id, actor())
    return done("The view has been removed.", url_for("employer_claims.claims"))


def _address_of(asked: Asked) -> str:
    query = asked.query()
    return url_for("employer_claims.claims") + (f"?{query}" if query else "")


@pages.get("/download.xlsx")
@opens(*EMPLOYER)
def download() -> Response:
    """What the list shows, all pages of it."""
    asked = read_asked(request.args)
    course = course_of(asked.wanted.course) if asked.wanted.course else None
    people = dict(facets_of(session(), employer_id()).people)
    said = asked.in_words(
        course.entry.title if course else asked.wanted.course,
        _learner_asked(asked),
        people.get(asked.wanted.entered_by_id or 0, ""),
    )
    employer = employer_called(session(), employer_id())
    content = export_claims(session(), employer, asked.wanted, order=asked.order, said=said, by=actor(), at=clock.now())
    return as_download(content, f"claims-{clock.today().isoformat()}.xlsx")


def _learner_asked(asked: Asked) -> str:
    """The name of the learner whose claims are asked for; blank where the employer has no such learner."""
    if asked.wanted.learner_id is None:
        return ""
    try:
        return own_learner(asked.wanted.learner_id).name
    except NotFound:
        return ""
