"""What was done, in words that stand alone."""

import pytest

from claims.web.histories import words_of


@pytest.mark.parametrize(
    ("kind", "act", "words"),
    [
        ("service", "add", "Service added"),
        ("learner", "add", "Learner added"),
        ("employer", "sign-agreement", "Grant agreement signed"),
        ("course-list", "publish", "Published"),
    ],
)
def test_an_act_of_the_office_or_an_employer_is_told_as_something_done(kind: str, act: str, words: str) -> None:
    assert words_of(kind, act) == words
