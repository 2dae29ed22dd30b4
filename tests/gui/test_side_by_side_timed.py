"""Two models side by side, timed: columns, intervals, cancel, trust; and a finished run as the other model."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspect_examples import conv, give, inspect_page, session, table
from penjing.spec.costs import CostTable
from penjing.spec.folders import runs_folder
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing.spec.pair_timing import PairTiming, Timing
from penjing_gui.inspect.other_dialog import OtherDialog
from penjing_gui.inspect.page import InspectPage
from penjing_gui.inspect.pair_model import FIRST_COST
from penjing_gui.inspect.side_by_side import SideBySide
from penjing_gui.state import Asked
from run_examples import table as run_table
from run_examples import write_run

LEFT = Qt.MouseButton.LeftButton
LATENCY = FIRST_COST + 12


def timing(ratio: float = 2.0, low: float = 1.9, high: float = 2.1) -> PairTiming:
    first = Timing({"features.0": 1.5, "features.3": 2.25, "head": 0.5}, 5.0, (4.9, 5.1))
    second = Timing({"features.0": 1.5, "features.3": 0.25, "features.4": 0.125}, 2.5, (2.4, 2.6))
    return PairTiming(first, second, ratio, (low, high))


def other() -> CostTable:
    """Fewer channels in one layer, and one more."""
    return table(width=24, extra=1, model="torchvision:other")


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[InspectPage]:
    with inspect_page(qtbot) as page:
        give(page, table())
        yield page


@pytest.fixture
def window(page: InspectPage, qtbot: QtBot) -> Iterator[SideBySide]:
    window = page.actions_made.compare_with(Asked("torchvision:other", "w.pt", ("3,16,16",), False))
    session(page).last("costs_of")[1]({"title": "other", "table": other().to_json(), "warnings": []})
    qtbot.waitUntil(lambda: window.view.pairs.pairs is not None)
    yield window
    window.close()


def row(window: SideBySide, name: str, start: int = LATENCY) -> list[str]:
    model = window.view.pairs
    at = [str(model.index(i, 0).data()) for i in range(model.rowCount())].index(name)
    return [str(model.index(at, start + i).data()) for i in range(3)]


def measured(window: SideBySide, page: InspectPage, qtbot: QtBot, found: PairTiming) -> None:
    qtbot.mouseClick(window.tools.measure.button, LEFT)
    session(page).last("latency_of")[1](found.to_json())
    qtbot.waitUntil(lambda: window.view.pairs.pairs is not None and window.view.pairs.pairs.timing == found)


def test_latencies_stand_there_once_both_are_measured(
    window: SideBySide, page: InspectPage, qtbot: QtBot
) -> None:
    assert window.view.pairs.columnCount() == LATENCY
    measured(window, page, qtbot, timing())
    params = session(page).last("latency_of")[0]
    assert (params["reference"], params["weights"], params["input"]) == (
        "torchvision:other", "w.pt", ["3,16,16"],
    )  # fmt: skip
    assert window.view.pairs.columnCount() == LATENCY + 3
    assert window.view.pairs.title(LATENCY + 1) == ("Latency", "B, ms")
    assert row(window, "All layers") == ["5.000", "2.500", "−2.500"]
    assert row(window, "features.3") == ["2.250", "0.250", "−2.000"]
    assert row(window, "features.4") == ["", "0.125", "+0.125"]
    assert row(window, "features.2") == ["", "", ""]  # timed in neither
    assert row(window, "head") == ["0.500", "", ""]  # in one only: nothing is known of the change
    model = window.view.pairs
    tip = str(model.index(0, LATENCY).data(Qt.ItemDataRole.ToolTipRole))
    assert "A 5 ms [4.900, 5.100], B 2.5 ms [2.400, 2.600]" in tip
    assert "5.00 ms, 95 % [4.90, 5.10]" in window.head.totals[0].text()
    assert "2.50 ms, 95 % [2.40, 2.60]" in window.head.totals[1].text()
    assert "2.00× as fast, 95 % [1.90, 2.10]" in window.head.change.text()
    assert "batch of 1" in window.note.text()
    rows = list(csv.reader(io.StringIO(window.csv_text())))
    assert rows[0][-3:] == ["latency_ms_a", "latency_ms_b", "latency_ms_change"]
    assert rows[1][-3:] == ["5", "2.5", "-2.5"]
    qtbot.mouseClick(window.tools.written.button("percent"), LEFT)
    assert row(window, "features.3")[2] == "−88.9"
    window.tools.show_box.setCurrentIndex(window.tools.show_box.findData("different"))
    assert model.rowCount() == 3  # noise in time is no difference


def test_what_is_no_difference_beyond_noise_is_said_so(
    window: SideBySide, page: InspectPage, qtbot: QtBot
) -> None:
    measured(window, page, qtbot, timing(1.02, 0.97, 1.06))
    assert "as fast within noise, 95 % [0.97, 1.06]" in window.head.change.text()


def test_order_and_selection_outlive_a_measurement(
    window: SideBySide, page: InspectPage, qtbot: QtBot
) -> None:
    window.view.pairs.sort(FIRST_COST, Qt.SortOrder.DescendingOrder)
    page.bench.select("features.3")
    measured(window, page, qtbot, timing())
    assert [str(window.view.pairs.index(i, 0).data()) for i in range(2)] == ["All layers", "head"]
    assert str(window.view.currentIndex().siblingAtColumn(0).data()) == "features.3"


def test_a_measurement_is_followed_and_cancelled(window: SideBySide, page: InspectPage, qtbot: QtBot) -> None:
    measure = window.tools.measure
    qtbot.mouseClick(measure.button, LEFT)
    assert measure.cancel.isVisible() and not measure.button.isVisible()
    assert measure.bar.maximum() == 0
    session(page).last("latency_of")[3]({"done": 1.5, "total": 6.0})
    assert (measure.bar.value(), measure.bar.maximum()) == (250, 1000)
    qtbot.mouseClick(measure.cancel, LEFT)
    assert measure.button.isVisible() and not measure.bar.isVisible()
    assert window.failure is None and window.view.pairs.columnCount() == LATENCY


def test_what_cannot_run_is_said(window: SideBySide, page: InspectPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.tools.measure.button, LEFT)
    session(page).last("latency_of")[2](
        Failure("costs.cannot_run", exit_code=2, shape="4", batch=1, error="it has another shape")
    )
    assert window.failure is not None and window.tools.measure.button.isVisible()
    assert window.view.pairs.pairs is not None


def test_another_open_model_is_not_measured_in_its_place(
    window: SideBySide, page: InspectPage, qtbot: QtBot
) -> None:
    qtbot.mouseClick(window.tools.measure.button, LEFT)
    bench = page.bench
    assert bench.model is not None
    bench.model = replace(bench.model, reference="torchvision:third")
    bench.model_changed.emit(bench.model)
    timed: list[PairTiming] = []
    window.other.timed.connect(timed.append)
    session(page).last("latency_of")[1](timing().to_json())
    assert not timed and window.tools.measure.button.isVisible()
    assert not window.tools.measure.button.isEnabled() and window.tools.measure.button.toolTip()


def test_a_trusted_file_is_timed_in_a_worker_of_its_own(
    page: InspectPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The open model goes to that worker: what may run code stays where it was agreed to."""
    made = []

    class Apart(type(session(page))):  # type: ignore[misc]
        def __init__(self, parent: object) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr("penjing_gui.inspect.other_model.SessionClient", Apart)
    window = page.actions_made.compare_with(Asked("py:model.py:build", None, ("4",), False))
    QTimer.singleShot(0, lambda: QApplication.activeModalWidget().accept())  # type: ignore[union-attr]
    session(page).last("costs_of")[2](
        Failure("models.py_needs_trust", exit_code=NEEDS_TRUST, path="model.py", factory="build", sha256="ab")
    )
    assert made[0].last("open")[0] == {
        "reference": "py:model.py:build", "weights": None, "input": ["4"], "trust": True, "sha256": "ab",
    }  # fmt: skip
    made[0].last("open")[1]({})
    made[0].last("costs")[1](other().to_json())
    qtbot.waitUntil(lambda: window.view.pairs.pairs is not None)
    qtbot.mouseClick(window.tools.measure.button, LEFT)
    made[1].last("open")[1]({})
    assert made[1].last("latency_of")[0]["reference"] == "torchvision:small"
    made[1].last("latency_of")[1](timing().swapped().to_json())
    qtbot.waitUntil(lambda: window.view.pairs.columnCount() > LATENCY)
    assert row(window, "All layers") == ["5.000", "2.500", "−2.500"]
    qtbot.mouseClick(window.tools.measure.button, LEFT)
    qtbot.mouseClick(window.tools.measure.cancel, LEFT)
    assert window.tools.measure.button.isVisible()
    assert page.bench.model is not None
    page.bench.model = replace(page.bench.model, trusted=True)
    page.bench.model_changed.emit(page.bench.model)
    assert not window.tools.measure.button.isEnabled()  # two files that run code, in two processes
    window.close()


def test_a_run_is_compared_from_its_files_with_what_it_measured(
    page: InspectPage, qtbot: QtBot, tmp_path: Path
) -> None:
    run = write_run(tmp_path, "a-run", ms=2.5)
    run.costs_after.write_text(json.dumps({**run_table(4, 8).to_json(), "model": "a-run"}))
    give(page, run_table())
    window = page.actions_made.compare_with(Asked(str(run.result), None, (), False))
    qtbot.waitUntil(lambda: window.view.pairs.pairs is not None)
    assert [one[0] for one in session(page).asked].count("costs_of") == 0
    assert window.head.models[1].text() == "a-run"
    assert row(window, "b") == ["3.000", "3.300", "+0.300"]
    assert row(window, "b", FIRST_COST) == ["1.152", "0.288", "−0.864"]
    assert "2.05× as fast" in window.head.change.text()
    assert not window.tools.measure.button.isEnabled()
    window.close()


def test_a_run_of_another_model_has_no_latency_beside_this_one(
    page: InspectPage, qtbot: QtBot, tmp_path: Path
) -> None:
    run = write_run(tmp_path, "a-run")
    window = page.actions_made.compare_with(Asked(str(run.path), None, (), False))
    qtbot.waitUntil(lambda: window.view.pairs.pairs is not None)
    assert window.view.pairs.columnCount() == LATENCY
    window.close()
    run.costs_after.unlink()
    window = page.actions_made.compare_with(Asked(str(run.path), None, (), False))
    qtbot.waitUntil(lambda: window.failure is not None)
    assert window.failure is not None and "a-run" in window.failure.what.text()
    window.close()


def test_finished_runs_are_offered(page: InspectPage, qtbot: QtBot) -> None:
    """Those of the open model first; what is not done is none."""
    for name, done in (("one", True), ("two", True), ("three", False)):
        folder = write_run(runs_folder(), name)
        folder.journal.write_text(json.dumps({"event": "started", "t": 1.0, "seq": 0}) + "\n")
        if done:
            with folder.journal.open("a") as file:
                file.write(json.dumps({"event": "done", "t": 2.0, "seq": 1}) + "\n")
    recipe = json.loads((runs_folder() / "one" / "recipe.json").read_text())
    recipe["model"]["reference"] = "torchvision:small"
    (runs_folder() / "one" / "recipe.json").write_text(json.dumps(recipe))
    seen: list[str] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, OtherDialog)
        qtbot.waitUntil(lambda: dialog.runs.count() > 0)
        seen.extend(dialog.runs.item(i).text() for i in range(dialog.runs.count()))
        qtbot.mouseClick(
            dialog.runs.viewport(), LEFT, pos=dialog.runs.visualItemRect(dialog.runs.item(1)).center()
        )
        qtbot.mouseClick(dialog.open_button, LEFT)

    QTimer.singleShot(0, answer)
    page.actions_made.compare.trigger()
    assert seen == ["one · torchvision:small · pruned", "two · sample:digits-cnn · pruned"]
    window = page.actions_made.windows[0]
    assert window.asked.reference == str(runs_folder() / "two")
    qtbot.waitUntil(lambda: window.view.pairs.pairs is not None)
    window.close()


def test_matching_by_place_keeps_its_latencies() -> None:
    from penjing_gui.inspect.pair_columns import build

    second = other()
    second = replace(second, rows=(conv("stem.conv", 3, 16, 16), *second.rows[1:]))
    found = build(table(), second, replace(timing(), second=Timing({"stem.conv": 1.0}, 2.5, (2.4, 2.6))))
    at = found.names.index("features.0")
    assert float(found.costs["latency_ms"].delta[at]) == -0.5
