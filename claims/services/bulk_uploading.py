"""Take in a workbook of claims, say what was found in it, and begin to make drafts of it when somebody says so."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from claims.exchange.claim_cells import Allowed
from claims.exchange.learner_words import as_compared
from claims.lifecycle import Actor, NotAllowed
from claims.models import BulkUpload, Learner
from claims.rules.scheme import Reference
from claims.secrets import Keyring
from claims.services.recording import record
from claims.services.sealing import decrypt_number, open_content, seal_content
from claims.store.bulk import uploads_kept_since_before
from claims.store.learners import learners_of
from claims.store.sight import Sight
from claims.workbooks.claims_in import LIMITS

KEPT_FOR = timedelta(days=7)
"""How long a file waits for somebody to say what is to become of it."""
MOST_TRIES = 3


def keep_upload(
    session: Session, keyring: Keyring, employer_id: int, name: str, content: bytes, *, by: Actor, at: datetime
) -> BulkUpload:
    """Keep a file to be checked. Raises ``NotAllowed`` for one that is empty or too large to be looked at."""
    if not content:
        raise NotAllowed("The file is empty. Choose the workbook that you filled in")
    if len(content) > LIMITS.size_bytes:
        raise NotAllowed(f"The file is larger than {LIMITS.size_bytes // (1024 * 1024)} MB. Split it into two")
    upload = BulkUpload(
        employer_id=employer_id,
        uploaded_by_id=by.person_id,
        uploaded_at=at,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        state="checking",
        rows=0,
        done=0,
        tries=0,
        file=seal_content(keyring, content),
        leave_out=False,
        made={},
    )
    session.add(upload)
    session.flush()
    record(session, "upload", ("bulk-upload", upload.id), by, at, details={"sha256": upload.sha256})
    return upload


def confirm(session: Session, upload: BulkUpload, *, leave_out: bool, by: Actor, at: datetime) -> bool:
    """Say that drafts are to be made. Said again, by a second click or tab, it does nothing. Returns whether it did.

    Raises ``NotAllowed`` for a file that has problems, was set aside, or waited too long.
    """
    session.refresh(upload, with_for_update=True)
    if upload.state in ("creating", "created"):
        return False
    if upload.state != "checked" or upload.file is None:
        raise NotAllowed("No drafts can be made from this file any more. Upload it again.")
    upload.state, upload.leave_out = "creating", leave_out
    upload.rows = upload.done = upload.tries = 0
    upload.confirmed_by_id, upload.confirmed_role, upload.confirmed_at = by.person_id, by.role, at
    record(session, "confirm", ("bulk-upload", upload.id), by, at, details={"leave_out": leave_out})
    return True


def set_aside(session: Session, upload: BulkUpload, *, by: Actor, at: datetime) -> None:
    """Make nothing of a file, and forget what is in it. Raises ``NotAllowed`` once drafts are being made."""
    session.refresh(upload, with_for_update=True)
    if upload.state in ("creating", "created"):
        raise NotAllowed("Drafts have been made from this file already. Take them off their purchases instead.")
    if upload.state != "set-aside":
        upload.state = "set-aside"
        forget(upload, at)
        record(session, "set-aside", ("bulk-upload", upload.id), by, at)


def forget(upload: BulkUpload, at: datetime) -> None:
    """What is in the file is needed no more."""
    upload.file = upload.findings = None
    upload.finished_at = at


def forget_old(session: Session, at: datetime) -> int:
    """Forget files that waited for a week. Returns how many."""
    old = [upload for upload in uploads_kept_since_before(session, at - KEPT_FOR) if upload.state != "creating"]
    for upload in old:
        if upload.state != "created":
            upload.state = "set-aside"
        upload.name = ""
        forget(upload, at)
    return len(old)


def seal_findings(keyring: Keyring, findings: Mapping[str, Any]) -> str:
    return seal_content(keyring, json.dumps(findings, separators=(",", ":")).encode())


def findings_of(keyring: Keyring, upload: BulkUpload) -> dict[str, Any]:
    """What was found; nothing once it is forgotten."""
    if upload.findings is None:
        return {}
    found: dict[str, Any] = json.loads(open_content(keyring, upload.findings))
    return found


def file_of(keyring: Keyring, upload: BulkUpload) -> bytes | None:
    return None if upload.file is None else open_content(keyring, upload.file)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A learner as the drop-down of the workbook names them."""

    label: str
    learner: Learner


def labels_of(session: Session, keyring: Keyring, employer_id: int) -> list[Labelled]:
    """The employer's own learners, by name; two of one name are told apart by the end of their number."""
    found: list[Labelled] = []
    seen: set[str] = set()
    for learner in learners_of(session, employer_id):
        label = f"{learner.last_name}, {learner.first_name} (ends {decrypt_number(keyring, learner.number)[-3:]})"
        if as_compared(label) in seen:
            label = f"{label} {learner.id}"
        seen.add(as_compared(label))
        found.append(Labelled(label, learner))
    return found


class _ByLabel(Mapping[str, int]):
    """Ids of the employer's learners by label, as compared: looked up once a file names somebody by one.

    Then all of them, not only those of the file: a label is told apart from others of its name by its place among
    them. A file that gives numbers needs none, because its learners are found by their numbers.
    """

    def __init__(self, session: Session, keyring: Keyring, employer_id: int) -> None:
        self._whose = (session, keyring, employer_id)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {as_compared(each.label): each.learner.id for each in labels_of(*self._whose)}

    def __getitem__(self, label: str) -> int:
        return self._ids[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def allowed_for(session: Session, keyring: Keyring, employer_id: int, reference: Reference, today: date) -> Allowed:
    """What the cells of this employer's workbook may name."""
    return Allowed(
        roles=tuple(reference.job_roles.values()),
        courses=reference.courses,
        learners=_ByLabel(session, keyring, employer_id),
        today=today,
    )


def sight_of_member(by: Actor) -> Sight | None:
    """What a person sees who is limited to services; ``None`` for everything."""
    if by.services is None or by.employer_id is None or by.person_id is None:
        return None
    return Sight(by.employer_id, by.services, by.person_id)
