"""What an administrator fills in about accounts of the back office."""

from claims.lifecycle import Role
from claims.web.forms.choosing import Choice, RadiosField
from claims.web.forms.fields import EmailField, NameField
from claims.web.forms.form import Form

ROLES = (
    Choice(Role.ASSESSOR, "Assessor", hint="Checks evidence and decides claims."),
    Choice(Role.LEAD_ASSESSOR, "Lead assessor", hint="Also undoes decisions and agrees to samples."),
    Choice(Role.FINANCE, "Finance", hint="Draws up, releases and settles payment runs."),
    Choice(Role.ADMINISTRATOR, "Administrator", hint="Keeps course lists, funds and accounts."),
    Choice(Role.AUDITOR, "Auditor", hint="Looks at everything and changes nothing."),
)


class NewColleagueForm(Form):
    name = NameField("Name", called="the name", hint="As colleagues will read it.")
    email = EmailField("Email address", called="the email address", hint="Codes to sign in are sent there.")
    role = RadiosField("Role", called="the role", choices=ROLES)


class RoleForm(Form):
    role = RadiosField("Role", called="the role", choices=ROLES)
