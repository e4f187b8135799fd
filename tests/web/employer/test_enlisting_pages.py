"""People are put on a purchase by pasting or uploading; each is shown with what would happen before anything does."""

import io
from datetime import date

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from claims.models import Claim, Learner
from claims.services.dividing import add_service
from tests.browsing import Browser, Page
from tests.claiming import add_learners, buy
from tests.site import AT, Site
from tests.web.employer.test_adding_learners import HEAD, book

SAM = "Sam,Okoro,AB123456C,Care worker,Employee,1 March 2024"
NIAMH, DANIEL, MARGARET = "AA000001A", "AA000002A", "AA000003A"
ONCE = {"paid_on": "2025-10-01", "started_on": "2025-10-06"}


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


@pytest.fixture
def address(browser: Browser) -> str:
    return buy(browser, "LTS", **ONCE)


def paste(browser: Browser, address: str, *rows: str) -> Page:
    browser.get(f"{address}/learners/table")
    return browser.send({"table": "\n".join(rows)})


def ticked(page: Page) -> list[str]:
    return page.filled().get("person", [])


def counts(site: Site) -> tuple[int, int]:
    """Learners and claims."""
    with site.database.read() as session:
        return tuple(session.scalars(select(func.count()).select_from(each)).one() for each in (Learner, Claim))


def learners_called(site: Site, last_name: str) -> list[Learner]:
    with site.database.read() as session:
        return list(session.scalars(select(Learner).where(Learner.last_name == last_name)))


def learner(site: Site, name: str) -> Learner:
    with site.database.read() as session:
        return session.get_one(Learner, site.house.learners[name])


@pytest.mark.parametrize(
    "rows",
    [
        ("Niamh O’Brien,AA000001A", "Daniel Mensah,aa 00 00 02 a"),
        ("Niamh O'Brien AA000001A", "Mensah Daniel: AA 00 00 02 A"),
        ("Niamh\tO'Brien\tAA000001A", "Daniel\tMensah\tAA000002A"),
        ("Name\tNI number", "O’Brien, Niamh\tAA000001A", "Daniel Mensah\tAA000002A"),
        ("AA000001A", "AA000002A"),
        ("NINO,Surname", "AA000001A,O'Brien", "AA000002A,Mensah"),
    ],
)
def test_known_people_need_a_name_and_a_number_only(
    site: Site, browser: Browser, address: str, rows: tuple[str, ...]
) -> None:
    before = counts(site)
    page = paste(browser, address, *rows)
    assert page.heading == "Check the people you are adding"
    assert "0 people are new, and 2 are among your learners already." in page.words
    assert "What would change" not in page.words
    assert len(ticked(page)) == 2
    assert counts(site) == before
    page = browser.send()
    assert "2 learners added." in page.words
    assert counts(site) == (before[0], before[1] + 2)
    assert learner(site, "Niamh O’Brien").last_name == "O’Brien"


def test_new_known_changed_and_present_people_are_told_apart_and_added_at_once(
    site: Site, browser: Browser, address: str
) -> None:
    add_learners(browser, address, site.house.learners["Daniel Mensah"])
    before = counts(site)
    page = paste(
        browser, address, SAM, f"Niamh,O’Brien,{NIAMH},Team leader", f"Daniel,Mensah,{DANIEL}", "Liam,Walsh,AA000008A"
    )
    assert "1 person is new, and 2 are among your learners already." in page.words
    assert "On this purchase already, with the same details: Daniel Mensah." in page.words
    assert "Sam Okoro New Row 1" in page.words
    assert "Niamh O’Brien Known Row 2 What would change: Job role: Care worker becomes Team leader" in page.words
    assert ticked(page) == ["1", "2", "4"]
    assert counts(site) == before
    page = browser.send({"person": ["1", "2"]})
    assert "2 learners added." in page.words
    assert counts(site) == (before[0] + 1, before[1] + 2)
    assert learner(site, "Niamh O’Brien").job_role == "team-leader"


def test_who_is_not_eligible_or_claimed_already_is_told_with_the_reason_and_not_ticked(
    site: Site, browser: Browser, address: str
) -> None:
    other = buy(browser, "LTS", **ONCE)
    add_learners(browser, other, site.house.learners["Zofia Kowalska"])
    page = paste(browser, address, f"Margaret Ellis,{MARGARET}", "Zofia Kowalska,AA000004A", f"Sam Okoro,{NIAMH}")
    assert "Margaret Ellis Known Row 1 Not met The job role “Registered nurse” is a regulated profession" in page.words
    assert "Zofia Kowalska Known Row 2 To be checked There is another draft for this learner and course" in page.words
    assert "Your table says Sam Okoro, but this number belongs to Niamh O’Brien." in page.words
    assert ticked(page) == []
    page = browser.send()
    assert page.problems == ["Select at least one person to add"] == page.field_errors
    page = browser.send({"person": ["1"]})
    assert "1 learner added." in page.words


def test_a_number_that_is_not_known_needs_the_columns_of_a_new_learner_and_says_so_by_row(
    site: Site, browser: Browser, address: str
) -> None:
    rows = (
        "Name,National Insurance number,Job role",
        f"Niamh O’Brien,{NIAMH}",
        "Sam Okoro,AB123456C,Care worker",
        "Ann Lee,AB12",
        f"Niamh O’Brien,{NIAMH}",
        "Kim Lowe,,",
        "Liam Walsh,AA000008A,Wizard",
    )
    page = paste(browser, address, *rows)
    assert page.problems == ["5 problems in the table: nobody has been added yet"]
    for told in (
        "Row 6 Enter the National Insurance number",
        "Row 1 The table has no column How they work for you, Employed from, which people need whose number is not",
        "among your learners yet: row 3.",
        "Row 4 The National Insurance number must be 2 letters",
        "Row 5 This National Insurance number is also in row 2.",
        "Row 7 “Wizard” is not a job role we know",
    ):
        assert told in page.words
    assert page.words.count("Row 4") == 1
    assert page.filled()["table"] == ["\n".join(rows)]
    assert counts(site) == (12, 0)


def test_a_staff_list_with_one_column_of_names_becomes_learners_of_the_purchase(
    site: Site, browser: Browser, address: str
) -> None:
    before = counts(site)
    page = paste(
        browser,
        address,
        "Name\tNI number\tJob title\tHow they work for us\tStart date",
        "Ana Maria Costa\tAB123456C\tCare worker\temployee\t07/05/2019",
        f"Sam Okoro\t{NIAMH}\t\t\t",
    )
    assert "“How they work for us” as How they work for you" in page.words
    assert "Ana Maria Costa New Row 2 First name: Ana Maria Last name: Costa Job role: Care worker" in page.words
    assert "How they work for you: Employee Employed from: 7 May 2019" in page.words
    assert page.words.count("Employed from: ") == 1  # of people who are known, only what would change
    assert "Your table says Sam Okoro, but this number belongs to Niamh O’Brien." in page.words
    assert ticked(page) == ["2"]
    page = browser.send()
    assert "1 learner added." in page.words
    assert counts(site) == (before[0] + 1, before[1] + 1)
    assert [each.first_name for each in learners_called(site, "Costa")] == ["Ana Maria"]


def test_a_column_that_new_people_need_is_missed_once_however_many_they_are(browser: Browser, address: str) -> None:
    rows = [f"Sam Okoro,AB1234{number}C,Care worker,Employee,1 March 2024" for number in range(10, 22)]
    page = paste(browser, address, "Name,NI number,Job title,Their hours,Start date", *rows)
    assert page.problems == ["1 problem in the table: nobody has been added yet"]
    assert "The table has no column How they work for you, which people need" in page.words
    assert "rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more." in page.words
    assert page.words.count("so that nothing below them is read: “Their hours”.") == 1


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "Enter names and numbers"),
        ("First name,Last name\nSam,Okoro", "The table has no column National Insurance number."),
        ("First name,Last name,National Insurance number", "headings and nothing below them"),
        ("\n".join(["a,b,c,d,e,f"] * 1001), "Give at most 1,000 people at a time."),
        (":" * 5000, "is not among your learners yet"),
    ],
)
def test_a_table_that_is_no_table_says_what_is_missing(
    browser: Browser, address: str, table: str, sentence: str
) -> None:
    page = paste(browser, address, table)
    assert page.problems
    assert sentence in page.words or "must be 2 letters" in page.words


def test_too_many_for_the_invoice_are_told_with_the_ticks_kept_and_nobody_is_kept(site: Site, browser: Browser) -> None:
    cost = {"footing": "total", "total": "3,200.00", "people_covered": "2", "other": "no"}
    address = buy(browser, "LTS", **ONCE, cost=cost)
    before = counts(site)
    page = paste(browser, address, SAM, f"Niamh,O’Brien,{NIAMH},Team leader", f"Daniel,Mensah,{DANIEL}")
    assert "The invoice covers 2 people, so 2 more people can be added." in page.words
    page = browser.send()
    assert page.problems[0].startswith("The invoice covers 2 people: you selected 3, which is 1 too many.")
    assert ticked(page) == ["1", "2", "3"]
    assert "Job role: Care worker becomes Team leader" in page.words
    assert counts(site) == before
    assert learner(site, "Niamh O’Brien").job_role == "care-worker"
    assert "2 learners added." in browser.send({"person": ["1", "3"]}).words


def test_the_table_comes_back_to_be_changed(site: Site, browser: Browser, address: str) -> None:
    before = counts(site)
    paste(browser, address, SAM, f"Niamh O’Brien,{NIAMH}")
    page = browser.send({"do": "change"})
    assert page.heading == "Paste names and numbers"
    assert page.filled()["table"] == [f"{SAM}\nNiamh O’Brien,{NIAMH}"]
    assert page.problems == []
    assert counts(site) == before


def test_what_was_changed_since_is_shown_again_and_a_second_click_does_nothing(
    site: Site, browser: Browser, address: str
) -> None:
    page = paste(browser, address, f"Niamh,O’Brien,{NIAMH},Team leader", f"Daniel,Mensah,{DANIEL}")
    sent = page.filled()
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Niamh O’Brien"]).job_role = "support-worker"
    page = browser.send()
    assert page.problems == [
        "Somebody changed these learners or claims after you opened the page. Check them again below"
    ]
    assert "Job role: Support worker becomes Team leader" in page.words
    assert ticked(page) == sent["person"]
    again = {**page.filled()}
    assert "2 learners added." in browser.send().words
    page = browser.post(f"{address}/learners/confirmation", again, follow_redirects=True)
    assert "0 learners added. 2 people were on this purchase already." in page.words
    assert counts(site)[1] == 2


def test_somebody_on_the_purchase_whose_details_change_is_offered_as_such(
    site: Site, browser: Browser, address: str
) -> None:
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    page = paste(browser, address, f"Niamh,O’Brien,{NIAMH},Team leader")
    assert "Niamh O’Brien On this purchase already Row 1 What would change: Job role" in page.words
    page = browser.send()
    assert (
        "0 learners added. 1 person was on this purchase already. The details of 1 person were changed." in page.words
    )
    assert learner(site, "Niamh O’Brien").job_role == "team-leader"


def test_a_workbook_or_csv_file_on_a_purchase_is_shown_and_becomes_claims(
    site: Site, browser: Browser, address: str
) -> None:
    browser.get(f"{address}/learners/upload")
    rows = (("Sam", "Okoro", "AB123456C", "Care worker", "Employee", date(2024, 3, 1)), ("", "", NIAMH, "", "", ""))
    page = browser.send({"file": book(HEAD, *rows)})
    assert "1 person is new, and 1 is among your learners already." in page.words
    assert "2 learners added." in browser.send().words
    browser.get(f"{address}/learners/upload")
    content = "Name,NI number\r\nDaniel Mensah,AA 00 00 02 A\r\nSéan,AA000001A\r\n".encode("cp1252")
    page = browser.send({"file": (io.BytesIO(content), "staff.csv")})
    assert "staff.csv is not UTF-8, so it was read as Windows text; check letters with accents." in page.words
    assert "Your table says Séan" not in page.words  # on the purchase already
    assert "1 learner added." in browser.send().words
    with site.database.read() as session:
        assert session.scalars(select(func.count()).select_from(Claim)).one() == 3


def test_a_file_with_faults_says_them_by_row_and_adds_nobody(site: Site, browser: Browser, address: str) -> None:
    before = counts(site)
    browser.get(f"{address}/learners/upload")
    page = browser.send({"file": book(HEAD, ("Sam", "Okoro", "AB123456C", "", "=1+1", ""))})
    assert page.problems == ["2 problems in staff.xlsx: nobody has been added yet"]
    assert "Row 2 Engagement is a formula; paste it as a value." in page.words
    page = browser.send({"file": (io.BytesIO(b"\x00\x01"), "photo.jpg")})
    assert page.problems[0].startswith("photo.jpg is not text")
    assert browser.send({"file": (io.BytesIO(b""), "")}).problems == ["Choose the workbook"]
    assert counts(site) == before


def test_a_service_is_named_in_the_table_of_a_purchase(site: Site, browser: Browser, address: str) -> None:
    with site.database.write() as session:
        add_service(session, site.house.employer_id, "Orchard wing", by=site.house.sro, at=AT)
    page = paste(browser, address, SAM + ",yes,no,Orchard wing", f"Niamh O’Brien,{NIAMH}")
    assert "1 person is new, and 1 is among" in page.words
    browser.send()
    assert learners_called(site, "Okoro")[0].service_id is not None


def test_another_employer_is_told_nothing_and_reaches_nothing(site: Site, address: str) -> None:
    stranger = site.sign_in(site.meadow.sro)
    theirs = buy(stranger, "LTS", **ONCE)
    page = paste(stranger, theirs, f"Niamh O’Brien,{NIAMH}")
    assert "This number is not among your learners yet." in page.words
    for step in ("table", "upload", "confirmation"):
        assert stranger.post(f"{address}/learners/{step}", {"table": SAM}).status == 404


@pytest.mark.parametrize("is_book", [True, False])
def test_empty_rows_in_a_file_do_not_move_the_ticks_to_other_people(
    site: Site, browser: Browser, address: str, *, is_book: bool
) -> None:
    rows = [("Name", "NI number"), ("", ""), ("Niamh O’Brien", NIAMH), ("", ""), ("Daniel Mensah", DANIEL)]
    content = io.BytesIO("\n".join(",".join(row) for row in rows).encode())
    browser.get(f"{address}/learners/upload")
    page = browser.send({"file": book(*rows) if is_book else (content, "staff.csv")})
    assert ticked(page) == ["3", "5"]
    page = browser.send({"person": ["5"]})
    assert "1 learner added." in page.words
    assert "Daniel Mensah" in page.words.split("Add learners")[0]
    with site.database.read() as session:
        assert session.scalars(select(Claim.learner_id)).all() == [site.house.learners["Daniel Mensah"]]


def test_a_row_far_below_all_others_makes_no_page_of_a_megabyte(browser: Browser, address: str) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Learners"
    for row, cells in ((1, ("Name", "NI number")), (2, ("Niamh O’Brien", NIAMH)), (1_048_576, ("Daniel", DANIEL))):
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column).value = value
    saved = io.BytesIO()
    workbook.save(saved)
    saved.seek(0)
    browser.get(f"{address}/learners/upload")
    page = browser.send({"file": (saved, "staff.xlsx")})
    assert len(page.text) < 20_000
    assert len(ticked(page)) == 2
    assert "2 learners added." in browser.send().words


def test_a_quotation_mark_that_nothing_closes_swallows_nobody(site: Site, browser: Browser, address: str) -> None:
    page = paste(browser, address, "Name,NI number,Notes", f'Niamh O’Brien,{NIAMH},"tall', f"Daniel Mensah,{DANIEL},")
    assert ticked(page) == ["2", "3"]
    page = paste(browser, address, '"' + "a" * 150_000)
    assert page.problems == ["1 problem in the table: nobody has been added yet"]
    page = paste(browser, address, '"' + "a" * 150_000 + '"')
    assert page.problems == ["1 problem in the table: nobody has been added yet"]
