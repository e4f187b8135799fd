"""Learners are added beside any purchase, and nothing is kept before it was shown."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from claims.models import CareService, Learner
from claims.services.dividing import add_service
from tests.browsing import Browser, Page
from tests.claiming import buy
from tests.site import AT, Site

TABLE = "/learners/table"
SAM = "Sam,Okoro,AB123456C,Care worker,Employee,1 March 2024"
NIAMH = "Niamh,O'Brien,AA 00 00 01 A,Team leader,Employee,2 September 2024"


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


def how_many(site: Site) -> int:
    with site.database.read() as session:
        return session.scalars(select(func.count()).select_from(Learner)).one()


def paste(browser: Browser, *rows: str) -> Page:
    browser.get(TABLE)
    return browser.send({"table": "\n".join(rows)})


def book(*rows: tuple[object, ...], title: str = "Learners") -> tuple[BytesIO, str]:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    saved = BytesIO()
    workbook.save(saved)
    saved.seek(0)
    return saved, "staff.xlsx"


HEAD = ("First name", "Last name", "National Insurance number", "Job role", "Engagement", "Employed from")


def test_a_pasted_table_shows_who_is_new_and_what_changes_before_anything_is_kept(site: Site, browser: Browser) -> None:
    before = how_many(site)
    page = paste(browser, SAM, NIAMH)
    assert page.heading == "Check what will be kept"
    assert "1 new learner" in page.words
    assert "Job role: Care worker becomes Team leader" in page.words
    assert "Last name:" not in page.words
    assert how_many(site) == before
    page = browser.send({}, action="/learners/confirmation")
    assert "1 learner added and 1 changed." in page.words
    assert how_many(site) == before + 1
    page = paste(browser, SAM, NIAMH)
    assert "2 learners you have already, with the same details: nothing changes." in page.words
    assert "Keep these learners" not in page.words


def test_an_ordinary_staff_list_is_understood(browser: Browser) -> None:
    page = paste(
        browser,
        "Forename,Surname,NI number,Job title,Start date,Engagement",
        "Sam,Okoro,AB123456C,Care assistant,3 apr 25,Employee",
        "Kim,Lowe,AB123457C,senior carer,3/4/2025,Bank staff",
    )
    assert "Sam Okoro Care worker Employee 3 Apr 2025" in page.words
    assert "Kim Lowe Senior care worker Bank staff 3 Apr 2025" in page.words


def test_one_column_of_names_is_split_and_shown_before_anything_is_kept(site: Site, browser: Browser) -> None:
    before = how_many(site)
    page = paste(
        browser,
        "Employee name\tNI number\tJob title\tHow they work for us\tStart date\tPayroll number",
        "Ana Maria Costa\tAB123456C\tCare worker\tEmployee\t7 May 2019\t17",
        "Lowe, Kim\tAB123457C\tCare worker\tBank staff\t3/4/2025\t18",
        "O'Brien Niamh\tAA000001A\tTeam leader\t\t\t19",
    )
    assert "2 new learners First name Last name Job role How they work for you Employed from" in page.words
    assert "“Employee name” as First name and Last name, “NI number” as National Insurance number" in page.words
    assert "“How they work for us” as How they work for you, “Start date” as Employed from." in page.words
    assert "so that nothing below them is read: “Payroll number”." in page.words
    assert "Names are split before the last word" in page.words
    assert "Job role: Care worker becomes Team leader" in page.words
    assert "name: Niamh" not in page.words  # who is known by this name keeps it as it is
    assert how_many(site) == before
    browser.send({}, action="/learners/confirmation")
    with site.database.read() as session:
        kept = session.scalars(select(Learner).where(Learner.last_name.in_(("Costa", "Lowe"))))
        assert {(each.first_name, each.last_name) for each in kept} == {("Ana Maria", "Costa"), ("Kim", "Lowe")}


def test_a_name_of_another_person_beside_a_known_number_is_shown_as_a_change(browser: Browser) -> None:
    page = paste(browser, "Name,NI number,Job role,Engagement,Employed from", "Niamh Byrne,AA000001A,,,")
    assert "Last name: O’Brien becomes Byrne" in page.words


@pytest.mark.parametrize("name", ["Prince", '"Costa,"', '", Ana"', '"Costa, Ana, Ms"'])
def test_a_name_that_does_not_part_is_a_problem_of_its_row(browser: Browser, name: str) -> None:
    page = paste(
        browser,
        "Name,NI number,Job role,Employment type,Employed from",
        f"{name},AB123456C,Care worker,Employee,3 May 2024",
    )
    assert page.problems == ["1 problem in the table: nobody has been added yet"]
    assert "must be a first and a last name, such as Sam Okoro or Okoro, Sam." in page.words


def test_beside_a_column_of_surnames_name_is_the_first(browser: Browser) -> None:
    page = paste(
        browser,
        "Name,Surname,NI number,Job role,Engagement,Employed from",
        "Ana Maria,van der Berg,AB123456C,Care worker,Employee,3 May 2024",
    )
    assert "Ana Maria van der Berg Care worker Employee 3 May 2024" in page.words


def test_names_are_split_in_a_table_without_headings_too(browser: Browser) -> None:
    page = paste(browser, "Sam Okoro,AB123456C,Care worker,Employee,1 March 2024")
    assert "Sam Okoro Care worker Employee 1 Mar 2024" in page.words


def test_headings_that_are_not_understood_are_told_once_and_not_by_row(browser: Browser) -> None:
    page = paste(
        browser,
        "Name,NI number,Job title,How she works,Start date",
        "Sam Okoro,AB123456C,Care worker,Employee,1 March 2024",
        "Kim Lowe,AB123457C,Care worker,Employee,1 March 2024",
    )
    assert page.problems == ["1 problem in the table: nobody has been added yet"]
    assert "Row 1 The table has no column How they work for you." in page.words
    assert page.words.count("so that nothing below them is read: “How she works”.") == 1
    assert "“Job title” as Job role" in page.words


def test_two_headings_for_one_column_are_a_problem_and_neither_is_taken(browser: Browser) -> None:
    page = paste(
        browser,
        "Name,NI number,Job title,Role,Engagement,Start date",
        "Sam Okoro,AB123456C,Care worker,Team leader,Employee,1 March 2024",
    )
    assert "Row 1 “Job title” and “Role” are read as the same column, Job role: keep one of them." in page.words


def test_a_staff_list_as_it_is_can_be_uploaded(browser: Browser) -> None:
    browser.get("/learners/upload")
    head = ("Full name", "NI number", "Job role", "Employment type", "Start date", "x" * 500)
    page = browser.send(
        {"file": book(head, ("Sam Okoro", "AB123456C", "Care worker", "Employee", "1 March 2024", "-"))}
    )
    assert "“Full name” as First name and Last name" in page.words
    assert f"“{'x' * 60}…”" in page.words
    assert "Sam Okoro Care worker Employee 1 Mar 2024" in page.words
    browser.get("/learners/upload")
    page = browser.send({"file": book(head[:3], ("Sam Okoro", "AB123456C", "Care worker"))})
    assert page.problems == ["1 problem in staff.xlsx: nobody has been added yet"]
    assert "Row 1 The table has no column How they work for you, Employed from." in page.words
    assert "“Full name” as First name and Last name" in page.words


def test_faults_stand_on_their_rows_and_nobody_is_kept(site: Site, browser: Browser) -> None:
    before = how_many(site)
    page = paste(
        browser,
        ",".join(HEAD) + ",Start date in role,Left on,Role category",
        SAM + ",1 February 2024,,",
        "Ana,Souza,AB123457C,Care worker,Employee,1 March 2024,,28/2/2024,Wizard",
    )
    assert page.problems == ["2 problems in the table: nobody has been added yet"]
    assert "Row 2 The day they started in this job role must be on or after the day they started." in page.words
    assert "Row 3 “Wizard” is not a role category" in page.words
    assert how_many(site) == before


def test_a_filled_in_workbook_is_read_and_its_faults_are_told_by_row(site: Site, browser: Browser) -> None:
    browser.get("/learners/upload")
    page = browser.send({"file": book(HEAD, ("Sam", "Okoro", "AB1", "Care worker", "Employee", "=TODAY()"))})
    assert page.problems == ["3 problems in staff.xlsx: nobody has been added yet"]
    assert "Row 2 Employed from is a formula; paste it as a value." in page.words
    assert "Row 2 The National Insurance number must be 2 letters" in page.words
    page = browser.send({"file": book(HEAD, ("=Sam", "Okoro", "AB123456C", "Care worker", "Employee", "1 March 2024"))})
    assert "First name is a formula" in page.words
    page = browser.send({"file": book(HEAD, ("Sam", "D’Arcy", "AB123456C", "Care worker", "Employee", AT.date()))})
    assert "1 new learner" in page.words
    assert "D’Arcy" in browser.send({}, action="/learners/confirmation").words


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\x01", "staff.xlsx is not text"),
        (b"%PDF-1.7", "staff.xlsx is a PDF"),
        (b"First name;Last name", "staff.xlsx is separated by semicolons"),
        (b"PK\x03\x04 cut short", "staff.xlsx is damaged or cut short"),
        (b"", "staff.xlsx is empty"),
    ],
)
def test_what_is_no_workbook_is_refused_with_the_reason(browser: Browser, content: bytes, sentence: str) -> None:
    browser.get("/learners/upload")
    assert browser.send({"file": (BytesIO(content), "staff.xlsx")}).problems[0].startswith(sentence)


def test_a_csv_file_is_read_as_a_workbook_is(browser: Browser) -> None:
    browser.get("/learners/upload")
    content = ",".join(HEAD) + "\n" + SAM
    assert "1 new learner" in browser.send({"file": (BytesIO(content.encode()), "staff.csv")}).words


def test_the_workbook_to_fill_in_offers_this_employers_services_and_can_be_uploaded(
    site: Site, browser: Browser
) -> None:
    with site.database.write() as session:
        add_service(session, site.house.employer_id, "=Orchard wing", by=site.house.sro, at=AT)
    browser.get("/learners/add")
    answer = browser.client.get("/learners/template.xlsx", buffered=True)
    workbook = load_workbook(BytesIO(answer.data))
    assert workbook.sheetnames == ["Learners", "Lists", "How to fill this in"]
    lists = workbook["Lists"]
    assert (lists["E2"].value, lists["E2"].data_type) == ("=Orchard wing", "s")
    sheet = workbook["Learners"]
    assert len(sheet.data_validations.dataValidation) == 9
    assert (sheet.auto_filter.ref, lists.auto_filter.ref) == ("A1:L1001", f"A1:F{lists.max_row}")
    properties = workbook.properties
    assert properties.title == "Learners of Hartley House Care Ltd"
    assert properties.subject == "Scheme year 2025-26"
    assert properties.creator == site.house.sro.name
    assert properties.created == AT.replace(tzinfo=None)
    for each in workbook.worksheets:
        assert (each.page_setup.fitToHeight, each.sheet_properties.pageSetUpPr.fitToPage) == (0, True), "one page wide"
        assert each.row_dimensions[1].height >= 28, "a heading of two lines is not cut"
    for column, value in enumerate(("Sam", "Okoro", "AB123456C", "Care worker", "Employee", AT.date()), 1):
        sheet.cell(2, column).value = value
    saved = BytesIO()
    workbook.save(saved)
    saved.seek(0)
    browser.get("/learners/upload")
    assert "1 new learner" in browser.send({"file": (saved, "learners.xlsx")}).words


def test_one_learner_is_added_and_a_known_number_offers_to_update(site: Site, browser: Browser) -> None:
    filled = {
        "first_name": "Sam",
        "last_name": "Okoro",
        "number": "ab 12 34 56 c",
        "job_role": "care-worker",
        "engagement": "employee",
        "employed_from-day": "1",
        "employed_from-month": "mar",
        "employed_from-year": "24",
        "works_in_england": "yes",
        "post_requires_registration": "no",
    }
    browser.get("/learners/new")
    page = browser.send({**filled, "in_role_from-day": "1", "in_role_from-month": "2", "in_role_from-year": "2024"})
    assert page.problems == ["The day they started in this job role must be on or after the day they started"]
    page = browser.send({"in_role_from-day": "", "in_role_from-month": "", "in_role_from-year": ""})
    assert "Sam Okoro has been added." in page.words
    browser.get("/learners/new")
    page = browser.send({**filled, "job_role": "team-leader", "role_category": "deputy-manager"})
    assert "Job role: Care worker becomes Team leader" in page.words
    assert "Role category: not told becomes Deputy manager" in page.words
    assert "0 learners added and 1 changed." in browser.send({}, action="/learners/confirmation").words


def test_the_list_is_paged_by_name_and_searched_with_either_apostrophe(site: Site, browser: Browser) -> None:
    rows = [f"Ann,Name{chr(97 + n // 26)}{chr(97 + n % 26)},BB{n:06}A,Care worker,Employee,1/3/24" for n in range(60)]
    paste(browser, *rows)
    browser.send({}, action="/learners/confirmation")
    page = browser.get("/learners")
    assert "70 learners" in page.words
    following = next(a.get("href") for a in page.document.iter("a") if a.get("rel") == "next")
    page = browser.get(following)
    shown = [row for row in page.document.iter("th") if row.get("scope") == "row"]
    assert len(shown) == 20
    back = next(a.get("href") for a in page.document.iter("a") if a.get("rel") == "prev")
    assert browser.get(back).words == browser.get("/learners").words
    for search in ("o'bri", "O’BRI", "niamh obrien", "obrien niamh"):
        assert "1 learner" in browser.get("/learners", query_string={"search": search}).words
    assert browser.get("/learners", query_string={"after": "x", "service": "9" * 30, "before": -1}).status == 200
    with site.database.read() as session:
        strangers = site.meadow.learners["Sean Doyle"]
        assert session.get_one(Learner, strangers).last_name == "Doyle"
    assert "70 learners" in browser.get("/learners", query_string={"after": strangers}).words


def test_a_purchase_offers_many_learners_page_by_page_and_by_name(site: Site, browser: Browser) -> None:
    rows = [f"Ann,Name{chr(97 + n // 26)}{chr(97 + n % 26)},BB{n:06}A,Care worker,Employee,1/3/24" for n in range(60)]
    paste(browser, *rows)
    browser.send({}, action="/learners/confirmation")
    address = f"{buy(browser, 'LTS')}/learners"
    page = browser.get(address)
    assert page.text.count('name="learner"') == 50
    following = next(a.get("href") for a in page.document.iter("a") if a.get("rel") == "next")
    assert browser.get(following).text.count('name="learner"') == 20
    page = browser.get(address, query_string={"search": "o'bri"})
    assert page.text.count('name="learner"') == 1
    assert "Niamh O" in page.words
    assert "0 learners of that name" in browser.get(address, query_string={"search": "nobody"}).words


ABROAD = {"works_in_england": False, "post_requires_registration": True}


def learner(site: Site, name: str) -> Learner:
    with site.database.read() as session:
        return session.get_one(Learner, site.house.learners[name])


def change(site: Site, name: str, **told: object) -> None:
    with site.database.write() as session:
        for field, value in told.items():
            setattr(session.get_one(Learner, site.house.learners[name]), field, value)


@pytest.mark.parametrize("is_file", [False, True])
def test_blank_cells_of_somebody_known_change_nothing_and_mean_yes_and_no_of_somebody_new(
    site: Site, browser: Browser, *, is_file: bool
) -> None:
    change(site, "Niamh O’Brien", **ABROAD)
    rows = ",".join((*HEAD, "Works in England", "Post requires registration")), NIAMH + ",,", SAM + ",,"
    if is_file:
        browser.get("/learners/upload")
        page = browser.send({"file": (BytesIO("\n".join(rows).encode()), "staff.csv")})
    else:
        page = paste(browser, *rows)
    assert "Job role: Care worker becomes Team leader" in page.words
    assert "Works in England:" not in page.words
    assert "Post requires registration:" not in page.words
    assert "1 learner added and 1 changed." in browser.send({}, action="/learners/confirmation").words
    known = learner(site, "Niamh O’Brien")
    assert (known.works_in_england, known.post_requires_registration) == (False, True)
    with site.database.read() as session:
        new = session.scalars(select(Learner).where(Learner.last_name == "Okoro")).one()
        assert (new.works_in_england, new.post_requires_registration) == (True, False)
    page = paste(browser, NIAMH + ",yes,no")
    assert "Works in England: no becomes yes" in page.words
    page = paste(browser, ",".join(HEAD), "Niamh,O’Brien,AA000001A,,,")
    assert "1 learner you have already, with the same details: nothing changes." in page.words
    assert paste(browser, ",".join(HEAD), "Sam,Okoro,AB123457C,,,").problems != []


def test_what_was_changed_since_the_preview_is_shown_again_before_anything_is_kept(
    site: Site, browser: Browser
) -> None:
    before = how_many(site)
    page = paste(browser, SAM, NIAMH)
    change(site, "Niamh O’Brien", job_role="support-worker")
    page = browser.send({}, action="/learners/confirmation")
    assert page.problems == ["Somebody changed these learners after you opened the page. Check them again below"]
    assert page.title.startswith("Error: ")
    assert "Job role: Support worker becomes Team leader" in page.words
    assert page.filled("/learners/confirmation")["table"] == [f"{SAM}\n{NIAMH}"]
    assert (how_many(site), learner(site, "Niamh O’Brien").job_role) == (before, "support-worker")
    sent = page.filled("/learners/confirmation")
    assert "1 learner added and 1 changed." in browser.send({}, action="/learners/confirmation").words
    page = browser.post("/learners/confirmation", sent | {"form_token": "another"}, follow_redirects=True)
    assert "0 learners added and 0 changed." in page.words
    assert how_many(site) == before + 1


def test_nothing_that_was_pasted_is_lost_on_the_way_back_or_to_what_is_in_the_way(site: Site, browser: Browser) -> None:
    with site.database.write() as session:
        service = add_service(session, site.house.employer_id, "Orchard wing", by=site.house.sro, at=AT)
        service_id = service.id
    row = f"{SAM},yes,no,Orchard wing"
    paste(browser, row)
    page = browser.send({"do": "change"}, action="/learners/confirmation")
    assert (page.heading, page.problems) == ("Paste a table of learners", [])
    assert page.filled()["table"] == [row]
    paste(browser, row)
    with site.database.write() as session:
        session.get_one(CareService, service_id).name = "Apple wing"
    page = browser.send({}, action="/learners/confirmation")
    assert page.problems == ["1 problem in the table: nobody has been added yet"]
    assert "Row 1 “Orchard wing” is not one of your services: Apple wing." in page.words
    assert page.filled()["table"] == [row]


def test_one_learner_comes_back_as_the_form_it_was_entered_in(site: Site, browser: Browser) -> None:
    filled = {
        "first_name": "Niamh",
        "last_name": "O’Brien",
        "number": "aa 00 00 01 a",
        "job_role": "team-leader",
        "engagement": "employee",
        "employed_from-day": "1",
        "employed_from-month": "3",
        "employed_from-year": "2024",
        "works_in_england": "yes",
        "post_requires_registration": "no",
    }
    browser.get("/learners/new")
    browser.send(filled)
    page = browser.send({"do": "change"}, action="/learners/confirmation")
    assert page.heading == "Add a learner"
    again = page.filled("/learners/new")
    assert (again["job_role"], again["employed_from-month"], again["works_in_england"]) == (
        ["team-leader"],
        ["3"],
        ["yes"],
    )
    assert "Job role: Care worker becomes Team leader" in browser.send().words


def test_a_file_in_windows_letters_says_so_beside_what_would_be_kept(browser: Browser) -> None:
    browser.get("/learners/upload")
    content = f"{','.join(HEAD)}\nZoë,Okoro,AB123456C,Care worker,Employee,1/3/24".encode("cp1252")
    page = browser.send({"file": (BytesIO(content), "staff.csv")})
    assert "staff.csv is not UTF-8, so it was read as Windows text" in page.words
    assert "Zoë Okoro" in page.words
