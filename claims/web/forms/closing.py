"""What finance fills in at the end of a scheme year."""

from claims.web.forms.fields import NoteField
from claims.web.forms.form import Form


class CloseForm(Form):
    """Only a button."""


class ReopenForm(Form):
    reason = NoteField("Why is it opened again?", called="the reason", rows=3)
