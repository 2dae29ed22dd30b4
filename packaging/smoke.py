"""Start the installed program as a person would, and see that it answers.

A check after installing or freezing:

    python packaging/smoke.py                          the `penjing` on the PATH
    python packaging/smoke.py --program DIR/penjing    another one
    python packaging/smoke.py --full                   the whole job on the sample too (one or two minutes)

It uses a home of its own and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


class Smoke:
    """Runs the program, and remembers what failed."""

    def __init__(self, program: str, home: Path) -> None:
        self.program = program
        self.environment = {**os.environ, "PENJING_HOME": str(home), "PYTHONUTF8": "1"}
        if sys.platform.startswith("linux") and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
            self.environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        self.failed = 0

    def run(self, *arguments: str, seconds: float = 120) -> str | None:
        """What one command printed, or None where it failed, which is told."""
        start = time.monotonic()
        try:
            done = subprocess.run(
                [self.program, *arguments],
                capture_output=True, text=True, encoding="utf-8", timeout=seconds, env=self.environment,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
            problem = (
                "" if done.returncode == 0 else f"exit code {done.returncode}\n{done.stderr.strip()[-2000:]}"
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            problem = str(error)
        self.tell(" ".join(arguments), not problem, f"{time.monotonic() - start:.1f} s {problem}")
        return None if problem else done.stdout

    def json(self, *arguments: str, seconds: float = 120) -> Any:
        """The document that one command printed, or None."""
        printed = self.run(*arguments, "--json", seconds=seconds)
        return None if printed is None else json.loads(printed)

    def tell(self, what: str, well: bool, detail: str = "") -> None:
        """Print one line, and count a failure."""
        self.failed += not well
        sys.stdout.write(f"{'ok  ' if well else 'FAIL'} {what}  {detail}\n")
        sys.stdout.flush()


def main() -> int:
    """Run all checks; 0 where all went well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--program", default="penjing")
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="penjing-smoke-") as folder:
        smoke = Smoke(options.program, Path(folder) / "home")
        smoke.run("--help")
        smoke.run("app", "--exit-when-shown")
        costs = smoke.json("inspect", "sample:digits-cnn")
        if costs is not None:
            total = sum(layer["params"] for layer in costs["layers"])
            smoke.tell(
                "layers add up to the total", 0 < total == costs["totals"]["params"], f"{total:,} params"
            )
        advice = smoke.json("advise", "sample:digits-cnn", "--device", "phone")
        if advice is not None:
            smoke.tell("a technique is named", advice["technique"] in ("pruning", "distillation"))
        if options.full:
            demo = smoke.json("demo", "--out", str(Path(folder) / "demo"), seconds=600)
            if demo is not None:
                smoke.tell("the artefacts hold", demo["verify"]["ok"])
    sys.stdout.write(f"{smoke.failed} failed\n")
    return 1 if smoke.failed else 0


if __name__ == "__main__":
    sys.exit(main())
