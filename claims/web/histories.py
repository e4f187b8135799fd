"""Events as people read them: what was done, by whom, when, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from claims.lifecycle import PAST, STAFF_ROLES, Act
from claims.services.snapshots import Change
from claims.store.history import Happened
from claims.web.formats import value, written_date
from claims.web.wording import fact

ACTS: dict[tuple[str, str], str] = {
    ("claim", "open"): "Draft opened",
    ("claim", "change"): "Dates changed",
    ("claim", "reply"): "Reply written",
    ("claim", "keep-note"): "Note to the assessor written",
    ("claim", "add-evidence"): "Certificate added",
    ("claim", "remove-evidence"): "Certificate removed",
    ("claim", "agree"): "Approval agreed",
    ("claim", "propose-recovery"): "Recovery proposed",
    ("claim", "refuse-recovery"): "Recovery refused",
    ("claim", "recover-part"): "A part recovered",
    ("claim", "repay"): "Invoice for the recovery paid",
    ("purchase", "start"): "Purchase started",
    ("purchase", "change"): "Details changed",
    ("purchase", "declare"): "Declaration made",
    ("purchase", "discard"): "Purchase discarded",
    ("purchase", "add-evidence"): "Payment evidence added",
    ("purchase", "remove-evidence"): "Payment evidence removed",
    ("purchase", "take"): "Taken up",
    ("purchase", "take-over"): "Taken over",
    ("purchase", "release"): "Given back to the queue",
    ("purchase", "open-task"): "Task opened for a lead assessor",
    ("purchase", "close-task"): "Task of a lead assessor closed",
    ("person", "add-staff"): "Account added",
    ("person", "change-role"): "Role changed",
    ("person", "close"): "Account closed",
    ("person", "reopen"): "Account opened again",
    ("person", "add-passkey"): "Passkey added",
    ("person", "remove-passkey"): "Passkey removed",
    ("person", "refuse-passkey"): "Passkey refused",
    ("person", "refuse-new-passkey"): "New passkey refused",
    ("person", "remove-authenticator"): "Authenticator removed",
    ("person", "reset-authenticator"): "Authenticator reset",
    ("person", "start-over"): "App, passkeys and recovery codes taken away",
    ("person", "end-sessions"): "Signed out by an administrator",
    ("payment-run", "draw-up"): "Drawn up",
    ("payment-run", "release"): "Released",
    ("payment-run", "settle"): "Bank’s result recorded",
    ("payment-run", "cancel"): "Cancelled",
    ("payment-run", "propose-return"): "Said to have come back",
    ("payment-run", "confirm-return"): "Payment came back",
    ("payment-run", "refuse-return"): "Payment did not come back",
    ("payment-run", "download"): "Workbook downloaded",
    ("year-end", "draw-up"): "Year-end workbook made",
    ("year-end", "close"): "Scheme year closed",
    ("year-end", "reopen"): "Scheme year opened again",
    ("year-end", "download"): "Year-end workbook downloaded",
    ("employer", "start-registration"): "Registration started",
    ("employer", "change-registration"): "Registration changed",
    ("employer", "add-proof"): "Proof of address added",
    ("employer", "remove-proof"): "Proof of address removed",
    ("employer", "send-registration"): "Registration sent",
    ("employer", "register"): "Registered",
    ("employer", "register-at-risk"): "Registered at risk",
    ("employer", "refuse-registration"): "Registration refused",
    ("employer", "suspend"): "Suspended",
    ("employer", "lift-suspension"): "Suspension lifted",
    ("employer", "mark-at-risk"): "Marked as at risk",
    ("employer", "take-mark-away"): "At-risk mark taken away",
    ("employer", "change-officer"): "Senior responsible officer changed",
    ("employer", "note"): "Note written",
    ("employer", "change"): "Details changed",
    ("employer", "sign-agreement"): "Grant agreement signed",
    ("employer", "join"): "Joined the team",
    ("employer", "invite-again"): "Invited again",
    ("employer", "cancel-invitation"): "Invitation cancelled",
    ("employer", "remove-member"): "Taken out of the team",
    ("employer", "offer-handover"): "Handover offered",
    ("employer", "accept-handover"): "Handover accepted",
    ("employer", "decline-handover"): "Handover declined",
    ("employer", "withdraw-handover"): "Handover withdrawn",
    ("membership", "limit"): "Services of a submitter changed",
    ("service", "add"): "Service added",
    ("service", "rename"): "Service renamed",
    ("service", "remove"): "Service removed",
    ("learner", "add"): "Learner added",
    ("learner", "change"): "Learner changed",
    ("learner", "remove"): "Learner removed",
    ("learner", "tell-certified"): "Said whether a learner holds the certificate",
    ("bulk-upload", "upload"): "Workbook of claims uploaded",
    ("bulk-upload", "confirm"): "Workbook of claims confirmed",
    ("bulk-upload", "set-aside"): "Workbook of claims set aside",
    ("course-list-proposal", "prepare"): "Prepared",
    ("course-list-proposal", "change-day"): "Day changed",
    ("course-list-proposal", "set-aside"): "Set aside",
    ("course-list", "publish"): "Published",
    ("register", "export"): "Downloaded",
    ("reports", "export"): "Downloaded",
    ("standard-note", "add"): "Added",
    ("standard-note", "change"): "Changed",
    ("standard-note", "retire"): "Retired",
    ("standard-note", "bring-back"): "Offered again",
    ("person", "sign-in"): "Signed in",
    ("person", "sign-out"): "Signed out",
    ("payment-run", "download-payment-file"): "Payment file downloaded",
}
"""By what was acted on and the act; moves of a claim are worded by the life of a claim."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event for the ``history`` macro."""

    words: str
    by: str
    at: datetime
    note: str


CHANGED = {"evidence.added": "File added", "evidence.removed": "File removed"}


def tell_changes(changes: Iterable[Change]) -> list[tuple[str, str, str]]:
    """What is different since a claim was last submitted: what, before, now."""
    return [
        (CHANGED.get(change.name) or fact(change.name), _shown(change, change.before), _shown(change, change.now))
        for change in changes
    ]


def _shown(change: Change, known: Any) -> str:
    """A value of the interface as a person reads it; nothing for nothing."""
    if known is None:
        return ""
    if change.name.endswith("_on") and isinstance(known, str):
        return written_date(date.fromisoformat(known))
    if change.name.endswith("_gbp"):
        return f"£{known}"
    return value(change.name, known)


def tell(kind: str, events: Iterable[Happened], *, to_staff: bool = False) -> list[Told]:
    """``events`` in words, of things of any kind when ``kind`` is blank. Employers read a role, not staff's names."""
    return [
        Told(words_of(kind or event.kind, event.act), _by(event, to_staff=to_staff), event.at, event.note)
        for event in events
    ]


def words_of(kind: str, act: str) -> str:
    """An act on a kind of thing, such as "Sent back for action"."""
    if act in set(Act):
        past = PAST[Act(act)]
        return past[:1].upper() + past[1:]
    return ACTS.get((kind, act)) or act.replace("-", " ").capitalize()


def _by(event: Happened, *, to_staff: bool) -> str:
    role = event.by_role.replace("-", " ")
    if event.by_role in STAFF_ROLES and not to_staff:
        return f"{'an' if role[0] in 'aeiou' else 'a'} {role}" if role != "finance" else "finance"
    return event.by_name or "the service"
