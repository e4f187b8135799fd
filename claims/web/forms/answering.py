"""What an employer says to an assessor's requests: a tick and a reply to each, and a note to the assessor."""

from collections.abc import Mapping, Sequence

from claims.models import ActionRequest
from claims.services.answering import Answered
from claims.web.forms.choosing import CheckboxesField, Choice
from claims.web.forms.fields import NoteField
from claims.web.forms.form import Form


class ResubmissionForm(Form):
    note = NoteField("A note to the assessor", called="the note to the assessor", optional=True)


def answers_form(requests: Sequence[ActionRequest], *, note: str = "", sent: bool) -> ResubmissionForm:
    """A tick and a reply box for each open request and a note, as kept before; as it was ``sent``, if it was."""
    fields: dict[str, object] = {}
    told: dict[str, object] = {"note": note}
    for number, request in enumerate(requests, start=1):
        fields[_tick(request)] = CheckboxesField(
            f"Request {number}", called=f"request {number}", choices=(Choice("yes", "Done"),), optional=True
        )
        fields[_reply(request)] = NoteField(
            f"Your reply to request {number}", called=f"the reply to request {number}", rows=3, optional=True
        )
        told[_tick(request)] = ["yes"] if request.ticked else []
        told[_reply(request)] = request.reply
    made: type[ResubmissionForm] = type("AnswersForm", (ResubmissionForm,), fields)
    return made(data=told) if sent else made(formdata=None, data=told)


def answers_in(form: ResubmissionForm, requests: Sequence[ActionRequest]) -> Mapping[int, Answered]:
    """What was said to each request, by its id."""
    return {
        request.id: Answered(form[_reply(request)].data or "", bool(form[_tick(request)].data)) for request in requests
    }


def fields_of(form: Form, request: ActionRequest) -> tuple[object, object]:
    """The tick and the reply box of one request."""
    return form[_tick(request)], form[_reply(request)]


def _tick(request: ActionRequest) -> str:
    return f"ticked_{request.id}"


def _reply(request: ActionRequest) -> str:
    return f"reply_{request.id}"
