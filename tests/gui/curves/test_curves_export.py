"""The live view as SVG, PNG and CSV."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from curve_examples import series, show, write_run
from penjing_gui.compress.curves_pane import CurvesPane
from penjing_gui.state import Workbench
from penjing_gui.theme import DARK

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def written(pane: CurvesPane, path: Path, qtbot: QtBot) -> Any:
    with qtbot.waitSignal(pane.export.ended) as ended:
        pane.export.write(path)
    return ended.args[1]


def test_svg_is_lines_and_text(pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot) -> None:
    show(bench, tmp_path, settings=((100, 0.05),))
    assert written(pane, tmp_path / "a.svg", qtbot) is None
    root = ET.fromstring((tmp_path / "a.svg").read_text(encoding="utf-8"))
    kinds = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert "image" not in kinds and kinds.count("path") + kinds.count("polyline") > 20
    words = {(element.text or "").strip() for element in root.iter() if element.tag.endswith("}text")}
    assert {"Loss", "Accuracy, %", "validation", "train, KD", "step", "400"} <= words
    assert pane.head.note.text() == "saved a.svg"


def test_png_is_sharp_and_both_themes_differ(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    assert written(pane, tmp_path / "light.png", qtbot) is None
    pane.apply_theme(DARK)
    assert written(pane, tmp_path / "dark.png", qtbot) is None
    light, dark = QImage(str(tmp_path / "light.png")), QImage(str(tmp_path / "dark.png"))
    assert light.width() == 2 * pane.curves.width()
    assert light.pixelColor(3, 3).lightness() > 240 and dark.pixelColor(3, 3).lightness() < 60


def test_csv_holds_every_step_of_every_curve_exactly(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    other = write_run("net-b", 350, 4)
    pane.overlays.set_paths([other.path])
    qtbot.waitUntil(lambda: bool(pane.curves.overlays) and pane.curves.overlays[0].data.step == 350)
    pane.curves.set_quantity("samples_per_s")
    pane.curves.switch("kd")
    assert written(pane, tmp_path / "a.csv", qtbot) is None
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
    name = tmp_path.name
    assert list(rows[0]) == [
        "step", f"loss ({name})", f"ce ({name})", f"val_loss ({name})", f"samples_per_s [samples/s] ({name})",
        "loss (net-b)", "val_loss (net-b)",
    ]  # fmt: skip
    assert [int(row["step"]) for row in rows] == list(range(1, 351))
    assert [float(row[f"loss ({name})"]) for row in rows[:300]] == series()["loss"][1].tolist()
    assert rows[300][f"loss ({name})"] == "" and rows[38][f"val_loss ({name})"] == ""
    assert float(rows[39][f"samples_per_s [samples/s] ({name})"]) == 1040.0
    assert float(rows[349]["loss (net-b)"]) == np.random.default_rng(4).uniform(0.5, 2.0, 351)[350]


def test_what_cannot_be_written_leaves_nothing_and_is_said(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(bench, tmp_path)
    (tmp_path / "old.csv").write_text("as it was", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("penjing_gui.widgets.csv_file.exact", full)
    failure = written(pane, tmp_path / "old.csv", qtbot)
    assert failure is not None and failure.message.params["problem"] == "No space left on device"
    assert (tmp_path / "old.csv").read_text(encoding="utf-8") == "as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    assert pane.failure is not None and "old.csv" in pane.failure.what.text()


def test_export_is_in_the_menus_too(pane: CurvesPane, bench: Workbench, tmp_path: Path) -> None:
    show(bench, tmp_path)
    names = [command.name for command in pane.export_commands()]
    assert names == ["compress.curves_png", "compress.curves_svg", "compress.curves_csv"]
    pane.export.export_actions["copy"].trigger()
    assert not QApplication.clipboard().image().isNull()
