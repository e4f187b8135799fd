"""Routes that only tests have: every kind of question on one page, a page per audience, and things that fail."""

from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy import text

from claims import clock
from claims.lifecycle import ASSESSING_ROLES, Role, State
from claims.rules.findings import Finding, Says
from claims.rules.scheme import Parameter
from claims.web.access import ANYONE, actor, opens
from claims.web.forms.choosing import AgreeField, CheckboxesField, Choice, RadiosField, SelectField, YesNoField
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
from claims.web.forms.uploading import FilesField
from claims.web.transactions import give_up, session

pages = Blueprint(
    "specimens", __name__, url_prefix="/specimens", template_folder=str(Path(__file__).parent / "templates")
)

FINDINGS = (
    Finding(
        "course-has-maximum",
        Says.PASS,
        "The course is on the eligible list.",
        (("training.course", "610/4009/5"),),
        (Parameter("max_reimbursement_pence", 154000, "Skills for Care list", "secondary"),),
        "Eligible course list",
    ),
    Finding(
        "claim-in-time",
        Says.CHECK,
        "The last day to claim is 10 August 2025.",
        (("training.started_on", date(2025, 5, 10)), ("training.cost_gbp", 160000)),
        (Parameter("claim_window_months", 3, "NHSBSA help article", "secondary"),),
        "NHSBSA help article",
    ),
    Finding(
        "learner-engagement-is-funded",
        Says.FAIL,
        "Agency workers are not funded. Choose another learner.",
        (("learner.engagement", "agency"), ("learner.national_insurance_number", "AB123456C")),
        (),
        "Employer guide",
    ),
)


class Everything(Form):
    name = NameField("Full name", called="the learner’s name")
    email = EmailField("Email address")
    number = NationalInsuranceNumberField("National Insurance number", hint="It’s on the learner’s payslip or P60.")
    paid_on = DateField(
        "When did you pay?", called="the payment date", hint="For example, 27 3 2025", latest=date(2026, 2, 2)
    )
    cost = MoneyField(
        "Cost for each learner", called="the cost", hint="What you paid the provider, without VAT that you get back"
    )
    people = WholeNumberField("How many people does the invoice cover?", called="the number of people")
    provider = TextField("Training provider", most=40)
    model = RadiosField(
        "How do you want to claim?",
        called="how you want to claim",
        choices=[
            Choice("split", "60% now and 40% on completion", "You get £924.00 now and £616.00 later.", ("started_on",)),
            Choice("full", "All on completion", "You get £1,540.00 once the training is completed."),
        ],
    )
    started_on = DateField("When did the training start?", called="the start date")
    plan = YesNoField("Did you pay by a payment plan?", called="you paid by a payment plan")
    role = SelectField(
        "Job role", called="a job role", choices=[("care-worker", "Care worker"), ("nurse", "Registered nurse")]
    )
    services = CheckboxesField(
        "Services you provide", called="at least one service", choices=[("home", "Care home"), ("dom", "Care at home")]
    )
    files = FilesField(
        "Payment evidence",
        called="a file that shows the payment",
        most_files=4,
        hint="PDF, JPG or PNG, up to 2 MB each",
    )
    note = NoteField("Note to the assessor", called="a note", optional=True)
    code = CodeField("Security code", optional=True)
    agree = AgreeField("Declaration", words="What I have entered is correct", called="what you entered is correct")


@pages.route("/everything", methods=["GET", "POST"])
@opens(ANYONE)
def everything() -> Any:
    form = Everything()
    if form.validate_on_submit():
        flash("Everything was understood", "success")
        return redirect("/specimens/everything", code=303)
    return render_template("everything.html", form=form, findings=FINDINGS, states=list(State), now=clock.now())


@pages.get("/for-assessors")
@opens(*ASSESSING_ROLES)
def for_assessors() -> str:
    return render_template("error.html", trouble={"heading": f"Hello {actor().name}", "advice": ""})


@pages.route("/for-submitters", methods=["GET", "POST"])
@opens(Role.SRO, Role.SUBMITTER)
def for_submitters() -> Any:
    shown = render_template("error.html", trouble={"heading": "Yours", "advice": ""})
    if request.method == "GET":
        return shown
    said = request.form["said"]
    session().execute(text("INSERT INTO jottings VALUES (:said)"), {"said": said})
    if said == "broken":
        raise RuntimeError(f"marker {said}")
    if said == "refused":
        return shown, 422
    if said == "given up":
        give_up()
        return shown
    return redirect("/", code=303)


@pages.get("/writes")
@opens(ANYONE)
def writes() -> str:
    session().execute(text("INSERT INTO jottings VALUES ('by a GET')"))
    return "never"


@pages.get("/breaks")
@opens(ANYONE)
def breaks() -> str:
    raise RuntimeError("marker AB123456C")
