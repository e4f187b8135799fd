"""One box finds claims, purchases, runs, employers, people and learners, for staff; numbers stay out of addresses."""

import pytest
from sqlalchemy import select, update

from claims.models import Claim, Employer, Learner
from claims.services.sealing import decrypt_number
from tests.browsing import Browser
from tests.keys import KEYRING
from tests.site import Site
from tests.stage import Stage
from tests.web.back_office import stage_of

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"


@pytest.fixture
def stage(site: Site) -> Stage:
    return stage_of(site)


@pytest.fixture
def asha(site: Site) -> Browser:
    return site.sign_in(site.office.assessor)


def number_of(stage: Stage, learner: str) -> str:
    with stage.database.read() as session:
        return decrypt_number(KEYRING, session.get_one(Learner, stage.house.learners[learner]).number)


def test_a_claim_is_found_by_its_reference_however_it_is_typed(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.read() as session:
        reference = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).one().reference
    for typed in (reference, reference.lower().replace("-", ""), f" {reference[:-2]} "):
        asha.get("/search")
        assert asha.send({"sought": typed}).heading == f"Claim {reference}"
    for wrong in ("7KD", "22222222222", reference[:-1] + "C", "<b>", "%", "’", "0", "9" * 18, "9" * 30, "@"):
        asha.get("/search")
        page = asha.send({"sought": wrong})
        assert "Nothing is found" in page.words, wrong
    asha.get("/search")
    assert asha.send({"sought": " "}).field_errors == ["Enter what you are looking for"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("hartley", "Employers Employer Workplace ID State Hartley House Care Ltd H1002001 Registered at risk"),
        ("h1002001", "Hartley House Care Ltd"),
        ("GRACE.OKAFOR@example.com", "Grace Okafor grace.okafor@example.com Hartley House Care Ltd At risk"),
        ("obri", "Learners Learner Employer Claims Niamh O’Brien Hartley House Care Ltd At risk"),
        ("o'brien NIAMH", "Niamh O’Brien"),
        ("1", "Purchase 1"),
        ("purchase #1", "Claims Claim State Learner Employer"),
    ],
)
def test_each_kind_is_found_with_the_mark_of_its_employer(stage: Stage, asha: Browser, typed: str, words: str) -> None:
    stage.submitted(NIAMH, DANIEL)
    with stage.database.write() as session:
        session.execute(update(Employer).where(Employer.id == stage.house.employer_id).values(registration="at-risk"))
    asha.get("/search")
    page = asha.send({"sought": typed})
    assert words in page.words
    assert "Meadow View" not in page.words
    assert page.filled("/search")["sought"] == [typed]


def test_a_national_insurance_number_finds_its_learner_and_stands_in_no_address(
    stage: Stage, asha: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    stage.submitted(NIAMH)
    number = number_of(stage, NIAMH)
    for typed in (number, f"{number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8:]}".lower()):
        asha.get("/search")
        page = asha.post("/search", {"sought": typed})
        assert page.status == 200
        assert "Niamh O’Brien" in page.words
        assert typed not in page.text
        assert number[2:8] not in page.text
    # Where it stands in an address all the same, it finds nothing and is not shown again.
    page = asha.get("/search", query_string={"for": number})
    assert page.field_errors == ["Type a National Insurance number here: it must not stand in an address"]
    assert "O’Brien" not in page.words
    assert number not in page.text
    for typed in (f"Niamh {number}", number[:8], f"QQ{number[2:]}", f"{number[:2]}-{number[2:]}"):
        page = asha.post("/search", {"sought": typed})
        assert page.status == 200
        assert page.field_errors == ["Enter a whole National Insurance number and nothing else, like QQ 12 34 56 C"], (
            typed
        )
    assert number not in caplog.text


def test_finance_finds_runs_and_does_not_lead_to_what_it_may_not_open(site: Site, stage: Stage, asha: Browser) -> None:
    stage.submitted(NIAMH)
    olu = site.sign_in(site.office.finance)
    page = olu.get("/search", query_string={"for": "1"})
    assert "Purchase 1" in page.words
    assert "/assessment/purchases/1" not in page.text
    assert "/assessment/claims/1" in page.text
    assert "Nothing is found" in olu.get("/search", query_string={"for": "RUN-2526-0001"}).words
    assert site.sign_in(site.office.administrator).get("/search").status == 403
    assert site.sign_in(site.house.submitter).get("/search").status == 403


def test_no_more_than_is_shown_is_found_and_a_new_name_finds(stage: Stage, asha: Browser) -> None:
    with stage.database.write() as session:
        for count in range(30):
            session.add(
                Employer(
                    workplace_id=f"Z{count:07}",
                    name=f"Zoë’s Home {count}",
                    address="",
                    registration="registered",
                    created_at=session.get_one(Employer, stage.house.employer_id).created_at,
                )
            )
        session.get_one(Employer, stage.house.employer_id).name = "Zebra Care"
    page = asha.get("/search", query_string={"for": "zoes home"})
    assert page.words.count("Zoë’s Home") == 25
    assert "No more than 25 are shown." in page.words
    assert "Zebra Care" in asha.get("/search", query_string={"for": "zeb"}).words
    assert "Zebra" not in asha.get("/search", query_string={"for": "hartley"}).words
