"""Twenty forms in one instant to the service's two processes: one run, and no purchase held by two."""

import re
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from claims.lifecycle import Actor, Role
from claims.models import Event, PaymentLine, PaymentRun, Person, Purchase
from claims.services.recording import verify
from tests.browsing import Page
from tests.faults.client import Client
from tests.faults.server import Server, running
from tests.stage import AT, Stage

TOGETHER = 20


def send_together(forms: list[tuple[Client, Page, str]]) -> list[Page]:
    """Every client sends the form with this action that it has open, all in one instant."""
    together, answers = threading.Barrier(len(forms)), []

    def send(client: Client, page: Page, action: str) -> None:
        values = page.filled(action)
        together.wait()
        answers.append(client.send(action, values))

    threads = [threading.Thread(target=send, args=form) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(forms)
    return answers


@pytest.mark.faults
def test_twenty_draw_up_at_once_and_there_is_one_run(stage: Stage, tmp_path: Path) -> None:
    stage.approved(*list(stage.house.learners)[3:6])
    with running(Server(stage, tmp_path)) as server:
        people = (stage.office.finance, stage.office.other_finance)
        clients = [server.sign_in(people[number % 2]) for number in range(TOGETHER)]
        forms = []
        for client in clients:
            page = client.open("/payments/preview?year=2025-26")
            forms.append((client, page, page.form().get("action") or ""))
        answers = send_together(forms)
    assert Counter(answer.location for answer in answers) == {"/payments/runs/RUN-2526-0001": TOGETHER}
    with stage.database.read() as session:
        assert session.scalars(select(PaymentRun.reference)).all() == ["RUN-2526-0001"]
        lines = session.scalars(select(PaymentLine.claim_id)).all()
        assert len(lines) == len(set(lines)) == 3
        assert session.scalars(select(func.count()).where(Event.act == "draw-up")).one() == 1
        assert verify(session)[1] == []


@pytest.mark.faults
def test_twenty_ask_for_the_next_at_once_and_no_purchase_is_held_by_two(stage: Stage, tmp_path: Path) -> None:
    waiting = {stage.submitted(name) for name in list(stage.house.learners)[3:9]}
    with stage.database.write() as session:
        people = [
            Person(email=f"a{number}@example.org", name=f"A {number}", staff_role=Role.ASSESSOR, created_at=AT)
            for number in range(TOGETHER)
        ]
        session.add_all(people)
        session.flush()
        actors = [Actor(Role.ASSESSOR, person.name, person.id) for person in people]
    with running(Server(stage, tmp_path)) as server:
        clients = [server.sign_in(actor) for actor in actors]
        answers = send_together([(client, client.open("/assessment"), "/assessment/next") for client in clients])
    led = [re.search(r"/purchases/(\d+)", answer.location or "") for answer in answers]
    taken = [int(found[1]) for found in led if found]
    assert sorted(taken) == sorted(waiting)
    assert {answer.status for answer in answers} <= {302, 303}
    with stage.database.read() as session:
        holders = session.scalars(select(Purchase.holder_id).where(Purchase.id.in_(waiting))).all()
        assert None not in holders
        assert len(set(holders)) == len(waiting)
        assert session.scalars(select(func.count()).where(Event.act == "take")).one() == len(waiting)
        assert verify(session)[1] == []
