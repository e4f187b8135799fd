"""The care workforce pathway: the role categories, how people move between them, and the courses that serve each."""

from flask import Blueprint, abort, render_template, request

from claims import clock
from claims.rules.scheme import Reference, RoleCategory
from claims.store.browsing import Variants, group_variants
from claims.store.courses import describe_course
from claims.web.access import ANYONE, opens
from claims.web.drawing import draw_pathway
from claims.web.listed import todays_reference
from claims.web.pages.public.courses import in_address
from claims.web.wording import BASES, basis

pages = Blueprint("pathway", __name__, url_prefix="/pathway")


@pages.get("")
@opens(ANYONE)
def overview() -> str:
    reference = todays_reference()
    categories = _in_order(reference)
    return render_template(
        "public/pathway.html",
        categories=categories,
        titles=reference.role_categories,
        moves=reference.progression,
        picture=draw_pathway(categories, reference.progression),
    )


def _in_order(reference: Reference) -> list[RoleCategory]:
    return sorted(reference.role_categories.values(), key=lambda category: category.position)


@pages.get("/<slug>")
@opens(ANYONE)
def category(slug: str) -> str:
    reference = todays_reference()
    found = reference.role_categories.get(slug)
    if found is None:
        abort(404)
    only_published = request.args.get("links") == "published"
    return render_template(
        "public/role_category.html",
        category=found,
        titles=reference.role_categories,
        moves=reference.progression,
        only_published=only_published,
        sections=_sections(reference, slug, only_published),
        in_address=in_address,
    )


def _sections(reference: Reference, slug: str, only_published: bool) -> list[tuple[str, list[Variants]]]:
    """The funded courses of a category by the basis of their link, in words; the firmest basis first."""
    by_basis: dict[str, list[str]] = {words: [] for words in BASES}
    for code, links in reference.links.items():
        for link in links:
            if link.role_category == slug and not (only_published and link.basis != "published"):
                by_basis[basis(link)].append(code)
    return [(words, _grouped(reference, codes)) for words, codes in by_basis.items() if codes]


def _grouped(reference: Reference, codes: list[str]) -> list[Variants]:
    """Those that are on the list today, by title."""
    found = [describe_course(reference, code, clock.today()) for code in codes]
    holding = [course for course in found if course is not None and course.holds]
    return group_variants(sorted(holding, key=lambda course: (course.entry.title, course.entry.level)))
