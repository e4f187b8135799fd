"""The reference data under ``reference/``: read, checked as one, and turned into the values rules read."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from claims.config import data_folder
from claims.incoming.faults import collected_faults
from claims.reference import courses as course_list
from claims.reference import pathway, years
from claims.reference.courses import parse_courses, render_courses
from claims.rules.scheme import CourseEntry, Reference

__all__ = ["load", "parse_courses", "render_courses", "with_courses"]

COURSES_FILE = course_list.FILE
YEARS_FILE = years.FILE
CATEGORIES_FILE = "role_categories.csv"
ROLES_FILE = "job_roles.csv"
LINKS_FILE = "pathway_links.csv"
PROGRESSION_FILE = "progression.csv"
FILES = (COURSES_FILE, YEARS_FILE, CATEGORIES_FILE, ROLES_FILE, LINKS_FILE, PROGRESSION_FILE)


def load(folder: Path | None = None) -> Reference:
    """The reference in ``folder``, or the one that came with the service.

    Raises ``Faulty`` with every fault of the files that cannot be read; when all can, with every fault of the
    courses, categories and years; when these are clean, with every fault of the files that refer to them.
    """
    content = _read_files(data_folder("reference") if folder is None else folder)
    with collected_faults() as faults:
        entries = course_list.read_courses(content[COURSES_FILE], COURSES_FILE, faults)
        categories = pathway.read_role_categories(content[CATEGORIES_FILE], CATEGORIES_FILE, faults)
        scheme_years = years.read_years(content[YEARS_FILE], YEARS_FILE, faults)
    courses = _by_code(entries)
    with collected_faults() as faults:
        job_roles = pathway.read_job_roles(content[ROLES_FILE], ROLES_FILE, categories, faults)
        links = pathway.read_links(content[LINKS_FILE], LINKS_FILE, courses, categories, faults)
        progression = pathway.read_progression(content[PROGRESSION_FILE], PROGRESSION_FILE, categories, faults)
    return Reference(scheme_years, courses, job_roles, categories, links, progression)


def with_courses(reference: Reference, entries: Iterable[CourseEntry]) -> Reference:
    """The reference with another course list in place of its own."""
    return replace(reference, courses=_by_code(entries))


def _by_code(entries: Iterable[CourseEntry]) -> dict[str, tuple[CourseEntry, ...]]:
    in_time = sorted(entries, key=lambda entry: (entry.code, entry.paid_from))
    return {code: tuple(of_code) for code, of_code in groupby(in_time, key=lambda entry: entry.code)}


def _read_files(folder: Path) -> dict[str, bytes]:
    content = {}
    with collected_faults() as faults:
        for file in FILES:
            try:
                content[file] = (folder / file).read_bytes()
            except OSError as error:
                faults.add(file, None, None, f"cannot be read from {folder} ({error.strerror})")
    return content
