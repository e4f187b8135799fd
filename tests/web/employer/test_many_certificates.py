"""Many certificates dropped at once: matched by number or name, the others placed by hand."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from claims.files.specimens import specimen_pdf
from claims.models import Claim, Evidence
from claims.web.kept_files import INERT
from tests.browsing import Browser, Page
from tests.site import Site
from tests.stage import Stage


def a_pdf(words: str) -> BytesIO:
    return BytesIO(specimen_pdf("Certificate", [words]))


def test_certificates_find_their_learners_and_the_others_are_placed_by_hand(site: Site) -> None:
    stage = Stage(site.database, site.house, site.meadow, site.office)
    with site.database.write() as session:
        names = ("Niamh O’Brien", "Daniel Mensah", "Chloe Bennett")
        purchase_id = stage.drafted(session, names, course="LTS", claimed_as="full", cost_pence=62_000).id
        claims = {claim.learner.name: claim.id for claim in session.scalars(select(Claim))}
    browser = site.sign_in(site.house.submitter)
    here = f"/purchases/{purchase_id}/certificates"
    browser.get(here)
    files = [
        (a_pdf("one"), "LTS certificate - niamh_obrien.pdf"),
        (a_pdf("two"), "aa 00 00 02 a.pdf"),
        (a_pdf("three"), "scan0001.pdf"),
    ]
    page = browser.send({"files": files}, action=here)
    assert "2 certificates added" in page.words
    assert "1 file to place by hand" in page.words
    page = browser.send({"claim": str(claims["Chloe Bennett"])}, action=f"{here}/placing")
    assert "1 certificate added." in page.words
    with site.database.read() as session:
        kept = {
            file.claim_id: file.name
            for file in session.scalars(
                select(Evidence).where(Evidence.kind == "certificate", Evidence.removed_at.is_(None))
            )
            if file.claim_id in claims.values()
        }
    assert kept[claims["Niamh O’Brien"]] == "LTS certificate - niamh_obrien.pdf"
    assert kept[claims["Daniel Mensah"]] == "number.pdf", "no number stands in a file's name"
    assert kept[claims["Chloe Bennett"]] == "scan0001.pdf"


def test_a_bad_file_is_told_at_the_field_and_the_good_ones_beside_it_go_where_they_belong(site: Site) -> None:
    stage = Stage(site.database, site.house, site.meadow, site.office)
    with site.database.write() as session:
        names = ("Niamh O’Brien", "Daniel Mensah")
        purchase_id = stage.drafted(session, names, course="LTS", claimed_as="full", cost_pence=62_000).id
    browser = site.sign_in(site.house.submitter)
    here = f"/purchases/{purchase_id}/certificates"
    browser.get(here)
    files = [
        (a_pdf("one"), "niamh obrien.pdf"),
        (BytesIO(b""), "blank.pdf"),
        (a_pdf("two"), "scan0001.pdf"),
        (BytesIO(b"GIF89a"), "daniel mensah.gif"),
    ]
    page = browser.send({"files": files}, action=here)
    assert page.title.startswith("Error: ")
    assert page.problems[0].startswith("blank.pdf is empty.")
    assert page.problems[1].startswith("daniel mensah.gif")
    assert page.problems[2:] == [
        "These have been added: niamh obrien.pdf",
        "These are to be placed below: scan0001.pdf",
    ]
    assert page.field_errors[0].startswith("blank.pdf is empty.")
    assert "1 certificate added" in page.words
    assert "1 file to place by hand" in page.words
    with site.database.read() as session:
        kept = select(Evidence.name).where(Evidence.kind == "certificate", Evidence.purchase_id == purchase_id)
        assert session.scalars(kept).all() == ["niamh obrien.pdf"]
    page = browser.send({"files": [(BytesIO(b""), "blank.pdf"), (BytesIO(b""), "empty.pdf")]}, action=here)
    assert [each.partition(" ")[0] for each in page.problems[:2]] == ["blank.pdf", "empty.pdf"]
    assert page.problems[2:] == ["These are to be placed below: scan0001.pdf"]
    assert "added" not in page.words


def test_a_file_that_was_not_uploaded_here_cannot_be_placed(site: Site) -> None:
    stage = Stage(site.database, site.house, site.meadow, site.office)
    with site.database.write() as session:
        purchase = stage.drafted(session, ("Niamh O’Brien",), course="LTS", claimed_as="full", cost_pence=62_000)
        purchase_id = purchase.id
        claim_id = session.scalars(select(Claim.id)).one()
    browser = site.sign_in(site.house.submitter)
    here = f"/purchases/{purchase_id}/certificates"
    browser.get(here)
    page = browser.post(f"{here}/placing", {"file": "made.up", "claim": str(claim_id)}, follow_redirects=True)
    assert "Choose them again" in page.words


@pytest.fixture
def here(site: Site) -> str:
    """The certificates of a purchase for three people, of whom Niamh has one already."""
    stage = Stage(site.database, site.house, site.meadow, site.office)
    with site.database.write() as session:
        names = ("Niamh O’Brien", "Daniel Mensah", "Chloe Bennett")
        purchase_id = stage.drafted(session, names, course="LTS", claimed_as="full", cost_pence=62_000).id
    here = f"/purchases/{purchase_id}/certificates"
    upload(site.sign_in(site.house.submitter), here, "niamh obrien.pdf")
    return here


def upload(browser: Browser, here: str, *names: str) -> Page:
    browser.get(here)
    return browser.send({"files": [(a_pdf(name), name) for name in names]}, action=here)


def claim_of(site: Site, name: str) -> str:
    with site.database.read() as session:
        return next(str(claim.id) for claim in session.scalars(select(Claim)) if claim.learner.name == name)


def there(site: Site) -> dict[str, str]:
    """The certificates there are, by the learner's name."""
    with site.database.read() as session:
        files = select(Evidence).where(Evidence.kind == "certificate", Evidence.removed_at.is_(None))
        return {session.get_one(Claim, file.claim_id).learner.name: file.name for file in session.scalars(files)}


def openers(page: Page) -> list[str]:
    """Where the files that wait can be opened."""
    assert page.document is not None
    return [a.get("href") or "" for a in page.document.iter("a") if "/unplaced/" in (a.get("href") or "")]


def test_two_files_for_one_learner_are_refused_at_the_second_and_nothing_is_added(site: Site, here: str) -> None:
    browser = site.sign_in(site.house.submitter)
    upload(browser, here, "scan1.pdf", "scan2.pdf", "scan3.pdf")
    daniel, chloe = claim_of(site, "Daniel Mensah"), claim_of(site, "Chloe Bennett")
    page = browser.send({"claim": [daniel, chloe, daniel]}, action=f"{here}/placing")
    assert page.title.startswith("Error: ")
    sentence = "You chose Daniel Mensah for file 1 too. Choose one file for each learner"
    assert page.problems == page.field_errors == [sentence]
    assert page.filled(f"{here}/placing")["claim"] == [daniel, chloe, daniel]
    assert there(site) == {"Niamh O’Brien": "niamh obrien.pdf"}
    page = browser.send({"claim": [daniel, chloe, ""]}, action=f"{here}/placing")
    assert "2 certificates added. 1 file left out." in page.words
    assert there(site) == {
        "Niamh O’Brien": "niamh obrien.pdf",
        "Daniel Mensah": "scan1.pdf",
        "Chloe Bennett": "scan2.pdf",
    }


def test_a_certificate_that_is_there_is_replaced_where_it_stands_and_by_no_other_way(site: Site, here: str) -> None:
    browser = site.sign_in(site.house.submitter)
    page = upload(browser, here, "scan1.pdf", "scan2.pdf")
    assert "Niamh O’Brien (has a certificate)" in page.words
    assert "Daniel Mensah (has" not in page.words
    niamh, daniel = claim_of(site, "Niamh O’Brien"), claim_of(site, "Daniel Mensah")
    page = browser.send({"claim": [daniel, niamh]}, action=f"{here}/placing")
    assert page.problems == [
        "Niamh O’Brien has a certificate already, niamh obrien.pdf. Replace that one, or leave this file out"
    ]
    assert there(site) == {"Niamh O’Brien": "niamh obrien.pdf"}
    assert page.document is not None
    links = {"".join(a.itertext()): a.get("href") for a in page.document.iter("a")}
    assert links["Replace the certificate of Niamh O’Brien"] == f"/claims/{niamh}/certificate"
    # Sent twice, it is done once.
    twice = page.filled(f"{here}/placing") | {"claim": [daniel, ""]}
    for _ in range(2):
        page = browser.post(f"{here}/placing", twice, follow_redirects=True)
        assert "1 certificate added. 1 file left out." in page.words
    assert there(site) == {"Niamh O’Brien": "niamh obrien.pdf", "Daniel Mensah": "scan1.pdf"}


def test_choosing_nobody_or_a_claim_that_takes_none_keeps_the_files(site: Site, here: str) -> None:
    browser = site.sign_in(site.house.submitter)
    upload(browser, here, "scan1.pdf", "scan2.pdf")
    page = browser.send({}, action=f"{here}/placing")
    assert page.problems == ["Choose whose certificate it is, for at least one file"]
    assert "2 files to place by hand" in page.words
    chloe = claim_of(site, "Chloe Bennett")
    page = browser.send({"claim": [chloe, "999999"]}, action=f"{here}/placing")
    assert page.problems == ["This claim takes no certificate now. Choose somebody else, or leave this file out"]
    assert "2 files to place by hand" in page.words
    assert there(site) == {"Niamh O’Brien": "niamh obrien.pdf"}


def test_files_of_masked_names_are_told_apart_and_opened_by_their_own_employer_only(site: Site, here: str) -> None:
    browser = site.sign_in(site.house.submitter)
    page = upload(browser, here, "AB 12 34 56 C.pdf", "AB123456D.pdf")
    assert "AB" not in page.words
    for number in (1, 2):
        assert f"File {number}: number.pdf" in page.words
        assert f"Open file {number}" in page.words
    first, second = openers(page)
    assert "number" not in first
    opened = browser.get(second)
    assert opened.response.data == specimen_pdf("Certificate", ["AB123456D.pdf"])
    assert opened.headers["Content-Security-Policy"] == INERT
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Content-Disposition"] == 'attachment; filename="file 2.pdf"'
    assert browser.get(first).response.data != opened.response.data
    stage = Stage(site.database, site.meadow, site.house, site.office)
    with site.database.write() as session:
        other = stage.drafted(session, ("Sean Doyle",), course="LTS", claimed_as="full").id
    stranger = site.sign_in(site.meadow.submitter)
    token = second.rpartition("/")[2]
    assert stranger.get(second).status == 404
    assert stranger.get(f"/purchases/{other}/certificates/unplaced/{token}").status == 404
    assert browser.get(f"{here}/unplaced/{token}x").status == 404
    assert site.visit().get(second, follow_redirects=False).status == 303


def test_files_that_wait_stay_when_more_are_uploaded_until_an_hour_has_passed(site: Site, here: str) -> None:
    browser = site.sign_in(site.house.submitter)
    upload(browser, here, "scan1.pdf")
    page = browser.send({}, action=here)
    assert page.problems == ["Choose the certificates"]
    assert "File 1: scan1.pdf" in page.words
    page = browser.send({"files": [(a_pdf("two"), "scan2.pdf")]}, action=here)
    assert "2 files to place by hand" in page.words
    kept = page.filled(here)
    (_, opener) = openers(page)
    site.time.tick(timedelta(minutes=61))
    browser = site.sign_in(site.house.submitter)
    browser.get(here)
    page = browser.post(here, {"file": kept["file"], "files": [(a_pdf("three"), "daniel mensah.pdf")]})
    assert "have waited for too long. Choose them again" in page.problems[0]
    assert "1 certificate added" in page.words
    assert "The file waited for too long. Choose it again." in browser.get(opener).words
