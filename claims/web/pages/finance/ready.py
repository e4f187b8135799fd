"""Finance: what is ready to pay and what is held, the preview of a run, drawing it up."""

from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.setting_off import Planned, plan_set_offs
from claims.store.payments import runs
from claims.store.ready import Ready, RunFilter, ready_claims, ready_page
from claims.store.ready_sums import ready_sums
from claims.store.reference import from_files
from claims.web.access import actor, opens
from claims.web.answers import Answer, refused
from claims.web.forms.paying import FUNDS, DrawUpForm
from claims.web.listed import course_of
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("finance", __name__, url_prefix="/payments")

LOOKING = (Role.FINANCE, Role.AUDITOR)
AGES = (("7", "7 days ago or earlier"), ("14", "14 days ago or earlier"), ("28", "28 days ago or earlier"))
"""How long ago a claim was approved, in days."""
LAST_PAGE = 10_000
MOST_PAYMENTS = 50
"""Of employers, shown before the claims; a preview has all."""


@pages.get("")
@opens(*LOOKING)
def ready() -> Answer:
    wanted = _wanted()
    sums = ready_sums(session(), wanted, MOST_PAYMENTS)
    payable = next((each for each in sums if not each.held_because), None)
    held = [each for each in sums if each.held_because]
    # Where nothing can be paid, what is held is all there is to see.
    shows_held = bool(held) and (payable is None or request.args.get("show") == "held")
    return render_template(
        "finance/ready.html",
        wanted=wanted,
        query=_query(wanted),
        years=years(),
        funds=FUNDS,
        ages=AGES,
        payable=payable,
        held=held,
        payments=payable.largest if payable else (),
        more_payments=payable is not None and payable.groups > MOST_PAYMENTS,
        shows_held=shows_held,
        page=ready_page(session(), wanted, min(max(1, request.args.get("page", 1, int)), LAST_PAGE), held=shows_held),
        course_of=course_of,
        runs=runs(session(), limit=10),
        may_draw_up=actor().role is Role.FINANCE,
    )


@pages.get("/preview")
@opens(Role.FINANCE)
def preview() -> Answer:
    wanted = _wanted()
    payable = [each for each in ready_claims(session(), wanted) if not each.held_because]
    if not payable:
        return redirect(_ready_address(wanted), 303)
    set_offs = plan_set_offs(session(), payable)
    data = {**_query(wanted), "seen": seen_hash(payable, set_offs)}
    return render_template(
        "finance/preview.html",
        wanted=wanted,
        payable=payable,
        total=sum(each.amount_pence for each in payable),
        set_off=sum(each.pence for each in set_offs),
        payments=_payments(payable, set_offs),
        course_of=course_of,
        form=DrawUpForm(formdata=None, data=data),
        back=_ready_address(wanted),
    )


@pages.post("/runs")
@opens(Role.FINANCE)
def draw_up_run() -> Answer:
    form = DrawUpForm()
    wanted = RunFilter(
        str(form.year.data or ""),
        str(form.fund.data or "") or None,
        str(form.employer.data or ""),
        _approved_to(str(form.age.data or "")),
    )
    try:
        run = draw_up(
            session(),
            services().keyring,
            wanted,
            actor(),
            clock.now(),
            seen=str(form.seen.data or ""),
            token=str(form.form_token.data or ""),
        )
    except NotAllowed as no:
        return refused(no, _ready_address(wanted))
    return redirect(url_for("finance_runs.run", reference=run.reference), 303)


def years() -> list[str]:
    """The scheme years there are, in order of time."""
    return [year.name for year in from_files().years]


def _wanted() -> RunFilter:
    year = request.args.get("year", "")
    fund = request.args.get("fund", "")
    return RunFilter(
        year if year in years() else from_files().year_to_go_by(clock.today()).name,
        fund if fund in dict(FUNDS) else None,
        request.args.get("employer", "")[:100],
        _approved_to(request.args.get("age", "")),
    )


def _approved_to(age: str) -> date | None:
    """The last day of the decisions that are so many days old, for one of ``AGES``."""
    return clock.today() - timedelta(days=int(age)) if age in dict(AGES) else None


def _query(wanted: RunFilter) -> dict[str, str]:
    age = str((clock.today() - wanted.approved_to).days) if wanted.approved_to else ""
    return {"year": wanted.scheme_year, "fund": wanted.fund or "", "employer": wanted.employer, "age": age}


def _ready_address(wanted: RunFilter) -> str:
    return f"{url_for('finance.ready')}?{urlencode(_query(wanted))}"


def _payments(payable: list[Ready], set_offs: Sequence[Planned]) -> list[tuple[str, bool, str, int, int, int]]:
    """Employer, whether it is at risk, fund, claims, pence and what is set off of them, in the order of the claims."""
    kept_back: dict[tuple[int, str], int] = {}
    for planned in set_offs:
        key = planned.employer_id, planned.fund
        kept_back[key] = kept_back.get(key, 0) + planned.pence
    groups: dict[tuple[int, str, bool, str], list[Ready]] = {}
    for each in payable:
        groups.setdefault((each.employer_id, each.employer, each.at_risk, each.fund), []).append(each)
    return [
        (employer, at_risk, fund, len(group), sum(each.amount_pence for each in group), kept_back.get((owner, fund), 0))
        for (owner, employer, at_risk, fund), group in groups.items()
    ]
