"""Change the rules in many small ways, one at a time: the tests of the rules must notice.

``python -m tools.mutants`` tries every change and writes ``docs/mutants.md``; it takes about five minutes.
``--sample 12`` tries that many, always the same ones while the rules stay as they are, and writes nothing.
Fails when fewer than nine in ten are noticed, or when ``tools/mutants.toml`` gives no reason for one that is not.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "mutants.md"
REASONS = ROOT / "tools" / "mutants.toml"
AT_LEAST_PERCENT = 90
SEED = 20250401

# The property tests stay out: they would notice more, but take seconds for each of 1,600 changes.
CONFIGURATION = """\
[tool.mutmut]
source_paths = ["claims/"]
only_mutate = ["claims/rules/*"]
also_copy = ["reference/"]
pytest_add_cli_args_test_selection = ["tests/rules"]

[tool.pytest.ini_options]
addopts = "-q -p no:cacheprovider -p no:xdist -p no:cov -p no:randomly"
"""
NOTICED = {1, 3, 24, 36, 152, 255}
"""Exit codes of mutmut's runs: a test failed, or ran out of time."""


@dataclass(frozen=True)
class Survivor:
    """A change that no test noticed."""

    name: str
    was: str
    becomes: str


def main(arguments: list[str] | None = None) -> int:
    """Try the changes; 0 when the tests are good enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="try only N changes")
    parser.add_argument("--processes", type=int, metavar="N", default=os.cpu_count() or 1, help="at once")
    asked = parser.parse_args(arguments)
    sample: int | None = asked.sample
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        workplace = Path(folder)
        copy_what_is_needed(workplace)
        if sample:
            run_mutmut(workplace, "claims.rules.amounts.x_share_of*", processes=asked.processes, quiet=True)
            every = sorted(exit_codes(workplace))
            chosen = random.Random(SEED).sample(every, min(sample, len(every)))  # noqa: S311 -- not a secret
            run_mutmut(workplace, *chosen, processes=asked.processes, quiet=True)
        else:
            print("Changing the rules in every small way; this takes about five minutes.", flush=True)
            run_mutmut(workplace, processes=asked.processes, quiet=False)
            chosen = sorted(exit_codes(workplace))
        codes = exit_codes(workplace)
        survivors = [describe(workplace, name) for name in chosen if codes[name] not in NOTICED]
    return report(len(chosen), survivors, write=not sample)


def copy_what_is_needed(workplace: Path) -> None:
    """The package, the reference and the tests of the rules, so that nobody's checkout is touched."""
    leave_out = shutil.ignore_patterns("__pycache__", "static", "test_properties.py")
    shutil.copytree(ROOT / "claims", workplace / "claims", ignore=leave_out)
    shutil.copytree(ROOT / "reference", workplace / "reference")
    shutil.copytree(ROOT / "tests" / "rules", workplace / "tests" / "rules", ignore=leave_out)
    for name in ("__init__.py", "builders.py", "worked_examples.py"):
        shutil.copy(ROOT / "tests" / name, workplace / "tests" / name)
    (workplace / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")


def run_mutmut(workplace: Path, *names: str, processes: int, quiet: bool) -> None:
    """Try the named changes, or all. Raises ``RuntimeError`` with what mutmut said when it cannot."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(processes), *names]
    done = subprocess.run(
        command,
        cwd=workplace,
        env=plain_environment(),
        check=False,
        text=True,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        raise RuntimeError(f"mutmut could not run:\n{(done.stdout or '')[-4000:]}")


def plain_environment() -> dict[str, str]:
    """Ours, without what a test run around us has left in it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_", "COVERAGE_"))}


def exit_codes(workplace: Path) -> dict[str, int | None]:
    """How the run of each change ended; ``None`` for what was not tried."""
    codes: dict[str, int | None] = {}
    for kept in (workplace / "mutants" / "claims" / "rules").glob("*.meta"):
        codes |= json.loads(kept.read_text(encoding="utf-8"))["exit_code_by_key"]
    return codes


def describe(workplace: Path, name: str) -> Survivor:
    """The lines that a change takes away and puts in their place."""
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", name],
        cwd=workplace,
        env=plain_environment(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    changed = [line for line in shown if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"}]
    was = " ".join(line[1:].strip() for line in changed if line[0] == "-")
    becomes = " ".join(line[1:].strip() for line in changed if line[0] == "+")
    return Survivor(name, was, becomes)


def reasons() -> dict[tuple[str, str], str]:
    """Why a change may go unnoticed, by what it takes away and puts in its place."""
    listed = tomllib.loads(REASONS.read_text(encoding="utf-8"))["survivor"]
    return {(one["was"], one["becomes"]): one["because"] for one in listed}


def report(tried: int, survivors: list[Survivor], *, write: bool) -> int:
    """Say, and if asked write, how many were noticed. 1 when too few were, or one without a reason was not."""
    known = reasons()
    percent = 100 * (tried - len(survivors)) / tried
    unexplained = [one for one in survivors if (one.was, one.becomes) not in known]
    print(f"{tried - len(survivors)} of {tried} changes were noticed ({percent:.1f}%).")
    for one in unexplained:
        print(f"Not noticed, and no reason is given: {one.name}\n  - {one.was}\n  + {one.becomes}")
    if write:
        REPORT.write_text(rendered(tried, survivors, percent, known), encoding="utf-8")
    return 1 if unexplained or percent < AT_LEAST_PERCENT else 0


def rendered(tried: int, survivors: list[Survivor], percent: float, known: dict[tuple[str, str], str]) -> str:
    """The report, as Markdown."""
    lines = [
        "# Changes to the rules that the tests notice",
        "",
        "Written by `make mutants`, which changes `claims/rules` in every small way that mutmut knows, one at a time,",
        "and runs the tests of the rules, without the property tests, on each.",
        "",
        f"{tried - len(survivors)} of {tried} were noticed ({percent:.1f}%). At least {AT_LEAST_PERCENT}% must be.",
        "",
        "Those not noticed, and why:",
        "",
    ]
    for one in survivors:
        reason = known.get((one.was, one.becomes), "No reason is given.")
        lines += [f"- `{one.was}`", f"  to `{one.becomes}`:", f"  {reason}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
