"""Administrators: the versions of the eligible course list, what stands in each, and its downloads."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from claims import clock
from claims.lifecycle import Role
from claims.rules.scheme import CourseEntry
from claims.services.exporting_lists import version_as_csv, version_as_workbook
from claims.store.course_lists import entries_of, open_proposals, version_called, versions
from claims.web.access import actor, opens
from claims.web.answers import Answer
from claims.web.downloads import as_download
from claims.web.transactions import session

pages = Blueprint("course_lists", __name__, url_prefix="/course-lists")

LOOKING = (Role.ADMINISTRATOR, Role.AUDITOR)
PAGE_SIZE = 50
QUALITY = {"yes": True, "no": False, "not-known": None}


@pages.get("")
@opens(*LOOKING)
def all_versions() -> Answer:
    return render_template(
        "administrator/course_lists.html",
        versions=versions(session()),
        proposals=open_proposals(session()),
        may_publish=may_publish(),
    )


def may_publish() -> bool:
    return actor().role is Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of a version are shown."""

    search: str = ""
    quality: str = ""
    """A key of ``QUALITY``, or blank for all."""
    age: int | None = None
    """Only courses open at this age, as far as it is known."""

    def lets_through(self, entry: CourseEntry) -> bool:
        if self.quality and entry.quality_assured is not QUALITY[self.quality]:
            return False
        if self.age is not None and entry.minimum_age is not None and entry.minimum_age > self.age:
            return False
        text = f"{entry.code} {entry.title} {entry.category} {entry.awarding_organisation}".casefold()
        return all(word in text for word in self.search.casefold().split())


def _wanted() -> Wanted:
    asked = request.args
    age = asked.get("age", "")
    quality = asked.get("quality", "")
    return Wanted(
        asked.get("search", "")[:100].strip(),
        quality if quality in QUALITY else "",
        int(age) if age.isascii() and age.isdigit() and 0 < int(age) < 100 else None,
    )


@pages.get("/<int:number>")
@opens(*LOOKING)
def version(number: int) -> Answer:
    found, wanted = version_called(session(), number), _wanted()
    entries = [entry for entry in entries_of(session(), found.id) if wanted.lets_through(entry)]
    last = max(1, -(-len(entries) // PAGE_SIZE))
    asked = request.args.get("page", "")
    page = min(int(asked), last) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 5 else 1
    page = max(page, 1)

    def address_of_page(other: int) -> str:
        filters: dict[str, Any] = {"search": wanted.search, "quality": wanted.quality, "age": wanted.age or ""}
        return url_for(".version", number=number, page=other, **{name: said for name, said in filters.items() if said})

    return render_template(
        "administrator/course_list_version.html",
        version=found,
        entries=entries[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        count=len(entries),
        before=address_of_page(page - 1) if page > 1 else None,
        after=address_of_page(page + 1) if page < last else None,
        wanted=wanted,
        address_of_course=address_of_course,
        may_publish=may_publish(),
        back=url_for(".all_versions"),
    )


def address_of_course(code: str) -> str:
    """Codes never hold a hyphen, so that in addresses it can stand for their slashes."""
    return url_for("course_by_hand.course", code=code.replace("/", "-"))


@pages.get("/<int:number>/csv")
@opens(*LOOKING)
def as_csv(number: int) -> Response:
    found = version_called(session(), number)
    return as_download(version_as_csv(session(), found), f"course-list-{number}.csv")


@pages.get("/<int:number>/workbook")
@opens(*LOOKING)
def as_workbook(number: int) -> Response:
    found = version_called(session(), number)
    content = version_as_workbook(session(), found, actor().name, clock.now())
    return as_download(b"".join(content), f"course-list-{number}.xlsx")
