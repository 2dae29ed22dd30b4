"""The dialogs around opening: every kind of reference, what a file would run, remembered decisions, weights alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penjing.spec import trust
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.messages import Failure, Message
from penjing_gui import open_kinds, zoo_names
from penjing_gui import theme as themes
from penjing_gui.inspect import columns, layer_tree, maps
from penjing_gui.inspect.view_bar import ViewBar
from penjing_gui.open_dialog import OpenDialog
from penjing_gui.session_client import SessionClient
from penjing_gui.settings import Settings, written
from penjing_gui.state import Asked, OpenModel, Workbench
from penjing_gui.trust_dialog import TAKE_OUT, TrustDialog
from penjing_gui.trust_evidence import evidence, one_line
from penjing_gui.trust_list import TrustList


@pytest.fixture
def session(tmp_path: Path) -> Iterator[SessionClient]:
    """The real worker."""
    made = SessionClient()
    yield made
    made.close()


def dialog_of(qtbot: QtBot, start: Asked | None = None, **more: object) -> OpenDialog:
    dialog = OpenDialog(themes.LIGHT, "en", None, start, **more)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


# References


def test_a_path_becomes_a_reference(tmp_path: Path) -> None:
    folder = tmp_path / "bert"
    folder.mkdir()
    assert open_kinds.reference_of(folder) == str(folder)
    (folder / "config.json").write_text("{}")
    assert open_kinds.reference_of(folder) == f"hf:{folder}" == open_kinds.completed(f" {folder} ")
    assert open_kinds.reference_of(tmp_path / "net.py") == f"py:{tmp_path / 'net.py'}:"
    assert open_kinds.completed("timm:resnet10t") == "timm:resnet10t"
    assert open_kinds.python_file("py:/a/net.py:build") == ("/a/net.py", "build")
    assert (
        open_kinds.python_file("py:/a/net.py") == ("/a/net.py", "") == open_kinds.python_file("py:/a/net.py:")
    )
    assert open_kinds.python_file("/a/net.pt") is None
    assert open_kinds.likely(["Other", "build"]) == "build" and open_kinds.likely([]) == ""


def test_names_of_the_zoos_complete(qtbot: QtBot) -> None:
    names = zoo_names.references()
    assert {"torchvision:resnet18", "timm:resnet10t"} <= set(names) and len(names) == len(set(names)) > 1000
    dialog = dialog_of(qtbot)
    model = dialog.completer.model()
    assert model is not None
    qtbot.waitUntil(lambda: model.rowCount() > 1000)
    QTest.keyClicks(dialog.reference, "mobilenet_v3_sm")
    assert dialog.completer.currentCompletion() == "torchvision:mobilenet_v3_small"
    dialog.reject()


def test_the_functions_of_a_python_file_are_listed_without_running_it(
    qtbot: QtBot, session: SessionClient, tmp_path: Path
) -> None:
    file, canary = tmp_path / "net.py", tmp_path / "canary"
    file.write_text(f"open({str(canary)!r}, 'w')\ndef wide(): ...\ndef build(): ...\ndef needs(x): ...\n")
    dialog = dialog_of(qtbot, Asked(f"py:{file}:", None, (), False), session=session)
    assert not dialog.factory.isVisible()
    qtbot.waitUntil(lambda: dialog.factory.count() == 2)
    assert dialog.reference.text() == f"py:{file}:build" and dialog.factory.currentText() == "build"
    dialog.factory.setCurrentIndex(0)
    dialog.factory.activated.emit(0)
    assert dialog.reference.text() == f"py:{file}:wide" and not canary.exists()
    dialog.shape.setText("3,8,8")
    dialog.open_button.click()
    assert dialog.asked == Asked(f"py:{file}:wide", None, ("3,8,8",), False)


def test_recent_models_and_drops_fill_the_fields(qtbot: QtBot, tmp_path: Path) -> None:
    entry = {"reference": "torchvision:resnet18", "weights": "/a/w.pt", "input": ["3,32,32"]}
    dialog = dialog_of(qtbot, recent=[{"reference": "sample:digits-cnn"}, entry])
    assert [dialog.recent.item(row).text() for row in range(2)][1] == "torchvision:resnet18 · w.pt"
    dialog.recent.setCurrentRow(1)
    dialog.recent.itemClicked.emit(dialog.recent.item(1))
    assert dialog.weights.text() == "/a/w.pt" and dialog.shape.text() == "3,32,32"
    weights = tmp_path / "other.safetensors"
    weights.write_bytes(b"")
    drop(dialog, weights)
    assert dialog.weights.text() == str(weights), "an architecture is named: it is for the weights"
    dialog.reference.clear()
    drop(dialog, weights)
    assert dialog.reference.text() == str(weights)
    dialog.reject()


def drop(dialog: OpenDialog, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    dialog.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, left, none))


def test_the_same_architecture_with_other_weights_is_another_recent_model() -> None:
    settings = Settings()
    settings.remember("torchvision:resnet18", None, [])
    settings.remember("torchvision:resnet18", "/a/w.pt", [])
    settings.remember("torchvision:resnet18", None, [])
    assert [written(one) for one in settings.recent] == [
        "torchvision:resnet18",
        "torchvision:resnet18 · w.pt",
    ]


# Trust


PICKLE = Failure(
    "models.pickle_needs_trust",
    3,
    path="/a/net.pt",
    names="a.B, c.D",
    globals=["a.B", "c.D"],
    sha256="1" * 64,
)


def test_the_question_shows_file_names_and_hash_and_defaults_to_cancel(qtbot: QtBot) -> None:
    found = {"path": "/a/net.pt", "sha256": "2" * 64, "kind": "torch", "names": ["a.B", "c.D"]}
    dialog = TrustDialog(PICKLE, Asked("/a/net.pt", None, (), False), themes.LIGHT, "en", None, found)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.found.toPlainText().split() == ["Refers", "to:", "a.B", "c.D"]
    assert dialog.sha256 == "2" * 64, "of the bytes that were looked at last"
    assert dialog.cancel.isDefault() and not dialog.remember.isChecked()
    assert dialog.trust.isVisible() and dialog.take_out.isVisible()
    dialog.take_out.click()
    assert dialog.result() == TAKE_OUT


def test_weights_that_trust_does_not_open_can_only_be_taken_out(qtbot: QtBot) -> None:
    failure = Failure("models.weights_need_trust", 3, path="/a/w.pt", names="a.B")
    dialog = TrustDialog(failure, Asked("timm:x", "/a/w.pt", (), False), themes.LIGHT, "en", None, {})  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.trust.isVisible() and not dialog.remember.isVisible() and dialog.take_out.isVisible()


def test_what_a_python_file_runs_is_listed() -> None:
    failure = Failure("models.py_needs_trust", 3, path="net.py", factory="build", sha256="1" * 64)
    found = {"kind": "python", "imports": ["os"], "statements": ["3: os.system('x')"]}
    lines = [one.strip() for one in evidence(failure, found).splitlines()]
    assert lines[:2] == ["Imports:", "os"] and lines[-2:] == ["Then calls:", "build()"]
    assert "3: os.system('x')" in lines and one_line(failure, found) == "build()"


def test_remembered_decisions_are_listed_and_revoked(qtbot: QtBot) -> None:
    trust.remember("1" * 64, "/a/first.py", "build()")
    trust.remember("2" * 64, "/b/second.pt", "a.B")
    listed = TrustList(themes.LIGHT)
    qtbot.addWidget(listed)
    listed.show()
    model = listed.table.model()
    assert [model.index(row, 0).data() for row in range(2)] == ["second.pt", "first.py"]
    assert model.index(0, 1).data() == "222222222222…"
    assert model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "2" * 64
    assert model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole) == "/a/first.py"
    assert not listed.revoke.isEnabled()
    listed.table.selectRow(0)
    listed.revoke.click()
    assert [one.sha256 for one in trust.decisions()] == ["1" * 64] and model.rowCount() == 1
    listed.table.selectRow(0)
    listed.revoke.click()
    assert not trust.decisions() and not listed.table.isVisible() and listed.note.text().startswith("None")


# Weights alone


def weights_table() -> CostTable:
    rows = tuple(
        Row(f"block.{name}", "Tensor", params=count, macs=None, calls=0, weight_bytes=4 * count)
        for name, count in (("weight", 30), ("bias", 3))
    )
    return CostTable("w.pt", "state_dict", (), rows, sum_totals(rows, 0), {"": "Weights", "block": ""})


def test_costs_of_weights_alone_are_unknown_and_never_nought() -> None:
    tree = layer_tree.build(weights_table())
    assert tree.blind and tree.unknown_macs().all()
    for key, said in (("macs", "unknown"), ("macs_share", ""), ("activation_bytes", "?"), ("ratio", "")):
        one = columns.column(tree, key, 2)  # type: ignore[arg-type]
        assert {columns.text(one, node, key) for node in range(len(tree))} == {said}, key  # type: ignore[arg-type]
    assert columns.text(columns.column(tree, "params", 2), 0, "params") == "33"
    heat = maps.heat_data(tree, maps.Unit("FLOPs", 2))
    assert heat.missing == ("", "unknown", "unknown", "unknown")


def test_the_bar_says_what_a_file_is_and_offers_what_can_be_done(qtbot: QtBot, qapp: QApplication) -> None:
    bench = Workbench()  # asks for nothing here, so no worker is started
    bar = ViewBar(bench)
    qtbot.addWidget(bar)
    bar.show()
    shown = {}
    for format, code in (
        ("state_dict", "is_state_dict"),
        ("torchscript", "is_torchscript"),
        ("onnx", "is_onnx"),
    ):
        bench.model = OpenModel(
            f"/a/net.{format}", "net", "net", format, "", (), None, None, None, (),
            network=False, view=(Message(f"models.{code}"),),
        )  # fmt: skip
        bar.show_model(bench.model)
        assert bar.what.text().startswith(f"net.{format} is a")
        shown[format] = [one.isVisible() for one in (bar.identify, bar.choose, bar.graph)]
    assert shown == {
        "state_dict": [True, True, False],
        "torchscript": [True, True, True],
        "onnx": [False, False, False],
    }
    reason = Message("models.onnx_stays_a_graph", {"reason": "it is old; open the PyTorch model"})
    bar.show_model(replace(bench.model, warnings=(reason,)))
    assert bar.rest.text().count("the PyTorch model") == 1, "what to do is said once"
    bench.language = "zh_CN"
    bar.show_model(bench.model)
    assert " ONNX" in bar.what.text(), "Latin stands apart from Han"
    bench.language = "en"
    wanted: list[str] = []
    bar.wanted.connect(wanted.append)
    bar.identify.click()
    assert wanted == ["model.identify"]
    bar.resize(1800, bar.height())
    low = bar.height()
    bar.resize(500, bar.height())
    assert bar.height() > low, "it grows where the text needs more lines"
    bench.close()
