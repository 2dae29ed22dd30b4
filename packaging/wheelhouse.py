"""Gather all that a machine without a network needs to install Penjing.

On a machine with a network:   python packaging/wheelhouse.py
Carry the folder `wheelhouse` over, and there:   sh wheelhouse/install.sh   (or install.bat)

The wheels fit the system and the Python that this is run with. For another, name it:
`--platform win_amd64 --python-version 3.12`. What stands after `--` is handed on to `pip download`.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

INSTALL_SH = """\
#!/bin/sh
# Installs Penjing from this folder, without a network, into TARGET (default: ~/penjing).
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
target=${1:-"$HOME/penjing"}
if command -v sha256sum >/dev/null; then (cd "$here" && sha256sum --check --quiet SHA256SUMS); fi
"${PYTHON:-python3}" -m venv "$target"
"$target/bin/python" -m pip install --no-index --find-links "$here/wheels" "penjing[all]==VERSION"
echo "Installed. Start it with: $target/bin/penjing app"
"""

INSTALL_BAT = """\
@echo off
rem Installs Penjing from this folder, without a network, into TARGET (default: penjing in the home folder).
setlocal
set TARGET=%~1
if "%TARGET%"=="" set TARGET=%USERPROFILE%\\penjing
py -3 -m venv "%TARGET%" || exit /b 1
set PYTHON="%TARGET%\\Scripts\\python.exe"
%PYTHON% -m pip install --no-index --find-links "%~dp0wheels" "penjing[all]==VERSION" || exit /b 1
echo Installed. Start it with: "%TARGET%\\Scripts\\penjing.exe" app
"""


def pip(*arguments: str) -> None:
    """Run pip of this Python."""
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True, stdin=subprocess.DEVNULL)


def build(wheels: Path) -> Path:
    """Build Penjing's own wheel into `wheels`."""
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    (wheel,) = wheels.glob("penjing-*.whl")
    return wheel


def download(wheel: Path, arguments: argparse.Namespace) -> None:
    """Download every dependency of the wheel, as wheels only, beside it."""
    options = ["--only-binary", ":all:"]
    for platform in arguments.platform:
        options += ["--platform", platform]
    if arguments.python_version:
        options += ["--python-version", arguments.python_version]
    extras = f"[{arguments.extras}]" if arguments.extras else ""
    pip("download", "--dest", str(wheel.parent), *options, *arguments.pip, f"{wheel}{extras}")


def finish(out: Path, version: str) -> None:
    """Write the install scripts and the checksums of all wheels."""
    (out / "install.sh").write_text(INSTALL_SH.replace("VERSION", version), encoding="utf-8")
    (out / "install.sh").chmod(0o755)
    (out / "install.bat").write_text(
        INSTALL_BAT.replace("VERSION", version), encoding="utf-8", newline="\r\n"
    )
    lines = []
    for wheel in sorted((out / "wheels").iterdir()):
        with wheel.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  wheels/{wheel.name}\n")
    (out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Make the wheelhouse."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "wheelhouse", help="default: wheelhouse")
    parser.add_argument("--platform", action="append", default=[], help="a wheel tag; may be repeated")
    parser.add_argument("--python-version", help="of the machine without a network, as 3.12")
    parser.add_argument("--extras", default="all", help="default: all")
    parser.add_argument("pip", nargs="*", help="after --: handed on to pip download")
    arguments = parser.parse_args()
    wheels = arguments.out / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    wheels.mkdir(parents=True)
    wheel = build(wheels)
    download(wheel, arguments)
    finish(arguments.out, wheel.name.split("-")[1])
    size = sum(path.stat().st_size for path in wheels.iterdir())
    sys.stdout.write(f"{len(list(wheels.iterdir()))} wheels, {size / 1e6:,.0f} MB, in {arguments.out}\n")


if __name__ == "__main__":
    main()
