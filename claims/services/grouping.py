"""Reports by what courses have in common: the course itself, its level, its topic, the role category it serves."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from claims.rules.scheme import CourseEntry, Reference
from claims.workbooks.cells import Kind
from claims.workbooks.reports import Figure, Picture, Report

NOT_KNOWN = "Not known"


def reports_by_group(
    reference: Reference, by_course: Sequence[tuple[str | int, ...]], in_all: tuple[int, ...]
) -> tuple[Report, ...]:
    """A report for each of ``GROUPINGS``.

    ``by_course`` has a course's code and then claims, approved, committed and paid pence; ``in_all`` the same four of
    everything, asked for by itself.
    """
    return tuple(
        _by(slug, title, words, partial(name_of, reference), by_course=by_course, in_all=in_all)
        for slug, title, words, name_of in GROUPINGS
    )


def _by(
    slug: str,
    title: str,
    words: str,
    name_of: Callable[[str], str],
    *,
    by_course: Iterable[tuple[str | int, ...]],
    in_all: tuple[int, ...],
) -> Report:
    groups: dict[str, list[int]] = {}
    for code, *sums in by_course:
        group = groups.setdefault(name_of(str(code)), [0, 0, 0, 0])
        for place, value in enumerate(sums):
            group[place] += int(value)
    rows = tuple((name, *sums) for name, sums in sorted(groups.items(), key=lambda item: (-item[1][2], item[0])))
    return Report(
        slug,
        title,
        "Claims beyond draft, those that stand approved, and their money; the largest first.",
        (
            Figure(words),
            Figure("Claims", Kind.COUNT),
            Figure("Approved", Kind.COUNT),
            Figure("Committed", Kind.MONEY),
            Figure("Paid", Kind.MONEY),
        ),
        rows,
        Picture("Committed (£)", ((3, "committed"),)),
        sums=(1, 2, 3, 4),
        expected=tuple(enumerate(in_all, 1)),
    )


def _entry(reference: Reference, code: str) -> CourseEntry | None:
    """As it stands on the list, or stood on the last one that it was on."""
    entries = reference.courses.get(code, ())
    return entries[-1] if entries else reference.dropped.get(code)


def _title(reference: Reference, code: str) -> str:
    entry = _entry(reference, code)
    return f"{entry.title} ({code})" if entry else code


def _level(reference: Reference, code: str) -> str:
    level = _entry_text(reference, code, "level")
    return level if level == NOT_KNOWN else f"Level {level}"


def _entry_text(reference: Reference, code: str, field: str) -> str:
    entry = _entry(reference, code)
    return (entry and str(getattr(entry, field))) or NOT_KNOWN


def _topic(reference: Reference, code: str) -> str:
    return _entry_text(reference, code, "category")


def _role(reference: Reference, code: str) -> str:
    """Its primary category; which course serves which role is for the most part not official."""
    primary = next((link for link in reference.links.get(code, ()) if link.rank == "primary"), None)
    return reference.role_categories[primary.role_category].title if primary else "No primary category"


GROUPINGS: tuple[tuple[str, str, str, Callable[[Reference, str], str]], ...] = (
    ("by-course", "By course", "Course", _title),
    ("by-level", "By level", "Level", _level),
    ("by-topic", "By topic", "Topic", _topic),
    ("by-role", "By role category", "Role category", _role),
)
"""How courses are grouped: slug, title, the heading of the group, and how a course's code names its group."""
