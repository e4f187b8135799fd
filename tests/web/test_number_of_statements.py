"""A page asks its database as many questions among many rows as among few."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, inspect

from claims.models import Learner
from claims.web.wiring import EXTENSION
from tests.site import Site
from tests.stage import Stage
from tests.web.back_office import stage_of
from tests.web.employer.test_payment_pages import pay

NIAMH, DANIEL, ZOFIA, IMRAN = "Niamh O’Brien", "Daniel Mensah", "Zofia Kowalska", "Imran Siddiqui"
CHLOE, JOYCE, LIAM, FATIMA, GARETH = "Chloe Bennett", "Joyce Appiah", "Liam Walsh", "Fatima Noor", "Gareth Pugh"


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements that the service sends to its database meanwhile."""
    statements: list[str] = []
    engine = site.app.extensions[EXTENSION].database.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def few(stage: Stage) -> dict[str, int]:
    """One claim of each kind: paid, to be paid, drafted, waiting. Ids of the drafted and the waiting purchase."""
    stage.approved(NIAMH)
    pay(stage.database, stage)
    stage.approved(DANIEL)
    with stage.database.write() as session:
        drafted = stage.drafted(session, [ZOFIA]).id
    return {"drafted": drafted, "waiting": stage.submitted(IMRAN)}


def many(stage: Stage) -> dict[str, int]:
    """Several more of each, and learners for more than a page."""
    stage.approved(CHLOE)
    pay(stage.database, stage)
    stage.approved(JOYCE, LIAM)
    with stage.database.write() as session:
        columns = {each.key for each in inspect(Learner).column_attrs} - {
            "id",
            "number_hash",
            "personal_data_removed_at",
        }
        like = session.get_one(Learner, stage.house.learners[NIAMH])
        for number in range(60):
            told = {key: getattr(like, key) for key in columns}
            session.add(
                Learner(**{**told, "number_hash": f"{number:064}", "last_name": f"Obi {chr(97 + number % 26)}"})
            )
        for _ in range(3):
            drafted = stage.drafted(session, [NIAMH, DANIEL, ZOFIA, FATIMA, GARETH]).id
    stage.submitted(ZOFIA)
    return {"drafted": drafted, "waiting": stage.submitted(FATIMA, GARETH)}


def test_the_number_of_statements_of_each_page_is_fixed(site: Site) -> None:
    stage = stage_of(site)
    house, office = site.house, site.office
    pages = (
        (house.sro, "/home"),
        (house.sro, "/claims"),
        (house.sro, "/purchases/{drafted}"),
        (house.sro, "/purchases/{drafted}/learners"),
        (house.sro, "/purchases/{waiting}"),
        (house.sro, "/learners"),
        (house.sro, "/remittances"),
        (office.assessor, "/assessment"),
        (office.assessor, "/assessment/purchases/{waiting}"),
        (office.lead, "/search?for=hartley"),
        (office.lead, "/search?for=o"),
        (office.finance, "/payments"),
        (office.finance, "/payments?show=held"),
        (office.finance, "/payments/runs"),
    )
    asked: dict[str, list[list[str]]] = {path: [] for _, path in pages}
    for fill in (few, many):
        ids = fill(stage)
        for who, path in pages:
            browser = site.sign_in(who)
            browser.get("/notifications")  # notes that the session was seen
            with counted(site) as statements:
                page = browser.get(path.format(**ids))
            assert page.status == 200, path
            asked[path].append(statements)
    more = {
        path: [statement[:200] for statement in (Counter(after) - Counter(before)).elements()]
        for path, (before, after) in asked.items()
        if len(before) != len(after)
    }
    assert more == {}
    assert max(len(statements) for both in asked.values() for statements in both) < 40
