"""Runs the measurements and writes them, with the machine they were made on, to ``docs/performance.md``.

``python -m bench.run`` runs all, ``python -m bench.run rules assess`` those two; the others keep their sections.
"""

import os
import platform
import re
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.rows import Row

HERE = Path(__file__).parent
REPORT = HERE.parent / "docs" / "performance.md"
PACKAGES = ("marshmallow", "sqlalchemy", "openpyxl", "zen-engine", "rustpy-xlsxwriter", "python-calamine")

INTRODUCTION = """# Performance

Written by `make bench`; do not edit. Ratios are made in one run, in which all contestants take turns; medians of 5
unless said. Ratios matter, seconds drift from machine to machine. Every measurement checks that its contestants agree.
"""


def main(names: list[str]) -> int:
    """Measure, write and say which bars hold. Exit 1 if one does not."""
    known = {path.stem.removesuffix("_bench"): f"bench.{path.stem}" for path in sorted(HERE.glob("*_bench.py"))}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no measurement called {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    sections = _read_sections()
    failed = []
    for name in names or known:
        print(f"Measuring {name} ...", flush=True)
        begun = time.monotonic()
        module = import_module(known[name])
        rows: list[Row] = module.measure()
        for row in rows:
            print(f"  {_mark(row):8} {row.name}: {_figure(row)} {row.bar and f'({row.bar})'}", flush=True)
        failed += [row.name for row in rows if not row.holds]
        sections[name] = _render_section(name, str(module.__doc__), rows)
        print(f"  took {time.monotonic() - begun:.0f} s", flush=True)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(
        "\n".join([INTRODUCTION, *(sections[name] for name in known if name in sections)]), encoding="utf-8"
    )
    print(f"Wrote {REPORT.relative_to(HERE.parent)}." + (f" Not cleared: {'; '.join(failed)}." if failed else ""))
    return 1 if failed else 0


def _read_sections() -> dict[str, str]:
    """What an earlier run wrote, by name."""
    if not REPORT.exists():
        return {}
    _, *sections = re.split(r"(?m)^(?=## )", REPORT.read_text(encoding="utf-8"))
    return {section.splitlines()[0].removeprefix("## "): section.rstrip() + "\n" for section in sections}


def _render_section(name: str, about: str, rows: list[Row]) -> str:
    lines = [f"## {name}", "", about.strip(), "", _describe_machine(), ""]
    lines += ["| measured | figure | bar | holds | how |", "|---|---:|---|---|---|"]
    lines += [f"| {row.name} | {_figure(row)} | {row.bar} | {_mark(row)} | {row.note} |" for row in rows]
    return "\n".join(lines) + "\n"


def _figure(row: Row) -> str:
    return f"{row.value:,.2f} {row.unit}" if row.value < 100 else f"{row.value:,.0f} {row.unit}"


def _mark(row: Row) -> str:
    if not row.bar:
        return ""
    return "yes" if row.holds else "**no**"


def _describe_machine() -> str:
    """One paragraph: date, processor, memory, system and versions."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    python = f"{platform.python_implementation()} {platform.python_version()}"
    packages = ", ".join(filter(None, map(_version, PACKAGES)))
    return (
        f"{datetime.now(UTC):%-d %B %Y}. {_processor()}, {os.cpu_count()} cores, {pages / 2**30:.0f} GB of memory. "
        f"{_system()}. {python}; {packages}."
    )


def _processor() -> str:
    model = re.search(r"(?m)^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return model[1] if model else platform.processor() or platform.machine()


def _system() -> str:
    name = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{name}, {platform.system()} {platform.release()}"


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
