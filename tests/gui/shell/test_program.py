"""How the program begins: its arguments, what it opens first, and a machine without a display."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from penjing_gui import app as program
from penjing_gui.main_window import MainWindow
from penjing_gui.start import Start
from penjing_gui.state import Workbench


def test_start_opens_the_named_model_and_the_last_run(
    qtbot: QtBot, window: MainWindow, bench: Workbench, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "recipe.json").write_text(json.dumps({"model": {"reference": "sample:other"}}), encoding="utf-8")
    window.settings.last_run = str(run)
    start = Start(window, "sample:other", False)
    with qtbot.waitSignal(bench.table_changed):
        start.begin()
    assert gc.get_freeze_count() > 0, "collections pass over what the window is made of"
    gc.unfreeze()
    assert bench.model is not None and bench.model.reference == "sample:other"
    assert bench.run is not None and bench.run.folder.path == run
    qtbot.waitUntil(lambda: bench.run_view is not None and bench.run_view.ended)


def test_without_a_name_the_last_model_comes_back(qtbot: QtBot, window: MainWindow, bench: Workbench) -> None:
    window.settings.remember("sample:last", None, ["1,8,8"])
    with qtbot.waitSignal(bench.model_changed):
        Start(window, None, False).begin()
    assert bench.model is not None and bench.model.reference == "sample:last"


def test_arguments() -> None:
    assert program.parse_arguments([]) == (None, False, None)
    assert program.parse_arguments(["a", "--exit-when-shown"]) == ("a", True, None)
    assert program.parse_arguments(["--what"])[2] == "--what"
    assert program.parse_arguments(["a", "b"])[2] == "b"


def test_a_display_is_needed_on_linux_only() -> None:
    assert not program.has_display("linux", {})
    assert program.has_display("linux", {"DISPLAY": ":0"})
    assert program.has_display("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert program.has_display("linux", {"QT_QPA_PLATFORM": "offscreen"})
    assert program.has_display("win32", {}) and program.has_display("darwin", {})


def run_program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "penjing_gui.app", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**kept, **environment},
        timeout=60,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_no_display_is_one_line_and_exit_code_2() -> None:
    done = run_program()
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("penjing: no display is available") and done.stderr.count("\n") == 1


def test_an_unknown_option_is_one_line_and_exit_code_2() -> None:
    done = run_program("--nonsense", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2 and "--nonsense" in done.stderr and done.stderr.count("\n") == 1


def test_the_program_shows_itself_and_ends() -> None:
    done = run_program("--exit-when-shown", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
