"""A few small changes to the rules are noticed by their tests; `make mutants` tries them all."""

import subprocess
import sys

from tools.mutants import ROOT


def test_a_sample_of_changes_to_the_rules_is_noticed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.mutants", "--sample", "8"],
        cwd=ROOT,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout
    assert " of 8 changes were noticed" in done.stdout
