"""Job roles, role categories, the courses that serve them and the ways between them, as CSV."""

from collections.abc import Collection, Mapping

from claims.incoming.faults import Faults
from claims.incoming.rows import Row, read_rows
from claims.rules.scheme import JobRole, PathwayLink, Progression, RoleCategory

CATEGORY_COLUMNS = ("slug", "title", "kind", "summary", "position")
ROLE_COLUMNS = (
    "slug", "job_role", "group", "registration", "regulator", "funding", "role_categories",
    "asc_wds_id", "asc_wds_code",
)  # fmt: skip
LINK_COLUMNS = ("code", "role_category", "rank", "basis", "evidence", "confidence")
PROGRESSION_COLUMNS = ("from_category", "to_category", "basis")

REGISTRATIONS = ("regulated", "non-regulated", "check-registration", "outside-scheme")
FUNDINGS = ("yes", "yes-non-direct", "check", "ommt-only", "no")
CATEGORY_KINDS = ("direct care", "management")
RANKS = ("primary", "secondary")
LINK_BASES = ("published", "inferred")
PROGRESSION_BASES = ("published", "supported", "inferred")
EVIDENCE = ("G1", "G2", "O", "X", "T", "I")
CONFIDENCES = ("high", "medium", "low")


def read_role_categories(content: bytes, file: str, faults: Faults) -> dict[str, RoleCategory]:
    """The categories by slug, in order of position."""
    categories: dict[str, RoleCategory] = {}
    positions: dict[int, int] = {}
    for row in read_rows(content, file, CATEGORY_COLUMNS, faults):
        slug = _unrepeated(row, "slug", categories)
        title, summary = row.given("title"), row.given("summary")
        kind = row.one_of("kind", CATEGORY_KINDS, "kind")
        position = row.whole("position")
        if position is None:
            row.given("position")
        elif position in positions:
            row.note("position", f"{position} is the position of row {positions[position]} too")
        else:
            positions[position] = row.number
        if slug and title and kind and summary and position:
            categories[slug] = RoleCategory(slug, title, kind, summary, position)
    return dict(sorted(categories.items(), key=lambda item: item[1].position))


def read_job_roles(content: bytes, file: str, categories: Collection[str], faults: Faults) -> dict[str, JobRole]:
    """The job roles by slug, in the order of the file."""
    roles: dict[str, JobRole] = {}
    for row in read_rows(content, file, ROLE_COLUMNS, faults):
        slug = _unrepeated(row, "slug", roles)
        title, group = row.given("job_role"), row.given("group")
        registration = row.one_of("registration", REGISTRATIONS, "registration")
        funding = row.one_of("funding", FUNDINGS, "funding")
        named = row.some_of("role_categories", categories, "role category")
        for column in ("asc_wds_id", "asc_wds_code"):
            row.whole(column)
        if slug and title and group and registration and funding:
            roles[slug] = JobRole(slug, title, group, registration, row.text("regulator"), funding, named)
    return roles


def read_links(
    content: bytes, file: str, courses: Collection[str], categories: Collection[str], faults: Faults
) -> dict[str, tuple[PathwayLink, ...]]:
    """The links by course code, primary first, otherwise in the order of the file."""
    rows: dict[tuple[str, str], int] = {}
    links: dict[str, list[PathwayLink]] = {}
    for row in read_rows(content, file, LINK_COLUMNS, faults):
        code, category = row.text("code"), row.text("role_category")
        if code not in courses:
            row.note("code", f"“{code}” is not the code of a course on the list")
        row.one_of("role_category", categories, "role category")
        rank = row.one_of("rank", RANKS, "rank")
        basis = row.one_of("basis", LINK_BASES, "basis")
        evidence = row.one_of("evidence", EVIDENCE, "kind of evidence")
        confidence = row.one_of("confidence", CONFIDENCES, "confidence")
        if (code, category) in rows:
            row.note("role_category", f"row {rows[code, category]} links {code} to {category} already")
        rows[code, category] = row.number
        if rank and basis and evidence and confidence:
            links.setdefault(code, []).append(PathwayLink(code, category, rank, basis, evidence, confidence))
    return {code: tuple(sorted(of_code, key=lambda link: RANKS.index(link.rank))) for code, of_code in links.items()}


def read_progression(content: bytes, file: str, categories: Collection[str], faults: Faults) -> tuple[Progression, ...]:
    """The ways between categories, in the order of the file."""
    ways: dict[tuple[str, str], Progression] = {}
    for row in read_rows(content, file, PROGRESSION_COLUMNS, faults):
        origin = row.one_of("from_category", categories, "role category")
        target = row.one_of("to_category", categories, "role category")
        basis = row.one_of("basis", PROGRESSION_BASES, "basis")
        if origin and target and (origin, target) in ways:
            row.note("to_category", f"the way from {origin} to {target} is there more than once")
        if origin and origin == target:
            row.note("to_category", f"leads from {origin} to itself")
        if origin and target and basis:
            ways[origin, target] = Progression(origin, target, basis)
    return tuple(ways.values())


def _unrepeated(row: Row, column: str, earlier: Mapping[str, object]) -> str | None:
    cell = row.given(column)
    if cell in earlier:
        row.note(column, f"“{cell}” is there more than once")
        return None
    return cell
