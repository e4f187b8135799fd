"""What an administrator fills in about the pathway: a link of a course to a role category, a category itself."""

from datetime import date

from wtforms import HiddenField

from claims.reference.pathway import CATEGORY_KINDS
from claims.rules.scheme import RoleCategory
from claims.services.linking import Link
from claims.web.forms.choosing import Choice, RadiosField, YesNoField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import TextField, WholeNumberField
from claims.web.forms.form import Form
from claims.web.wording import NAMED_BY_AWARDING_BODY, NAMED_BY_GOVERNMENT, SUGGESTED

EARLIEST, LATEST = date(2020, 1, 1), date(2099, 12, 31)
BASES = {
    "G2": ("published", NAMED_BY_GOVERNMENT),
    "O": ("published", NAMED_BY_AWARDING_BODY),
    "I": ("inferred", SUGGESTED),
}
"""Kind of evidence, as in the reference file: the basis that it gives, and both in words."""


class LinkForm(Form):
    seen = HiddenField()
    """The latest edit when the page was made."""
    reach = RadiosField("Which courses is this about?", called="which courses it is about")
    serves = YesNoField(
        "Is it for this role?", called="it is for this role", yes_reveals=("rank", "evidence", "confidence")
    )
    rank = RadiosField(
        "How closely?",
        called="how closely",
        choices=(("primary", "Primary: made for this role"), ("secondary", "Secondary: of use in it too")),
    )
    evidence = RadiosField(
        "Who says so?",
        called="who says so",
        choices=[(key, words[:1].upper() + words[1:]) for key, (_, words) in BASES.items()],
    )
    confidence = RadiosField(
        "How sure is it?", called="how sure it is", choices=(("high", "High"), ("medium", "Medium"), ("low", "Low"))
    )
    source = TextField(
        "Where does this come from?", called="where this comes from", most=300, hint="A page and its date, for example."
    )

    def offer_reach(self, code: str, others: int) -> None:
        """The course alone, or with the ``others`` of its group."""
        only = Choice("course", f"Only {code}")
        self.reach.choices = (
            [Choice("group", f"The same course from everybody ({others + 1})"), only] if others else [only]
        )
        if not others:
            self.reach.data = "course"

    def link(self) -> Link | None:
        if not self.serves.data:
            return None
        return Link(self.rank.data, BASES[self.evidence.data][0], self.evidence.data, self.confidence.data)


class CategoryForm(Form):
    slug = TextField(
        "Short name for addresses", called="the short name", most=60, hint="Small letters, numbers and hyphens."
    )
    title = TextField("Title", called="the title", most=100)
    kind = RadiosField(
        "What kind of role is it?",
        called="the kind of role",
        choices=[(kind, kind.capitalize()) for kind in CATEGORY_KINDS],
    )
    summary = TextField("What people in it do", called="what people in it do", most=300)
    position = WholeNumberField("Place in the list", called="the place in the list", most_number=999)
    from_on = DateField("First day", called="the first day", earliest=EARLIEST, latest=LATEST, optional=True)
    to_on = DateField("Last day", called="the last day", earliest=EARLIEST, latest=LATEST, optional=True)
    source = TextField("Where does this come from?", called="where this comes from", most=300)

    def category(self, slug: str = "") -> RoleCategory:
        """As filled in; ``slug`` where it was not asked for."""
        return RoleCategory(
            slug or self.slug.data,
            self.title.data,
            self.kind.data,
            self.summary.data,
            self.position.data,
            self.from_on.data,
            self.to_on.data,
        )
