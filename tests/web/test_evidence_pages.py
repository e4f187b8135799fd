"""Evidence for staff: only through the door, only to be looked at."""

import pytest
from sqlalchemy import update

from claims.models import Evidence, Purchase
from claims.services.evidencing import KeptFile, add_payment_evidence
from claims.store.claims import payment_evidence_of
from claims.web.wiring import EXTENSION
from tests.site import AT, Site
from tests.stage import submit_all
from tests.web.back_office import stage_of

CONTENT = {"application/pdf": b"%PDF-1.7 not really", "image/png": b"\x89PNG not really"}


def kept(site: Site, media_type: str, *, submitted: bool = True) -> int:
    """A purchase of Hartley House with one more file of this kind; the file's id."""
    stage, store = stage_of(site), site.app.extensions[EXTENSION].store
    content = CONTENT[media_type]
    file = KeptFile("in voice<b>.pdf", media_type, len(content), store.put(content))
    with site.database.write() as session:
        purchase = stage.drafted(session, ["Niamh O’Brien"])
        added = add_payment_evidence(session, purchase, file, site.house.submitter, AT)
        if submitted:
            submit_all(session, purchase, site.house.submitter, AT)
        return added.id


@pytest.mark.parametrize("media_type", list(CONTENT))
def test_evidence_can_do_nothing_in_a_browser_but_be_looked_at_in_our_pages(site: Site, media_type: str) -> None:
    evidence_id = kept(site, media_type)
    page = site.sign_in(site.office.assessor).get(f"/assessment/evidence/{evidence_id}")
    assert page.response.get_data() == CONTENT[media_type]
    assert page.headers["Content-Type"].startswith(media_type)
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox" in policy
    assert not any("script" in rule for rule in policy)
    assert page.headers["Content-Disposition"].startswith("inline")
    assert page.headers["Cache-Control"] == "no-store"


def test_evidence_is_downloaded_as_an_attachment_when_asked_for(site: Site) -> None:
    evidence_id = kept(site, "image/png")
    page = site.sign_in(site.office.assessor).get(f"/assessment/evidence/{evidence_id}?download=yes")
    assert page.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("who", ["assessor", "lead", "finance", "auditor"])
def test_staff_who_decide_pay_or_audit_see_evidence(site: Site, who: str) -> None:
    evidence_id = kept(site, "image/png")
    assert site.sign_in(getattr(site.office, who)).get(f"/assessment/evidence/{evidence_id}").status == 200


def test_nobody_else_sees_evidence(site: Site) -> None:
    evidence_id = kept(site, "image/png")
    address = f"/assessment/evidence/{evidence_id}"
    for who in (site.office.administrator, site.house.sro, site.meadow.sro):
        assert site.sign_in(who).get(address).status == 403
    assert site.visit().get(address, follow_redirects=False).status == 303


def test_evidence_that_was_removed_never_sent_or_never_there_is_not_found(site: Site) -> None:
    asha = site.sign_in(site.office.assessor)
    assert asha.get("/assessment/evidence/99").status == 404
    evidence_id = kept(site, "image/png", submitted=False)
    assert asha.get(f"/assessment/evidence/{evidence_id}").status == 404
    with site.database.write() as session:
        purchase = session.get_one(Purchase, session.get_one(Evidence, evidence_id).purchase_id)
        submit_all(session, purchase, site.house.submitter, AT)
        assert len(payment_evidence_of(session, purchase)) == 2
    assert asha.get(f"/assessment/evidence/{evidence_id}").status == 200
    with site.database.write() as session:
        session.execute(update(Evidence).where(Evidence.id == evidence_id).values(removed_at=AT))
    assert asha.get(f"/assessment/evidence/{evidence_id}").status == 404
