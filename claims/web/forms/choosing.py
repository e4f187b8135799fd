"""Questions that are answered by choosing: radios, checkboxes, a drop-down."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from wtforms.validators import StopValidation

from claims.web.forms.question import Question, draw


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen."""

    value: str
    words: str
    hint: str = ""
    reveals: tuple[str, ...] = ()
    """Names of other questions of the same form that only arise with this answer."""


Choices = Iterable[Choice | tuple[str, str]]


class _Choosing(Question):
    """A question with given answers. They may be set after the form is made: ``form.course.choices = ...``."""

    def __init__(self, label: str, *, choices: Choices = (), **rest: Any) -> None:
        super().__init__(label, **rest)
        self.choices = choices

    @property
    def choices(self) -> list[Choice]:
        return self._choices

    @choices.setter
    def choices(self, given: Choices) -> None:
        self._choices = [each if isinstance(each, Choice) else Choice(*each) for each in given]

    def chosen(self) -> set[str]:
        """The values that are chosen now."""
        return {str(self.data)} if self.data is not None else set()

    def process_formdata(self, valuelist: list[Any]) -> None:
        # Which answers there are may be set after the form was read, so validate judges them.
        self.data = str(valuelist[0]) if valuelist and valuelist[0] else None

    def judge(self) -> None:
        if self.data not in {choice.value for choice in self.choices}:
            self.data = None
        if self.data is None and not self.optional:
            raise StopValidation(f"Select {self.called}")

    def items(self) -> list[dict[str, Any]]:
        """The answers as radios and checkboxes take them."""
        chosen, items = self.chosen(), []
        for choice in self.choices:
            item: dict[str, Any] = {"value": choice.value, "text": choice.words}
            item["checked"] = choice.value in chosen
            if choice.hint:
                item["hint"] = {"text": choice.hint}
            if choice.reveals:
                item["conditional"] = {"html": Markup().join(self._form[name]() for name in choice.reveals)}
            items.append(item)
        return items

    def group(self, heading: bool) -> dict[str, Any]:
        """What a group of answers takes."""
        return {
            **self.common(),
            "idPrefix": self.id,
            "fieldset": self.legend_params(heading),
            "items": self.items(),
        }


class RadiosField(_Choosing):
    """One of a few answers, each with a hint and questions of its own if it needs them."""

    def drawn(self, heading: bool = False, **_options: Any) -> Markup:
        params = self.group(heading)
        if self.width:
            params["classes"] = self.width
        return draw("radios", "govukRadios", params)


class YesNoField(RadiosField):
    """Yes or no; ``data`` is ``True``, ``False`` or ``None``. ``yes_reveals`` names questions that only follow yes."""

    def __init__(self, label: str, *, yes_reveals: tuple[str, ...] = (), **rest: Any) -> None:
        choices = (Choice("yes", "Yes", reveals=yes_reveals), Choice("no", "No"))
        super().__init__(label, choices=choices, width="" if yes_reveals else "govuk-radios--inline", **rest)

    def chosen(self) -> set[str]:
        return {{True: "yes", False: "no"}[self.data]} if self.data is not None else set()

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = {"yes": True, "no": False}.get(str(valuelist[0])) if valuelist else None

    def judge(self) -> None:
        if self.data is None and not self.optional:
            raise StopValidation(f"Select yes if {self.called}")


class SelectField(_Choosing):
    """One of many answers, in a drop-down that starts empty."""

    def drawn(self, heading: bool = False, **_options: Any) -> Markup:
        chosen = self.chosen()
        items = [{"value": "", "text": "", "selected": not chosen}]
        items += [{"value": each.value, "text": each.words, "selected": each.value in chosen} for each in self.choices]
        params = {**self.common(), "label": self.label_params(heading), "items": items}
        return draw("select", "govukSelect", {**params, "classes": self.width})


class CheckboxesField(_Choosing):
    """Any of several answers; ``data`` is a list of values in the order they are offered."""

    def chosen(self) -> set[str]:
        return set(self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [str(value) for value in valuelist]

    def judge(self) -> None:
        chosen = self.chosen()
        self.data = [choice.value for choice in self.choices if choice.value in chosen]
        if not self.data and not self.optional:
            raise StopValidation(f"Select {self.called}")

    def drawn(self, heading: bool = False, **_options: Any) -> Markup:
        return draw("checkboxes", "govukCheckboxes", self.group(heading))


class AgreeField(CheckboxesField):
    """One box that must be ticked, such as a declaration; ``data`` is ``["yes"]``."""

    def __init__(self, label: str, *, words: str, **rest: Any) -> None:
        super().__init__(label, choices=(Choice("yes", words),), **rest)

    def judge(self) -> None:
        if "yes" not in self.chosen():
            raise StopValidation(f"Tick the box to say that {self.called}")
