"""Make drafts of an uploaded workbook that somebody confirmed, some rows at a time.

Each step is one transaction that says how far it went, so that whatever is killed goes on where it was, once.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any, cast

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.db import Database
from claims.exchange.claim_rows import ClaimRow
from claims.lifecycle import Actor, NotAllowed
from claims.models import BulkUpload, Claim, Learner, Purchase
from claims.rules.facts import Engagement, Part
from claims.secrets import Keyring
from claims.services.answering import tell_dates
from claims.services.bulk_checking import FaultyClaims, Planned, plan_file
from claims.services.bulk_matching import Does, Matched, Target, learner_changes, match_rows
from claims.services.bulk_uploading import file_of, findings_of, forget
from claims.services.drafting import open_draft
from claims.services.employing import LearnerDetails, change_learner, details_of, keep_learner
from claims.services.purchasing import Details, change_purchase, start_purchase

STEP = 25
"""Rows that become drafts in one transaction: others wait for it no longer than for anything else."""


def make_drafts(
    database: Database,
    keyring: Keyring,
    upload_id: int,
    *,
    by: Actor,
    now: Callable[[], datetime],
    until: float,
) -> int:
    """Make drafts, some at a time, until all are made or the time is up. Returns how many rows were done."""
    at = now()
    with database.read() as session:
        upload = session.get_one(BulkUpload, upload_id)
        content = file_of(keyring, upload)
        made_before = dict(upload.made)
        left_out = set(made_before.get("leave_out", ()))
        if upload.leave_out and "leave_out" not in made_before:
            found = findings_of(keyring, upload)
            left_out = {row for group in found.get("groups", ()) for row in group["ineligible"]}
        if content is None:
            return 0
        try:
            planned = plan_file(session, keyring, upload.name, content, by=by, today=london_date(at))
        except FaultyClaims as faulty:
            _stop(database, upload_id, faulty, at)
            return 0
    units = _units(planned, left_out)
    done = 0
    while True:
        with database.write() as session:
            upload = session.get_one(BulkUpload, upload_id, with_for_update=True)
            if upload.state != "creating":
                return done
            upload.made = {**upload.made, "leave_out": sorted(left_out)}
            before = upload.done
            _Making(session, keyring, upload, by, now()).some(units)
            upload.rows, upload.tries = len(units), 0
            done += upload.done - before
            if upload.done >= len(units):
                upload.state = "created"
                forget(upload, now())
                return done
        if monotonic() >= until:
            return done


def _stop(database: Database, upload_id: int, faulty: FaultyClaims, at: datetime) -> None:
    """Something changed since the file was looked at, and it does not fit any more: what was made stays."""
    with database.write() as session:
        upload = session.get_one(BulkUpload, upload_id, with_for_update=True)
        stopped = [[problem.row, problem.sentence] for problem in faulty.problems[:50]]
        upload.made = {**upload.made, "stopped": stopped}
        upload.state = "created"
        forget(upload, at)


class _Unit:
    """One row that is to become a draft or fill one, with its place among the purchases of the file."""

    def __init__(self, row: ClaimRow, place: int | None, target: Target | None) -> None:
        self.row, self.place = row, place
        self.purchase_id = target.purchase.id if target and target.purchase else None
        self.details: Details = target.details if target else {}


def _units(planned: Planned, left_out: set[int]) -> list[_Unit]:
    """In the order of the file; rows that are done already are among them, so that places stay the same."""
    places = {
        each.row.row: (place, target) for place, (_, of_group, target) in enumerate(planned.groups) for each in of_group
    }
    units = [
        _Unit(each.row, *places.get(each.row.row, (None, None)))
        for each in planned.matched
        if each.row.row not in left_out
    ]
    return sorted(units, key=lambda unit: unit.row.row)


class _Making:
    """One transaction's worth of drafts."""

    def __init__(self, session: Session, keyring: Keyring, upload: BulkUpload, by: Actor, at: datetime) -> None:
        self.session, self.keyring, self.upload, self.by, self.at = session, keyring, upload, by, at
        self.employer_id = upload.employer_id
        self.made: dict[str, Any] = {"purchases": {}, "counts": {}, "left_out": [], **upload.made}

    def some(self, units: Sequence[_Unit]) -> None:
        """The next rows, and how far that is."""
        next_ones = units[self.upload.done : self.upload.done + STEP]
        matched = match_rows(self.session, self.keyring, self.employer_id, [unit.row for unit in next_ones])
        purchases, counts = dict(self.made["purchases"]), dict(self.made["counts"])
        left_out = list(self.made["left_out"])
        for unit, each in zip(next_ones, matched, strict=True):
            before = dict(purchases)
            try:
                with self.session.begin_nested():
                    done = self._one(unit, each, purchases)
            except NotAllowed as no:
                purchases = before
                left_out.append([each.row.row, str(no)])
            else:
                counts[done] = counts.get(done, 0) + 1
        self.upload.made = {**self.made, "purchases": purchases, "counts": counts, "left_out": left_out}
        self.upload.done += len(next_ones)
        self.session.flush()

    def _one(self, unit: _Unit, each: Matched, purchases: dict[str, int]) -> str:
        row, claim = each.row, each.claim
        if each.does is Does.LEFT:
            return Does.LEFT
        if row.problems:
            raise NotAllowed(row.problems[-1].sentence)
        learner, told = self._learner(each)
        if each.does is Does.COMPLETE and claim is not None:
            told = self._second_payment(claim, row) or told
            changed = tell_dates(
                self.session, claim, started_on=claim.started_on, completed_on=row.completed_on, by=self.by, at=self.at
            )
            return Does.COMPLETE if changed or told else Does.SAME
        purchase = self._purchase(unit, purchases)
        if claim is None:
            open_draft(
                self.session,
                purchase,
                learner,
                self.by,
                self.at,
                started_on=row.started_on,
                completed_on=row.completed_on if row.part is Part.FULL else None,
            )
            return Does.NEW
        if claim.purchase_id != purchase.id:
            raise NotAllowed("There is a draft for this person and course on another purchase.")
        changed = tell_dates(
            self.session,
            claim,
            started_on=row.started_on or claim.started_on,
            completed_on=(row.completed_on or claim.completed_on) if row.part is Part.FULL else None,
            by=self.by,
            at=self.at,
        )
        return Does.UPDATE if changed or told else Does.SAME

    def _learner(self, each: Matched) -> tuple[Learner, bool]:
        """The learner, and whether anything about them was added or changed."""
        row, known = each.row, each.learner
        if known is None:
            service_id = next(iter(self.by.services), None) if self.by.services else None
            described = _described(row, service_id)
            kept, _ = keep_learner(self.session, self.keyring, self.employer_id, described, by=self.by, at=self.at)
            return kept, True
        changes = learner_changes(known, row)
        if not changes:
            return known, False
        details = replace(details_of(self.keyring, known), **changes)
        return known, change_learner(self.session, self.keyring, known, details, by=self.by, at=self.at)

    def _purchase(self, unit: _Unit, purchases: dict[str, int]) -> Purchase:
        """The purchase of the row's group: the one that was begun for it, the one there was, or a new one."""
        key = str(unit.place)
        if key in purchases:
            return self.session.get_one(Purchase, purchases[key])
        if unit.purchase_id is not None:
            purchase = self.session.get_one(Purchase, unit.purchase_id)
        else:
            code = unit.details["course_code"]
            purchase = start_purchase(self.session, self.employer_id, code, self.by, self.at)
        details = {name: value for name, value in unit.details.items() if name != "course_code"}
        change_purchase(self.session, purchase, cast("Details", details), self.by, self.at)
        purchases[key] = purchase.id
        return purchase

    def _second_payment(self, claim: Claim, row: ClaimRow) -> bool:
        """The rest of a payment plan, which is told with the completion."""
        if row.second_payment_on is None or row.second_payment_on == claim.purchase.second_payment_on:
            return False
        told: Details = {"second_payment_on": row.second_payment_on}
        return change_purchase(self.session, claim.purchase, told, self.by, self.at)


def _described(row: ClaimRow, service_id: int | None) -> LearnerDetails:
    if row.number is None or row.employed_from is None:
        raise NotAllowed("This person is not among your learners any more.")
    return LearnerDetails(
        first_name=row.first_name or "",
        last_name=row.last_name or "",
        number=row.number,
        job_role=row.job_role or "",
        engagement=row.engagement or Engagement.EMPLOYEE,
        works_in_england=True if row.works_in_england is None else row.works_in_england,
        post_requires_registration=bool(row.post_requires_registration),
        employed_from=row.employed_from,
        left_on=row.left_on,
        service_id=service_id,
    )
