"""The words of every planned reminder, by what it is about, as sent on a day."""

from datetime import date
from typing import assert_never

from claims.reminders.facts import (
    Committed,
    Deadline,
    LatestYear,
    NoBankDetails,
    OmmtDrafts,
    OpenCompletion,
    OpenPurchases,
    OpenRequest,
    Outdated,
    Training,
    Unpaid,
    UnreleasedRun,
    Unsigned,
    Waiting,
)
from claims.reminders.kinds import BLOCKS, Kind
from claims.reminders.plan import Planned, count_open, count_waiting, long_unpaid
from claims.reminders.wording import Worded, claim_address, word_deadline, word_request_reminder
from claims.rules.wording import in_pounds, in_words

HOME = "/home"
FUNDS = {"main": "the main fund", "ommt": "the Oliver McGowan training fund"}


def word_planned(planned: Planned, day: date, holidays: frozenset[date]) -> Worded:
    """A planned reminder in words, as sent on ``day``."""
    blocks = planned.key.about.endswith(BLOCKS)
    match planned.subject_of:
        case Deadline() as draft:
            return _missed(draft) if planned.key.kind is Kind.CLAIM_MISSED else word_deadline(draft, day)
        case OpenRequest() as request:
            return word_request_reminder(request, day)
        case OpenCompletion() as completion:
            return _completion(completion, planned.key.due_on, day)
        case Training() as training:
            return _training(training)
        case Unsigned() as year:
            return _unsigned(year, blocks=blocks)
        case Outdated() as data:
            return _outdated(data, day, blocks=blocks)
        case NoBankDetails() as missing:
            return _no_bank_details(missing, day)
        case OpenPurchases() as purchases:
            return _year_closing(purchases, day)
        case OmmtDrafts() as drafts:
            return _ommt_closing(drafts, day)
        case Committed() as cap:
            return _cap(cap, day)
        case Waiting() as waiting:
            return _waiting(count_waiting(waiting, day, holidays), day)
        case Unpaid() as unpaid:
            return _unpaid(*long_unpaid(unpaid, day, holidays), day)
        case UnreleasedRun() as run:
            return _unreleased(run)
        case LatestYear() as latest:
            return _latest_year(latest)
        case never:
            assert_never(never)


def last_day_of(planned: Planned) -> date | None:
    """The deadline that a reminder is about, if it is about one."""
    match planned.subject_of:
        case Deadline(last_day_on=last_day_on) | OmmtDrafts(last_day_on=last_day_on):
            return last_day_on
        case OpenPurchases(closes_on=closes_on):
            return closes_on
        case _:
            return None


def _missed(draft: Deadline) -> Worded:
    kept = {
        "start": "What you spent is not all lost: when the training is completed you can still claim the whole amount "
        "at once, if you start a new claim for all on completion.",
        "completion": "The start part stays yours: only the part for completion is lost.",
    }.get(draft.part, "Your other claims, also for the same purchase, are not affected.")
    return Worded(
        f"Missed: {draft.course} for {draft.initials}, last day {in_words(draft.last_day_on)}",
        f"The last day to claim for {draft.initials}, {draft.course}, was {in_words(draft.last_day_on)}. "
        f"Claim {draft.reference} was not submitted, so the money for it can no longer be claimed.\n\n{kept} "
        "If a date in the draft is wrong, correct it: that can move the last day.",
        claim_address(draft.claim_id),
    )


def _completion(completion: OpenCompletion, due_on: date, day: date) -> Worded:
    of = f"{completion.initials}, {completion.course}"
    must = f"It must be completed by {in_words(completion.complete_by)} to be claimed for."
    if due_on == completion.known_from or completion.planned_end_on is None:
        return Worded(
            f"Claim the rest on completion: {completion.course} for {completion.initials}, by "
            f"{in_words(completion.complete_by)}",
            f"The start part for {of} was approved on {in_words(completion.known_from)}. We have prepared claim "
            f"{completion.reference} for the rest. Submit it, with the certificate, when the training is completed. "
            f"{must}",
            claim_address(completion.claim_id),
        )
    ends = "was to end" if completion.planned_end_on < day else "is to end"
    return Worded(
        f"Completed? {completion.course} for {completion.initials}, planned for {in_words(completion.planned_end_on)}",
        f"The training of {of} {ends} on {in_words(completion.planned_end_on)}. If it is completed, submit claim "
        f"{completion.reference} with the certificate. {must}",
        claim_address(completion.claim_id),
    )


def _training(training: Training) -> Worded:
    who = f"{', '.join(training.initials[:5])}{' and others' if len(training.initials) > 5 else ''}"
    return Worded(
        f"Ask for the certificates: {training.course}, {in_words(training.on)}",
        f"{training.course} is on {in_words(training.on)}, for {who.rstrip('.')}. Ask for a certificate for each of "
        "them on the day: you need one for every claim.",
        f"/purchases/{training.purchase_id}/evidence",
    )


def _unsigned(year: Unsigned, *, blocks: bool) -> Worded:
    why = (
        f"You have claims for {year.year} that cannot be submitted until it is signed."
        if blocks
        else "You can prepare claims before that, but not submit them."
    )
    return Worded(
        f"Sign the grant agreement of {year.year}" + (": claims are waiting" if blocks else ""),
        f"{year.employer} has not signed the grant agreement of {year.year}. Only you, the senior responsible officer, "
        f"can sign it. {why}",
        HOME,
    )


def _outdated(data: Outdated, day: date, *, blocks: bool) -> Worded:
    why = "You have claims that cannot be submitted until then." if blocks else "Claims cannot be submitted until then."
    return Worded(
        f"Update your workforce data for {data.since.year}" + (": claims are waiting" if blocks else ""),
        f"By what we know on {in_words(day)}, {data.employer} has not updated its records in the Adult Social Care "
        f"Workforce Data Set since {in_words(data.since)}. Update them there, then tell us the date here. {why}",
        HOME,
    )


def _no_bank_details(missing: NoBankDetails, day: date) -> Worded:
    return Worded(
        f"Give the bank details of {missing.employer}, {in_words(day)}",
        f"{missing.employer} registered on {in_words(missing.registered_on)} and has not given bank details. "
        "You can prepare claims, but not submit them, and we cannot pay.",
        HOME,
    )


def _year_closing(purchases: OpenPurchases, day: date) -> Worded:
    many = count_open(purchases, day)
    which = "1 purchase is" if many == 1 else f"{many:,} purchases are"
    return Worded(
        f"Pay and start by {in_words(purchases.closes_on)}: scheme year {purchases.year} is closing",
        f"Scheme year {purchases.year} closes on {in_words(purchases.closes_on)}. {which} planned and not yet paid for "
        "or not yet started. Training of this year must be paid for and must start by that day.",
        HOME,
    )


def _ommt_closing(drafts: OmmtDrafts, day: date) -> Worded:
    left = (drafts.last_day_on - day).days
    when = "today" if left == 0 else f"in {left} days" if left > 1 else "tomorrow"
    which = "1 draft claim" if drafts.drafts == 1 else f"{drafts.drafts:,} draft claims"
    return Worded(
        f"Claim for Oliver McGowan training by {in_words(drafts.last_day_on)}",
        f"The last day to claim for Oliver McGowan training is {in_words(drafts.last_day_on)}, {when}. "
        f"{drafts.employer} has {which} for it.",
        "/claims",
    )


def _cap(cap: Committed, day: date) -> Worded:
    share = cap.committed_pence * 100 // cap.cap_pence
    left = in_pounds(max(0, cap.cap_pence - cap.committed_pence))
    return Worded(
        f"{share}% of your limit for {cap.year} is used, {in_words(day)}",
        f"{cap.employer} has {in_pounds(cap.committed_pence)} approved or paid from {FUNDS[cap.fund]} for {cap.year}. "
        f"The most that can be claimed is {in_pounds(cap.cap_pence)}, so {left} is left.",
        HOME,
    )


def _waiting(many: int, day: date) -> Worded:
    which = "1 claim has" if many == 1 else f"{many:,} claims have"
    return Worded(
        f"{which} waited more than 8 working days, {in_words(day)}",
        f"{which} waited for a decision for more than 8 working days. The standard is 10.",
        "/assessment",
    )


def _unpaid(many: int, pence: int, day: date) -> Worded:
    which = "1 approved claim is" if many == 1 else f"{many:,} approved claims are"
    return Worded(
        f"{which} in no payment run, {in_words(day)}",
        f"{which} in no payment run, approved more than 5 working days ago: {in_pounds(pence)} in all.",
        "/payments",
    )


def _unreleased(run: UnreleasedRun) -> Worded:
    return Worded(
        f"Release payment run {run.reference}, drawn up on {in_words(run.drawn_up_on)}",
        f"Payment run {run.reference} was drawn up on {in_words(run.drawn_up_on)} and is not released. "
        "Somebody who did not draw it up must release it.",
        f"/payments/runs/{run.reference}",
    )


def _latest_year(latest: LatestYear) -> Worded:
    return Worded(
        f"Scheme year {latest.name} ends on {in_words(latest.ends_on)} and there is no next one",
        f"The last scheme year that the service knows, {latest.name}, ends on {in_words(latest.ends_on)}. What "
        "is paid for after that cannot be claimed until the next year is added. The runbook for a new year says how.",
        "/jobs",
    )
