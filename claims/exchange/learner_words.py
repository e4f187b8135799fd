"""Reads the words in which people say who a learner is: job role, way of working, yes or no. Pure functions."""

import re
from collections.abc import Iterable

from claims.exchange.parsing import Misread
from claims.rules.facts import Engagement
from claims.rules.scheme import JobRole

ENGAGEMENTS: dict[Engagement, str] = {
    Engagement.EMPLOYEE: "Employee",
    Engagement.BANK: "Bank staff",
    Engagement.ZERO_HOURS: "Zero-hours contract",
    Engagement.AGENCY: "Agency worker",
    Engagement.PERSONAL_ASSISTANT: "Personal assistant",
    Engagement.VOLUNTEER: "Volunteer",
    Engagement.SELF_EMPLOYED: "Self-employed",
}
_OTHER_NAMES = {
    "careassistant": "care-worker",
    "carer": "care-worker",
    "seniorcarer": "senior-care-worker",
    "seniorcareassistant": "senior-care-worker",
}
"""What staff lists call the job roles of ASC-WDS, as compared, where it can mean one of them only."""
_ANSWERS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def as_compared(text: str) -> str:
    """Letters and digits only, without case: how two ways of writing one name are found to be equal."""
    return re.sub(r"[\W_]", "", text.casefold())


def parse_whole_name(text: str) -> tuple[str, str]:
    """First and last name out of one text: "Last, First", or what stands before and after the last space.

    Nobody can tell from the letters where a name such as Anna van der Berg parts, so show it to be checked.
    """
    words = " ".join(text.split())
    last, comma, first = map(str.strip, words.partition(","))
    if not comma:
        first, _, last = words.rpartition(" ")
    if not first or not last or "," in first:
        raise Misread(f"“{words}” must be a first and a last name, such as Sam Okoro or Okoro, Sam")
    return first, last


def parse_job_role(text: str, roles: Iterable[JobRole], where: str = "the list") -> str:
    """The slug of the job role that is called so; ``where`` says in which list the person finds them."""
    if not text:
        raise Misread("Enter the job role")
    wanted = as_compared(text)
    meant = _OTHER_NAMES.get(wanted)
    for role in roles:
        if role.slug == meant or wanted in (as_compared(role.title), as_compared(role.slug)):
            return role.slug
    raise Misread(f"“{text}” is not a job role we know: use one from {where}")


def parse_engagement(text: str) -> Engagement:
    wanted = as_compared(text)
    for engagement, words in ENGAGEMENTS.items():
        if wanted in (as_compared(engagement.value), as_compared(words)):
            return engagement
    ways = ", ".join(ENGAGEMENTS.values())
    raise Misread(f"How they work for you must be one of: {ways}" if text else "Enter how they work for you")


def parse_yes_or_no(text: str, called: str, blank: bool | None = None) -> bool:
    """``called`` goes on from "say"; ``blank`` is what an empty answer means, if it means anything."""
    if not text and blank is not None:
        return blank
    if text.casefold() not in _ANSWERS:
        raise Misread(f"Enter yes or no to say {called}")
    return _ANSWERS[text.casefold()]
