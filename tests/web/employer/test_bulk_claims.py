"""Claims by workbook on the pages: down, up, wrong, right, confirmed; and certificates of many at once."""

from datetime import date, timedelta
from io import BytesIO

from openpyxl import load_workbook
from sqlalchemy import func, select

from claims import clock
from claims.exchange.claim_rows import HEADINGS, LEARNER_FIELDS, WORDS_OF
from claims.models import BulkUpload, Claim, Learner
from claims.services.bulk_working import work_on_uploads
from claims.services.purchasing import change_purchase, start_purchase
from tests.browsing import Browser, Page
from tests.bulk import ROW, as_cells, filled_in, twelve
from tests.keys import KEYRING
from tests.site import AT, Site


def send(browser: Browser, content: bytes, name: str = "claims.xlsx") -> Page:
    browser.get("/claims/workbook")
    return browser.send({"file": (BytesIO(content), name)}, action="/claims/workbook")


def work(site: Site) -> None:
    work_on_uploads(site.database, KEYRING, clock.now, 60)


def claims_of(site: Site) -> int:
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(Claim)) or 0


def test_the_workbook_is_made_for_the_employer_and_can_be_filled_in_and_uploaded(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    workbook = load_workbook(BytesIO(browser.get("/claims/workbook/template").response.data))
    assert workbook.sheetnames == [
        "About",
        "Claims",
        "Learners",
        "Courses",
        "Job roles",
        "Providers",
        "How to fill this in",
    ]
    learners = [row[0] for row in workbook["Learners"].iter_rows(min_row=2, values_only=True)]
    assert len(learners) == len(site.house.learners)
    assert "O’Brien, Niamh (ends 01A)" in learners
    for name in ("Courses", "Learners", "Job roles"):
        widths = workbook[name].column_dimensions
        for row in workbook[name].iter_rows(min_row=2, max_col=2):
            for cell in row:
                assert len(str(cell.value)) <= widths[cell.column_letter].width, "no text is cut by the row below"
    (made_at,) = [row[1] for row in workbook["About"].iter_rows(min_row=2) if row[0].value == "Made at (UK time)"]
    assert (made_at.value, made_at.number_format) == (AT.replace(tzinfo=None), "dd mmm yyyy hh:mm")
    everything = str([list(sheet.values) for sheet in workbook.worksheets])
    assert "AA000001A" not in everything
    assert "Doyle" not in everything, "another employer's learner"
    sheet = workbook["Claims"]
    ranges = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert f"'Learners'!$A$2:$A${len(learners) + 1}" in ranges
    for number, value in enumerate(as_cells({**ROW, "number": "O’Brien, Niamh (ends 01A)"}), 1):
        sheet.cell(5, number, value)
    saved = BytesIO()
    workbook.save(saved)
    page = send(browser, saved.getvalue())
    assert page.heading == "Checking your workbook"
    work(site)
    page = browser.get(page.response.request.path)
    assert page.heading == "Check what will be made"
    assert "What is known of the learner changes too" in page.words, "her name is another one"


def test_the_workbook_can_come_with_a_row_for_each_person_at_work_and_unfilled_ones_claim_nothing(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    page = browser.get("/claims/workbook")
    at_work = len(site.house.learners)
    assert f"With everybody who works for you, {at_work} rows" in page.words
    workbook = load_workbook(BytesIO(browser.get("/claims/workbook/template?rows=learners").response.data))
    sheet = workbook["Claims"]
    folded = [each.value for each in sheet[1] if sheet.column_dimensions[each.column_letter].hidden]
    assert folded == [WORDS_OF[name] for name in LEARNER_FIELDS], "what is to be filled in stands beside the names"
    assert sheet.sheet_view.selection[-1].activeCell == "J4"
    assert "copy down what is the same" in sheet["A2"].value, "not for all of them"
    begun = [row[0] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    assert len(begun) == at_work
    assert "O’Brien, Niamh (ends 01A)" in begun
    untouched = BytesIO()
    workbook.save(untouched)
    address = send(browser, untouched.getvalue()).response.request.path
    work(site)
    assert browser.get(address).field_errors == [
        "The file has no claims below its headings, only people without a course."
    ]
    first = [each.value for each in sheet[1] if not sheet.column_dimensions[each.column_letter].hidden][:8]
    needed = ["course", "provider", "paid_on", "cost_pence", "started_on", "part"]
    assert first == ["Learner", *(WORDS_OF[name] for name in needed), "Invoice reference"], "one beside the other"
    for number, name in enumerate(needed, sheet[1][0].column + len(LEARNER_FIELDS) + 1):
        sheet.cell(5, number, as_cells(ROW)[[heading.field for heading in HEADINGS].index(name)])
    saved = BytesIO()
    workbook.save(saved)
    address = send(browser, saved.getvalue()).response.request.path
    work(site)
    page = browser.get(address)
    assert page.heading == "Check what will be made"
    assert "1 new draft" in page.words
    unfilled = at_work - 1
    assert f"The file has {unfilled} rows that name a person and nothing else" in page.words


def test_twelve_people_by_workbook(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    page = send(browser, filled_in(*twelve()))
    assert 'http-equiv="refresh"' in page.text
    address = page.response.request.path
    work(site)
    page = browser.get(address)
    assert page.heading == "Check what will be made"
    assert "£11,088.00 could be claimed" in page.words
    assert "12 new drafts" in page.words
    assert "Who they are for: 12 people" in page.words
    assert "What speaks against it" not in page.words, "nothing does"
    bought = "Brightwater Training, invoice INV-900, start part, 60% New 10 Dec 2025 12 Jan 2026 £1,600.00"
    assert f"{bought} 12 £11,088.00" in page.words
    assert "£924.00 each" in page.words
    before = claims_of(site)
    page = browser.send(action=address)
    assert page.heading == "Making your drafts"
    assert page.response.request.full_path == f"{address}?then=evidence"
    work(site)
    page = browser.get(f"{address}?then=evidence")
    assert page.heading == "Evidence", "one purchase: what is next is its evidence"
    assert "12 drafts have been made." in page.words
    page = browser.get(address)
    assert page.heading == "Your drafts have been made"
    assert "New draft: 12" in page.words
    assert "Brightwater Training, invoice INV-900, paid 10 Dec 2025" in page.words
    onwards = next(a.get("href") for a in page.document.iter("a") if (a.get("href") or "").endswith("/evidence"))
    assert browser.get(onwards).heading == "Evidence"
    assert claims_of(site) == before + 12
    browser.post(address)
    work(site)
    assert claims_of(site) == before + 12
    assert "Drafts made" in browser.get("/claims/workbook").words


def test_people_who_were_on_a_purchase_together_can_be_in_the_workbook_for_their_next_course(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    address = send(browser, filled_in(*twelve())).response.request.path
    work(site)
    browser.get(address)
    browser.send(action=address)
    work(site)
    page = browser.get("/claims/workbook")
    assert "With the 12 people who were on Adult Social Care Certificate" in page.words
    there = next(a.get("href") for a in page.document.iter("a") if "the 12 people" in (a.text or ""))
    sheet = load_workbook(BytesIO(browser.get(there).response.data))["Claims"]
    assert sheet.sheet_view.selection[-1].activeCell == "J4", "beside the first name"
    assert "Fill in J4 to P4, select J4 to P15, press Ctrl+D." in sheet["A2"].value
    assert [sheet.cell(1, number).value for number in (10, 16)] == ["Course code", "Invoice reference"]
    begun = [row[0] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    assert begun == sorted(f"{row['last_name']}, {row['first_name']} (ends {row['number'][-3:]})" for row in twelve())
    assert site.sign_in(site.meadow.sro).get(there).status == 404, "another employer's purchase"


def providers_in(workbook: bytes) -> list[str]:
    """What the drop-down of providers offers."""
    opened = load_workbook(BytesIO(workbook))
    rules = opened["Claims"].data_validations.dataValidation
    (rule,) = [each for each in rules if "'Providers'!" in (each.formula1 or "")]
    assert not rule.showErrorMessage, "any other name may be typed"
    cells = [row[0] for row in opened["Providers"].iter_rows(min_row=2)]
    assert all(cell.data_type == "s" for cell in cells)
    return [cell.value for cell in cells]


def test_providers_bought_from_before_can_be_chosen_the_latest_first(site: Site) -> None:
    by, at = site.house.submitter, clock.now()
    with site.database.write() as session:
        for provider in ("Brightwater Training", '=HYPERLINK("x")', "Brightwater Training", None):
            purchase = start_purchase(session, site.house.employer_id, "LTS", by, at)
            change_purchase(session, purchase, {"provider": provider}, by, at)
    own, other = site.sign_in(by), site.sign_in(site.meadow.sro)
    assert providers_in(own.get("/claims/workbook/template").response.data) == [
        "Brightwater Training",
        '=HYPERLINK("x")',
    ]
    assert providers_in(other.get("/claims/workbook/template").response.data) == []


def test_the_workbook_of_everybody_has_those_who_are_leaving_and_not_those_who_have_left(site: Site) -> None:
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Joyce Appiah"]).left_on = date(2030, 1, 1)
        session.get_one(Learner, site.house.learners["Liam Walsh"]).left_on = date(2026, 2, 2)  # today
        session.get_one(Learner, site.house.learners["Imran Siddiqui"]).left_on = date(2026, 2, 1)
    browser = site.sign_in(site.house.submitter)
    at_work = len(site.house.learners) - 1
    assert f"With everybody who works for you, {at_work} rows" in browser.get("/claims/workbook").words
    workbook = load_workbook(BytesIO(browser.get("/claims/workbook/template?rows=learners").response.data))
    begun = " ".join(str(row[0]) for row in workbook["Claims"].iter_rows(min_row=4, values_only=True) if row[0])
    assert begun.count("(ends ") == at_work
    assert "Appiah" in begun
    assert "Walsh" in begun
    assert "Siddiqui" not in begun


def test_cells_that_were_dragged_down_instead_of_copied_are_pointed_at(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    dragged = [
        {**row, "invoice_reference": f"INV-{99 + count}", "paid_on": f"{10 + count} Dec 2025"}
        for count, row in enumerate(twelve()[:3])
    ]
    address = send(browser, filled_in(*dragged)).response.request.path
    work(site)
    page = browser.get(address)
    assert "Payment date, Invoice reference: from row to row they rise by one" in page.words
    assert "each row is a purchase of its own" in page.words
    address = send(browser, filled_in(*dragged[:2])).response.request.path
    work(site)
    assert "from row to row" not in browser.get(address).words, "two that follow each other may well be so"
    apart = [{**row, "invoice_reference": f"INV-{2 * count}"} for count, row in enumerate(twelve()[:3])]
    address = send(browser, filled_in(*apart)).response.request.path
    work(site)
    assert "from row to row" not in browser.get(address).words


def test_a_start_date_that_was_dragged_down_is_pointed_at_though_it_makes_no_purchase_of_its_own(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    dragged = [{**row, "started_on": f"{12 + count} Jan 2026"} for count, row in enumerate(twelve()[:3])]
    address = send(browser, filled_in(*dragged)).response.request.path
    work(site)
    words = browser.get(address).words
    assert "Training start date: from row to row it rises by one" in words
    assert "1 purchase" in words
    assert "12 Jan 2026 to 14 Jan 2026" in words


def test_course_codes_that_were_dragged_down_are_pointed_at_beside_their_problems(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    dragged = [
        {**row, "course": f"610/4009/{5 + count}", "paid_on": f"{10 + count} Dec 2025"}
        for count, row in enumerate(twelve()[:3])
    ]
    address = send(browser, filled_in(*dragged)).response.request.path
    work(site)
    page = browser.get(address)
    assert page.heading == "Your workbook has problems"
    assert "Course code, Payment date: from row to row they rise by one" in page.words
    address = send(browser, filled_in({**ROW, "cost_pence": "free"})).response.request.path
    work(site)
    assert "from row to row" not in browser.get(address).words


def test_the_preview_tells_courses_of_one_title_apart_and_says_what_is_still_to_come(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    tomorrow = AT.date() + timedelta(days=1)
    for started_on, says in ((AT.date(), False), (tomorrow, True)):
        address = send(browser, filled_in({**ROW, "started_on": started_on.isoformat()})).response.request.path
        work(site)
        words = browser.get(address).words
        assert "610/4009/5, level 2" in words
        said = "The start of the training on 3 February 2026 is still to come: claim once it has happened."
        assert (said in words) is says


def test_a_file_of_which_everything_is_drafted_already_offers_no_drafts(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    for made in (False, True):
        address = send(browser, filled_in(ROW)).response.request.path
        work(site)
        page = browser.get(address)
        assert ("nothing is left to be made of it" in page.words) is made
        assert ("Create these drafts" in page.words) is not made
        if not made:
            browser.send(action=address)
            work(site)


def test_a_workbook_with_problems_comes_back_with_them_marked(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    wrong = {**ROW, "cost_pence": "free", "paid_on": "31 Feb 2026"}
    address = send(browser, filled_in(ROW, wrong)).response.request.path
    work(site)
    page = browser.get(address)
    assert page.title.startswith("Error: ")
    assert page.problems == ["3 problems in its rows"]
    assert "Cost per learner" in page.words
    back = load_workbook(BytesIO(browser.get(f"{address}/marked").response.data))
    sheet = back["Claims"]
    assert sheet.cell(1, 22).value == "Problems"
    assert "Cost per learner: The cost for each learner must be an amount in pounds" in sheet.cell(3, 22).value
    assert sheet.cell(3, 15).comment.text.startswith("The cost for each learner must be")
    assert sheet.cell(3, 15).fill.fgColor.rgb.endswith("F6D7D2")
    assert [row[0] for row in back["Problems"].iter_rows(min_row=2, values_only=True)] == [3, 3, 3]
    # Put right where it is marked, and uploaded as it is.
    sheet.cell(3, 15).value, sheet.cell(3, 13).value, sheet.cell(3, 1).value = "1600", "10 Dec 2025", "AA300001A"
    sheet.cell(3, 2).value = "Bea"
    saved = BytesIO()
    back.save(saved)
    address = send(browser, saved.getvalue()).response.request.path
    work(site)
    assert browser.get(address).heading == "Check what will be made"


def test_a_problem_stands_under_the_heading_that_the_sheet_has(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    headings = [{"number": "Learner", "cost_pence": "COST"}.get(each.field, each.words) for each in HEADINGS]
    wrong = {**ROW, "number": "Nobody, Ann (ends 99A)", "cost_pence": "free"}
    address = send(browser, filled_in(wrong, headings=headings)).response.request.path
    work(site)
    words = browser.get(address).words
    assert "Row 2 Learner “Nobody, Ann (ends 99A)” is not one of your learners" in words
    assert "Row 2 COST The cost for each learner must be an amount in pounds" in words
    sheet = load_workbook(BytesIO(browser.get(f"{address}/marked").response.data))["Claims"]
    assert sheet.cell(2, 22).value.startswith("Learner: ")
    assert sheet.cell(2, 1).comment.text.startswith("“Nobody, Ann")
    assert sheet.cell(2, 15).comment.text.startswith("The cost for each")


def test_a_file_that_cannot_be_read_says_so_at_the_field(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    address = send(browser, b"PK\x03\x04 not a zip").response.request.path
    work(site)
    page = browser.get(address)
    assert page.field_errors == ["The file is damaged or cut short; open the original and save it again as .xlsx."]
    address = send(browser, b"not a workbook").response.request.path
    work(site)
    assert browser.get(address).field_errors == [
        "The file is no workbook, though its name ends in .xlsx; open the original and save it again as .xlsx."
    ]
    page = send(browser, b"x" * (5 * 1024 * 1024 + 1))
    assert page.field_errors == ["The file is larger than 5 MB. Split it into two"]
    browser.get("/claims/workbook")
    assert browser.send(action="/claims/workbook").field_errors == ["Choose the workbook"]


def test_a_csv_file_with_problems_comes_back_as_a_workbook(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    content = filled_in(ROW)
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    text = "\n".join(",".join(f'"{cell or ""}"' for cell in row) for row in sheet.values).replace("£1,600", "=2+2")
    address = send(browser, text.encode(), "claims.csv").response.request.path
    work(site)
    back = load_workbook(BytesIO(browser.get(f"{address}/marked").response.data))
    assert back["Claims"].cell(2, 15).value == "=2+2"
    assert back["Claims"].cell(2, 15).data_type == "s"


def test_setting_a_file_aside_deletes_what_was_in_it(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    address = send(browser, filled_in(ROW)).response.request.path
    work(site)
    browser.get(address)
    page = browser.send(action=f"{address}/removal")
    assert "Nothing was made of it" in page.words
    assert browser.get(address).heading == "This file was set aside"
    with site.database.read() as session:
        assert session.scalars(select(BulkUpload.file)).one() is None


def test_another_employers_upload_is_not_found(site: Site) -> None:
    address = send(site.sign_in(site.house.submitter), filled_in(ROW)).response.request.path
    stranger = site.sign_in(site.meadow.sro)
    for path in (address, f"{address}/marked"):
        assert stranger.get(path).status == 404
