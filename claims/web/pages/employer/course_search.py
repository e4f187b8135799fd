"""The page of courses to choose from: for a new purchase, or instead of the course that one has."""

from flask import render_template, request

from claims import clock
from claims.models import Purchase
from claims.store.browsing import offer
from claims.store.courses import find_courses
from claims.web.listed import todays_reference


def search_page(instead_of: Purchase | None = None, back: str | None = None) -> str:
    """Courses that have the words asked for, one of which is chosen: for a new purchase or for ``instead_of``."""
    search, asked = request.args.get("search", "").strip()[:100], "search" in request.args
    found = find_courses(todays_reference(), search, clock.today()) if asked else []
    found = [course for course in found if instead_of is None or course.entry.code != instead_of.course_code]
    return render_template(
        "employer/course_search.html",
        instead_of=instead_of,
        search=search,
        asked=asked,
        offered=offer(found),
        back=back,
    )
