"""An employer's team: who is in it, inviting, removing, and handing the senior responsible officer's part over."""

from flask import Blueprint, redirect, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.services.handing_over import (
    accept_handover,
    decline_handover,
    offer_handover,
    offered_to,
    remove_member,
    withdraw_handover,
)
from claims.services.inviting import (
    cancel_invitation,
    invite,
    most_people,
    places_taken,
    send_again,
    send_all_again,
)
from claims.services.sessions import start_session
from claims.store.care_services import submitter_of
from claims.store.claims import employer_called
from claims.store.team import handover_of, invitation_of, open_invitations_of, team_of
from claims.web import access
from claims.web.access import actor, confirmed, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.form import Form
from claims.web.forms.team import HandOverForm, InviteForm, TakeOverForm
from claims.web.pages.employer.own import EMPLOYER, employer_id
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_team", __name__, url_prefix="/team")


@pages.get("")
@opens(*EMPLOYER)
def team() -> Answer:
    handover, now = handover_of(session(), employer_id()), clock.now()
    invitations = open_invitations_of(session(), employer_id())
    return render_template(
        "employer/team.html",
        members=team_of(session(), employer_id()),
        invitations=[(each, each.expires_at > now) for each in invitations],
        handover=handover if handover is not None and handover.expires_at > now else None,
        left=max(0, most_people(session(), now) - places_taken(session(), employer_id(), now)),
        most=most_people(session(), now),
        may_change=actor().role is Role.SRO,
        who_id=actor().person_id,
        form=Form(),
    )


@pages.route("/invite", methods=["GET", "POST"])
@opens(Role.SRO)
def invite_somebody() -> Answer:
    form = InviteForm()
    if form.validate_on_submit():
        try:
            invite(
                session(),
                services().keyring,
                email=form.email.data,
                name=form.name.data,
                declared=True,
                by=actor(),
                at=clock.now(),
            )
        except NotAllowed as no:
            form.refuse("email", str(no))
        else:
            return done(f"We have sent an invitation to {form.email.data}.", url_for("employer_team.team"))
    return render_template("employer/team_invite.html", form=form, back=url_for("employer_team.team"))


@pages.post("/invitations")
@opens(Role.SRO)
def resend_all() -> Answer:
    try:
        sent = send_all_again(session(), services().keyring, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("employer_team.team"))
    return done(
        "The invitation has been sent again." if sent == 1 else f"{sent} invitations have been sent again.",
        url_for("employer_team.team"),
    )


@pages.post("/invitations/<int:invitation_id>")
@opens(Role.SRO)
def resend(invitation_id: int) -> Answer:
    found = invitation_of(session(), employer_id(), invitation_id)
    try:
        send_again(session(), services().keyring, found.id, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("employer_team.team"))
    return done(f"We have sent the invitation to {found.person.email} again.", url_for("employer_team.team"))


@pages.post("/invitations/<int:invitation_id>/removal")
@opens(Role.SRO)
def cancel(invitation_id: int) -> Answer:
    found = invitation_of(session(), employer_id(), invitation_id)
    try:
        cancel_invitation(session(), found.id, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("employer_team.team"))
    return done(f"The invitation of {found.person.email} is cancelled.", url_for("employer_team.team"))


@pages.route("/<int:membership_id>/removal", methods=["GET", "POST"])
@opens(Role.SRO)
def remove(membership_id: int) -> Answer:
    found, form = submitter_of(session(), employer_id(), membership_id), Form()
    here = url_for("employer_team.team")
    if form.validate_on_submit():
        try:
            removed = remove_member(session(), found.id, actor(), clock.now())
        except NotAllowed as no:
            return refused(no, here)
        return done(f"{removed.name} is no longer in your team.", here)
    return render_template("employer/team_removal.html", form=form, member=found, back=here)


@pages.route("/<int:membership_id>/handover", methods=["GET", "POST"])
@opens(Role.SRO)
@confirmed
def hand_over(membership_id: int) -> Answer:
    found, form = submitter_of(session(), employer_id(), membership_id), HandOverForm()
    here = url_for("employer_team.team")
    if form.validate_on_submit():
        try:
            offer_handover(session(), found.id, declared=True, by=actor(), at=clock.now())
        except NotAllowed as no:
            return refused(no, here)
        return done(f"We have asked {found.person.name}. Until they accept, nothing changes.", here)
    return render_template("employer/team_handover.html", form=form, member=found, back=here)


@pages.post("/handover/removal")
@opens(Role.SRO)
def take_offer_back() -> Answer:
    withdraw_handover(session(), actor(), clock.now())
    return done("The offer is taken back.", url_for("employer_team.team"))


@pages.get("/handover/<int:invitation_id>")
@opens(*EMPLOYER)
def handover(invitation_id: int) -> Answer:
    return _handover_page(invitation_id, TakeOverForm())


@pages.post("/handover/<int:invitation_id>")
@opens(Role.SUBMITTER)
def take_over(invitation_id: int) -> Answer:
    invitation_of(session(), employer_id(), invitation_id)
    form = TakeOverForm()
    if not form.validate_on_submit():
        return _handover_page(invitation_id, form)
    now = clock.now()
    try:
        officer = accept_handover(session(), invitation_id, actor(), now)
    except NotAllowed as no:
        return refused(no, url_for("employer_team.team"))
    # A role that changed gets a session of its own; the one in use has ended with the old role.
    token = start_session(session(), officer, now)
    answer = redirect(url_for("employer_team.team"), 303)
    access.remember(answer, token)
    return answer


@pages.post("/handover/<int:invitation_id>/decline")
@opens(Role.SUBMITTER)
def decline(invitation_id: int) -> Answer:
    invitation_of(session(), employer_id(), invitation_id)
    try:
        decline_handover(session(), invitation_id, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("employer_team.team"))
    return done("You have declined. Nothing changes.", url_for("employer_team.team"))


def _handover_page(invitation_id: int, form: TakeOverForm) -> Answer:
    invitation_of(session(), employer_id(), invitation_id)
    offer = offered_to(session(), invitation_id, actor(), clock.now())
    if offer is None:
        if form.is_submitted():
            return refused("This offer no longer stands.", url_for("employer_team.team"))
        return redirect(url_for("employer_team.team"), 303)
    return render_template(
        "employer/team_takeover.html",
        form=form,
        offer=offer,
        employer=employer_called(session(), employer_id()),
        back=url_for("employer_team.team"),
    )
