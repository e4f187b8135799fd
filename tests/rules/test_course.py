"""What the rules about the course and its parts say."""

import pytest

from claims.rules.sources import COURSE_LIST, GUIDE
from tests.rules.judgements import (
    COMPLETION,
    FULL,
    INTERNAL_OMMT,
    Judgement,
    claim,
    hold,
    laid_over,
    of_rule,
    training,
    when,
)

JUDGEMENTS = (
    *of_rule(
        "course-on-eligible-list",
        when(
            "paid on the entry's first day",
            training(course="LTS", paid_on="2025-04-01"),
            "pass",
            "Lead to Succeed (LTS) is on the eligible list for payment on 1 April 2025.",
            source="a list",
            uses="max_reimbursement_pence",
        ),
        when(
            "paid on the entry's last day",
            training(course="LTS", paid_on="2026-03-31"),
            "pass",
            "Lead to Succeed (LTS) is on the eligible list for payment on 31 March 2026.",
            source="a list",
            uses="max_reimbursement_pence",
        ),
        when(
            "paid the day before the entry",
            training(course="LTS", paid_on="2025-03-31"),
            "fail",
            (
                "Lead to Succeed (LTS) is not on the eligible list for payment on 31 March 2025, so it cannot be "
                "claimed for: it is listed for payment from 1 April 2025 until 31 March 2026."
            ),
        ),
        when(
            "paid the day after the entry",
            training(course="LTS", paid_on="2026-04-01"),
            "fail",
            (
                "Lead to Succeed (LTS) is not on the eligible list for payment on 1 April 2026, so it cannot be "
                "claimed for: it was listed for payment from 1 April 2025 until 31 March 2026."
            ),
        ),
        when(
            "paid when an earlier entry held",
            training(paid_on="2025-03-31"),
            "pass",
            ("Adult Social Care Certificate (610/4009/5) is on the eligible list for payment on 31 March 2025."),
            source="a list",
            uses="max_reimbursement_pence",
        ),
        when(
            "paid when a later entry held",
            training(paid_on="2025-04-01"),
            "pass",
            ("Adult Social Care Certificate (610/4009/5) is on the eligible list for payment on 1 April 2025."),
            source="a list",
            uses="max_reimbursement_pence",
        ),
        when(
            "paid after two entries that follow each other",
            training(paid_on="2026-04-01"),
            "fail",
            (
                "Adult Social Care Certificate (610/4009/5) is not on the eligible list for payment on 1 April "
                "2026, so it cannot be claimed for: it was listed for payment from 1 April 2024 until 31 March "
                "2026."
            ),
        ),
        when(
            "paid on the last day before it was taken off",
            training(course="DLP", paid_on="2025-02-04"),
            "pass",
            ("Digital Leadership Programme (DLP) is on the eligible list for payment on 4 February 2025."),
            source="a list",
            uses="max_reimbursement_pence",
        ),
        when(
            "paid the day after it was taken off",
            training(course="DLP", paid_on="2025-02-05"),
            "fail",
            (
                "Digital Leadership Programme (DLP) is not on the eligible list for payment on 5 February 2025, "
                "so it cannot be claimed for: it was listed for payment from 1 April 2024 until 4 February 2025."
            ),
        ),
        when(
            "the payment date is not given",
            training(paid_on=None),
            "unknown",
            (
                "Tell us the date of payment, because Adult Social Care Certificate (610/4009/5) is only on the "
                "eligible list on some dates."
            ),
        ),
        when(
            "internal OMMT completed on the entry's last day",
            laid_over(INTERNAL_OMMT, training(completed_on="2026-03-31")),
            "pass",
            "Course OMMT/T1/INT (OMMT/T1/INT) is on the eligible list for completion on 31 March 2026.",
            source="a list",
            reads="training.course training.completed_on",
            uses="max_reimbursement_pence",
        ),
        when(
            "internal OMMT completed the day after the entry, whenever it was paid",
            laid_over(INTERNAL_OMMT, training(paid_on="2025-05-01", completed_on="2026-04-01")),
            "fail",
            (
                "Course OMMT/T1/INT (OMMT/T1/INT) is not on the eligible list for completion on 1 April 2026, so "
                "it cannot be claimed for: it was listed for completion from 1 April 2025 until 31 March 2026."
            ),
            reads="training.course training.completed_on",
        ),
        when(
            "internal OMMT without a completion date",
            laid_over(INTERNAL_OMMT, training(paid_on="2025-05-01", completed_on=None)),
            "unknown",
            (
                "Tell us the date of completion, because Course OMMT/T1/INT (OMMT/T1/INT) is only on the "
                "eligible list on some dates."
            ),
            reads="training.course training.completed_on",
        ),
        when(
            "the code is not in the reference data",
            training(course="NOPE"),
            "fail",
            "“NOPE” is not the code of a course on the eligible list: choose the course from the list.",
        ),
        when(
            "the code is not in the reference data and no date is given",
            training(course="NOPE", paid_on=None),
            "fail",
            "“NOPE” is not the code of a course on the eligible list: choose the course from the list.",
        ),
        when("the course is not given", training(course=None), "unknown", "Choose the course from the eligible list."),
        source=COURSE_LIST,
        reads="training.course training.paid_on",
    ),
    *of_rule(
        "course-not-an-apprenticeship",
        when("it is not", {}, "pass", "The course is not part of an apprenticeship."),
        when(
            "it is",
            training(apprenticeship=True),
            "fail",
            ("The course is part of an apprenticeship, which is funded in another way, so it cannot be claimed for."),
        ),
        when(
            "nobody has said",
            training(apprenticeship=None),
            "unknown",
            "Tell us whether the course is part of an apprenticeship.",
        ),
        source=GUIDE,
        reads="training.apprenticeship",
    ),
    *of_rule(
        "part-allowed-for-course",
        when(
            "the start part of a split course",
            {},
            "pass",
            "Adult Social Care Certificate can be claimed in two parts, and this is the start part.",
        ),
        when(
            "the completion part of a split course",
            COMPLETION,
            "pass",
            ("Adult Social Care Certificate can be claimed in two parts, and this is the completion part."),
        ),
        when(
            "the full part of a split course",
            claim(part="full"),
            "pass",
            "Any course can be claimed all at once, on completion.",
            reads="claim.part",
        ),
        when(
            "the full part of another course",
            FULL,
            "pass",
            "Any course can be claimed all at once, on completion.",
            reads="claim.part",
        ),
        when(
            "the full part of an unknown course",
            laid_over(FULL, training(course=None)),
            "pass",
            "Any course can be claimed all at once, on completion.",
            reads="claim.part",
        ),
        when(
            "the start part of another course",
            training(course="LTS"),
            "fail",
            ("Lead to Succeed has no start part: claim it all at once, when the learner has completed it."),
        ),
        when(
            "the completion part of another course",
            laid_over(COMPLETION, training(course="LTS")),
            "fail",
            ("Lead to Succeed has no completion part: claim it all at once, when the learner has completed it."),
        ),
        when(
            "the start part of an unknown course",
            training(course=None),
            "unknown",
            "Choose the course from the eligible list, so that we know whether it has a start part.",
        ),
        when(
            "the start part of a course that is not on the list",
            training(course="NOPE"),
            "unknown",
            "Choose the course from the eligible list, so that we know whether it has a start part.",
        ),
        when(
            "the part is not known",
            claim(part=None),
            "unknown",
            ("Tell us which part you are claiming: all at once on completion, the start part or the completion part."),
        ),
        source=GUIDE,
        reads="claim.part training.course training.paid_on",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)
