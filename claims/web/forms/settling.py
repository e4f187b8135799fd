"""What an employer settles: bank details, the agreement; and what a lead assessor says of bank details."""

from claims.services.banking import NAME_LENGTH
from claims.web.forms.choosing import AgreeField
from claims.web.forms.fields import AccountNumberField, NoteField, SortCodeField, TextField
from claims.web.forms.form import Form


class BankDetailsForm(Form):
    account_name = TextField(
        "Name on the account",
        called="the name on the account",
        hint="An account of your organisation, as the bank writes its name.",
        most=NAME_LENGTH,
    )
    sort_code = SortCodeField("Sort code", called="the sort code", hint="Must be 6 digits long.")
    account_number = AccountNumberField(
        "Account number", called="the account number", hint="Must be between 6 and 8 digits long."
    )
    organisations = AgreeField(
        "Whose account is it?",
        called="the account belongs to your organisation",
        words="This account belongs to my organisation, and not to a person.",
    )


class SigningForm(Form):
    accepted = AgreeField(
        "Your signature",
        called="you accept the agreement for your organisation",
        words=(
            "I am the senior responsible officer. I have the authority to accept this agreement for my organisation, "
            "and I accept it."
        ),
    )


class RefusalForm(Form):
    reason = NoteField(
        "Why can they not be confirmed?",
        called="why they cannot be confirmed",
        hint="The employer reads this. Do not repeat the numbers.",
        most=500,
        rows=4,
    )
