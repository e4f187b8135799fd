"""The words of the message that a new course list changes an employer's drafts."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from claims.reminders.wording import Worded
from claims.rules.wording import in_pounds, in_words


class ChangedDraft(NamedTuple):
    """A draft that comes out otherwise under a new course list."""

    reference: str
    initials: str
    """The learner's."""
    course: str
    before_pence: int | None
    """``None`` while it cannot be worked out."""
    after_pence: int | None
    could_be_claimed: bool
    can_be_claimed: bool


def word_course_list_change(drafts: Sequence[ChangedDraft], from_on: date, most: int) -> Worded:
    """Tell that a course list changes drafts from a day on; ``most`` of them are named, the others counted."""
    lines = [_word_changed_draft(draft) for draft in drafts[:most]]
    if len(drafts) > most:
        lines.append(f"and {len(drafts) - most:,} more.")
    claims = "1 of your draft claims" if len(drafts) == 1 else f"{len(drafts):,} of your draft claims"
    return Worded(
        f"The course list changes on {in_words(from_on)}: {claims}",
        f"From {in_words(from_on)} a new version of the eligible course list holds. It changes {claims}:\n\n"
        + "\n".join(lines)
        + "\n\nClaims that you have submitted by then are judged by the list of the day on which you submitted them.",
        "/claims",
    )


def _word_changed_draft(draft: ChangedDraft) -> str:
    name = f"{draft.reference} ({draft.initials}, {draft.course})"
    if draft.could_be_claimed and not draft.can_be_claimed:
        return f"{name}: can no longer be claimed as it stands. Open it to see why."
    if draft.can_be_claimed and not draft.could_be_claimed:
        return f"{name}: can now be claimed, if the rest is in order. Open it to check."
    if draft.before_pence is not None and draft.after_pence is not None and draft.before_pence != draft.after_pence:
        return f"{name}: {in_pounds(draft.before_pence)} becomes {in_pounds(draft.after_pence)}."
    return f"{name}: what is checked changes. Open it to see."
