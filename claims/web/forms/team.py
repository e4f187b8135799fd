"""What is asked when a team changes."""

from claims.web.forms.choosing import AgreeField
from claims.web.forms.fields import EmailField, NameField
from claims.web.forms.form import Form


class InviteForm(Form):
    name = NameField("Name", called="their name")
    email = EmailField("Email address", called="their email address", hint="Their own, not one that is shared.")
    delegated = AgreeField(
        "Delegated authority",
        called="you delegate your authority to them",
        words=(
            "This person works for my organisation. I delegate my authority to them to prepare and submit claims, "
            "and I remain answerable for what they submit."
        ),
    )


class HandOverForm(Form):
    handed = AgreeField(
        "Declaration",
        called="you hand your responsibility over",
        words=(
            "This person has the authority to accept agreements for my organisation. Once they accept, they are its "
            "senior responsible officer and I am a submitter."
        ),
    )


class TakeOverForm(Form):
    taken = AgreeField(
        "Declaration",
        called="you have the authority to be the senior responsible officer",
        words=(
            "I have the authority to accept agreements for my organisation, and I answer for the claims that are "
            "submitted for it."
        ),
    )
