"""The pathway: its picture and the same in words, and the courses of each role category."""

import re
from dataclasses import replace

import pytest

from claims.rules.scheme import Progression, RoleCategory
from claims.store.reference import from_files
from claims.web.drawing import BOX_HEIGHT, draw_pathway
from claims.web.wording import BASES, MOVE_BASES, NAMED_BY_AWARDING_BODY, NAMED_BY_GOVERNMENT, SUGGESTED, basis
from tests.site import Site

CATEGORIES = sorted(from_files().role_categories.values(), key=lambda category: category.position)
MOVES = from_files().progression
SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_shows_every_category_and_every_move(site: Site) -> None:
    page = site.visit().get("/pathway")
    assert page.document is not None
    picture = next(each for each in page.document.iter(f"{SVG}svg") if "app-pathway__picture" in each.get("class", ""))
    assert [" ".join("".join(each.itertext()).split()) for each in picture.iter(f"{SVG}text")] == [
        category.title for category in CATEGORIES
    ]
    lines = [each for each in picture.iter(f"{SVG}path") if "app-pathway__line" in each.get("class", "")]
    assert len(lines) == len(MOVES)
    assert [each.get("href") for each in picture.iter(f"{SVG}a")] == [f"/pathway/{each.slug}" for each in CATEGORIES]


def test_the_table_says_the_same_in_words(site: Site) -> None:
    page = site.visit().get("/pathway")
    assert page.document is not None
    said = {}
    for row in page.document.iter("tr"):
        cells = [" ".join("".join(each.itertext()).split()) for each in row.iter("td")]
        if cells:
            name = " ".join("".join(next(row.iter("th")).itertext()).split())
            said[name] = cells[1], cells[2]
    for move in MOVES:
        titles = from_files().role_categories
        start, end = titles[move.from_category].title, titles[move.to_category].title
        assert f"{end} ({move.basis})" in said[start][0]
        assert f"{start} ({move.basis})" in said[end][1]
    assert said["New to care"][1] == "none named"


def test_lines_run_on_at_the_right_and_back_at_the_left_and_never_meet_at_a_box() -> None:
    picture = draw_pathway(CATEGORIES, MOVES)
    right = picture.boxes[0].x + picture.boxes[0].width
    ends = []
    for move, line in zip(MOVES, picture.lines, strict=True):
        x1, y1, _, _, _, _, _x2, y2 = map(float, re.findall(r"[\d.]+", line.path))
        on = y2 > y1
        places = [category.slug for category in CATEGORIES]
        assert on == (places.index(move.to_category) > places.index(move.from_category))
        assert (x1 == right) == on
        ends += [(x1 == right, y1), (x1 == right, y2)]
    assert len(set(ends)) == len(ends)


def test_the_picture_holds_everything_it_draws() -> None:
    picture = draw_pathway(CATEGORIES, MOVES)
    for line in picture.lines:
        x1, y1, c1, _, _, _, _, y2 = map(float, re.findall(r"-?[\d.]+", line.path))
        # A cubic whose two middle points share x reaches three quarters of the way to them.
        assert 0 <= x1 + 0.75 * (c1 - x1) <= picture.width
        assert 0 <= min(y1, y2) <= max(y1, y2) <= picture.height
    assert all(box.y + BOX_HEIGHT <= picture.height for box in picture.boxes)


def test_more_categories_make_a_longer_picture() -> None:
    more = [*CATEGORIES, RoleCategory("new", "New one", "", "", 9)]
    moves = (*MOVES, Progression("registered-manager", "new", "published"), Progression("new", "elsewhere", "inferred"))
    picture = draw_pathway(more, moves)
    assert (len(picture.boxes), len(picture.lines)) == (9, len(MOVES) + 1)
    assert draw_pathway([], ()).boxes == ()


@pytest.mark.parametrize("slug", [category.slug for category in CATEGORIES])
def test_a_category_lists_its_courses_with_the_basis_in_words(site: Site, slug: str) -> None:
    page = site.visit().get(f"/pathway/{slug}")
    assert page.heading == from_files().role_categories[slug].title
    assert "Suggested from level and topic, not official" in page.words


def test_published_links_only_leaves_out_what_is_suggested(site: Site) -> None:
    browser = site.visit()
    browser.get("/pathway/new-to-care")
    page = browser.send({"links": "published"})
    assert "Named on the GOV.UK pathway page" in page.words
    assert "not official" not in page.words.partition("Funded courses")[2]
    assert page.filled()["links"] == ["published"]


def test_a_course_off_the_list_is_not_among_the_funded_ones(site: Site) -> None:
    listed = [slug for slug in from_files().role_categories if "/courses/DLP" in _source(site, slug)]
    assert listed == []
    assert "/courses/LTS" in "".join(_source(site, slug) for slug in from_files().role_categories)


def _source(site: Site, slug: str) -> str:
    return site.visit().get(f"/pathway/{slug}").text


def test_a_category_that_never_was_is_not_found(site: Site) -> None:
    assert site.visit().get("/pathway/astronaut").status == 404


def test_every_basis_has_words() -> None:
    links = [link for group in from_files().links.values() for link in group]
    assert {basis(link) for link in links} == set(BASES)
    published = next(link for link in links if link.basis == "published")
    assert basis(replace(published, evidence="G2")) == NAMED_BY_GOVERNMENT
    assert basis(replace(published, evidence="O")) == NAMED_BY_AWARDING_BODY
    assert basis(replace(published, basis="inferred")) == SUGGESTED
    assert {move.basis for move in MOVES} <= set(MOVE_BASES)


def test_the_start_page_leads_everywhere(site: Site) -> None:
    page = site.visit().get("/")
    for address in ("/check", "/courses", "/pathway", "/sign-in", "/api"):
        assert f'href="{address}"' in page.text, address
        assert site.visit().get(address).status == 200
