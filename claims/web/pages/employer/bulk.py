"""Claims by workbook: download it, upload it, see what is wrong or what would be made, confirm."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from claims import clock
from claims.exchange.claim_rows import Problem
from claims.files.checks import displayed_name
from claims.lifecycle import NotAllowed
from claims.models import BulkUpload
from claims.services import bulk_uploading
from claims.services.exporting_bulk import bulk_template
from claims.services.watching import is_alive
from claims.store.bulk import upload_of, uploads_of
from claims.store.claims import NotFound, claims_in, employer_called
from claims.store.learners import LearnerFilter, page_of_learners
from claims.store.purchases import cohorts_of, purchases_with
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.downloads import as_download
from claims.web.forms.choosing import AgreeField
from claims.web.forms.form import Form
from claims.web.forms.uploading import FileField
from claims.web.listed import course_of
from claims.web.pages.employer.own import EMPLOYER, employer_id, own_purchase
from claims.web.transactions import session
from claims.web.wiring import services
from claims.workbooks.claims_in import LIMITS
from claims.workbooks.marking import NotMarked, mark_problems

pages = Blueprint("employer_bulk", __name__, url_prefix="/claims/workbook")

MOST_SHOWN = 200
"""Problems on the page; the workbook that comes back has all of them."""
PAGE_SIZE = 50
MOST_PURCHASES = 50
MOST_COHORTS = 3
REFRESH_SECONDS = 2
DOES = {
    "new": "New draft",
    "update": "Changes its draft",
    "same": "Draft is the same already",
    "complete": "Fills its completion draft",
    "left": "Claimed already, left as it is",
}


class UploadForm(Form):
    file = FileField(
        "2. Upload it",
        called="the workbook",
        hint=f"Excel or CSV, at most {LIMITS.rows:,} rows and {LIMITS.size_bytes // 1024**2} MB.",
        accept=".xlsx,.csv",
    )


class ConfirmationForm(Form):
    leave_out = AgreeField(
        "People for whom nothing can be claimed",
        called="to leave them out",
        words="Make no drafts for people for whom nothing can be claimed",
        optional=True,
    )


@pages.get("")
@opens(*EMPLOYER)
def start() -> Answer:
    return _start_page(UploadForm())


def _start_page(form: UploadForm) -> str:
    at_work = page_of_learners(session(), employer_id(), LearnerFilter(present=True), clock.today()).total
    return render_template(
        "employer/bulk.html",
        form=form,
        uploads=uploads_of(session(), employer_id(), actor()),
        at_work=at_work if at_work <= LIMITS.rows else 0,
        cohorts=cohorts_of(session(), employer_id(), MOST_COHORTS),
        course_of=course_of,
    )


@pages.post("")
@opens(*EMPLOYER)
def upload() -> Answer:
    form = UploadForm()
    file = form.file.file
    if not form.validate_on_submit() or file is None:
        return _start_page(form)
    name, content = displayed_name(file.filename or ""), file.read(LIMITS.size_bytes + 1)
    try:
        kept = bulk_uploading.keep_upload(
            session(), services().keyring, employer_id(), name, content, by=actor(), at=clock.now()
        )
    except NotAllowed as no:
        form.refuse("file", str(no))
        return _start_page(form)
    return redirect(_address(kept), 303)


def _address(kept: BulkUpload) -> str:
    return url_for("employer_bulk.uploaded", upload_id=kept.id)


def _own(upload_id: int) -> BulkUpload:
    return upload_of(session(), employer_id(), upload_id, actor())


@pages.get("/template")
@opens(*EMPLOYER)
def template() -> Answer:
    employer = employer_called(session(), employer_id())
    purchase_id = request.args.get("purchase", type=int)
    everyone, today = request.args.get("rows") == "learners", clock.today()
    together = {claim.learner_id for claim in claims_in(session(), own_purchase(purchase_id))} if purchase_id else ()
    content = bulk_template(
        session(),
        services().keyring,
        employer,
        actor(),
        clock.now(),
        begun_for=lambda learner: learner.id in together or (everyone and not learner.has_left(today)),
        together=bool(together),
    )
    begun = "people-" if everyone or together else ""
    return as_download(content, f"claims-{begun}{employer.workplace_id}-{today}.xlsx")


@pages.get("/<int:upload_id>")
@opens(*EMPLOYER)
def uploaded(upload_id: int) -> Answer:
    return _page(_own(upload_id))


def _page(kept: BulkUpload) -> Answer:
    shown: dict[str, Any] = {"upload": kept, "back": url_for("employer_bulk.start"), "does": DOES}
    if kept.state in ("checking", "creating"):
        waits = not is_alive(session(), clock.now())
        return render_template("employer/bulk_progress.html", **shown, waits=waits, refresh_seconds=REFRESH_SECONDS)
    found = bulk_uploading.findings_of(services().keyring, kept)
    if kept.state == "faulty" and found:
        problems = [Problem(*each) for each in found["problems"]]
        again = UploadForm(formdata=None)
        again.file.label.text = "Upload it again"
        if found["about"] == "file":
            again.file.errors = [problems[0].sentence]
        return render_template(
            "employer/bulk_faulty.html",
            **shown,
            about=found["about"],
            count=found["count"],
            counted_up_in=found.get("counted_up"),
            faults=problems[:MOST_SHOWN],
            problems=_summary(found["about"], problems, found["count"]),
            form=None,
            upload_form=again,
        )
    if kept.state == "checked" and found:
        return _preview(kept, found, shown)
    purchases = list(kept.made.get("purchases", {}).values())
    counts = kept.made.get("counts", {})
    whole = kept.state == "created" and not kept.made.get("left_out") and not kept.made.get("stopped")
    if request.args.get("then") == "evidence" and whole and len(purchases) == 1:
        made = sum(counts.get(does, 0) for does in ("new", "update", "complete"))
        here = url_for("employer_evidence.evidence", purchase_id=purchases[0])
        return done(f"{made:,} {'draft has' if made == 1 else 'drafts have'} been made. Add the evidence.", here)
    return render_template(
        "employer/bulk_done.html",
        **shown,
        counts=counts,
        purchases=purchases_with(session(), employer_id(), purchases[:MOST_PURCHASES]),
        more_purchases=max(0, len(purchases) - MOST_PURCHASES),
        course_of=course_of,
        left_out=kept.made.get("left_out", [])[:MOST_SHOWN],
        stopped=kept.made.get("stopped", []),
    )


def _summary(about: str, problems: Sequence[Problem], total: int) -> list[dict[str, str]]:
    if about == "file":
        return [{"text": problems[0].sentence, "href": "#file"}]
    where = "its columns" if about == "columns" else "its rows"
    return [{"text": f"{total:,} {'problem' if total == 1 else 'problems'} in {where}", "href": "#problems"}]


def _preview(kept: BulkUpload, found: dict[str, Any], shown: dict[str, Any]) -> str:
    rows = found["rows"]
    if request.args.get("show") == "findings":
        rows = [row for row in rows if row["said"]]
    last = max(1, -(-len(rows) // PAGE_SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)

    def at(number: int) -> str:
        return url_for("employer_bulk.uploaded", upload_id=kept.id, page=number, show=request.args.get("show") or None)

    form = ConfirmationForm(formdata=None)
    ineligible = sum(len(group["ineligible"]) for group in found["groups"])
    if not ineligible:
        del form.leave_out
    return render_template(
        "employer/bulk_preview.html",
        **shown,
        found=found,
        rows=rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        total=len(rows),
        page=page,
        last=last,
        before=at(page - 1) if page > 1 else None,
        after=at(page + 1) if page < last else None,
        pence=sum(row["pence"] or 0 for row in found["rows"]),
        counts={does: sum(row["does"] == does for row in found["rows"]) for does in DOES},
        ineligible=ineligible,
        only_findings=request.args.get("show") == "findings",
        confirmation=form,
        course_of=course_of,
    )


@pages.post("/<int:upload_id>")
@opens(*EMPLOYER)
def create(upload_id: int) -> Answer:
    kept = _own(upload_id)
    try:
        bulk_uploading.confirm(session(), kept, leave_out="leave_out" in request.form, by=actor(), at=clock.now())
    except NotAllowed as no:
        return refused(no, _address(kept))
    return redirect(url_for("employer_bulk.uploaded", upload_id=kept.id, then="evidence"), 303)


@pages.post("/<int:upload_id>/removal")
@opens(*EMPLOYER)
def remove(upload_id: int) -> Answer:
    kept = _own(upload_id)
    try:
        bulk_uploading.set_aside(session(), kept, by=actor(), at=clock.now())
    except NotAllowed as no:
        return refused(no, _address(kept))
    return done("The file has been set aside. Nothing was made of it.", url_for("employer_bulk.start"))


@pages.get("/<int:upload_id>/marked")
@opens(*EMPLOYER)
def marked(upload_id: int) -> Answer:
    """Their own workbook again, with the problems in it."""
    kept = _own(upload_id)
    content = bulk_uploading.file_of(services().keyring, kept)
    found = bulk_uploading.findings_of(services().keyring, kept)
    if content is None or "problems" not in found:
        raise NotFound("this upload has no problems to be marked, or is forgotten")
    try:
        again = mark_problems(kept.name, content, [Problem(*each) for each in found["problems"]])
    except NotMarked:
        return refused("The workbook cannot be given back. The problems are listed on this page.", _address(kept))
    return as_download(again, f"claims-to-put-right-{kept.id}.xlsx")
