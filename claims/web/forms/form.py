"""The form every page's form is made from: one summary of what to put right, and a token that is sent once."""

import secrets
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from wtforms import HiddenField

from claims.web.forms.choosing import RadiosField
from claims.web.forms.question import Question
from claims.web.transactions import give_up


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Questions in the order they are asked.

    In a page: ``if form.validate_on_submit(): ...`` and otherwise render it again; what was typed is kept. In a
    template: ``{{ form.hidden_tag() }}`` and ``{{ form.paid_on() }}`` inside ``<form method="post" action="..."
    novalidate>``. ``layout.html`` draws the summary of ``form.problems()``.
    """

    form_token = HiddenField(default=lambda: secrets.token_urlsafe(24))
    """Made when the page is drawn and unique in the database once acted on: a form sent twice is done once."""

    def hidden_tag(self) -> Markup:
        """The tokens. Without ids, so that a page may hold several forms."""
        tag = Markup('<input type="hidden" name="{}" value="{}">')
        guard = tag.format(self.meta.csrf_field_name, generate_csrf())
        return guard + tag.format(self.form_token.name, self.form_token.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Judges every question that arises, all at once."""
        for field in self:
            if isinstance(field, Question):
                field.unasked = False
        for field in self:
            if isinstance(field, RadiosField):
                self._leave_unasked(field)
        return bool(super().validate(extra_validators))

    def _leave_unasked(self, radios: RadiosField) -> None:
        chosen = radios.chosen()
        asked = {name for choice in radios.choices if choice.value in chosen for name in choice.reveals}
        revealed = {name for choice in radios.choices for name in choice.reveals}
        for name in revealed - asked:
            self[name].unasked = True

    def refuse(self, name: str, sentence: str, at: str = "") -> None:
        """Puts an error found by a service at the question ``name``; nothing that was written is kept."""
        give_up()
        self[name].refuse(sentence, at)

    def problems(self) -> list[dict[str, str]]:
        """What to put right, in the order of the questions, each with the address of its place on the page."""
        return [
            {"text": sentence, "href": f"#{field.fault_id}"}
            for field in self
            if isinstance(field, Question)
            for sentence in field.errors
        ]
