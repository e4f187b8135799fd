"""The pages of tasks for lead assessors."""

import pytest

from claims.models import Purchase
from claims.services.heeding import heed_rejected_payment
from tests.site import AT, Site
from tests.web.back_office import stage_of


@pytest.fixture
def opened(site: Site) -> Site:
    purchase_id = stage_of(site).approved("Niamh O’Brien")
    with site.database.write() as session:
        heed_rejected_payment(session, session.get_one(Purchase, purchase_id), site.office.assessor, AT)
    return site


def test_a_lead_sees_the_claims_of_a_task_and_closes_it_with_a_reason(opened: Site) -> None:
    ruth = opened.sign_in(opened.office.lead)
    page = ruth.get("/assessment/tasks")
    assert "The payment was rejected after claims had been approved" in page.words
    assert "Undo the approval, or say why it stands" in page.words
    ruth.get("/assessment/tasks/1")
    assert ruth.send({"reason": ""}).problems == ["Enter what was done, or why nothing has to be"]
    page = ruth.send({"reason": "Undone today <i>by me</i>"})
    assert "The task is closed." in page.words
    assert "No task is open." in page.words
    assert "Undone today <i>by me</i>" in page.words
    assert "Closed" in ruth.get("/assessment/tasks/1").words


def test_an_auditor_looks_and_an_assessor_does_not(opened: Site) -> None:
    auditor = opened.sign_in(opened.office.auditor)
    assert "Close task" not in auditor.get("/assessment/tasks").words
    assert opened.sign_in(opened.office.assessor).get("/assessment/tasks").status == 403
    ruth = opened.sign_in(opened.office.lead)
    assert ruth.get(f"/assessment/tasks/{10**30}").status == 404
    assert ruth.get("/assessment/tasks/2").status == 404
