"""Questions that are answered with files. What is in them is judged where files are checked, not here."""

from typing import Any

from flask import request
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms.validators import StopValidation

from claims.web.forms.question import Question, draw

TOO_LARGE = "too-large"
"""In the address of a page to which a browser is sent back, because it sent more than is read at all."""


class FilesField(Question):
    """Up to ``most_files`` files; ``data`` is a list of ``FileStorage``. ``accept`` is a hint to the browser only."""

    def __init__(self, label: str, *, most_files: int = 1, accept: str = ".pdf,.jpg,.jpeg,.png", **rest: Any) -> None:
        super().__init__(label, **rest)
        self.most_files = most_files
        self.accept = accept

    def process(self, formdata: Any, data: Any = None, **filters: Any) -> None:
        super().process(formdata, data, **filters)
        if TOO_LARGE in request.args and request.method == "GET":
            self.errors = ["The files were too large to be sent, so nothing was uploaded. Choose fewer or smaller ones"]

    def process_formdata(self, valuelist: list[Any]) -> None:
        # A browser sends one nameless empty file when none was chosen.
        self.data = [each for each in valuelist if isinstance(each, FileStorage) and each.filename]

    def process_data(self, value: Any) -> None:
        self.data = value or []

    def judge(self) -> None:
        if not self.data and not self.optional:
            raise StopValidation(f"Choose {self.called}")
        if len(self.data) > self.most_files:
            raise StopValidation(f"Choose no more than {self.most_files}: you chose {len(self.data)}")

    def drawn(self, heading: bool = False, **_options: Any) -> Markup:
        params = {
            **self.common(),
            "label": self.label_params(heading),
            "attributes": {"accept": self.accept},
            "javascript": True,
        }
        if self.most_files > 1:
            params |= {
                "multiple": True,
                "chooseFilesButtonText": "Choose files",
                "noFileChosenText": "No files chosen",
                "dropInstructionText": "or drop files",
            }
        return draw("file-upload", "govukFileUpload", params)


class FileField(FilesField):
    """One file; ``file`` is it, or ``None``."""

    @property
    def file(self) -> FileStorage | None:
        return self.data[0] if self.data else None
