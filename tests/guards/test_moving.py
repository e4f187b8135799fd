"""Only ``claims/services/moving.py`` writes a claim's state; a claim begins as a draft."""

import ast
from pathlib import Path

import pytest

CLAIMS = Path(__file__).resolve().parent.parent.parent / "claims"
MOVING = CLAIMS / "services" / "moving.py"
OF_OTHERS = {"run", "line", "message", "upload", "set_off", "recovery", "proposed"}
"""Names under which things with a state of another kind go: payment runs and their lines, messages, uploaded workbooks,
set-offs, recoveries, proposals that a payment came back."""


def written_states(source: str) -> list[int]:
    """The lines that write a state which may be a claim's."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [target.lineno for each in targets for target in ast.walk(each) if _is_a_claims_state(target)]
        elif isinstance(node, ast.Call):
            found += [node.lineno] * _writes_by_calling(node)
    return found


def _is_a_claims_state(target: ast.AST) -> bool:
    if not isinstance(target, ast.Attribute) or target.attr != "state" or not isinstance(target.ctx, ast.Store):
        return False
    return not (isinstance(target.value, ast.Name) and target.value.id in OF_OTHERS)


def _writes_by_calling(call: ast.Call) -> bool:
    told = {keyword.arg: keyword.value for keyword in call.keywords}
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name == "setattr":
        return len(call.args) > 1 and isinstance(call.args[1], ast.Constant) and call.args[1].value == "state"
    if name == "Claim":
        return "state" in told and ast.unparse(told["state"]) != "State.DRAFT"
    return name == "values" and "state" in told and "update(Claim)" in ast.unparse(call)


@pytest.mark.parametrize(
    "line",
    [
        "claim.state = 'paid'",
        "a, claim.state = 1, 'paid'",
        "each.claim.state = State.PAID",
        "setattr(claim, 'state', 'paid')",
        "Claim(state='paid')",
        "session.execute(update(Claim).where(Claim.id == 1).values(state='paid'))",
    ],
)
def test_the_guard_sees_each_way_of_writing_a_state(line: str) -> None:
    assert written_states(line) == [1]


@pytest.mark.parametrize("line", ["run.state = 'released'", "Claim(state=State.DRAFT)", "claim.state == 'paid'"])
def test_the_guard_lets_other_things_pass(line: str) -> None:
    assert written_states(line) == []


def test_one_line_of_the_service_writes_a_claims_state() -> None:
    found = {path: lines for path in CLAIMS.rglob("*.py") if (lines := written_states(path.read_text()))}
    assert list(found) == [MOVING]
    assert len(found[MOVING]) == 1
