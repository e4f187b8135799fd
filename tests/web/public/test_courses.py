"""The eligible courses for everybody: browsing, one course, downloads."""

import csv
import io
import itertools
import re

import pytest
from openpyxl import load_workbook

from claims.store.browsing import AMOUNTS, LENGTHS, Wanted, group_variants
from claims.store.courses import find_courses
from claims.store.reference import from_files
from tests.browsing import Page
from tests.site import AT, Site

EVERY = find_courses(from_files(), "", AT.date())


def browse(site: Site, **asked: str) -> Page:
    return site.visit().get("/courses", query_string=asked)


def count(page: Page) -> int:
    found = re.search(r"(\d+) courses?\b", page.words[page.words.index("Quality") :])
    assert found, page.words
    return int(found[1])


def test_everything_on_the_list_is_there_to_browse(site: Site) -> None:
    page = browse(site)
    assert page.heading == "Courses and qualifications that can be paid for"
    assert count(page) == len(from_files().courses)


def test_variants_of_one_qualification_stand_together() -> None:
    groups = group_variants(EVERY)
    assert sum(len(group.courses) for group in groups) == len(EVERY)
    diploma = next(
        group for group in groups if group.entry.title == "Diploma in Adult Care" and group.entry.level == "3"
    )
    assert len(diploma.courses) == 25
    names = [course.entry.awarding_organisation.casefold() for course in diploma.courses]
    assert names == sorted(names)
    assert len({(group.entry.title, group.entry.level, group.entry.size, group.entry.kind) for group in groups}) == len(
        groups
    )


def test_a_group_leads_to_each_of_its_variants(site: Site) -> None:
    words = browse(site, search="diploma in adult care", level="3").words
    assert "From 25 awarding organisations" in words


@pytest.mark.parametrize(
    "asked",
    [
        {"role_category": "registered-manager"},
        {"level": "2"},
        {"topic": "Dementia"},
        {"funding_model": "full"},
        {"fund": "ommt"},
        {"organisation": "Pearson"},
        *({"length": length} for length in LENGTHS),
        *({"amount": amount} for amount in AMOUNTS),
        {"level": "3", "organisation": "Pearson"},
    ],
    ids=str,
)
def test_a_filter_shows_what_is_like_that_and_nothing_else(site: Site, asked: dict[str, str]) -> None:
    expected = [course for course in EVERY if Wanted(**asked).lets_through(course)]
    assert 0 < len(expected) < len(EVERY)
    page = browse(site, **asked)
    assert count(page) == len(expected)
    kept = page.filled()
    assert {name: kept[name] for name in asked} == {name: [value] for name, value in asked.items()}


def test_every_course_falls_into_one_band_of_amounts() -> None:
    for course in EVERY:
        assert sum(Wanted(amount=amount).lets_through(course) for amount in AMOUNTS) == 1


def test_bands_meet_without_a_gap() -> None:
    for bands in (LENGTHS, AMOUNTS):
        bounds = [both for _, both in bands.values()]
        assert bounds[0][0] == 0
        assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(bounds))


def test_a_course_of_unknown_length_is_of_no_length() -> None:
    unknown = next(course for course in EVERY if course.entry.learning_hours is None)
    assert not any(Wanted(length=length).lets_through(unknown) for length in LENGTHS)


def test_what_nobody_offered_finds_nothing_or_everything_and_never_fails(site: Site) -> None:
    assert "No course is like that" in browse(site, topic="Juggling").words
    assert count(browse(site, amount="lots")) == len(EVERY)
    assert "No course is like that" in browse(site, quality="yes").words


@pytest.mark.parametrize("page", ["0", "-1", "9999", "x", "²", "99999999"])
def test_a_page_that_is_not_there_is_the_nearest(site: Site, page: str) -> None:
    assert browse(site, page=page).status == 200


def test_one_can_leaf_through_to_the_end(site: Site) -> None:
    browser, seen, address = site.visit(), 0, "/courses?funding_model=split"
    while address:
        page = browser.get(address)
        assert page.document is not None
        headings = [each for each in page.document.iter("h3") if "govuk-heading-s" in each.get("class", "")]
        seen += len(headings)
        after = [each.get("href", "") for each in page.document.iter("a") if each.get("rel") == "next"]
        address = after[0] if after else ""
    assert seen == len(group_variants([c for c in EVERY if c.entry.funding_model == "split"]))


@pytest.mark.parametrize("address", ["610-4009-5", "LTS", "lts", "OMMT-T1-INT"])
def test_a_course_has_a_page(site: Site, address: str) -> None:
    page = site.visit().get(f"/courses/{address}")
    assert page.status == 200
    assert "Check with the scheme" in page.words


def test_every_course_has_a_page(site: Site) -> None:
    browser = site.visit()
    for course in EVERY:
        page = browser.get("/courses/" + course.entry.code.replace("/", "-"))
        assert (page.status, page.heading) == (200, course.entry.title)


def test_a_course_shows_its_dated_amounts_and_whom_it_serves(site: Site) -> None:
    words = site.visit().get("/courses/610-4009-5").words
    assert "£1,540.00" in words
    assert "1 Apr 2025 to 31 Mar 2026" in words
    assert "New to care: named on the GOV.UK pathway page" in words


def test_a_course_that_was_taken_off_says_so(site: Site) -> None:
    assert "Not on the list today For payments from" in site.visit().get("/courses/DLP").words


def test_a_course_leads_to_the_checker(site: Site) -> None:
    browser = site.visit()
    page = browser.get("/courses/LTS")
    assert page.document is not None
    address = next(
        each.get("href") for each in page.document.iter("a") if (each.get("href") or "").startswith("/check?")
    )
    page = browser.get(address or "")
    assert page.filled()["course"] == ["LTS"]


def test_a_course_that_never_was_is_not_found(site: Site) -> None:
    assert site.visit().get("/courses/NOPE").status == 404


def test_the_list_can_be_taken_along_as_csv(site: Site) -> None:
    page = site.visit().get("/courses.csv")
    assert page.headers["Content-Disposition"] == 'attachment; filename="eligible-courses-1.csv"'
    rows = list(csv.DictReader(io.StringIO(page.response.get_data(as_text=True))))
    assert {row["code"] for row in rows} == set(from_files().courses)


def test_the_list_can_be_taken_along_as_a_workbook(site: Site) -> None:
    page = site.visit().get("/courses.xlsx")
    assert page.headers["Content-Disposition"] == 'attachment; filename="eligible-courses-1.xlsx"'
    book = load_workbook(io.BytesIO(page.response.get_data()), read_only=True)
    rows = list(book["Courses"].iter_rows(values_only=True))
    assert {row[0] for row in rows[1:]} == set(from_files().courses)


def test_what_the_mark_of_an_amount_means_is_said_once_and_before_the_first(site: Site) -> None:
    words = site.visit().get("/courses").words
    said = "means that no official list of this year confirms the amount yet. You need not do anything"
    assert words.count(said) == 1
    assert words.index("Check with the scheme") == words.index(said) - len("Check with the scheme ")
    assert said not in site.visit().get("/courses?search=xyzzy").words
