"""The findings of a rule that asks one question."""

from claims.rules.findings import Finding, Says, answers


def test_a_rule_may_ask_for_a_yes() -> None:
    said = answers("a-rule", "a source", "a.fact", passes=True, yes="Yes.", no="No.", unknown="Say.")

    assert said == {
        True: Finding("a-rule", Says.PASS, "Yes.", (("a.fact", True),), (), "a source"),
        False: Finding("a-rule", Says.FAIL, "No.", (("a.fact", False),), (), "a source"),
        None: Finding("a-rule", Says.UNKNOWN, "Say.", (("a.fact", None),), (), "a source"),
    }


def test_a_rule_may_ask_for_a_no() -> None:
    said = answers("a-rule", "a source", "a.fact", passes=False, yes="Yes.", no="No.", unknown="Say.")

    assert said == {
        True: Finding("a-rule", Says.FAIL, "Yes.", (("a.fact", True),), (), "a source"),
        False: Finding("a-rule", Says.PASS, "No.", (("a.fact", False),), (), "a source"),
        None: Finding("a-rule", Says.UNKNOWN, "Say.", (("a.fact", None),), (), "a source"),
    }
