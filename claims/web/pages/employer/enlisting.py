"""Put many people on a purchase, pasted or out of a file: each is shown with what would happen before anything does."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from claims import clock
from claims.lifecycle import NotAllowed
from claims.models import Purchase
from claims.rules.findings import Says
from claims.services.enlisting import Prospect, enlist, foresee_enlisting
from claims.services.enrolling import learners_on, room_on
from claims.web.access import actor, opens
from claims.web.answers import Answer, done
from claims.web.forms.enlisting import EnlistingForm, PeopleForm, Person, read_people, read_people_table
from claims.web.forms.learner_files import UploadForm
from claims.web.forms.learner_headings import Headings
from claims.web.forms.learner_tables import ReadTable, RowFault, write_table
from claims.web.pages.employer.enrolment import learners_page, told_of
from claims.web.pages.employer.learner_tables import DetailWords, page_with_faults, table_page
from claims.web.pages.employer.own import EMPLOYER, known_learners, offered, own_purchase, progress_of
from claims.web.pages.employer.purchase_steps import elsewhere
from claims.web.transactions import give_up, session
from claims.web.wiring import services

pages = Blueprint("employer_enlisting", __name__, url_prefix="/purchases/<int:purchase_id>/learners")


@dataclass(frozen=True, slots=True)
class Shown:
    """One person of the table, and what adding them would do."""

    person: Person
    prospect: Prospect
    changes: Sequence[tuple[str, str, str]]
    """Of each detail that would change: its column, before and after."""
    told: Sequence[tuple[str, str]]
    """Of somebody new, what the table was taken for: column and detail."""

    @property
    def settled(self) -> bool:
        """They are on the purchase, and nothing about them would change."""
        return self.prospect.present and not self.changes

    @property
    def advised(self) -> bool:
        """Whether to add them unless somebody says otherwise: nothing speaks against it."""
        failing = any(finding.outcome is Says.FAIL for finding in self.prospect.findings)
        return not (failing or self.person.called or self.prospect.drafts)


@pages.route("/table", methods=["GET", "POST"])
@opens(*EMPLOYER)
def table(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    if (instead := elsewhere(progress_of(purchase), "learners")) is not None:
        return instead
    form = PeopleForm()
    if not form.validate_on_submit():
        return _table(purchase, form)
    told = read_people_table(form.table.data, offered(), known_learners)
    if told.faults:
        return _table(purchase, form, told)
    return _preview(purchase, told, form.table.data)


@pages.route("/upload", methods=["GET", "POST"])
@opens(*EMPLOYER)
def upload(purchase_id: int) -> Answer:
    form = UploadForm()
    faults: Sequence[RowFault] = []
    told: ReadTable[Person] = ReadTable()
    # Before any query, so that no lock waits for the file.
    read = form.opened()
    purchase = own_purchase(purchase_id)
    if (instead := elsewhere(progress_of(purchase), "learners")) is not None:
        return instead
    if read is not None:
        told = read_people(read.rows, offered(), known_learners)
        faults = form.refuse_rows(read, told.faults)
        if not faults:
            notices = [f"{read.name} {notice}." for notice in read.notices]
            # Read as it will be read again: whoever is chosen by a row is found by it then.
            text = write_table(read.rows)
            return _preview(purchase, read_people_table(text, offered(), known_learners), text, notices=notices)
    back = learners_page(purchase_id)
    return page_with_faults("employer/learner_upload.html", form, faults, told.headings, purchase=purchase, back=back)


@pages.post("/confirmation")
@opens(*EMPLOYER)
def confirm(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    if (instead := elsewhere(progress_of(purchase), "learners")) is not None:
        return instead
    form = EnlistingForm()
    text = form.table.data or ""
    if not form.validate_on_submit() or request.form.get("do") == "change":
        return _table(purchase, PeopleForm(formdata=None, data={"table": text}))
    told = read_people_table(text, offered(), known_learners)
    if told.faults:
        return _table(purchase, PeopleForm(formdata=None, data={"table": text}), told)
    chosen = frozenset(request.form.getlist("person", type=int))
    shown = _look_ahead(purchase, told.people)
    wanted = [each for each in shown if each.person.row in chosen]
    if not wanted:
        return _show(purchase, shown, text, chosen, "Select at least one person to add", headings=told.headings)
    if all(each.settled for each in wanted):
        # Sent a second time: what was asked for has been done.
        return done(told_of(0, len(wanted)), learners_page(purchase_id))
    if form.seen.data != _condensed(shown):
        since = "Somebody changed these learners or claims after you opened the page. Check them again below"
        return _show(purchase, shown, text, chosen, since, headings=told.headings)
    try:
        with session().begin_nested():
            came = enlist(
                session(),
                services().keyring,
                purchase,
                [each.person.details for each in wanted],
                by=actor(),
                at=clock.now(),
            )
    except NotAllowed as no:
        return _show(purchase, shown, text, chosen, str(no), headings=told.headings)
    changed = sum(bool(each.changes) for each in wanted)
    return done(told_of(came.added, came.present, changed), learners_page(purchase_id))


def _table(purchase: Purchase, form: PeopleForm, told: ReadTable[Person] | None = None) -> Answer:
    told = told or ReadTable()
    back = learners_page(purchase.id)
    return table_page("employer/learner_table.html", form, told.faults, told.headings, purchase=purchase, back=back)


def _look_ahead(purchase: Purchase, people: Sequence[Person]) -> list[Shown]:
    everybody = [person.details for person in people]
    prospects = foresee_enlisting(session(), services().keyring, purchase, everybody, by=actor(), today=clock.today())
    words = DetailWords()
    return [
        Shown(
            person,
            prospect,
            words.changes(prospect.foreseen),
            words.of_new(person.details) if prospect.foreseen.learner is None else (),
        )
        for person, prospect in zip(people, prospects, strict=True)
    ]


def _condensed(shown: Sequence[Shown]) -> str:
    """What is said of everybody, as a hash: when it is another, the page showed something else."""
    said = [
        (
            each.person.row,
            each.prospect.present,
            each.prospect.foreseen.learner.id if each.prospect.foreseen.learner else None,
            each.changes,
            [finding.message for finding in each.prospect.findings],
            [draft.reference for draft in each.prospect.drafts],
        )
        for each in shown
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _preview(purchase: Purchase, told: ReadTable[Person], text: str, *, notices: Sequence[str] = ()) -> Answer:
    shown = _look_ahead(purchase, told.people)
    advised = {each.person.row for each in shown if each.advised and not each.settled}
    return _show(purchase, shown, text, advised, headings=told.headings, notices=notices)


def _show(
    purchase: Purchase,
    shown: Sequence[Shown],
    text: str,
    chosen: Collection[int],
    refusal: str = "",
    *,
    headings: Headings | None,
    notices: Sequence[str] = (),
) -> Answer:
    """Everybody with what would happen; the form that says so carries the whole table along."""
    if refusal:
        give_up()
    open_ = [each for each in shown if not each.settled]
    present = len(learners_on(session(), purchase))
    return render_template(
        "employer/enlisting.html",
        purchase=purchase,
        confirmation=EnlistingForm(formdata=None, data={"table": text, "seen": _condensed(shown)}),
        headings=headings,
        shown=open_,
        settled=[each for each in shown if each.settled],
        new=sum(each.prospect.foreseen.learner is None for each in shown),
        known=sum(each.prospect.foreseen.learner is not None for each in open_),
        chosen=chosen,
        room=room_on(purchase, present),
        present=present,
        notices=notices,
        refusal=refusal,
        problems=[{"text": refusal, "href": "#people"}] if refusal else [],
        back=learners_page(purchase.id),
    )
