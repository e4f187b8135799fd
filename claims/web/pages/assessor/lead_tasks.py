"""Lead assessors: what was decided and has lost its ground since, to look at and close with a reason."""

from flask import Blueprint, abort, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.models.kinds import LARGEST_ID
from claims.services.heeding import close_task
from claims.store.lead_tasks import Described, lead_tasks
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.assessing import TaskForm
from claims.web.transactions import session

pages = Blueprint("lead_tasks", __name__, url_prefix="/assessment/tasks")


@pages.get("")
@opens(Role.LEAD_ASSESSOR, Role.AUDITOR)
def tasks() -> Answer:
    who = actor()
    return render_template(
        "assessor/tasks.html",
        found=lead_tasks(session(), who),
        closed=lead_tasks(session(), who, closed=True),
        may_close=who.role is Role.LEAD_ASSESSOR,
    )


@pages.route("/<int:task_id>", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def task(task_id: int) -> Answer:
    found, form = _task_called(task_id), TaskForm()
    if form.validate_on_submit():
        try:
            close_task(session(), found.task, actor(), clock.now(), because=form.reason.data)
        except NotAllowed as no:
            return refused(no, url_for(".tasks"))
        return done("The task is closed.", url_for(".tasks"))
    return render_template("assessor/task.html", found=found, form=form)


def _task_called(task_id: int) -> Described:
    found = lead_tasks(session(), actor(), task_id=task_id) if task_id <= LARGEST_ID else []
    if not found:
        abort(404)
    return found[0]
