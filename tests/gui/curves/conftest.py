"""The live view of a run and the progress of it, over a workbench without a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from penjing_gui.compress.curves_pane import CurvesPane
from penjing_gui.compress.progress_pane import ProgressPane
from penjing_gui.state import Workbench
from workbenches import shown


@pytest.fixture
def pane(bench: Workbench, qtbot: QtBot) -> Iterator[CurvesPane]:
    """The live view."""
    with shown(CurvesPane(bench), qtbot, 828, 470) as pane:
        yield pane


@pytest.fixture
def progress(bench: Workbench, qtbot: QtBot) -> Iterator[ProgressPane]:
    """Where the run is."""
    with shown(ProgressPane(bench), qtbot, 300, 480) as pane:
        yield pane
