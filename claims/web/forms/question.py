"""One thing that is asked: how it is judged, and how it is drawn with the page furniture's macros."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from flask import current_app
from markupsafe import Markup
from wtforms import Field

from claims.exchange.parsing import Misread


def draw(component: str, macro: str, params: dict[str, Any]) -> Markup:
    """Renders one component of the page furniture."""
    template = current_app.jinja_env.get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    drawn: Markup = getattr(template.module, macro)(params)
    return drawn


def _ask(field: "Question", **options: Any) -> Markup:
    return field.drawn(**options)


class Question(Field, ABC):  # type: ignore[misc]  # WTForms has no types
    """One thing that is asked. Subclasses say how the answer is read and judged, and how the question is drawn.

    ``called`` is what error sentences call it, such as "the payment date". Drawn with ``heading=True`` it is the
    page's ``h1``; then empty the page's ``h1`` block.
    """

    widget = staticmethod(_ask)
    classes: ClassVar[str] = ""
    data: Any

    def __init__(
        self, label: str, *, called: str = "", hint: str = "", optional: bool = False, width: str = "", **rest: Any
    ) -> None:
        super().__init__(f"{label} (optional)" if optional else label, **rest)
        self.called = called or f"the {label[:1].lower()}{label[1:]}"
        self.hint = hint
        self.optional = optional
        self.width = width
        """A class of the grid or of inputs, such as ``govuk-input--width-10``."""
        self.errors: Sequence[str] = ()
        self.at_fault = ""
        """Which of several boxes the error points at."""
        self.unasked = False
        """True when another answer means that this question does not arise."""

    @property
    def fault_id(self) -> str:
        """The id that the error summary links to."""
        return str(self.id)

    def _take(self, read: Callable[[], Any]) -> None:
        try:
            self.data = read()
        except Misread as misread:
            self.at_fault = misread.at
            raise ValueError(misread.sentence) from misread

    def validate(self, form: Any, extra_validators: Iterable[Any] = ()) -> bool:
        if self.unasked:
            self.data, self.errors = None, []
            self.process_errors.clear()
            return True
        # Validators look at a value; when there is none the sentence about reading it says enough.
        if self.process_errors:
            self.errors = list(self.process_errors)
            return False
        return bool(super().validate(form, extra_validators))

    def pre_validate(self, _form: Any) -> None:
        self.judge()

    def judge(self) -> None:
        """Looks at ``data`` once the whole form is known. Raises ``StopValidation`` with a sentence."""

    def refuse(self, sentence: str, at: str = "") -> None:
        """Adds an error that was found later, by a service or by comparing answers."""
        self.errors = [*self.errors, sentence]
        self.at_fault = at

    def common(self) -> dict[str, Any]:
        """What every component takes: hint and error, both announced with the control."""
        params: dict[str, Any] = {"id": self.id, "name": self.name}
        if self.hint:
            params["hint"] = {"text": self.hint}
        if self.errors:
            params["errorMessage"] = {"text": self.errors[0]}
        return params

    def titled(self, heading: bool) -> dict[str, Any]:
        """The label or legend."""
        return {"text": self.label.text, "isPageHeading": heading}

    def label_params(self, heading: bool) -> dict[str, Any]:
        return {**self.titled(heading), "classes": "govuk-label--l" if heading else "govuk-label--s"}

    def legend_params(self, heading: bool) -> dict[str, Any]:
        classes = "govuk-fieldset__legend--l" if heading else "govuk-fieldset__legend--s"
        return {"legend": {**self.titled(heading), "classes": classes}}

    @abstractmethod
    def drawn(self, **options: Any) -> Markup:
        """The question with its hint, its error and what was answered, as the page shows it."""
