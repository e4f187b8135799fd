"""Questions that are answered by typing: text, names, numbers, money, notes."""

from abc import abstractmethod
from typing import Any, ClassVar

from markupsafe import Markup

from claims.exchange import parsing
from claims.services.proving import RECOVERY_LENGTH
from claims.web import formats
from claims.web.forms.question import Question, draw


class TypedField(Question):
    """What is answered by typing into one box. Subclasses say how what was typed is read."""

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value of ``text``. Raises ``Misread``."""

    def written(self, value: Any) -> str:
        """``value`` as one would type it."""
        return str(value)

    @property
    def typed(self) -> str:
        """What was typed, or the present value as one would type it."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.written(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        self.data = None
        if text.strip() or not self.optional:
            self._take(lambda: self.read(text))


class TextField(TypedField):
    """One line of text."""

    type_: ClassVar[str] = "text"
    extra: ClassVar[dict[str, Any]] = {}

    def __init__(self, label: str, *, most: int = 200, autocomplete: str = "", **rest: Any) -> None:
        super().__init__(label, **rest)
        self.most = most
        self.autocomplete = autocomplete

    def read(self, text: str) -> Any:
        return parsing.parse_text(text, self.called, self.most)

    def drawn(self, heading: bool = False, **_options: Any) -> Markup:
        params = {
            **self.common(),
            "label": self.label_params(heading),
            "value": self.typed,
            "type": self.type_,
            "classes": self.width or self.classes,
            **self.extra,
        }
        if self.autocomplete:
            params["autocomplete"] = self.autocomplete
        return draw("input", "govukInput", params)


class NameField(TextField):
    """A person's name."""

    extra: ClassVar[dict[str, Any]] = {"spellcheck": False}

    def read(self, text: str) -> str:
        return parsing.parse_name(text, self.called)


class EmailField(TextField):
    type_ = "email"
    extra: ClassVar[dict[str, Any]] = {"spellcheck": False, "autocomplete": "email"}

    def read(self, text: str) -> str:
        return parsing.parse_email(text, self.called)


class CodeField(TextField):
    """A one-time code of ``digits`` digits, in any spacing."""

    classes = "govuk-input--width-10 govuk-input--extra-letter-spacing"
    extra: ClassVar[dict[str, Any]] = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": False}

    def __init__(self, label: str, *, digits: int = 6, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.digits = digits

    def read(self, text: str) -> str:
        return parsing.parse_code(text, self.called, self.digits)


class SecondFactorField(TextField):
    """What an authenticator app shows, or a recovery code: 6 digits, or 10 letters and digits, in any spacing."""

    classes = "govuk-input--width-10 govuk-input--extra-letter-spacing"
    extra: ClassVar[dict[str, Any]] = {"autocomplete": "one-time-code", "spellcheck": False, "autocapitalize": "none"}

    def read(self, text: str) -> str:
        typed = parsing.tidy(text).replace(" ", "").replace("-", "")
        if not typed:
            raise parsing.Misread(f"Enter {self.called}")
        if (typed.isdecimal() and len(typed) == 6) or (typed.isalnum() and len(typed) == RECOVERY_LENGTH):
            return typed
        raise parsing.Misread(
            f"{parsing.capitalise(self.called)} must be 6 digits; "
            f"a recovery code has {RECOVERY_LENGTH} letters and digits"
        )


class RecoveryCodeField(SecondFactorField):
    """10 letters and digits, in any spacing, for whoever has no app."""

    def read(self, text: str) -> str:
        typed = parsing.tidy(text).replace(" ", "").replace("-", "")
        if not typed:
            raise parsing.Misread(f"Enter {self.called}")
        if typed.isalnum() and len(typed) == RECOVERY_LENGTH:
            return typed
        raise parsing.Misread(f"{parsing.capitalise(self.called)} must have {RECOVERY_LENGTH} letters and digits")


class NationalInsuranceNumberField(TextField):
    classes = "govuk-input--width-10 govuk-input--extra-letter-spacing"
    extra: ClassVar[dict[str, Any]] = {"spellcheck": False, "autocapitalize": "characters"}

    def __init__(self, label: str, *, called: str = "the National Insurance number", **rest: Any) -> None:
        super().__init__(label, called=called, **rest)

    def read(self, text: str) -> str:
        return parsing.parse_national_insurance_number(text, self.called)

    def written(self, value: str) -> str:
        return formats.spaced_number(value)


class SortCodeField(TextField):
    """Six digits, typed in any spacing."""

    classes = "govuk-input--width-5 govuk-input--extra-letter-spacing"
    extra: ClassVar[dict[str, Any]] = {"inputmode": "numeric", "spellcheck": False, "autocomplete": "off"}

    def read(self, text: str) -> str:
        return parsing.parse_sort_code(text, self.called)


class AccountNumberField(TextField):
    """Eight digits; six or seven are padded."""

    classes = "govuk-input--width-10 govuk-input--extra-letter-spacing"
    extra: ClassVar[dict[str, Any]] = {"inputmode": "numeric", "spellcheck": False, "autocomplete": "off"}

    def read(self, text: str) -> str:
        return parsing.parse_account_number(text, self.called)


class MoneyField(TextField):
    """Pounds as typed, whole pence as kept; from ``least_pence`` to ``most_pence``, both allowed."""

    classes = "govuk-input--width-10"
    extra: ClassVar[dict[str, Any]] = {"prefix": {"text": "£"}, "inputmode": "decimal", "spellcheck": False}

    def __init__(self, label: str, *, least_pence: int = 1, most_pence: int = parsing.MOST_PENCE, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.least_pence, self.most_pence = least_pence, most_pence

    def read(self, text: str) -> int:
        return parsing.parse_money(text, self.called, self.least_pence, self.most_pence)

    def written(self, value: int) -> str:
        return formats.money(value).removeprefix("£")


class WholeNumberField(TextField):
    classes = "govuk-input--width-5"
    extra: ClassVar[dict[str, Any]] = {"inputmode": "numeric", "spellcheck": False}

    def __init__(self, label: str, *, least: int = 1, most_number: int = 10_000, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.least, self.most_number = least, most_number

    def read(self, text: str) -> int:
        return parsing.parse_whole_number(text, self.called, self.least, self.most_number)


class NoteField(TypedField):
    """Several lines, with a count of what is left; a line break counts as one character."""

    def __init__(self, label: str, *, most: int = parsing.NOTE_LENGTH, rows: int = 5, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.most, self.rows = most, rows

    def read(self, text: str) -> str:
        return parsing.parse_note(text, self.called, self.most)

    def drawn(self, heading: bool = False, **_options: Any) -> Markup:
        params = {
            **self.common(),
            "label": self.label_params(heading),
            "value": self.typed,
            "maxlength": self.most,
            "rows": self.rows,
            "threshold": 50,
        }
        return draw("character-count", "govukCharacterCount", params)
