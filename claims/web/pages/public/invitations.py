"""Somebody who was invited to an employer's team reads the invitation and accepts it."""

from flask import Blueprint, flash, redirect, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed
from claims.models import Person
from claims.services.inviting import accept_invitation, read_invitation
from claims.services.sessions import end_session
from claims.web import access
from claims.web.access import ANYONE, opens
from claims.web.answers import Answer, refused
from claims.web.forms.form import Form
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("invitations", __name__, url_prefix="/invitations")


@pages.get("/<signed>")
@opens(ANYONE)
def invitation(signed: str) -> Answer:
    # Only looks: a program that opens every address in a letter must not use it up.
    found = read_invitation(session(), services().keyring, signed, clock.now())
    return render_template("public/invitation.html", found=found, signed=signed, form=Form()), 200 if found else 404


@pages.post("/<signed>")
@opens(ANYONE)
def accept(signed: str) -> Answer:
    here = url_for("invitations.invitation", signed=signed)
    if not Form().validate_on_submit():
        return redirect(here, 303)
    try:
        joined = accept_invitation(session(), services().keyring, signed, clock.now())
    except NotAllowed as no:
        return refused(no, here)
    if joined is None:
        return redirect(here, 303)
    # Whoever was signed in here may be somebody else, or acts for another employer.
    if token := access.session_token():
        end_session(session(), token, clock.now())
    email = session().get_one(Person, joined.person_id).email
    answer = redirect(url_for("signing_in.ask", email=email), 303)
    access.forget(answer)
    flash("You have joined the team. Sign in to begin: we email you a code.", "success")
    return answer
