"""The words of every reminder and notification. Subjects name initials or the course and a date, never a number."""

from datetime import date
from typing import NamedTuple

from claims.reminders.facts import Deadline, OpenRequest
from claims.rules.wording import in_pounds, in_words


class Worded(NamedTuple):
    """A message in words. The link is a path of the service."""

    subject: str
    text: str
    link: str


class Named(NamedTuple):
    """What a subject may say of a claim."""

    claim_id: int
    course: str
    """Its title."""
    initials: str
    """The learner's."""


def claim_address(claim_id: int) -> str:
    """The path of a claim's page."""
    return f"/claims/{claim_id}"


def word_deadline(deadline: Deadline, day: date) -> Worded:
    """A reminder, sent on ``day``, that a draft must be submitted by its last day to claim."""
    left = (deadline.last_day_on - day).days
    when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days, on {in_words(deadline.last_day_on)}")
    return Worded(
        f"Claim by {in_words(deadline.last_day_on)}: {deadline.course} for {deadline.initials}",
        f"The last day to claim for {deadline.initials}, {deadline.course}, is {when}. "
        f"Claim {deadline.reference} is still a draft. "
        "Submit it by the end of that day, or the money can no longer be claimed.",
        claim_address(deadline.claim_id),
    )


def word_request_reminder(request: OpenRequest, day: date) -> Worded:
    """A reminder, sent on ``day``, that a claim sent back still waits for an answer."""
    waited = (day - request.asked_on).days
    return Worded(
        f"We still need something from you: {request.course} for {request.initials}",
        f"On {in_words(request.asked_on)}, {waited} days ago, we asked you about claim {request.reference} "
        f"({request.initials}, {request.course}). We cannot decide it until you answer. "
        "A claim that is not answered 28 days after we asked can be closed without payment.",
        claim_address(request.claim_id),
    )


def word_request(claim: Named, words: str, on: date) -> Worded:
    """Tell at once that a claim was sent back. ``words`` are the assessor's decision in full."""
    return Worded(
        f"We need something from you: {claim.course} for {claim.initials}, {in_words(on)}",
        words,
        claim_address(claim.claim_id),
    )


def word_decision(claim: Named, decided: str, words: str, on: date) -> Worded:
    """Tell at once of a decision: ``decided`` is ``approved``, ``rejected`` and so on, ``words`` what is to be read."""
    return Worded(
        f"Claim {decided}: {claim.course} for {claim.initials}, {in_words(on)}", words, claim_address(claim.claim_id)
    )


def word_payment(
    run: str, employer: str, amount_pence: int, claims: tuple[tuple[str, int], ...], on: date, *, set_off_pence: int = 0
) -> Worded:
    """Tell that money was sent: ``claims`` are references and pence, ``set_off_pence`` what was kept back of them."""
    lines = "\n".join(f"{reference}: {in_pounds(pence)}" for reference, pence in claims)
    net = amount_pence - set_off_pence
    sent = f"We sent {in_pounds(net)} to the account of {employer} on {in_words(on)}, with payment run {run}. "
    if not net:
        sent = f"Payment run {run} of {in_words(on)} sent no money to the account of {employer}. "
    kept_back = f"\n\nSet off against what is to be paid back: {in_pounds(set_off_pence)}" if set_off_pence else ""
    return Worded(
        f"Payment of {in_pounds(net)} sent on {in_words(on)}" if net else f"Claims set off on {in_words(on)}",
        f"{sent}It pays these claims:\n\n{lines}{kept_back}",
        "/claims",
    )


def word_failed_payment(employer: str, amount_pence: int, reason: str, on: date) -> Worded:
    """Tell that a payment did not arrive, and why."""
    why = reason if reason.endswith((".", "!", "?")) else f"{reason}."
    return Worded(
        f"A payment of {in_pounds(amount_pence)} failed on {in_words(on)}",
        f"The bank could not pay {in_pounds(amount_pence)} to the account of {employer}: {why} "
        "Check your bank details. The claims stay approved, and we will pay them in a later run.",
        "/claims",
    )


def word_registration_sent(employer: str, reference: str, expected_on: date) -> Worded:
    """Tell at once that a registration arrived, and by when it is decided."""
    return Worded(
        f"Registration {reference} received",
        f"We have the registration of {employer}. Its reference is {reference}. "
        f"An assessor decides by {in_words(expected_on)}, and we tell you at once.\n\n"
        "Until then you can sign in and prepare purchases. You can submit claims once you are registered.",
        "/registration",
    )


def word_registered(employer: str, reference: str) -> Worded:
    """Tell at once that an employer is registered; that it is at risk is said to staff only."""
    return Worded(
        f"Registered: your registration {reference}",
        f"{employer} is registered. Next: sign the grant agreement of the scheme year and give your bank details. "
        "Then you can submit claims.",
        "/home",
    )


def word_registration_refused(employer: str, reference: str, reasons: str) -> Worded:
    """Tell at once that a registration was refused, with the assessor's reasons in full."""
    return Worded(
        f"Not registered yet: your registration {reference}",
        f"We could not register {employer}, for these reasons:\n\n{reasons}\n\n"
        "Sign in to correct your registration and send it again. Nothing you entered is lost.",
        "/registration",
    )


def word_officer_replaced(employer: str, successor: str) -> Worded:
    """Tell somebody that they are no longer the senior responsible officer."""
    return Worded(
        f"You are no longer the senior responsible officer of {employer}",
        f"A lead assessor has made {successor} the senior responsible officer of {employer} in your place. "
        "If that is wrong, contact the scheme.",
        "/",
    )


def word_officer_appointed(employer: str) -> Worded:
    """Tell somebody that they are the senior responsible officer now."""
    return Worded(
        f"You are now the senior responsible officer of {employer}",
        f"A lead assessor has made you the senior responsible officer of {employer}. Sign in with this email address. "
        "You sign the grant agreement, give the bank details and decide who may claim.",
        "/home",
    )


def initials_of(first_name: str, last_name: str) -> str:
    """``N. O.`` for Niamh O’Brien."""
    return " ".join(f"{name[0].upper()}." for name in (first_name, last_name) if name)
