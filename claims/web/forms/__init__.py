"""Forms: what people type or choose, read forgivingly and kept strictly."""

from claims.web.forms.choosing import (
    AgreeField,
    CheckboxesField,
    Choice,
    RadiosField,
    SelectField,
    YesNoField,
)
from claims.web.forms.dates import DateField
from claims.web.forms.fields import (
    CodeField,
    EmailField,
    MoneyField,
    NameField,
    NationalInsuranceNumberField,
    NoteField,
    TextField,
    WholeNumberField,
)
from claims.web.forms.form import Form
from claims.web.forms.uploading import FileField, FilesField

__all__ = [
    "AgreeField",
    "CheckboxesField",
    "Choice",
    "CodeField",
    "DateField",
    "EmailField",
    "FileField",
    "FilesField",
    "Form",
    "MoneyField",
    "NameField",
    "NationalInsuranceNumberField",
    "NoteField",
    "RadiosField",
    "SelectField",
    "TextField",
    "WholeNumberField",
    "YesNoField",
]
