"""What the rules about the learner say."""

import pytest

from claims.rules.learner import roles_alike
from claims.rules.scheme import JobRole
from claims.rules.sources import GUIDE, JOB_ROLES, NUMBER_FORMAT
from tests.rules.judgements import (
    COMPLETION,
    EXTERNAL_OMMT,
    FULL,
    Judgement,
    claim,
    hold,
    laid_over,
    learner,
    of_rule,
    training,
    when,
)

NURSE = learner(job_role="registered-nurse")

JUDGEMENTS = (
    *of_rule(
        "learner-has-national-insurance-number",
        when("it is well-formed", {}, "pass", "The National Insurance number has the right form."),
        when(
            "it is malformed",
            learner(national_insurance_number="AB123456E"),
            "fail",
            (
                "This is not a National Insurance number, which has two letters, six numbers and a letter A to "
                "D, like AB 12 34 56 C: check it against the learner's payslip."
            ),
        ),
        when(
            "it is not given",
            learner(national_insurance_number=None),
            "unknown",
            "Enter the learner's National Insurance number.",
        ),
        source=NUMBER_FORMAT,
        reads="learner.national_insurance_number",
    ),
    *of_rule(
        "learner-works-in-england",
        when("the learner does", {}, "pass", "The learner is legally employed in England."),
        when(
            "the learner does not",
            learner(works_in_england=False),
            "fail",
            ("Only staff who are legally employed in England are funded, so this learner cannot be claimed for."),
        ),
        when(
            "nobody has said",
            learner(works_in_england=None),
            "unknown",
            "Tell us whether the learner is legally employed in England.",
        ),
        source=GUIDE,
        reads="learner.works_in_england",
    ),
    *of_rule(
        "learner-engagement-is-funded",
        when("the learner is an employee", {}, "pass", "The learner works for you as an employee, which is funded."),
        when(
            "bank staff",
            learner(engagement="bank"),
            "pass",
            "The learner works for you as bank staff, which is funded.",
        ),
        when(
            "on zero hours",
            learner(engagement="zero-hours"),
            "pass",
            "The learner works for you as staff on a zero-hours contract, which is funded.",
        ),
        when(
            "agency staff",
            learner(engagement="agency"),
            "pass",
            "The learner works for you as agency staff, which is funded.",
        ),
        when(
            "a personal assistant",
            learner(engagement="personal-assistant"),
            "pass",
            "The learner works for you as a personal assistant, which is funded.",
        ),
        when(
            "a volunteer",
            learner(engagement="volunteer"),
            "fail",
            (
                "The learner is a volunteer, and only staff who work for you as employees, bank, zero-hours or "
                "agency staff or personal assistants are funded, so this learner cannot be claimed for."
            ),
            reads="learner.engagement training.course training.paid_on",
        ),
        when(
            "a volunteer on OMMT",
            laid_over(EXTERNAL_OMMT, learner(engagement="volunteer")),
            "check",
            ("The learner is a volunteer: an assessor will check whether this Oliver McGowan training is funded."),
            reads="learner.engagement training.course training.paid_on",
        ),
        when(
            "self-employed",
            learner(engagement="self-employed"),
            "fail",
            (
                "The learner is self-employed, and only staff who work for you as employees, bank, zero-hours or "
                "agency staff or personal assistants are funded, so this learner cannot be claimed for."
            ),
        ),
        when(
            "self-employed on OMMT",
            laid_over(EXTERNAL_OMMT, learner(engagement="self-employed")),
            "fail",
            (
                "The learner is self-employed, and only staff who work for you as employees, bank, zero-hours or "
                "agency staff or personal assistants are funded, so this learner cannot be claimed for."
            ),
        ),
        when(
            "an employee on OMMT", EXTERNAL_OMMT, "pass", "The learner works for you as an employee, which is funded."
        ),
        when(
            "a volunteer on an unknown course",
            laid_over(training(course=None), learner(engagement="volunteer")),
            "fail",
            (
                "The learner is a volunteer, and only staff who work for you as employees, bank, zero-hours or "
                "agency staff or personal assistants are funded, so this learner cannot be claimed for."
            ),
            reads="learner.engagement training.course training.paid_on",
        ),
        when(
            "nobody has said",
            learner(engagement=None),
            "unknown",
            "Tell us how the learner works for you, for example as an employee.",
        ),
        source=GUIDE,
        reads="learner.engagement",
    ),
    *of_rule(
        "learner-role-is-funded",
        when("the role is funded", {}, "pass", "The job role “Care worker” is funded."),
        when(
            "the role is funded though not direct care",
            learner(job_role="administrative"),
            "pass",
            "The job role “Administrative” is funded.",
        ),
        when(
            "a regulated profession",
            NURSE,
            "fail",
            (
                "The job role “Registered nurse” is a regulated profession, which is only funded for Oliver "
                "McGowan training, so this course cannot be claimed for this learner."
            ),
        ),
        when(
            "a regulated profession, whatever the post requires",
            laid_over(NURSE, learner(post_requires_registration=None)),
            "fail",
            (
                "The job role “Registered nurse” is a regulated profession, which is only funded for Oliver "
                "McGowan training, so this course cannot be claimed for this learner."
            ),
        ),
        when(
            "a regulated profession on OMMT",
            laid_over(EXTERNAL_OMMT, NURSE),
            "pass",
            "The job role “Registered nurse” is funded for Oliver McGowan training.",
        ),
        when(
            "on OMMT, whatever the post requires",
            laid_over(EXTERNAL_OMMT, learner(post_requires_registration=None)),
            "pass",
            "The job role “Care worker” is funded for Oliver McGowan training.",
        ),
        when(
            "on OMMT, a post that requires registration",
            laid_over(EXTERNAL_OMMT, learner(post_requires_registration=True)),
            "pass",
            "The job role “Care worker” is funded for Oliver McGowan training.",
        ),
        when(
            "a regulated profession on an unknown course",
            laid_over(NURSE, training(course=None)),
            "fail",
            (
                "The job role “Registered nurse” is a regulated profession, which is only funded for Oliver "
                "McGowan training, so this course cannot be claimed for this learner."
            ),
        ),
        when(
            "outside the scheme",
            learner(job_role="any-children-s-young-people-s-job-role"),
            "fail",
            (
                "The job role “Any children's, young people's job role” is outside the scheme, so this learner "
                "cannot be claimed for."
            ),
        ),
        when(
            "outside the scheme on OMMT",
            laid_over(EXTERNAL_OMMT, learner(job_role="any-children-s-young-people-s-job-role")),
            "fail",
            (
                "The job role “Any children's, young people's job role” is outside the scheme, so this learner "
                "cannot be claimed for."
            ),
        ),
        when(
            "the role depends on the person",
            learner(job_role="assessment-officer"),
            "check",
            ("Whether the job role “Assessment officer” is funded depends on the person: an assessor will check this."),
        ),
        when(
            "the role depends on the person, whose post requires registration",
            learner(job_role="assessment-officer", post_requires_registration=True),
            "fail",
            (
                "The learner's post requires professional registration, and such posts are only funded for "
                "Oliver McGowan training, so this course cannot be claimed for this learner."
            ),
        ),
        when(
            "the role depends on the person, and nobody has said what the post requires",
            learner(job_role="assessment-officer", post_requires_registration=None),
            "unknown",
            "Tell us whether the learner's post requires professional registration.",
        ),
        when(
            "the role depends on the person, on OMMT",
            laid_over(EXTERNAL_OMMT, learner(job_role="assessment-officer")),
            "pass",
            "The job role “Assessment officer” is funded for Oliver McGowan training.",
        ),
        when(
            "the post requires registration",
            learner(post_requires_registration=True),
            "fail",
            (
                "The learner's post requires professional registration, and such posts are only funded for "
                "Oliver McGowan training, so this course cannot be claimed for this learner."
            ),
        ),
        when(
            "a registered manager whose post requires registration",
            learner(job_role="registered-manager", post_requires_registration=True),
            "check",
            (
                "The learner's post of “Registered manager” requires professional registration: an assessor will "
                "check whether it is funded."
            ),
        ),
        when(
            "a deputy manager whose post requires registration",
            learner(job_role="deputy-manager", post_requires_registration=True),
            "check",
            (
                "The learner's post of “Deputy manager” requires professional registration: an assessor will "
                "check whether it is funded."
            ),
        ),
        when(
            "a registered manager whose post does not require registration",
            learner(job_role="registered-manager"),
            "pass",
            "The job role “Registered manager” is funded.",
        ),
        when(
            "nobody has said what the post requires",
            learner(post_requires_registration=None),
            "unknown",
            "Tell us whether the learner's post requires professional registration.",
        ),
        when("the role is not given", learner(job_role=None), "unknown", "Tell us the learner's job role."),
        when(
            "the role is not given, on OMMT",
            laid_over(EXTERNAL_OMMT, learner(job_role=None)),
            "unknown",
            "Tell us the learner's job role.",
        ),
        when(
            "the role is not in the reference data",
            learner(job_role="wizard"),
            "fail",
            "“wizard” is not a job role in ASC-WDS: choose the learner's job role from the list.",
        ),
        when(
            "the role is not in the reference data, on OMMT",
            laid_over(EXTERNAL_OMMT, learner(job_role="wizard")),
            "fail",
            "“wizard” is not a job role in ASC-WDS: choose the learner's job role from the list.",
        ),
        source=JOB_ROLES,
        reads="learner.job_role learner.post_requires_registration training.course training.paid_on",
    ),
    *of_rule(
        "learner-employed-when-training-started",
        when("the learner was", {}, "pass", "The learner works for you on the start date of the training."),
        when(
            "the learner was not",
            learner(employed_on_start=False),
            "fail",
            (
                "The learner does not work for you on the start date of the training, so you cannot claim for"
                " this learner."
            ),
        ),
        when(
            "nobody has said",
            learner(employed_on_start=None),
            "unknown",
            "Tell us whether the learner works for you on the start date of the training.",
        ),
        source=GUIDE,
        reads="learner.employed_on_start",
    ),
    *of_rule(
        "learner-still-employed-on-completion",
        when(
            "the start part is claimed",
            {},
            "not-applicable",
            "The learner only needs to be still working for you when you claim the completion part.",
            reads="claim.part",
        ),
        when(
            "the start part is claimed and the learner has left",
            learner(employed_on_completion=False),
            "not-applicable",
            "The learner only needs to be still working for you when you claim the completion part.",
            reads="claim.part",
        ),
        when("still employed, full part", FULL, "pass", "The learner still works for you on the completion date."),
        when(
            "left, full part",
            laid_over(FULL, learner(employed_on_completion=False)),
            "check",
            (
                "The learner no longer works for you on the completion date: an assessor will check whether "
                "you can claim."
            ),
        ),
        when(
            "nobody has said, full part",
            laid_over(FULL, learner(employed_on_completion=None)),
            "unknown",
            "Tell us whether the learner still works for you on the completion date.",
        ),
        when(
            "still employed, completion part",
            COMPLETION,
            "pass",
            "The learner still works for you on the completion date.",
        ),
        when(
            "left, completion part",
            laid_over(COMPLETION, learner(employed_on_completion=False)),
            "fail",
            ("The learner no longer works for you on the completion date, so you cannot claim the completion part."),
        ),
        when(
            "nobody has said, completion part",
            laid_over(COMPLETION, learner(employed_on_completion=None)),
            "unknown",
            "Tell us whether the learner still works for you on the completion date.",
        ),
        when(
            "the part is not known and the learner has left",
            laid_over(claim(part=None), learner(employed_on_completion=False)),
            "unknown",
            ("Tell us which part you are claiming, so that we know whether the learner must still work for you."),
        ),
        source=GUIDE,
        reads="claim.part learner.employed_on_completion",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)


def test_job_roles_are_alike_where_funding_is_and_both_or_neither_may_be_a_registered_manager() -> None:
    def role(slug: str, funding: str) -> JobRole:
        return JobRole(slug, slug, "", "", "", funding, ())

    roles = [
        role("care-worker", "yes"),
        role("registered-manager", "yes"),
        role("support-worker", "yes"),
        role("deputy-manager", "yes"),
        role("registered-nurse", "ommt-only"),
    ]

    assert roles_alike({each.slug: each for each in roles}) == {
        "care-worker": "care-worker",
        "registered-manager": "registered-manager",
        "support-worker": "care-worker",
        "deputy-manager": "registered-manager",
        "registered-nurse": "registered-nurse",
    }
