"""What holds for every test: an offscreen window system, a home of its own, and nothing left behind.

Neither torch nor Qt is imported here.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

# Before anything imports Qt or reads the environment.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("PENJING_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "QT_SCALE_FACTOR"):
    os.environ.pop(name, None)
os.environ["LANG"] = "C.UTF-8"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # tests load it too, and report to nobody
os.environ["PYTHONUTF8"] = "1"  # for the programs that tests start
_SESSION_HOME = tempfile.mkdtemp(prefix="penjing-tests-")
os.environ["PENJING_HOME"] = _SESSION_HOME  # for fixtures of a wider scope; each test has its own, below

sys.path.insert(0, str(Path(__file__).parent))

import leaks  # noqa: E402 - after the environment

ROOT = Path(__file__).parent.parent
PATIENCE = 120_000  # milliseconds in which what a test of the window waits for may come
_qt = leaks.QtWatch()


def pytest_configure(config: pytest.Config) -> None:
    """A warning that comes from our own code, and an exception that nobody caught, fail the test.

    Garbage is collected after each test, never within: inside Qt's own calls a collection can stand still for good
    (`penjing_gui.collector` says why).
    """
    gc.disable()
    for line in (
        "error:::penjing.*",
        "error::pytest.PytestUnraisableExceptionWarning",
        "error::pytest.PytestUnhandledThreadExceptionWarning",
    ):
        config.addinivalue_line("filterwarnings", line)


def pytest_unconfigure() -> None:
    """Remove the session's home."""
    shutil.rmtree(_SESSION_HOME, ignore_errors=True)


@pytest.fixture
def qtbot(qtbot: Any) -> Any:
    """pytest-qt's, with patience: what is waited for is late on a busy machine, and five seconds are soon over."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitActive", "waitExposed", "waitCallback"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE))
    return qtbot


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread, a running QThread, an active QTimer or a child process behind."""
    _qt.patch()
    threads, processes, qt = leaks.threads(), leaks.children(), _qt.alive()
    yield
    _qt.patch()
    leaks.qt_settles()
    gc.collect()
    gc.freeze()  # what is still there is not looked through again after each of the next tests
    found = [f"thread {one.name}" for one in leaks.remaining(leaks.threads, threads)]
    found += [leaks.describe_qt(one) for one in leaks.remaining(_qt.alive, qt)]
    for process in leaks.remaining(leaks.children, processes):
        found.append(f"process {process.pid}: {' '.join(process.cmdline())}")
        process.kill()
        process.wait(10)
    if found:
        pytest.fail("left behind: " + "; ".join(found), pytrace=False)


@pytest.fixture(autouse=True)
def penjing_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, so that no test sees another's runs, settings or trust decisions."""
    home = tmp_path_factory.mktemp("home") / "penjing-home"  # not in `tmp_path`, which tests list
    monkeypatch.setenv("PENJING_HOME", str(home))
    written = (
        Path(_SESSION_HOME) / "exports.txt"
    )  # what fixtures of a wider scope exported is this machine's own
    if written.is_file():
        home.mkdir()
        shutil.copyfile(written, home / written.name)
    return home
