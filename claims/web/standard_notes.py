"""Notes that assessors write often, to start from; what is sent is what they make of them."""

from typing import NamedTuple


class StandardNote(NamedTuple):
    """One note: what it is called, and its words to the employer."""

    name: str
    text: str


PAYMENT: dict[str, StandardNote] = {
    "not-paid": StandardNote(
        "The evidence does not show that the payment was made",
        "The evidence shows what was to be paid, not that it was paid. Please add a bank statement, a receipt or a "
        "paid invoice that shows the date and the amount of the payment.",
    ),
    "unreadable": StandardNote(
        "The evidence cannot be read",
        "We cannot read all of the payment evidence. Please add a clearer copy of every page.",
    ),
    "amount": StandardNote(
        "The cost on the claim differs from the evidence",
        "The cost on the claim is not the one that the payment evidence shows. Please correct the cost or explain "
        "the difference.",
    ),
    "learners": StandardNote(
        "The evidence does not show whom it is for",
        "The payment evidence does not show which learners and which course it is for. Please add the part of the "
        "invoice that lists them.",
    ),
    "not-funded": StandardNote(
        "What was paid for cannot be funded",
        "The payment evidence is for something that the scheme does not fund, so no claim can rest on it.",
    ),
}
COMPLETION: dict[str, StandardNote] = {
    "unreadable": StandardNote(
        "The certificate cannot be read", "We cannot read the certificate. Please add a clearer copy."
    ),
    "date": StandardNote(
        "The certificate does not show the date",
        "The certificate does not show on which day the training was completed. Please add one that does, or a "
        "letter from the training provider.",
    ),
    "name": StandardNote(
        "The certificate is for somebody else",
        "The name on the certificate is not the learner's. Please add the learner's own certificate, or tell us if "
        "their name has changed.",
    ),
    "course": StandardNote(
        "The certificate is for another course",
        "The certificate is for another course than the one that was claimed. Please add the right one.",
    ),
    "start": StandardNote(
        "It is not shown that the learner started",
        "We cannot see that the learner started this training. Please add a registration or enrolment that shows "
        "the learner's name and the start date.",
    ),
    "not-eligible": StandardNote(
        "The learner cannot be funded",
        "The learner or the training does not meet the rules of the scheme, so this claim cannot be paid.",
    ),
}
