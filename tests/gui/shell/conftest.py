"""The shell around plain pages, with a worker of the tests' own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penjing_gui import theme as themes
from penjing_gui.main_window import MainWindow
from penjing_gui.session_client import SessionClient
from penjing_gui.settings import Settings
from penjing_gui.state import Workbench
from shell_window import WORKER, plain_pages


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Workbench]:
    script = tmp_path / "worker.py"
    script.write_text(WORKER, encoding="utf-8")
    themes.apply(qapp, themes.LIGHT)
    made = Workbench(session=SessionClient(command=[sys.executable, str(script)]))
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, bench: Workbench) -> Iterator[MainWindow]:
    made = MainWindow(bench, Settings(), plain_pages(bench))
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    yield made
    made.close()
