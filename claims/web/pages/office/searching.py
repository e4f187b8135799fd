"""Staff: one box in which anything is looked for, and what is found by kind.

What is typed arrives by POST, so that a National Insurance number never stands in an address. Anything else leads on
to an address, so that one can come back to what was found.
"""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for

from claims.lifecycle import ASSESSING_ROLES, Role
from claims.rules.learner import normal_national_insurance_number
from claims.secrets import mask_national_insurance_number
from claims.services.searching import Found, find, find_by_number, looks_like_a_number
from claims.store.searching import MOST
from claims.web.access import actor, opens
from claims.web.answers import Answer
from claims.web.forms.searching import SearchForm
from claims.web.listed import course_of
from claims.web.navigation import PAYING_ROLES
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("searching", __name__, url_prefix="/search")

STAFF = (Role.ASSESSOR, Role.LEAD_ASSESSOR, Role.FINANCE, Role.AUDITOR)


@pages.get("")
@opens(*STAFF)
def search() -> Answer:
    sought = " ".join(request.args.get("for", "").replace("\0", "")[:254].split())
    form = SearchForm(formdata=None)
    if looks_like_a_number(sought):
        form.refuse("sought", "Type a National Insurance number here: it must not stand in an address")
        return _page(form)
    if not sought:
        return _page(form)
    found = find(session(), sought)
    if _is_one_claim(found):
        return redirect(url_for("assessor_claims.claim", claim_id=found.claims[0].id), 303)
    return _page(SearchForm(formdata=None, data={"sought": sought}), sought, found)


@pages.post("")
@opens(*STAFF)
def look_for() -> Answer:
    form = SearchForm()
    if not form.validate_on_submit():
        return _page(form)
    sought = str(form.sought.data)
    if number := normal_national_insurance_number(sought):
        found = find_by_number(session(), services().keyring, number)
        return _page(SearchForm(formdata=None), mask_national_insurance_number(number), found)
    if looks_like_a_number(sought):
        form.refuse("sought", "Enter a whole National Insurance number and nothing else, like QQ 12 34 56 C")
        return _page(form)
    return redirect(f"{url_for('.search')}?{urlencode({'for': sought})}", 303)


def _is_one_claim(found: Found) -> bool:
    return len(found.claims) == 1 and not (found.purchase or found.employers or found.learners)


def _page(form: SearchForm, sought: str = "", found: Found | None = None) -> str:
    role = actor().role
    return render_template(
        "office/search.html",
        form=form,
        sought=sought,
        found=found,
        most=MOST,
        course_of=course_of,
        may_see_purchases=role in ASSESSING_ROLES or role is Role.AUDITOR,
        may_see_runs=role in PAYING_ROLES,
    )
