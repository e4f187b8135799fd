"""The question for a date: three boxes that also take a whole date, pasted or in words."""

from collections.abc import Callable
from datetime import date
from typing import Any

from markupsafe import Markup

from claims.exchange import parsing_dates
from claims.web.forms.question import Question, draw

Day = date | Callable[[], date] | None


class DateField(Question):
    """Three boxes named ``x-day``, ``x-month`` and ``x-year``; a whole date may be pasted into the first.

    ``earliest`` and ``latest`` are inclusive; give a function where the limit moves with the day.
    """

    def __init__(
        self, label: str, *, earliest: Day = parsing_dates.EARLIEST_TRAINING_DATE, latest: Day = None, **rest: Any
    ) -> None:
        super().__init__(label, **rest)
        self.earliest, self.latest = earliest, latest
        self.boxes = ["", "", ""]

    def process(self, formdata: Any, data: Any = None, **_filters: Any) -> None:
        self.process_errors = []
        self.object_data = self.data = data if isinstance(data, date) else self._default()
        if self.data is not None:
            self.boxes = [str(self.data.day), str(self.data.month), str(self.data.year)]
        if formdata is None:
            return
        self.boxes = [
            str(formdata.get(f"{self.name}-{box}", ""))
            for box in (parsing_dates.DAY, parsing_dates.MONTH, parsing_dates.YEAR)
        ]
        self.raw_data = self.boxes
        try:
            self.process_formdata(self.boxes)
        except ValueError as error:
            self.process_errors.append(str(error))

    def _default(self) -> date | None:
        found = self.default() if callable(self.default) else self.default
        return found if isinstance(found, date) else None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if self.optional and not any(text.strip() for text in valuelist):
            return
        earliest, latest = (limit() if callable(limit) else limit for limit in (self.earliest, self.latest))
        self._take(
            lambda: parsing_dates.parse_date(valuelist, self.called, earliest or parsing_dates.EARLIEST_DATE, latest)
        )

    @property
    def fault_id(self) -> str:
        return f"{self.id}-{self.at_fault or parsing_dates.DAY}"

    def drawn(self, heading: bool = False, **_options: Any) -> Markup:
        names, wrong = (parsing_dates.DAY, parsing_dates.MONTH, parsing_dates.YEAR), bool(self.errors)
        items = [
            {
                "name": name,
                "value": text,
                "classes": f"govuk-input--width-{_width(name, text)}"
                + (" govuk-input--error" if wrong and self.at_fault in ("", name) else ""),
                # A month may be a word, and a whole date may be pasted into the first box.
                "inputmode": "numeric" if name == parsing_dates.YEAR else "text",
            }
            for name, text in zip(names, self.boxes, strict=True)
        ]
        return draw(
            "date-input",
            "govukDateInput",
            {
                **self.common(),
                "namePrefix": self.name,
                "fieldset": self.legend_params(heading),
                "items": items,
            },
        )


def _width(name: str, text: str) -> int:
    """Wide enough for a year or for ``Apr``; wider where a whole date or a long month was typed and is shown again."""
    if len(text) > 4:
        return 10
    return 4 if name == parsing_dates.YEAR else 3
