"""Administrators: which role categories each course serves, what is left to do about it, and the categories."""

from dataclasses import replace

from flask import Blueprint, abort, render_template, request, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.reference.linking import conflicts, group_name, groups_of, standing_edits, work_left
from claims.rules.scheme import Reference, RoleCategory
from claims.services import linking
from claims.services.linking import Subject
from claims.store.courses import find_courses
from claims.store.pathway import changed_categories, edits_of, latest_edit, said_about
from claims.store.reference import from_files
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.linking import CategoryForm, LinkForm
from claims.web.listed import todays_reference
from claims.web.pages.public.courses import code_in, in_address
from claims.web.transactions import session

pages = Blueprint("pathway_links", __name__, url_prefix="/pathway-links")

LOOKING = (Role.ADMINISTRATOR, Role.AUDITOR)
MOST_SHOWN = 50


@pages.get("")
@opens(*LOOKING)
def overview() -> Answer:
    reference, edits = todays_reference(), edits_of(session())
    search = request.args.get("search", "")[:100]
    found = find_courses(reference, search, clock.today()) if search.strip() else ()
    return render_template(
        "administrator/pathway_links.html",
        reference=reference,
        work=work_left(reference, edits),
        # Today's courses with the links of the file.
        conflicts=conflicts(replace(reference, links=from_files().links), edits),
        standing=standing_edits(edits),
        search=search,
        found=found[:MOST_SHOWN],
        found_count=len(found),
        in_address=in_address,
        may_change=may_change(),
    )


@pages.get("/courses/<code>")
@opens(*LOOKING)
def course(code: str) -> Answer:
    reference = todays_reference()
    known = _known(reference, code)
    group = group_name(reference.courses[known][-1])
    return render_template(
        "administrator/pathway_course.html",
        entry=reference.courses[known][-1],
        variants=[each for each in groups_of(reference)[group] if each != known],
        categories=_in_order(reference),
        links={link.role_category: link for link in reference.links.get(known, ())},
        of_file={link.role_category: link for link in from_files().links.get(known, ())},
        standing=[each for each in standing_edits(edits_of(session())) if each.subject in (known, group)],
        titles={slug: each.title for slug, each in _all_categories().items()},
        edits=said_about(session(), (known, group)),
        slug=code,
        in_address=in_address,
        may_change=may_change(),
    )


@pages.route("/courses/<code>/<category>", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def link(code: str, category: str) -> Answer:
    reference = todays_reference()
    known, role = _known(reference, code), reference.role_categories.get(category)
    if role is None:
        abort(404)
    entry = reference.courses[known][-1]
    group = group_name(entry)
    form = LinkForm(data=_as_it_is(reference, known, category))
    form.offer_reach(known, len(groups_of(reference)[group]) - 1)
    if form.validate_on_submit():
        whole_group = form.reach.data == "group"
        subject = Subject(group if whole_group else known, whole_group, category)
        try:
            linking.say(
                session(),
                reference,
                subject,
                form.link(),
                source=form.source.data,
                by=actor(),
                at=clock.now(),
                seen=int(form.seen.data) if str(form.seen.data).isdecimal() else None,
            )
        except NotAllowed as no:
            form.refuse("source", str(no))
        else:
            return done(f"Saved for {role.title}.", url_for(".course", code=code))
    return render_template(
        "administrator/pathway_link.html",
        form=form,
        entry=entry,
        role=role,
        slug=code,
        back=url_for(".course", code=code),
    )


@pages.post("/edits/<int:number>/withdrawal")
@opens(Role.ADMINISTRATOR)
def go_by_the_file(number: int) -> Answer:
    here = url_for(".overview")
    try:
        linking.go_by_the_file(session(), todays_reference(), number, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, here)
    return done("The reference file says what holds again.", here)


@pages.post("/edits/<int:number>/confirmation")
@opens(Role.ADMINISTRATOR)
def keep(number: int) -> Answer:
    here = url_for(".overview")
    try:
        linking.keep(session(), todays_reference(), number, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, here)
    return done("What an administrator set is kept.", here)


@pages.get("/role-categories")
@opens(*LOOKING)
def categories() -> Answer:
    known = sorted(_all_categories().values(), key=lambda each: (each.position, each.slug))
    return render_template(
        "administrator/role_categories.html",
        categories=known,
        changed={each.slug for each in changed_categories(session())},
        may_change=may_change(),
    )


@pages.route("/role-categories/new", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def new_category() -> Answer:
    form = CategoryForm()
    if form.validate_on_submit():
        if form.slug.data in _all_categories():
            form.refuse("slug", f"There is a role category called {form.slug.data} already")
        elif answer := _describe(form, form.category()):
            return answer
    return _category_page(form, "Add a role category", url_for(".new_category"))


@pages.route("/role-categories/<slug>", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def category(slug: str) -> Answer:
    found = _all_categories().get(slug)
    if found is None:
        abort(404)
    form = CategoryForm(obj=found)
    del form.slug
    if form.validate_on_submit() and (answer := _describe(form, form.category(slug))):
        return answer
    return _category_page(form, found.title, url_for(".category", slug=slug))


def may_change() -> bool:
    return actor().role is Role.ADMINISTRATOR


def _describe(form: CategoryForm, described: RoleCategory) -> Answer | None:
    try:
        linking.describe_category(session(), described, actor(), clock.now(), source=form.source.data)
    except NotAllowed as no:
        form.refuse("source", str(no))
        return None
    return done(f"{described.title} is saved.", url_for(".categories"))


def _category_page(form: CategoryForm, heading: str, address: str) -> Answer:
    return render_template(
        "administrator/role_category.html", form=form, heading=heading, address=address, back=url_for(".categories")
    )


def _all_categories() -> dict[str, RoleCategory]:
    """Those of any day."""
    return {**from_files().role_categories, **{each.slug: each for each in changed_categories(session())}}


def _in_order(reference: Reference) -> list[RoleCategory]:
    return sorted(reference.role_categories.values(), key=lambda category: (category.position, category.slug))


def _known(reference: Reference, code: str) -> str:
    known = code_in(reference, code)
    if known is None:
        abort(404)
    return known


def _as_it_is(reference: Reference, code: str, category: str) -> dict[str, object]:
    present = next((each for each in reference.links.get(code, ()) if each.role_category == category), None)
    if present is None:
        return {"seen": latest_edit(session())}
    evidence = "G2" if present.evidence.startswith("G") else "O" if present.basis == "published" else "I"
    return {
        "seen": latest_edit(session()),
        "serves": True,
        "rank": present.rank,
        "evidence": evidence,
        "confidence": present.confidence,
    }
