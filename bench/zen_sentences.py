"""Our sentences as templates for zen: their dates, amounts and names come from words that zen is given ready made."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from claims.rules.case import Case
from claims.rules.findings import Assessment, Finding
from claims.rules.wording import in_pounds, in_words

CANDIDATES = 20
"""Sentences of one rule and outcome that are tried as its template."""
SAMPLE = 200
"""Sentences on which they are tried."""

Words = Mapping[str, str]
Said = dict[tuple[str, str], Finding]
"""A finding of ours by rule and outcome, its message a template like ``You paid on ${w.paid_on}.``"""

_HOLE = re.compile(r"\$\{w\.(\w+)\}")


def words_of(case: Case) -> dict[str, str]:
    """What our sentences about this claim name, in words."""
    training, employer = case.facts.training, case.facts.employer
    cap = case.year.number_or_none(case.cap_name)
    role = case.reference.job_roles.get(case.facts.learner.job_role or "")
    left = None if cap is None or employer.committed_pence is None else cap - employer.committed_pence
    net = None if training.cost_pence is None else training.cost_pence - (training.other_funding_pence or 0)
    days: dict[str, date | None] = {
        "paid_on": training.paid_on,
        "second_payment_on": training.second_payment_on,
        "started_on": training.started_on,
        "completed_on": training.completed_on,
        "submission": case.submission_on,
        "first_submission": case.first_submission_on,
        "updated_on": employer.workforce_data_updated_on,
        "signed_on": employer.agreement_signed_on,
        "last_day": case.last_day_to_claim,
    }
    amounts = {
        "cost": training.cost_pence,
        "other": training.other_funding_pence,
        "net": net,
        "committed": employer.committed_pence,
        "left": left,
        "entitlement": case.amount.entitlement_pence,
    }
    return {
        **{name: in_words(day) if day else "" for name, day in days.items()},
        **{name: "" if pence is None else in_pounds(pence) for name, pence in amounts.items()},
        "title": case.entry.title if case.entry else "",
        "code": training.course or "",
        "role": role.title if role else "",
        "slug": case.facts.learner.job_role or "",
        "note": case.year_note,
    }


def sentences_as_templates(assessments: Iterable[Assessment], words: Iterable[Words]) -> Said:
    """For each rule and outcome the template that gives most of our sentences word for word."""
    found: dict[tuple[str, str], list[tuple[Finding, Words]]] = defaultdict(list)
    for assessment, of_claim in zip(assessments, words, strict=True):
        for finding in assessment.findings:
            samples = found[finding.rule, str(finding.outcome)]
            if len(samples) < SAMPLE:
                samples.append((finding, of_claim))
    return {key: _best_template(samples) for key, samples in found.items()}


def fill(template: str, words: Words) -> str:
    """The sentence that zen makes of ``template``."""
    return _HOLE.sub(lambda hole: words[hole[1]], template)


def _best_template(samples: list[tuple[Finding, Words]]) -> Finding:
    candidates = [finding._replace(message=_make_template(finding.message, of_claim)) for finding, of_claim in samples]
    return max(
        candidates[:CANDIDATES],
        key=lambda candidate: sum(
            fill(candidate.message, of_claim) == finding.message for finding, of_claim in samples
        ),
    )


def _make_template(sentence: str, words: Words) -> str:
    longest_first = sorted((word, name) for name, word in words.items() if word)
    longest_first.sort(key=lambda pair: -len(pair[0]))
    if not longest_first:
        return sentence
    names: dict[str, str] = {}
    for word, name in longest_first:
        names.setdefault(word, name)
    anywhere = re.compile("|".join(re.escape(word) for word in names))
    return anywhere.sub(lambda found: f"${{w.{names[found[0]]}}}", sentence)
