"""Migrations and models say the same, and migrations go forward and back on both databases."""

from sqlalchemy import select, text

from claims.config import data_folder
from claims.db import Database, Table
from claims.models import CareService, Learner
from claims.models.passkeys import Passkey
from claims.services.dividing import add_service, remove_service
from claims.services.recording import record
from claims.services.upgrading import differences, downgrade, latest_revision, revision_of, upgrade
from tests.stage import AT, Stage, set_stage


def test_models_and_migrations_agree(database: Database) -> None:
    assert differences(database) == []


def test_migrations_go_up_down_and_up_again(database: Database) -> None:
    downgrade(database)
    assert revision_of(database) is None
    upgrade(database)
    assert revision_of(database) == latest_revision()
    assert differences(database) == []


def test_the_file_head_names_the_latest_migration() -> None:
    assert (data_folder("migrations") / "HEAD").read_text().strip() == latest_revision()


NAMED = (
    *("care_services", "claims", "known_browsers", "learners", "passkeys", "purchases", "sessions", "sign_in_codes"),
    *("link_edits", "role_category_changes"),
)
"""Tables whose ids events or letters name, and rows of which are deleted; and two of which none ever is."""


def test_sqlite_gives_no_id_again_that_events_or_letters_may_name(quick_database: Database) -> None:
    declared = {
        table.name for table in Table.metadata.tables.values() if table.dialect_options["sqlite"]["autoincrement"]
    }
    with quick_database.read() as session:
        said = session.scalars(text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")).all()
    assert set(said) == declared == set(NAMED)


def a_passkey(stage: Stage, name: str) -> int:
    by = stage.office.lead
    with stage.database.write() as session:
        added = Passkey(
            person_id=by.person_id,
            name=name,
            credential_id=name,
            public_key="key",
            sign_count=0,
            transports=["usb", "internal"],
            added_at=AT,
        )
        session.add(added)
        session.flush()
        record(session, "add-passkey", ("person", added.person_id), by, AT, details={"passkey": added.id})
        return added.id


def a_service(stage: Stage, name: str) -> int:
    with stage.database.write() as session:
        return add_service(session, stage.house.employer_id, name, by=stage.house.sro, at=AT).id


def kept(stage: Stage) -> list[tuple[object, ...]]:
    with stage.database.read() as session:
        passkeys = select(Passkey.id, Passkey.name, Passkey.transports, Passkey.added_at).order_by(Passkey.id)
        services = select(CareService.id, CareService.name, CareService.created_at).order_by(CareService.id)
        learners = select(Learner.id, Learner.service_id).where(Learner.service_id.is_not(None)).order_by(Learner.id)
        return [tuple(row) for each in (passkeys, services, learners) for row in session.execute(each)]


def test_rows_go_back_and_forward_and_ids_of_those_that_are_gone_stay_used(database: Database) -> None:
    stage = set_stage(database)
    a_passkey(stage, "Laptop")
    lost, wing, closed = a_passkey(stage, "Phone"), a_service(stage, "Orchard wing"), a_service(stage, "Apple wing")
    with database.write() as session:
        session.delete(session.get_one(Passkey, lost))
        session.get_one(Learner, stage.house.learners["Niamh O’Brien"]).service_id = wing
        remove_service(session, session.get_one(CareService, closed), by=stage.house.sro, at=AT)
    before = kept(stage)
    assert before
    downgrade(database, "0026")
    assert kept(stage) == before
    upgrade(database)
    assert kept(stage) == before
    assert differences(database) == []
    assert a_passkey(stage, "Tablet") > lost
    assert a_service(stage, "Pear wing") > closed
    with database.write() as session:
        # What refers to a service still does.
        assert session.get_one(Learner, stage.house.learners["Niamh O’Brien"]).service_id == wing
