"""The questions about one purchase: the form with what was saved, saving it, and what an outcome still needs."""

from collections.abc import Sequence
from typing import Any

from claims import clock
from claims.decisions import Answer as Said
from claims.lifecycle import State
from claims.models import Claim, Purchase
from claims.services.checking import (
    latest_completion_check,
    latest_payment_check,
    needs_payment_check,
    save_completion_check,
    save_payment_check,
    standing_payment_check,
)
from claims.store.claims import claims_in
from claims.store.facts import cost_shared
from claims.store.standard_notes import offered_notes
from claims.web.access import actor
from claims.web.forms.assessing import make_checks_form, note_in
from claims.web.forms.form import Form
from claims.web.listed import course_of
from claims.web.transactions import session


def waiting_claims(found: Purchase) -> list[Claim]:
    """Those of the purchase that wait for a decision."""
    return [claim for claim in claims_in(session(), found) if claim.state == State.SUBMITTED]


def _needs_payment(found: Purchase, claims: Sequence[Claim]) -> bool:
    course = course_of(found.course_code)
    internal = course is not None and course.entry.is_internal_ommt
    return any(needs_payment_check(claim, internal_ommt=internal) for claim in claims)


def checks_form(found: Purchase) -> Form:
    """The form, with what was saved of it and what was inherited."""
    claims = waiting_claims(found)
    saved: dict[str, Any] = {}
    check = latest_payment_check(session(), found)
    if check is not None and (check.confirmed_at is None or standing_payment_check(session(), found) is check):
        saved |= {"payment": check.answer, "paid_in_full": check.paid_in_full, "payment_note": check.note}
    shared = cost_shared(found)
    saved["cost"] = (check.cost_pence if check and saved else None) or (shared.cost_pence if shared else None)
    for claim in claims:
        mine = latest_completion_check(session(), claim)
        if mine is not None and mine.confirmed_at is None:
            saved |= {f"answer_{claim.id}": mine.answer, f"note_{claim.id}": mine.note}
    return make_checks_form(claims, saved, offered_notes(session()), with_payment=_needs_payment(found, claims))


def save(found: Purchase, form: Form) -> None:
    """Save every answer and note; raises ``NotAllowed``."""
    by, at, notes = actor(), clock.now(), offered_notes(session())
    if "payment" in form and (form["payment"].data or form["payment_note"].data or form["payment_standard"].data):
        standing = standing_payment_check(session(), found)
        answer = Said(form["payment"].data) if form["payment"].data else None
        told: dict[str, Any] = {
            "answer": answer,
            "cost_pence": form["cost"].data if answer is Said.YES else None,
            "paid_in_full": form["paid_in_full"].data if answer is Said.YES else None,
            "note": "" if answer is Said.YES else note_in(form, "payment_note", "payment_standard", notes),
        }
        # A check that passed before and says the same is inherited, not made again.
        if standing is None or any(getattr(standing, name) != value for name, value in told.items()):
            save_payment_check(session(), found, by, at, **told)
    for claim in waiting_claims(found):
        if f"answer_{claim.id}" not in form:
            continue
        chosen = form[f"answer_{claim.id}"].data
        note = note_in(form, f"note_{claim.id}", f"standard_{claim.id}", notes)
        if chosen or note:
            answer = Said(chosen) if chosen else None
            note = "" if answer is Said.YES else note
            save_completion_check(session(), claim, by, at, answer=answer, note=note)


def ask_for_what_is_missing(found: Purchase, form: Form) -> bool:
    """Puts a sentence at each question that must be answered before there is an outcome. What was saved stays."""
    missing: list[tuple[str, str]] = []
    notes = offered_notes(session())
    payment = form["payment"].data if "payment" in form else None
    if "payment" in form:
        first_of_plan = bool(found.by_plan) and all(claim.part == "start" for claim in waiting_claims(found))
        if payment is None:
            missing.append(("payment", "Select whether the payment is in order"))
        elif payment == Said.YES:
            if form["cost"].data is None:
                missing.append(("cost", "Enter the cost for each learner"))
            if not form["paid_in_full"].data and not first_of_plan:
                missing.append(
                    ("paid_in_full", "A payment in order is paid in full. If it is not, ask for action or reject it")
                )
        elif not note_in(form, "payment_note", "payment_standard", notes):
            missing.append(("payment_note", "Write a note about the payment, or choose a standard note"))
    answers = [name for name in form._fields if name.startswith("answer_")]
    for name in answers:
        claim_id = name.removeprefix("answer_")
        if form[name].data in (Said.ACTION_NEEDED, Said.REJECT) and not note_in(
            form, f"note_{claim_id}", f"standard_{claim_id}", notes
        ):
            missing.append((f"note_{claim_id}", "Write a note, or choose a standard note"))
    undecided = all(form[name].data is None for name in answers)
    if undecided and payment in (None, Said.YES) and not missing:
        missing += [(answers[0], "Select an answer for at least one claim")] if answers else []
    for name, sentence in missing:
        form[name].refuse(sentence)
    return bool(missing)
