"""Only ``claims/clock.py`` asks the time."""

import ast
from pathlib import Path

import pytest

CLAIMS = Path(__file__).resolve().parent.parent.parent / "claims"
ASKING = {"now", "utcnow", "today", "fromtimestamp", "localtime", "gmtime", "time", "current_timestamp"}
OWNERS = {"datetime", "date", "time", "func", "dt"}


def clock_readings(source: str) -> list[int]:
    """The lines that ask the system or the database for the time."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ASKING
        and isinstance(node.func.value, ast.Name | ast.Attribute)
        and (node.func.value.id if isinstance(node.func.value, ast.Name) else node.func.value.attr) in OWNERS
    ]


@pytest.mark.parametrize(
    "line", ["datetime.now(UTC)", "date.today()", "time.time()", "func.now()", "dt.datetime.utcnow()"]
)
def test_the_guard_sees_each_way_of_asking(line: str) -> None:
    assert clock_readings(line) == [1]


@pytest.mark.parametrize("path", sorted(CLAIMS.rglob("*.py")), ids=lambda path: str(path.relative_to(CLAIMS)))
def test_no_module_but_the_clock_asks_the_time(path: Path) -> None:
    assert path.name == "clock.py" or not clock_readings(path.read_text())
