"""``claims courses``: the eligible course list, checked, compared, published and exported."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims import clock
from claims.cli import Refused
from claims.cli.given import open_database, read_settings
from claims.cli.output import open_output
from claims.cli.progress import report
from claims.cli.rendering import make_printable
from claims.files.checks import displayed_name
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Person
from claims.reference.comparing import Difference
from claims.reference.course_files import LIMITS, CheckedList, FaultyList, read_course_file
from claims.rules.scheme import CourseEntry, Reference
from claims.rules.wording import in_pounds, in_words
from claims.services.exporting_lists import version_as_csv, version_as_workbook
from claims.services.listing import Preview, preview_list
from claims.services.publishing import publish_at_once
from claims.services.seeding import SYSTEM
from claims.store.claims import NotFound
from claims.store.course_lists import Version, version_called, versions
from claims.store.reference import NoCourseList, from_files, listed_on

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
SAME, DIFFERENT = 0, 1


@click.group()
def courses() -> None:
    """The eligible course list: CSV, or a workbook as the service exports it.

    Example: claims courses check new-list.xlsx
    """


@courses.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Say everything that is wrong with the list in FILE, by row and column; exit 2 if anything is. Needs no database.

    Example: claims courses check new-list.csv
    """
    checked = _read(file, from_files())
    click.echo(f"{file} can be published: {len(checked.entries):,} entries{_noticed(checked)}.")


@courses.command()
@click.argument("file", type=FILE)
@click.option("--from", "from_on", type=DAY, metavar="DATE", help="As if it held from this day; today unless given.")
@click.pass_context
def diff(context: click.Context, file: Path, *, from_on: datetime | None) -> None:
    """Say what publishing the list in FILE would change, and the open drafts it would touch; exit 1 if anything.

    Example: claims courses diff new-list.csv --from 2026-04-01
    """
    with open_database(read_settings()) as database:
        with database.read() as session:
            reference = _listed(session)
        checked = _read(file, reference)
        with database.read() as session:
            found = preview_list(session, checked.entries, max(clock.today(), _day(from_on)))
    for line in _describe(found.difference):
        click.echo(make_printable(line))
    click.echo(_summary(found))
    context.exit(SAME if found.difference.is_empty else DIFFERENT)


@courses.command("publish")
@click.argument("file", type=FILE)
@click.option("--from", "from_on", type=DAY, metavar="DATE", required=True, help="The day from which it holds.")
@click.option("--by", "email", metavar="EMAIL", required=True, help="The administrator who publishes it.")
@click.option("--removing", type=click.IntRange(0), metavar="N", help="How many entries go, where that is many.")
@click.option("--overtaken", is_flag=True, help="Publish a list made from an older version all the same.")
def publish_file(file: Path, *, from_on: datetime, email: str, removing: int | None, overtaken: bool) -> None:
    """Publish the list in FILE as the next version, from a day on. Nothing is deleted; earlier versions stay.

    Example: claims courses publish new-list.csv --from 2026-04-01 --by helen.novak@example.org
    """
    now = clock.now()
    with open_database(read_settings()) as database:
        with database.read() as session:
            reference = _listed(session)
        checked = _read(file, reference)
        try:
            with database.write() as session:
                by = _administrator(session, email)
                published = publish_at_once(
                    session,
                    checked.entries,
                    what="A file that was published from the command line",
                    from_on=_day(from_on),
                    made_from=checked.made_from,
                    notices=checked.notices,
                    overtaken_is_meant=overtaken,
                    removals_typed=removing,
                    by=by,
                    at=now,
                )
                said = f"Published {file} as version {published.version}, from {in_words(published.from_on)}."
        except NotAllowed as no:
            raise Refused(str(no)) from None
    click.echo(said)


@courses.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--version", "number", type=click.IntRange(1), help="The version that holds today unless given.")
def export(file: Path, *, number: int | None) -> None:
    """Write a version of the list to FILE: a workbook if its name ends in .xlsx, else CSV; both can be read back.

    Example: claims courses export list.xlsx --version 3
    """
    with open_database(read_settings()) as database, database.read() as session:
        version = _version(session, number)
        as_workbook = file.suffix.lower() == ".xlsx"
        content = (
            version_as_workbook(session, version, SYSTEM.name, clock.now())
            if as_workbook
            else [version_as_csv(session, version)]
        )
        try:
            with open_output(str(file)) as out:
                for chunk in content:
                    out.write(chunk)
        except OSError as fault:
            raise Refused(f"{file} cannot be written: {fault.strerror}.") from None
    click.echo(f"Wrote version {version.number}, {version.entries:,} entries, to {file}.")


def _read(file: Path, reference: Reference) -> CheckedList:
    name = displayed_name(file.name)
    try:
        # One byte more than is read at all: a larger file need not come into memory to be refused.
        with file.open("rb") as opened:
            content = opened.read(LIMITS.size_bytes + 1)
        checked = read_course_file(name, content, reference)
    except OSError as fault:
        raise Refused(f"cannot read {file}: {fault.strerror}") from None
    except FaultyList as faulty:
        for each in faulty.faults[:-1]:
            report(make_printable(str(each)))
        raise Refused(make_printable(str(faulty.faults[-1]))) from None
    for notice in checked.notices:
        report(make_printable(f"Notice: {notice}"))
    return checked


def _noticed(checked: CheckedList) -> str:
    return f", with {len(checked.notices):,} to look at" if checked.notices else ""


def _day(given: datetime | None) -> date:
    return given.date() if given else clock.today()


def _listed(session: Session) -> Reference:
    try:
        return listed_on(session, clock.today()).reference
    except NoCourseList as no:
        raise Refused(str(no)) from None


def _version(session: Session, number: int | None) -> Version:
    if number is None:
        return next(version for version in versions(session) if version.holds_on(clock.today()))
    try:
        return version_called(session, number)
    except NotFound:
        raise Refused(f"There is no version {number} of the course list.") from None


def _administrator(session: Session, email: str) -> Actor:
    person = session.scalars(select(Person).where(Person.email == email.lower(), Person.closed_at.is_(None))).first()
    if person is None or person.staff_role != Role.ADMINISTRATOR:
        raise Refused(f"{email} is not an administrator's account.")
    return Actor(Role.ADMINISTRATOR, person.name, person.id)


def _describe(difference: Difference) -> Sequence[str]:
    lines = [f"- {_name(entry)}" for entry in difference.removed]
    lines += [f"+ {_name(entry)}" for entry in difference.added]
    for each in difference.changed:
        said = ", ".join(f"{name} {getattr(each.old, name)} -> {getattr(each.new, name)}" for name in each.fields)
        lines.append(f"~ {each.new.code}, {each.new.title}: {said}")
    return lines


def _name(entry: CourseEntry) -> str:
    days = f"{entry.paid_from} to {entry.paid_to}"
    return f"{entry.code}, {entry.title}, {in_pounds(entry.max_reimbursement_pence)}, {days}"


def _summary(found: Preview) -> str:
    difference, effects = found.difference, found.effects
    money = in_pounds(abs(effects.change_pence))
    more = "less" if effects.change_pence < 0 else "more"
    return (
        f"Compared with version {found.compared_with}: {len(difference.added):,} added, {len(difference.removed):,} "
        f"removed, {len(difference.changed):,} changed, {difference.unchanged:,} unchanged; {len(effects.drafts):,} "
        f"open drafts of {len(effects.employers):,} employers would come out otherwise, {money} {more}."
    )
