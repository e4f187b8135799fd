"""The rule that nothing is claimed twice."""

from claims.rules.case import Case, Read
from claims.rules.findings import FAIL, PASS, UNKNOWN, Finding
from claims.rules.sources import GUIDE


def not_claimed_before(case: Case) -> Finding:
    """No live claim, with any employer, for the same person and course overlaps this part."""
    part = case.facts.claim.part
    found = case.facts.claim.overlapping
    facts: Read = (("claim.part", part), ("claim.overlapping.own", None if found is None else found.own))
    if found is not None:
        facts += (("claim.overlapping.another_employer", found.another_employer),)
    if part is None:
        outcome = UNKNOWN
        message = "Tell us which part you are claiming, so that we can look for other claims for it."
    elif found is None:
        outcome = UNKNOWN
        message = "We look for other claims for this learner and course when you give their National Insurance number."
    elif found.own:
        outcome = FAIL
        message = (
            "You already have a claim that covers this for this learner and course, so you cannot claim it again: "
            f"see {', '.join(found.own)}"
        ) + ("; another employer has claimed for them too." if found.another_employer else ".")
    elif found.another_employer:
        outcome = FAIL
        message = (
            "Another employer has already claimed for this learner and course, so you cannot: "
            "ask the learner about it, or contact us."
        )
    else:
        outcome, message = PASS, "No other claim for this learner and course covers the same part."
    return Finding("not-claimed-before", outcome, message, facts, (), GUIDE)
