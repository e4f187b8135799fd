"""``claims serve``: the web service."""

import os
import sys

import click

from claims.cli.given import check_reference, read_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Requests at once in each.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages, with the settings in the environment (docs/runbooks/set-up.md).

    Becomes gunicorn, so that a supervisor's signals reach it.

    Example: claims serve --port 8000 --workers 4
    """
    read_settings()
    check_reference()
    click.echo(f"Serving on http://{host}:{port}")
    sys.stdout.flush()
    # Threads, because a browser may open a connection and say nothing on it for a while.
    command = ["gunicorn", "--bind", f"{host}:{port}", "--workers", str(workers), "--worker-class", "gthread"]
    command += ["--threads", str(threads), "--log-level", "warning", "--worker-tmp-dir", _worker_folder()]
    # Built once, before there are workers: they begin at once, and what cannot be built ends the service, not a worker.
    command.append("--preload")
    os.execv(sys.executable, [sys.executable, "-m", *command, "claims:create_app()"])  # noqa: S606  our own command


def _worker_folder() -> str:
    """Memory where there is some: a worker's sign of life must not wait for a busy disk."""
    return "/dev/shm" if os.path.isdir("/dev/shm") else os.environ.get("TMPDIR", "/tmp")  # noqa: S108, PTH112
