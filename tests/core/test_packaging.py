"""What is packed tells the truth: versions, programs, names, icons, install scripts."""

from __future__ import annotations

import configparser
import struct
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

import penjing

NAME, IDENTIFIER = "penjing", "org.penjing.Penjing"


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    with (root / "pyproject.toml").open("rb") as file:
        project: dict[str, Any] = tomllib.load(file)["project"]
    return project


@pytest.fixture(scope="module")
def metainfo(root: Path) -> ElementTree.Element:
    return ElementTree.parse(root / "packaging" / f"{IDENTIFIER}.metainfo.xml").getroot()


@pytest.fixture(scope="module")
def desktop(root: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(root / "packaging" / f"{NAME}.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_there_is_one_version(root: Path, project: dict[str, Any], metainfo: ElementTree.Element) -> None:
    releases = [release.get("version") for release in metainfo.findall("releases/release")]
    assert project["version"] == penjing.__version__ == releases[0]
    assert f"## [{project['version']}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_desktop_starts_programs_that_are_installed(
    project: dict[str, Any], metainfo: ElementTree.Element, desktop: configparser.SectionProxy
) -> None:
    programs = {**project["scripts"], **project["gui-scripts"]}
    assert desktop["Exec"].split()[0] in project["gui-scripts"]
    assert {binary.text for binary in metainfo.findall("provides/binary")} == set(programs)


def test_desktop_file_metainfo_and_window_name_each_other(
    root: Path, metainfo: ElementTree.Element, desktop: configparser.SectionProxy
) -> None:
    assert metainfo.findtext("id") == IDENTIFIER
    assert metainfo.findtext("launchable") == f"{NAME}.desktop"
    assert desktop["Icon"] == NAME
    program = (root / "gui" / "penjing_gui" / "app.py").read_text(encoding="utf-8")
    assert f'setDesktopFileName("{NAME}")' in program  # by which the desktop finds the window's icon


def test_both_languages_are_there(metainfo: ElementTree.Element, desktop: configparser.SectionProxy) -> None:
    for key in ("Name", "GenericName", "Comment", "Keywords"):
        assert desktop[key] and desktop[f"{key}[zh_CN]"]
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    for tag in ("name", "summary", "description/p"):
        texts = metainfo.findall(tag)
        assert len(texts) == 2 * len([text for text in texts if text.get(language) == "zh_CN"])


def test_the_icon_is_drawn_in_every_container(root: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(root / "packaging" / "icons.py"), "--out", str(tmp_path)],
        check=True,
        timeout=120,
    )
    for size in (16, 48, 256, 512):
        picture = (tmp_path / "hicolor" / f"{size}x{size}" / "apps" / f"{NAME}.png").read_bytes()
        assert struct.unpack(">II", picture[16:24]) == (size, size)
    ico = (tmp_path / "penjing.ico").read_bytes()
    count = struct.unpack("<H", ico[4:6])[0]
    for number in range(count):
        side, length, offset = struct.unpack("<B7xII", ico[6 + 16 * number : 22 + 16 * number])
        picture = ico[offset : offset + length]
        assert struct.unpack(">I", picture[16:20])[0] == (side or 256)
    icns = (tmp_path / "penjing.icns").read_bytes()
    assert (icns[:4], struct.unpack(">I", icns[4:8])[0]) == (b"icns", len(icns))


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_a_wheelhouse_installs_from_itself_alone(root: Path, tmp_path: Path) -> None:
    """With a stand-in for Penjing's wheel, so that nothing is downloaded: the script, the sums, the order."""
    sys.path.insert(0, str(root / "packaging"))
    try:
        import wheelhouse
    finally:
        sys.path.pop(0)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "a.whl").write_bytes(b"wheel")
    wheelhouse.finish(tmp_path, "0.1.0")
    script = tmp_path / "install.sh"
    assert "--no-index" in script.read_text() and '"penjing[all]==0.1.0"' in script.read_text()
    assert b"\r\n" in (tmp_path / "install.bat").read_bytes()
    (wheels / "a.whl").write_bytes(b"changed")
    done = subprocess.run(
        ["sh", str(script), str(tmp_path / "target")], capture_output=True, text=True, timeout=120
    )
    assert done.returncode != 0 and "a.whl" in done.stdout + done.stderr
    assert not (tmp_path / "target").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="about Linux's system packages")
@pytest.mark.parametrize(
    ("what", "user", "there", "installs", "code"),
    [
        ("offscreen", "0", True, False, 0),
        ("offscreen", "0", False, True, 0),
        ("offscreen", "1000", False, False, 1),
        ("display", "0", False, True, 0),
        ("fonts", "1000", False, False, 0),
    ],
)
def test_system_packages_are_installed_only_where_they_lack_and_may_be(
    root: Path, tmp_path: Path, what: str, user: str, there: bool, installs: bool, code: int
) -> None:
    """With stand-ins for Python (works once the packages are there), apt-get (brings them) and id."""
    marker, log = tmp_path / "there", tmp_path / "log"
    if there:
        marker.touch()
    for name, body in (
        ("python", f"test -e {marker}"),
        ("apt-get", f'echo "$@" >> {log}; case "$1" in install) touch {marker};; esac'),
        ("id", f"echo {user}"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["bash", str(root / "packaging" / "system-packages.sh"), str(tmp_path / "python"), what],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "DISPLAY": ":0"},
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert log.exists() == installs
    if not there and not installs:
        assert "apt-get install" in done.stderr  # says what to do
