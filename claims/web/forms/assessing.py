"""What an assessor fills in: the checks of a purchase, saved at any point; reasons for what is taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import HiddenField

from claims.decisions import Answer
from claims.models import Claim, StandardNote
from claims.rules.facts import Part
from claims.services.checking import LONGEST_NOTE
from claims.web.forms.choosing import Choice, RadiosField, SelectField, YesNoField
from claims.web.forms.fields import MoneyField, NoteField
from claims.web.forms.form import Form

PAYMENT_ANSWERS = (
    Choice(Answer.YES, "Yes, it is in order", reveals=("cost", "paid_in_full")),
    Choice(Answer.ACTION_NEEDED, "No, the employer must put something right", "All claims that rest on it go back."),
    Choice(Answer.REJECT, "No, reject it", "All claims that rest on it are rejected."),
)
CLAIM_ANSWERS = (
    Choice(Answer.YES, "Yes"),
    Choice(Answer.ACTION_NEEDED, "No, the employer must put something right"),
    Choice(Answer.REJECT, "No, reject this claim"),
)


class ReasonForm(Form):
    """Why something is done."""

    reason = NoteField("Reason", called="the reason", most=LONGEST_NOTE, rows=4)


class TaskForm(Form):
    """What came of a task for a lead assessor."""

    reason = NoteField(
        "What was done, or why nothing has to be", called="what was done, or why nothing has to be", most=LONGEST_NOTE
    )


class OutcomeForm(Form):
    """Confirms exactly what was shown."""

    seen = HiddenField()


def make_checks_form(
    claims: Sequence[Claim], data: Mapping[str, Any], notes: Sequence[StandardNote], *, with_payment: bool
) -> Form:
    """The form for the checks of a purchase's waiting claims, with what was saved so far in ``data``.

    Its questions are ``payment``, ``cost``, ``paid_in_full`` and ``payment_note`` (with ``payment_standard``), and for
    each claim ``answer_ID`` and ``note_ID`` (with ``standard_ID``). All may be left open. ``notes`` are offered.
    """
    questions: dict[str, Any] = {}
    if with_payment:
        questions |= {
            "payment": RadiosField("Is the payment in order?", choices=PAYMENT_ANSWERS, optional=True),
            "cost": MoneyField(
                "Cost for each learner, as the evidence shows",
                called="the cost for each learner",
                hint="Before other funding is taken off.",
                optional=True,
            ),
            "paid_in_full": YesNoField("Is it paid in full?", called="it is paid in full", optional=True),
            **_notes("payment_note", "payment_standard", "the payment", _about("payment", notes)),
        }
    for claim in claims:
        name = claim.learner.name
        asked = "start" if claim.part == Part.START else "complete"
        questions[f"answer_{claim.id}"] = RadiosField(
            f"Did {name} {asked} this training as claimed?", choices=CLAIM_ANSWERS, optional=True
        )
        questions |= _notes(f"note_{claim.id}", f"standard_{claim.id}", name, _about("completion", notes))
    form: Form = type("ChecksForm", (Form,), questions)(data=dict(data))
    for name, question in form._fields.items():
        question.label.text = str(question.label.text).removesuffix(" (optional)")
        if name.startswith("standard_") or name == "payment_standard":
            question.label.text += " (only if the note is empty)"
    return form


def note_in(form: Form, note: str, standard: str, notes: Sequence[StandardNote]) -> str:
    """The note that was written, or else the standard note that was chosen."""
    written = str(form[note].data or "")
    chosen = next((each.text for each in notes if str(each.id) == form[standard].data), "")
    return written or chosen


NOTE_FOR = {Answer.ACTION_NEEDED: "To put right", Answer.REJECT: "To reject"}
"""What a standard note says to the employer, before its title."""


def _about(about: str, notes: Sequence[StandardNote]) -> list[StandardNote]:
    return [note for note in notes if note.about == about]


def _notes(note: str, standard: str, about: str, notes: Sequence[StandardNote]) -> dict[str, Any]:
    return {
        standard: SelectField(
            f"Standard note about {about}",
            choices=[(str(each.id), f"{NOTE_FOR[Answer(each.answer)]}: {each.title}") for each in notes],
            optional=True,
            width="app-whole-width",
        ),
        note: NoteField(
            f"Note to the employer about {about}",
            called=f"the note about {about}",
            hint="Needed unless you answer yes.",
            most=LONGEST_NOTE,
            rows=3,
            optional=True,
        ),
    }
