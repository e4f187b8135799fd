"""The workforce view: learners by role category, who lacks the certificate, and what closing the gap would cost."""

from flask import Blueprint, render_template, request

from claims import clock
from claims.services.surveying import survey_workforce
from claims.web.access import opens
from claims.web.answers import Answer
from claims.web.drawing import draw_bars
from claims.web.listed import todays_reference
from claims.web.pages.employer.own import EMPLOYER, employer_id, own_services
from claims.web.pages.public.courses import in_address
from claims.web.transactions import session

pages = Blueprint("employer_workforce", __name__)


@pages.get("/workforce")
@opens(*EMPLOYER)
def workforce() -> Answer:
    asked = request.args.get("service", type=int)
    chosen = next((each for each in own_services() if each.id == asked), None)
    found = survey_workforce(session(), employer_id(), todays_reference(), clock.today(), chosen.id if chosen else None)
    bars = draw_bars(
        [
            (("held", group.certified), ("under-way", len(group.under_way)), ("without", len(group.without)))
            for group in found.groups
        ]
    )
    return render_template(
        "employer/workforce.html",
        found=found,
        drawn=list(zip(found.groups, bars, strict=True)),
        services=own_services(),
        chosen=chosen,
        in_address=in_address,
    )
