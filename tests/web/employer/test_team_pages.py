"""The pages of an employer's team and of invitations."""

import re

from sqlalchemy import select

from claims.models import Membership, Message
from claims.services import inviting
from tests.site import Site

ADA = {"name": "Ada Lamb", "email": "ada@example.com", "delegated": "yes"}


def newest(site: Site, kind: str) -> Message:
    with site.database.read() as session:
        return session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id.desc()).limit(1)).one()


def member(site: Site, person_id: int | None) -> int:
    with site.database.read() as session:
        return session.scalars(select(Membership.id).where(Membership.person_id == person_id)).one()


def invited(site: Site) -> str:
    browser = site.sign_in(site.house.sro)
    browser.get("/team/invite")
    assert "We have sent an invitation to ada@example.com." in browser.send(ADA).words
    return newest(site, inviting.MESSAGE).link


def test_an_invited_person_accepts_and_signs_in_with_a_code(site: Site) -> None:
    link = invited(site)
    browser = site.visit()
    page = browser.get(link)
    assert "Grace Okafor, the senior responsible officer of Hartley House Care Ltd, invites you" in page.words
    page = browser.send({})
    assert page.heading == "Sign in"
    browser.send({}, "/sign-in")
    code = re.search(r"\d{6}", newest(site, "sign-in-code").text)[0]
    assert browser.send({"code": code}).heading == "Hartley House Care Ltd"
    assert "Ada Lamb" in browser.get("/team").words
    page = site.visit().get(link)
    assert page.status == 404
    assert page.heading == "This invitation cannot be used"


def test_looking_at_an_invitation_does_not_use_it_up(site: Site) -> None:
    link = invited(site)
    for _ in range(2):
        assert site.visit().get(link).heading == "You are invited to submit claims"


def test_whoever_is_signed_in_in_that_browser_is_signed_out(site: Site) -> None:
    link = invited(site)
    browser = site.sign_in(site.meadow.sro)
    browser.get(link)
    assert browser.send({}).heading == "Sign in"


def test_what_is_missing_is_said_at_its_field_and_the_rest_is_kept(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    browser.get("/team/invite")
    page = browser.send({"name": "Ada Lamb", "email": "ada at example"})
    assert page.problems == page.field_errors
    assert len(page.problems) == 2
    assert page.filled()["name"] == ["Ada Lamb"]
    page = browser.send({"email": "tom.bell@example.com", "delegated": "yes"})
    assert page.problems == ["Tom Bell is in your team already."]


def test_invitations_are_sent_again_and_cancelled(site: Site) -> None:
    link = invited(site)
    browser = site.sign_in(site.house.sro)
    page = browser.get("/team")
    assert "There is room for 7 more people." in page.words
    invitation = re.search(r"/team/invitations/(\d+)", page.text)[1]
    page = browser.send({}, f"/team/invitations/{invitation}")
    assert "to ada@example.com again" in page.words
    assert newest(site, inviting.MESSAGE).link != link
    browser.get("/team/invite")
    browser.send({**ADA, "email": "bea@example.com"})
    assert "2 invitations have been sent again." in browser.send({}, "/team/invitations").words
    page = browser.send({}, f"/team/invitations/{invitation}/removal")
    assert "The invitation of ada@example.com is cancelled." in page.words
    assert "ada@example.com again" not in browser.get("/team").words
    stranger = site.sign_in(site.meadow.sro)
    stranger.get("/team")
    assert stranger.post(f"/team/invitations/{invitation}").status == 404
    assert stranger.post(f"/team/invitations/{invitation}/removal").status == 404


def test_a_submitter_sees_the_team_and_cannot_change_it(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    page = browser.get("/team")
    assert "Grace Okafor" in page.words
    assert "Invite somebody" not in page.words
    assert browser.get("/team/invite").status == 403


def test_the_officer_removes_somebody(site: Site) -> None:
    theirs = site.sign_in(site.house.submitter)
    browser = site.sign_in(site.house.sro)
    browser.get(f"/team/{member(site, site.house.submitter.person_id)}/removal")
    assert "Tom Bell is no longer in your team." in browser.send({}).words
    assert theirs.get("/home").heading == "Sign in"
    assert browser.get(f"/team/{member(site, site.meadow.submitter.person_id)}/removal").status == 404


def test_the_officers_part_is_offered_accepted_and_comes_with_a_new_session(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    browser.get(f"/team/{member(site, site.house.submitter.person_id)}/handover")
    assert browser.send({}).problems == ["Tick the box to say that you hand your responsibility over"]
    assert "We have asked Tom Bell." in browser.send({"handed": "yes"}).words
    theirs = site.sign_in(site.house.submitter)
    before = theirs.client.get_cookie("__Host-claims").value
    address = newest(site, inviting.TEAM_MESSAGE).link
    assert "Accept or decline" in theirs.get("/team").words
    assert site.sign_in(site.meadow.submitter).get(address).status == 404
    theirs.get(address)
    assert theirs.send({}, address).problems != []
    assert "Invite somebody" in theirs.send({"taken": "yes"}, address).words
    assert theirs.client.get_cookie("__Host-claims").value != before
    assert browser.get("/home").heading == "Sign in"


def test_an_offer_is_declined_or_taken_back(site: Site) -> None:
    tom = member(site, site.house.submitter.person_id)
    browser, theirs = site.sign_in(site.house.sro), site.sign_in(site.house.submitter)
    browser.get(f"/team/{tom}/handover")
    browser.send({"handed": "yes"})
    address = newest(site, inviting.TEAM_MESSAGE).link
    theirs.get(address)
    assert "You have declined." in theirs.send({}, f"{address}/decline").words
    browser.get(f"/team/{tom}/handover")
    browser.send({"handed": "yes"})
    assert "The offer is taken back." in browser.send({}, "/team/handover/removal").words
    assert theirs.get(newest(site, inviting.TEAM_MESSAGE).link).heading == "Your team"
