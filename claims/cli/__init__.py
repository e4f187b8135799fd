"""The command line. Each command lives in a module of its own, imported only when it is asked for."""

from importlib import import_module

import click

COMMANDS = {
    "assess": "claims.cli.assess:assess",
    "audit": "claims.cli.audit:audit",
    "courses": "claims.cli.courses:courses",
    "database": "claims.cli.database:database",
    "demo": "claims.cli.demo:demo",
    "export": "claims.cli.export:export",
    "jobs": "claims.cli.jobs:jobs",
    "remind": "claims.cli.remind:remind",
    "keys": "claims.cli.keys:keys",
    "people": "claims.cli.people:people",
    "retention": "claims.cli.retention:retention",
    "seed": "claims.cli.seed:seed",
    "serve": "claims.cli.serve:serve",
    "staff": "claims.cli.staff:staff",
}
"""Where each command is, as ``module:attribute``."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, attribute = COMMANDS[cmd_name].split(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a test walks COMMANDS
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ldss-claims", prog_name="claims")
def main() -> None:
    """Claims for the Learning and Development Support Scheme of adult social care in England.

    Example: claims assess people.csv
    """


class Refused(click.ClickException):
    """Something asked of a command that it cannot do, with the reason in plain words; exit 2."""

    exit_code = 2
