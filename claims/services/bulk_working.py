"""Work on uploaded workbooks, one after another: check them, then have drafts made of what somebody confirmed."""

import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

from claims.clock import london_date
from claims.db import Database
from claims.lifecycle import Actor
from claims.models import BulkUpload
from claims.secrets import Keyring
from claims.services.bulk_checking import MOST_PROBLEMS, FaultyClaims, plan_file
from claims.services.bulk_creating import make_drafts
from claims.services.bulk_previewing import describe
from claims.services.bulk_uploading import MOST_TRIES, file_of, forget, seal_findings, sight_of_member
from claims.store.bulk import member, upload_waiting
from claims.store.sight import sight_of

LOG = logging.getLogger("claims.jobs")


def work_on_uploads(database: Database, keyring: Keyring, now: Callable[[], datetime], seconds: float) -> int:
    """Do what there is to do, for about so long. Returns how many rows were checked or made."""
    until, done = monotonic() + seconds, 0
    while True:
        at = now()
        with database.write() as session:
            upload = upload_waiting(session)
            if upload is None:
                return done
            upload_id, state = upload.id, upload.state
            by = member(session, upload.employer_id, upload.confirmed_by_id or upload.uploaded_by_id)
            upload.tries += 1
            if upload.tries > MOST_TRIES or by is None or upload.file is None:
                upload.state = "failed"
                forget(upload, at)
                continue
        try:
            with sight_of(sight_of_member(by)):
                if state == "checking":
                    done += check_upload(database, keyring, upload_id, by, at)
                else:
                    done += make_drafts(database, keyring, upload_id, by=by, now=now, until=until)
        except Exception:
            # Tried again, and given up after a few times; what is in the file must not get into the log.
            LOG.exception("upload %s could not be worked on", upload_id)
        if monotonic() >= until:
            return done


def check_upload(database: Database, keyring: Keyring, upload_id: int, by: Actor, at: datetime) -> int:
    """Check one upload and keep what was found. Returns how many rows it has."""

    def note(**values: Any) -> None:
        with database.write() as session:
            upload = session.get_one(BulkUpload, upload_id)
            if upload.state == "checking":
                for name, value in values.items():
                    setattr(upload, name, value)

    with database.read() as session:
        upload = session.get_one(BulkUpload, upload_id)
        content = file_of(keyring, upload)
        if content is None:
            return 0
        try:
            planned = plan_file(session, keyring, upload.name, content, by=by, today=london_date(at))
        except FaultyClaims as faulty:
            found = {
                "about": faulty.about,
                "problems": faulty.problems[:MOST_PROBLEMS],
                "count": len(faulty.problems),
                "counted_up": faulty.counted_up,
            }
            rows = len({problem.row for problem in faulty.problems})
            note(state="faulty", findings=seal_findings(keyring, found), rows=rows, done=rows, tries=0)
            return rows
        rows = len(planned.matched)
        note(rows=rows)
        found = describe(session, keyring, planned, by=by, at=at, progress=lambda done: note(done=done))
    note(state="checked", findings=seal_findings(keyring, found), done=rows, tries=0)
    return rows
