"""When workforce records were updated: told by the employer, and what it unblocks."""

from datetime import date

import pytest
from sqlalchemy import update

from claims.lifecycle import NotAllowed
from claims.models import Employer
from claims.services.updating_workforce import tell_workforce_data
from claims.store.claims import employer_called
from tests.claiming import day
from tests.site import AT, Site

WHERE = "/organisation/workforce-data"


def test_a_later_update_is_told_and_home_asks_no_more(site: Site) -> None:
    with site.database.write() as session:
        session.execute(update(Employer).values(workforce_data_updated_on=date(2025, 3, 31)))
    browser = site.sign_in(site.house.submitter)
    assert "Say when you updated them" in browser.get("/home").words
    browser.get(WHERE)
    assert browser.send({}).problems == ["Enter the day of the update, like 27 3 2025"]
    page = browser.send(day("updated_on", "2026-02-03"))
    assert len(page.problems) == 1
    assert page.filled()["updated_on-day"] == ["3"]
    assert browser.send(day("updated_on", "2025-03-30")).problems == [
        "The day of the update must be on or after the one that we know of"
    ]
    page = browser.send(day("updated_on", "2026-02-02"))
    assert "The day of the update has been saved." in page.words
    assert "2 February 2026" in page.words
    assert "Workforce data" not in browser.get("/home").words


def test_an_update_that_is_too_old_to_count_is_kept_and_says_so(site: Site) -> None:
    with site.database.write() as session:
        session.execute(update(Employer).values(workforce_data_updated_on=date(2025, 3, 1)))
    browser = site.sign_in(site.house.submitter)
    browser.get(WHERE)
    words = browser.send(day("updated_on", "2025-03-31")).words
    assert "The day of the update has been saved. Your workforce records (ASC-WDS) were last updated on" in words
    assert "only days from 1 April 2025 count" in words
    assert "It counts for claims" not in words


def test_nobody_else_tells_it(site: Site) -> None:
    with site.database.write() as session:
        employer = employer_called(session, site.house.employer_id)
        for who in (site.meadow.sro, site.office.assessor):
            with pytest.raises(NotAllowed):
                tell_workforce_data(session, employer, AT.date(), by=who, at=AT)
        assert tell_workforce_data(session, employer, AT.date(), by=site.house.sro, at=AT)
        assert not tell_workforce_data(session, employer, AT.date(), by=site.house.sro, at=AT)
