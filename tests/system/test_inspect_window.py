"""Step 1 with a real session worker: kernels, roofline, another model beside the open one, also one that runs code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspect_examples import inspect_page
from penjing_gui.inspect import roofline_pane
from penjing_gui.inspect.page import InspectPage
from penjing_gui.session_client import SessionClient
from penjing_gui.state import Asked
from penjing_gui.trust_dialog import TrustDialog

LEFT = Qt.MouseButton.LeftButton
NARROW = """
from penjing.models.sample import DigitsCNN

def build():
    return DigitsCNN(width=0.5, classes=10)
"""


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[InspectPage]:
    with inspect_page(qtbot, SessionClient()) as page:
        page.bench.open("sample:digits-cnn")
        qtbot.waitUntil(lambda: page.bench.groups_known)
        yield page


def test_kernels_roofline_and_another_model(
    page: InspectPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench = page.bench
    assert bench.table is not None
    convolution = next(row.name for row in bench.table.rows if row.kind == "Conv2d")
    bench.select(convolution)
    qtbot.mouseClick(page.layer.tab.button("kernels"), LEFT)
    qtbot.waitUntil(lambda: page.layer.kernels.pictures is not None)
    assert page.layer.kernels.pictures is not None
    row = bench.table.row(convolution)
    drawn = page.layer.kernels.pictures.grid.kernels
    assert row is not None and row.out_channels is not None
    assert len(drawn) == row.out_channels * (row.in_channels or 0) and bool(np.isfinite(drawn).all())

    monkeypatch.setitem(roofline_pane.MEASURE, "seconds", 0.3)
    page.actions_made.roofline.trigger()
    qtbot.waitUntil(lambda: page.roofline.plot is not None)
    assert page.roofline.plot is not None and page.roofline.failure is None
    counted = {row.name for row in bench.table.rows if row.macs}
    assert {point.name for point in page.roofline.plot.data.points} == counted
    for point in page.roofline.plot.data.points:
        roof = min(page.roofline.plot.data.peaks[point.roof], page.roofline.plot.data.copy * point.intensity)
        assert point.attainable == pytest.approx(roof, rel=1e-6)

    same = page.actions_made.compare_with(Asked("sample:digits-cnn", None, (), False))
    qtbot.waitUntil(lambda: same.view.pairs.pairs is not None)
    assert same.view.pairs.pairs is not None
    assert not any(same.view.pairs.cost(cost).different.any() for cost in ("params", "macs"))
    same.close()

    path = tmp_path / "narrow.py"
    path.write_text(NARROW)
    other = page.actions_made.compare_with(Asked(f"py:{path}:build", None, ("1,8,8",), False))
    answered: list[bool] = []

    def say_yes() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, TrustDialog):
            answered.append(True)
            timer.stop()
            qtbot.mouseClick(dialog.trust, LEFT)

    timer = QTimer()
    timer.timeout.connect(say_yes)
    timer.start(50)
    qtbot.waitUntil(lambda: other.view.pairs.pairs is not None)
    assert answered and other.view.pairs.pairs is not None
    assert float(other.view.pairs.cost("params").delta[0]) < 0
    assert bench.model is not None and bench.model.reference == "sample:digits-cnn"
    other.close()
