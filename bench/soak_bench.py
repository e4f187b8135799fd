"""Two web processes with 16 clients that read and submit for three minutes: no error, nothing lost, nothing doubled."""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bench.rows import Row
from claims.db import Database
from claims.lifecycle import State
from claims.models import Claim
from tests.databases import address_of, create_database, prepare, start_postgres
from tests.faults.acts import Task, submit
from tests.faults.checks import doubled, half_done
from tests.faults.client import Client
from tests.faults.server import Server, running
from tests.stage import Stage, set_stage

SECONDS = 180
READERS, SUBMITTERS = 8, 8
TABS = 2
"""So many clients have the same purchases before them, and submit each within the same moment."""
PURCHASES = 1_500
"""Prepared beforehand, each with three claims; more than can be submitted in the time."""

READ_AS_EMPLOYER = (
    "/home",
    "/claims",
    "/claims?state=submitted",
    "/claims?search=learner",
    "/learners",
    "/purchases/new",
)
READ_AS_ASSESSOR = ("/assessment", "/search?for=H1002001")
READ_AS_FINANCE = ("/payments", "/payments/runs")


class Soak:
    """What the clients of one service saw."""

    def __init__(self, stage: Stage, server: Server, tasks: list[Task]) -> None:
        self.stage, self.server = stage, server
        self.errors: list[str] = []
        self.confirmed: set[int] = set()
        self.refused: Counter[int] = Counter()
        self.read = self.sent = 0
        self.lock = threading.Lock()
        self.until = time.monotonic() + SECONDS
        pairs = SUBMITTERS // TABS
        self.shares = [tasks[number::pairs] for number in range(pairs)]

    def run(self) -> None:
        """Returns when the time is over."""
        house, office = self.stage.house, self.stage.office
        readers = [(house.sro, READ_AS_EMPLOYER)] * (READERS - 3) + [(office.assessor, READ_AS_ASSESSOR)] * 2
        readers += [(office.finance, READ_AS_FINANCE)]
        works: list[Callable[[], None]] = []
        for who, pages in readers:
            client = self.server.sign_in(who)
            works.append(lambda client=client, pages=pages: self._keep_reading(client, pages))
        for number in range(SUBMITTERS):
            client = self.server.sign_in(house.submitter)
            works.append(lambda client=client, share=self.shares[number // TABS]: self._keep_submitting(client, share))
        threads = [threading.Thread(target=self._try, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, http.client.HTTPException, AssertionError) as fault:
            self.errors.append(f"{type(fault).__name__}: {fault}")

    def _keep_reading(self, client: Client, pages: tuple[str, ...]) -> None:
        while time.monotonic() < self.until:
            for page in pages:
                answer = client.fetch(page)
                with self.lock:
                    self.read += 1
                if answer.status_code != 200:
                    self.errors.append(f"GET {page}: {answer.status_code}")

    def _keep_submitting(self, client: Client, tasks: list[Task]) -> None:
        for task in tasks:
            if time.monotonic() >= self.until:
                return
            page = client.open(task.page)
            if page.status != 200:
                # The other tab was quicker: the page leads on to what became of it.
                self.refused[page.status] += 1
                continue
            form = page.document is not None and [
                each for each in page.document.iter("form") if each.get("action", "").endswith("/check")
            ]
            if not form:
                self.refused[200] += 1
                continue
            answer = client.send(page.form().get("action"), page.filled() | task.filled)
            with self.lock:
                self.sent += 1
            if answer.status >= 500:
                self.errors.append(f"POST {task.page}: {answer.status}")
            elif re.fullmatch(task.leads_to, answer.location or "-"):
                self.confirmed.update(task.claims)
            else:
                self.refused[answer.status] += 1


def measure() -> list[Row]:
    rows = []
    with TemporaryDirectory() as base:
        folder = Path(base)
        folder.chmod(0o755)
        rows += _soak("SQLite", f"sqlite:///{folder / 'claims.db'}", folder / "sqlite")
        server = start_postgres(folder / "pg", folder / "runtime")
        try:
            rows += _soak("PostgreSQL", create_database(address_of(server), "soak"), folder / "postgresql")
        finally:
            server.cleanup()
    return rows


def _soak(kind: str, address: str, folder: Path) -> list[Row]:
    folder.mkdir()
    prepare(address)
    database = Database(address)
    stage = set_stage(database)
    tasks = [submit(stage, number) for number in range(PURCHASES)]
    with running(Server(stage, folder)) as server:
        soak = Soak(stage, server, tasks)
        soak.run()
    with database.read() as session:
        states = dict(session.execute(select(Claim.id, Claim.state)).tuples().all())
        lost = [number for number in soak.confirmed if states[number] != State.SUBMITTED]
        wrong = [*half_done(session, refused_before=True), *doubled_claims(session)]
    database.close()
    for said in (*soak.errors[:5], *wrong[:5]):
        print(f"  {kind}: {said}", flush=True)
    done = sum(state == State.SUBMITTED for state in states.values())
    left = sum(state == State.DRAFT for state in states.values())
    what = f"{soak.read:,} pages read, {soak.sent:,} forms sent, {done:,} claims submitted, in {SECONDS} s"
    return [
        Row(f"{kind}: pages and forms", round((soak.read + soak.sent) / SECONDS, 1), "a second", "", True, what),
        Row(f"{kind}: errors", len(soak.errors), "", "0", not soak.errors, "answers of 500 and more, lines that broke"),
        Row(
            f"{kind}: claims confirmed and lost", len(lost), "", "0", not lost, f"of {len(soak.confirmed):,} confirmed"
        ),
        Row(f"{kind}: claims still to submit at the end", left, "", "at least 1", left > 0, "submitted to the end"),
        Row(
            f"{kind}: half done or doubled", len(wrong), "", "0", not wrong, "states, events, slots, messages compared"
        ),
    ]


def doubled_claims(session: object) -> list[str]:
    """Declarations of two tabs may both stand; everything else must be there once."""
    return [fault for fault in doubled(session) if ": declare was done" not in fault]  # type: ignore[arg-type]
