"""The same pages of the same employer, and of the back office, among 3,000, 30,000 and 300,000 claims."""

import gc
import hashlib
import logging
import os
import pickle
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from bench import crowd
from bench.crowd import TODAY, Cast, bring, multiply
from bench.rows import Row
from claims import clock
from claims.config import data_folder
from claims.db import Database
from claims.demo import cast
from claims.lifecycle import Actor
from claims.models import Claim, Employer
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.holding import release, take_next
from claims.services.sessions import start_session
from claims.store.ready import RunFilter, ready_claims
from claims.web.access import cookie_name
from claims.web.app import build
from tests.databases import address_of, create_database, start_postgres
from tests.keys import KEYRING
from tests.site import settings_in

SIZES = {3_000: 1_000, 30_000: 3_000, 300_000: 10_000}
"""Claims, and how many of them are ready to pay."""
ROUNDS = 25
RUNS_DRAWN_UP = 3
CAST = "cast"
"""The database that the others are copies of."""
BAR = 1.5

EMPLOYER_PAGES = {
    "home": "/home",
    "claims list": "/claims",
    "claims list, filtered by state": "/claims?state=paid",
    "claims list, filtered by course and fund": "/claims?course=MHFA&fund=main",
    "claims list, search by name": "/claims?search=adey",
    "learners, search by name": "/learners?search=adey",
}
BACK_OFFICE_PAGES = {
    "assessors’ queue": ("assessor", "/assessment"),
    "search over everything, by workplace ID": ("lead", "/search?for=W0000001"),
    "search over everything, by an employer’s name": ("lead", "/search?for=care+home"),
    "search over everything, by an e-mail address": ("lead", "/search?for=sro1%40example.com"),
    "search over everything, by a learner’s whole name": ("lead", "/search?for=ada+adeyemi-fisher"),
    "search over everything, by a first name that many have": ("lead", "/search?for=ada"),
    "ready to pay": ("finance", "/payments"),
    "ready to pay, what is held": ("finance", "/payments?show=held"),
}


class _Undone(Exception):
    """What was measured is not kept."""


@dataclass
class Place:
    """One filled database with a service around it."""

    kind: str
    size: int
    database: Database
    app: Flask
    present: Cast
    claims: int
    employers: int
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    queries: int = 0
    fewest: int = 0
    """Statements that the page of this row always takes: now and then, one more notes that the session was seen."""

    def get(self, who: str, path: str) -> float:
        """Seconds of one page; how many statements it took is in ``queries``."""
        self.queries, client = 0, self.clients[who]
        begun = time.perf_counter()
        answer = client.get(path)
        taken = time.perf_counter() - begun
        assert answer.status_code == 200, (path, answer.status_code)
        self.fewest = min(self.fewest or self.queries, self.queries)
        return taken

    def take_next(self) -> float:
        """Seconds to take the purchase that has waited longest; it is given back."""
        by, at = self.present.office.assessor, clock.now()
        with self.database.write() as session:
            begun = time.perf_counter()
            purchase = take_next(session, by, at)
            taken = time.perf_counter() - begun
            assert purchase is not None
            release(session, purchase, by, at)
        return taken

    def draw_up(self) -> float:
        """Seconds for each line of a run of everything that is ready; it is rolled back."""
        by, at, wanted = self.present.office.finance, clock.now(), RunFilter(cast.SCHEME_YEAR)
        taken = 0.0
        with suppress(_Undone), self.database.write() as session:
            begun = time.perf_counter()
            ready = [each for each in ready_claims(session, wanted) if not each.held_because]
            draw_up(session, KEYRING, wanted, by, at, seen=seen_hash(ready))
            taken = (time.perf_counter() - begun) / len(ready)
            assert len(ready) == SIZES[self.size], len(ready)
            raise _Undone
        return taken


def measure() -> list[Row]:
    """Every page at every size, taking turns; on SQLite and PostgreSQL."""
    shift = datetime(TODAY.year, TODAY.month, TODAY.day, 9, 0, tzinfo=UTC) - datetime.now(UTC)
    os.environ["CLAIMS_CLOCK_SHIFT_SECONDS"] = str(round(shift.total_seconds()))
    logging.disable(logging.INFO)  # a line for every page
    rows: list[Row] = []
    with _folder() as folder:
        for kind, open_places in KINDS.items():
            with open_places(folder) as places:
                rows += _measure(kind, places)
    return rows


@contextmanager
def _folder() -> Iterator[Path]:
    """Where the databases are filled: ``CLAIMS_BENCH_KEEP`` if it is set, and then they are there for the next run.

    What was filled for other tables, sizes or by another ``bench/crowd.py`` is filled again.
    """
    kept = os.environ.get("CLAIMS_BENCH_KEEP", "")
    if not kept:
        with TemporaryDirectory() as folder:
            yield Path(folder)
        return
    told = (
        Path(crowd.__file__).read_text(encoding="utf-8"),
        (data_folder("migrations") / "HEAD").read_text(),
        repr(SIZES),
    )
    folder = Path(kept) / hashlib.sha256(repr(told).encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


def _measure(kind: str, places: Mapping[int, Place]) -> list[Row]:
    rows = []
    many = ", ".join(f"{place.claims:,} of {place.employers:,} employers" for place in places.values())
    print(f"  {kind}: {many}", flush=True)
    for name, path in EMPLOYER_PAGES.items():
        rows.append(_page_row(kind, places, name, "watched", path))
    for name, (who, path) in BACK_OFFICE_PAGES.items():
        rows.append(_page_row(kind, places, name, who, path))
    rows.append(_row(kind, places, "give me the next one", _in_turn(places, lambda place: place.take_next(), ROUNDS)))
    per_line = _in_turn(places, lambda place: place.draw_up(), RUNS_DRAWN_UP)
    rows.append(_row(kind, places, "draw up a run, for each line", per_line))
    return rows


def _page_row(kind: str, places: Mapping[int, Place], name: str, who: str, path: str) -> Row:
    for place in places.values():
        place.fewest = 0
    row = _row(kind, places, name, _in_turn(places, lambda place: place.get(who, path), ROUNDS))
    queries = {place.fewest for place in places.values()}
    assert len(queries) == 1, f"{name} takes more statements among more claims: {queries}"
    return row._replace(note=f"{row.note}; {queries.pop()} statements")


def _in_turn(places: Mapping[int, Place], work: Callable[[Place], float], rounds: int) -> dict[int, float]:
    """The median at each size, after one that does not count."""
    seconds: dict[int, list[float]] = {size: [] for size in places}
    for number in range(rounds + 1):
        for size, place in places.items():
            gc.collect()
            taken = work(place)
            if number:
                seconds[size].append(taken)
    return {size: median(taken) for size, taken in seconds.items()}


def _row(kind: str, places: Mapping[int, Place], name: str, taken: Mapping[int, float]) -> Row:
    least, most = min(places), max(places)
    ratio = taken[most] / taken[least]
    each = ", ".join(f"{seconds * 1000:.1f} ms among {size:,}" for size, seconds in taken.items())
    print(f"  {kind}: {name}: {ratio:.2f} ({each})", flush=True)
    return Row(f"{kind}: {name}", round(ratio, 2), "times", f"at most {BAR}", ratio <= BAR, each)


@contextmanager
def _sqlite_places(folder: Path) -> Iterator[Mapping[int, Place]]:
    def address(name: str, template: str = "") -> str:
        path = folder / f"{name}.db"
        if template:
            shutil.copy(folder / f"{template}.db", path)
        return f"sqlite:///{path}"

    with _places("SQLite", folder, address) as places:
        yield places


@contextmanager
def _postgres_places(folder: Path) -> Iterator[Mapping[int, Place]]:
    folder.chmod(0o755)
    with TemporaryDirectory() as runtime:
        server = start_postgres(folder / "pg", Path(runtime) / "runtime", keep="CLAIMS_BENCH_KEEP" in os.environ)
        try:
            admin = address_of(server)

            def address(name: str, template: str = "") -> str:
                if template or name == CAST:
                    return create_database(admin, f"the_{name}", f"the_{template}" if template else "template1")
                return admin.replace("/postgres?", f"/the_{name}?")

            with _places("PostgreSQL", folder, address) as places:
                yield places
        finally:
            server.cleanup()


@contextmanager
def _places(kind: str, folder: Path, address: Callable[..., str]) -> Iterator[Mapping[int, Place]]:
    """A service at every size. Filled as it should be, a database has a file beside it that says who is in it."""
    done = folder / f"{kind}.filled"
    if not done.exists():
        begun = time.monotonic()
        (folder / f"{CAST}.db").unlink(missing_ok=True)
        database = Database(address(CAST))
        present = bring(database, KEYRING, folder / "evidence")
        database.close()
        _say(kind, "the employers that are copied", begun)
        for size, ready in SIZES.items():
            begun = time.monotonic()
            database = Database(address(str(size), CAST))
            multiply(database, present, claims=size, ready=ready)
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                # What autovacuum, or the first night's clearing up, would do.
                connection.exec_driver_sql("VACUUM ANALYZE" if kind == "PostgreSQL" else "ANALYZE")
            database.close()
            _say(kind, f"{size:,} claims", begun)
        done.write_bytes(pickle.dumps(present))
    present = pickle.loads(done.read_bytes())  # noqa: S301  written by the lines above
    places = {size: _open(kind, size, Database(address(str(size))), present, folder) for size in SIZES}
    yield places
    for place in places.values():
        place.database.close()
        place.app.extensions["claims"].database.close()


def _say(kind: str, what: str, begun: float) -> None:
    print(f"  {kind}: {what} filled in {time.monotonic() - begun:.0f} s", flush=True)


def _open(kind: str, size: int, database: Database, present: Cast, folder: Path) -> Place:
    with database.read() as session:
        claims, employers = (
            session.scalars(select(func.count()).select_from(table)).one() for table in (Claim, Employer)
        )
    app = build(settings_in(folder, database.url, demonstration=True))
    place = Place(kind, size, database, app, present, claims, employers)
    service = app.extensions["claims"].database
    event.listen(service.engine, "before_cursor_execute", partial(_count, place))
    people = {"watched": present.watched.sro, "assessor": present.office.assessor, "lead": present.office.lead}
    for who, actor in {**people, "finance": present.office.finance}.items():
        place.clients[who] = _signed_in(place, actor)
    return place


KINDS = {"SQLite": _sqlite_places, "PostgreSQL": _postgres_places}


def _count(place: Place, *_: Any) -> None:
    place.queries += 1


def _signed_in(place: Place, who: Actor) -> FlaskClient:
    client = place.app.test_client()
    with place.database.write() as session:
        client.set_cookie(cookie_name_of(place.app), start_session(session, who, clock.now()))
    client.get("/notifications")  # notes that the session was seen, so that no measured page has to
    return client


def cookie_name_of(app: Flask) -> str:
    with app.app_context():
        return cookie_name()
