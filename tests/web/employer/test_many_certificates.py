"""Many certificates dropped at once: matched by number or name, the others placed by hand."""

from io import BytesIO

from sqlalchemy import select

from claims.files.specimens import specimen_pdf
from claims.models import Claim, Evidence
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
    assert [each.partition(" ")[0] for each in page.problems] == ["blank.pdf", "empty.pdf"]
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
