"""The eligible courses for everybody: browse and filter, one page per course, downloads."""

from collections.abc import Sequence
from dataclasses import asdict, fields

from flask import Blueprint, Response, abort, render_template, request, url_for

from claims import clock
from claims.rules.scheme import Reference
from claims.services.exporting_lists import version_as_csv, version_as_workbook
from claims.store import browsing
from claims.store.browsing import AMOUNTS, LENGTHS, Variants, Wanted, group_variants
from claims.store.course_lists import Version, version_called
from claims.store.courses import describe_course, find_courses
from claims.store.reference import listed_on
from claims.web.access import ANYONE, opens
from claims.web.downloads import as_download
from claims.web.listed import todays_reference
from claims.web.transactions import session

pages = Blueprint("courses", __name__)

GROUPS_SHOWN = 20
MODELS = (("split", "60% and 40%, or all at once"), ("full", "All at once, on completion"))
FUNDS = (("main", "Courses and qualifications"), ("ommt", "Oliver McGowan Mandatory Training"))


def in_address(code: str) -> str:
    """A code as it stands in an address. Codes never hold a hyphen, so that it can stand for their slashes."""
    return code.replace("/", "-")


def code_in(reference: Reference, typed: str) -> str | None:
    """The code that was typed or stands in an address, in any case; ``None`` where it is none."""
    wanted = in_address(typed.strip()).casefold()
    return next((code for code in reference.courses if in_address(code).casefold() == wanted), None)


@pages.get("/courses")
@opens(ANYONE)
def browse() -> str:
    reference = todays_reference()
    search, wanted = request.args.get("search", "").strip()[:100], _wanted()
    found = [course for course in find_courses(reference, search, clock.today()) if wanted.lets_through(course)]
    groups = group_variants(found)
    page = min(_page_asked(), max(1, -(-len(groups) // GROUPS_SHOWN)))
    first = (page - 1) * GROUPS_SHOWN
    return render_template(
        "public/courses.html",
        search=search,
        wanted=wanted,
        filtered=wanted != Wanted(),
        filters=_filters(reference),
        courses=len(found),
        groups=groups[first : first + GROUPS_SHOWN],
        before=_page_address(page - 1) if page > 1 else None,
        after=_page_address(page + 1) if first + GROUPS_SHOWN < len(groups) else None,
        shown=(first + 1, min(first + GROUPS_SHOWN, len(groups)), len(groups)),
        in_address=in_address,
    )


def _wanted() -> Wanted:
    return Wanted(**{field.name: request.args.get(field.name, "")[:100] for field in fields(Wanted)})


def _page_asked() -> int:
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1


def _page_address(page: int) -> str:
    asked = {"search": request.args.get("search", ""), **asdict(_wanted())}
    return url_for(".browse", **{name: value for name, value in asked.items() if value}, page=page)


Filter = tuple[str, str, Sequence[tuple[str, str]]]


def _filters(reference: Reference) -> list[Filter]:
    """Name, label and answers of each."""
    categories = sorted(reference.role_categories.values(), key=lambda category: category.position)
    return [
        ("role_category", "Role category", [(category.slug, category.title) for category in categories]),
        ("level", "Level", [(level, f"Level {level}") for level in browsing.levels(reference)]),
        ("topic", "Topic", [(topic, topic) for topic in browsing.topics(reference)]),
        ("length", "Length", [(slug, words) for slug, (words, _) in LENGTHS.items()]),
        ("funding_model", "How it is paid back", MODELS),
        ("fund", "Fund", FUNDS),
        ("organisation", "Awarding organisation", [(name, name) for name in browsing.organisations(reference)]),
        ("amount", "Most that is paid back", [(slug, words) for slug, (words, _) in AMOUNTS.items()]),
        ("quality", "Quality", (("yes", "Known to be quality assured"),)),
    ]


@pages.get("/courses/<code>")
@opens(ANYONE)
def course(code: str) -> str:
    reference = todays_reference()
    known = code_in(reference, code)
    found = describe_course(reference, known, clock.today()) if known else None
    if known is None or found is None:
        abort(404)
    return render_template(
        "public/course.html",
        course=found,
        entries=reference.courses[known],
        links=reference.links.get(known, ()),
        categories=reference.role_categories,
        variants=[each for each in _variants_of(reference, known).courses if each.entry.code != known],
        in_address=in_address,
    )


def _variants_of(reference: Reference, code: str) -> Variants:
    groups = group_variants(find_courses(reference, "", clock.today()))
    return next(group for group in groups if any(course.entry.code == code for course in group.courses))


@pages.get("/courses.csv")
@opens(ANYONE)
def as_csv() -> Response:
    version = _todays_version()
    return as_download(version_as_csv(session(), version), f"{_name(version)}.csv")


@pages.get("/courses.xlsx")
@opens(ANYONE)
def as_workbook() -> Response:
    version = _todays_version()
    content = version_as_workbook(session(), version, "anybody, from the public course list", clock.now())
    return as_download(b"".join(content), f"{_name(version)}.xlsx")


def _todays_version() -> Version:
    return version_called(session(), listed_on(session(), clock.today()).version)


def _name(version: Version) -> str:
    return f"eligible-courses-{version.number}"
