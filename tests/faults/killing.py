"""Kill the server while it does what a form asks for, over and over, and look what became of it."""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from claims.models import Claim
from tests.browsing import Page
from tests.faults.acts import Task
from tests.faults.checks import doubled, half_done
from tests.faults.client import Client, Values
from tests.faults.instants import Instants
from tests.faults.server import Server, running
from tests.faults.tally import Tally
from tests.stage import Stage


def kill_during(
    act: Callable[[Stage, int], Task], stage: Stage, folder: Path, instants: Instants, show: Callable[[Tally], None]
) -> Tally:
    """Have ``act`` done over and over, killing the server each time; after its restart the same form is sent again.

    Everything wrong that is found stands in the tally.
    """
    tally = Tally()
    with running(Server(stage, folder)) as server:
        for number, instant in enumerate(instants):
            _kill_once(act(stage, number), server, instant, instants, tally)
            show(tally)
    return tally


def _kill_once(task: Task, server: Server, instant: float | None, instants: Instants, tally: Tally) -> None:
    client = server.sign_in(task.who)
    page = client.open(task.page)
    action, values = page.form().get("action"), page.filled() | task.filled
    send = Sending(client, action, values, wait=max(0, -(instant or 0)))
    # No connection of ours may be what keeps the database in order.
    server.stage.database.close()
    send.start()
    send.join(instant and max(0, instant))
    server.kill()
    send.join()
    begun, confirmed = server.has_begun(action), send.was_confirmed(task.leads_to)
    if confirmed:
        instants.note(send.seconds)
    server.start()
    done = _look(server.stage, task, "killed", tally, confirmed=confirmed)
    tally.count(begun=begun, done=done, confirmed=confirmed)
    server.wait_until_ready()
    client.send(action, values)
    _look(server.stage, task, "sent again", tally, confirmed=True)


class Sending(threading.Thread):
    """A form on its way, and the answer if it came."""

    def __init__(self, client: Client, action: str, values: Values, *, wait: float) -> None:
        super().__init__(daemon=True)
        self._client, self._action, self._values, self._wait = client, action, values, wait
        self.seconds = 0.0
        self.answer: Page | None = None

    def run(self) -> None:
        time.sleep(self._wait)
        began = time.monotonic()
        with suppress(OSError, http.client.HTTPException):
            self.answer = self._client.send(self._action, self._values)
        self.seconds = time.monotonic() - began

    def was_confirmed(self, leads_to: str) -> bool:
        """Whether the answer came. Raises ``RuntimeError`` when it was a refusal: then nothing is being tested."""
        if self.answer is None:
            return False
        if not re.fullmatch(leads_to, self.answer.location):
            raise RuntimeError(f"The form was refused: {self.answer.status} {self.answer.location} {self.answer.text}")
        return True


def _look(stage: Stage, task: Task, when: str, tally: Tally, *, confirmed: bool) -> bool:
    """Note what is wrong now; returns whether the task is done."""
    where = f"{task.page}, {when}"
    with stage.database.read() as session:
        states = Counter(session.scalars(select(Claim.state).where(Claim.id.in_(task.claims))))
        done = set(states) == {task.after}
        if confirmed and not done:
            tally.lost[f"claims {task.claims} are {dict(states)}, not {task.after}"] = where
        elif len(states) > 1:
            tally.half_done[f"claims {task.claims} are {dict(states)}"] = where
        for fault in half_done(session):
            tally.half_done.setdefault(fault, where)
        for fault in doubled(session):
            tally.doubled.setdefault(fault, where)
    return done
