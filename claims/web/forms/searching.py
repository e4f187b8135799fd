"""The one box in which staff look for anything."""

from claims.web.forms.fields import TextField
from claims.web.forms.form import Form


class SearchForm(Form):
    sought = TextField(
        "What are you looking for?",
        called="what you are looking for",
        hint="A claim’s reference, a workplace ID, an email address, a National Insurance number, the number of a "
        "purchase, the reference of a payment run, the beginning of an employer’s name, or a learner’s name.",
        most=254,
    )
