"""``python -m claims.cli``: the command line where the ``claims`` script is not on the path."""

from claims.cli import main

main(prog_name="claims")
