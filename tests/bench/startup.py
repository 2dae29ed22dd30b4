"""How soon the window is up, against `python -c "import torch"`, as a ratio.

Both are started in turn, so that a busy moment of the machine falls on both. The window is whole: four pages, menus,
translations, painted; then it quits. Times are of the whole process, from its start to its end.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WINDOW = [sys.executable, "-m", "penjing_gui", "--exit-when-shown"]
TORCH = [sys.executable, "-c", "import torch"]


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """How long one process takes from start to end."""
    start = time.perf_counter()
    subprocess.run(
        command, env=environment, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=120
    )
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, and end with 1 where the window is the slower one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument(
        "--language", choices=("en", "zh_CN"), default="zh_CN", help="zh_CN loads the translations"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="penjing-bench-") as home:
        (Path(home) / "settings.json").write_text(
            json.dumps({"language": arguments.language}), encoding="utf-8"
        )
        environment = {**os.environ, "PENJING_HOME": home}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        seconds(WINDOW, environment), seconds(TORCH, environment)  # once for the disk's cache
        window, torch = [], []
        for _ in range(arguments.rounds):
            window.append(seconds(WINDOW, environment))
            torch.append(seconds(TORCH, environment))
    ratios = sorted(one / other for one, other in zip(window, torch, strict=True))
    ratio = statistics.median(ratios)
    for name, times in (("window, shown and closed", window), ("import torch", torch)):
        print(
            f"{name:26} median {statistics.median(times):.3f} s, range {min(times):.3f} to {max(times):.3f} s"
        )
    print(f"{'window / import torch':26} median {ratio:.2f}, range {ratios[0]:.2f} to {ratios[-1]:.2f}")
    return 0 if ratio < 1 else 1


if __name__ == "__main__":
    sys.exit(main())
