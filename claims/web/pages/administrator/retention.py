"""Administrators: personal data whose time is over, first shown, then removed."""

from flask import Blueprint, redirect, render_template, url_for

from claims import clock
from claims.lifecycle import Role
from claims.services import removing, retaining
from claims.store.events import latest_event
from claims.web.access import actor, opens
from claims.web.answers import Answer, done
from claims.web.forms.choosing import AgreeField
from claims.web.forms.form import Form
from claims.web.listed import todays_reference
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("retention", __name__, url_prefix="/retention")

LOOKING = (Role.ADMINISTRATOR, Role.AUDITOR)
MOST_SHOWN = 200
MOST_AT_ONCE = 500
"""Claims removed from while somebody waits; the others with the next press, or from the command line."""
KINDS = {
    "paid": "Paid claims, 7 years after payment",
    "recovered": "Recovered claims, 7 years after payment",
    "rejected": "Rejected claims, 2 years after the last event",
    "withdrawn": "Withdrawn claims, 2 years after the last event",
    "draft": "Abandoned drafts, 2 years after the last event: they go whole",
    "empty-purchases": "Purchases without claims, 2 years after the last event: they go whole",
    "accounts": "Accounts, 2 years after they were closed",
    "bank-accounts": "Replaced bank accounts, 7 years after the last payment to them",
    "messages": "Messages, a year after they were sent",
    "sessions": "Sessions, 30 days after they ended",
    "learners": "Learners of whom no other claim is kept",
}


class RemovalForm(Form):
    sure = AgreeField(
        "Are you sure?",
        called="you want to remove this",
        words="Remove it. I understand that it cannot be brought back",
    )


@pages.get("")
@opens(*LOOKING)
def due() -> Answer:
    return _page(RemovalForm())


@pages.post("")
@opens(Role.ADMINISTRATOR)
def remove() -> Answer:
    form = RemovalForm()
    if not form.validate_on_submit():
        return _page(form) if retaining.plan(session(), clock.now()).counts() else redirect(url_for(".due"), 303)
    given = services()
    removed = removing.remove_due(
        given.database,
        given.store,
        actor(),
        clock.now(),
        machine_now=clock.machine_now(),
        most=MOST_AT_ONCE,
    )
    if not removed.counts:
        return done("Nothing was past its time.", url_for(".due"))
    left = f" {removed.left:,} claims are left: press the button again." if removed.left else ""
    said = "; ".join(f"{KINDS[name].partition(',')[0]}: {count:,}" for name, count in removed.counts.items())
    return done(f"Personal data was removed. {said}.{left}", url_for(".due"))


def _page(form: RemovalForm) -> str:
    planned = retaining.plan(session(), clock.now())
    return render_template(
        "administrator/retention.html",
        form=form,
        counts=[(KINDS[name], count) for name, count in planned.counts().items()],
        claims=planned.claims[:MOST_SHOWN],
        total=len(planned.claims),
        courses=todays_reference().courses,
        last=latest_event(session(), *removing.APPLIED),
        kinds=KINDS,
        may_remove=actor().role is Role.ADMINISTRATOR,
        most=MOST_AT_ONCE,
    )
