"""What a lead assessor or an administrator fills in about a standard note."""

from wtforms import HiddenField

from claims.decisions import Answer
from claims.services.checking import LONGEST_NOTE
from claims.web.forms.choosing import Choice, RadiosField
from claims.web.forms.fields import NoteField, TextField
from claims.web.forms.form import Form


class StandardNoteForm(Form):
    seen = HiddenField()
    """How often it had been changed when the page was made."""
    about = RadiosField(
        "What is it about?",
        called="what it is about",
        choices=(("payment", "The payment check of a purchase"), ("completion", "The completion check of a claim")),
    )
    answer = RadiosField(
        "What does it tell the employer?",
        called="what it tells the employer",
        choices=(
            Choice(Answer.ACTION_NEEDED, "That something must be put right"),
            Choice(Answer.REJECT, "That it is rejected"),
        ),
    )
    title = TextField(
        "Title", called="the title", most=100, hint="What assessors choose it by. The employer does not read it."
    )
    text = NoteField(
        "Text",
        called="the text",
        most=LONGEST_NOTE,
        rows=8,
        hint="What the employer reads, unless the assessor changes it. Name nobody in it.",
    )
