"""Pin every requirement with its hashes, without the address it came from."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    for name in ("app", "dev", "bench"):
        print(f"Pinning requirements/{name}.in", flush=True)
        compile_ = [sys.executable, "-m", "piptools", "compile", "--quiet", "--generate-hashes", "--allow-unsafe"]
        bare = ["--strip-extras", "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"]
        files = [f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt", *sys.argv[1:]]
        subprocess.run([*compile_, *bare, *files], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
