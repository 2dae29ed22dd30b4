"""Step 3 driven by mouse and keyboard: the plan before the run, the run, its ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from penjing.spec.messages import Failure, bad_input
from penjing.whatif import allocate, predict
from penjing_gui.compress.page import CompressPage
from penjing_gui.compress.strip_data import agreement, costs_now, strip_layers
from penjing_gui.main_window import MainWindow
from penjing_gui.page import Page
from penjing_gui.session_client import SessionClient
from penjing_gui.settings import Settings
from penjing_gui.state import Workbench
from penjing_gui.theme import DARK
from run_examples import GROUPS, open_model, recipe, table, view
from workbenches import click, shown

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Session(SessionClient):
    """A session that starts nothing and knows the sample's data."""

    def request(
        self, method: str, params: Mapping[str, Any], done: Any, failed: Any = None, progress: Any = None
    ) -> int:
        if method == "data" and params["reference"] == "sample:digits":
            sizes = {"train": 1200, "validation": 250, "test": 347}
            done({"reference": "sample:digits", "task": "classification", "classes": 10, "sizes": sizes})
        return 1


@pytest.fixture
def client() -> SessionClient:
    return Session()


@pytest.fixture
def page(bench: Workbench, qtbot: QtBot) -> Iterator[CompressPage]:
    with shown(CompressPage(bench), qtbot) as page:
        yield page


def show(bench: Workbench, folder: Path, **changes: Any) -> None:
    bench.run_view = view(folder, **changes)
    bench.run_view_changed.emit(bench.run_view)
    QApplication.processEvents()


def field(page: CompressPage, key: str) -> Any:
    return page.recipe.form.fields[key]


def type_into(widget: QLineEdit | QSpinBox, text: str, qtbot: QtBot) -> None:
    widget.setFocus()
    widget.selectAll()
    qtbot.keyClicks(widget, text)


# before the run


def test_without_a_plan_it_leads_to_decide(page: CompressPage, qtbot: QtBot) -> None:
    assert page.recipe.is_empty and page.state.kind == "locked"
    button = next(one for one in page.recipe.findChildren(QPushButton) if one.text() == "Go to Decide")
    with qtbot.waitSignal(page.go_to) as went:
        click(button, qtbot)
    assert went.args == ["decide"]


def test_a_plan_fills_the_form_and_is_predicted(page: CompressPage, bench: Workbench) -> None:
    open_model(bench)
    bench.set_plan(recipe())
    assert page.state.kind == "ready"
    assert field(page, "pruning.target").currentData() == "macs"
    assert field(page, "pruning.value").value() == 30.0
    assert field(page, "data.split").text() == "1,200 / 250 / 347"
    kept = allocate(table(), GROUPS, "macs", 0.3)
    wanted = predict(table(), GROUPS, kept).totals
    assert page.recipe.prediction is not None and page.recipe.prediction.after is not None
    assert page.recipe.prediction.after.totals == wanted
    change = f"{100 * (wanted.macs / table().totals.macs - 1):.1f}".replace("-", "−")
    assert change in page.recipe.outcome.rows.value("macs").text()
    assert page.layers.strip.layers[1].planned == 2 * (predict(table(), GROUPS, kept).rows[1].macs or 0)
    assert page.layers.head.note.text() == "planned, not yet carried out"


def test_a_change_by_keyboard_changes_plan_and_prediction(
    page: CompressPage, bench: Workbench, qtbot: QtBot
) -> None:
    open_model(bench)
    bench.set_plan(recipe())
    before = page.recipe.prediction
    type_into(field(page, "training.epochs"), "12", qtbot)
    type_into(field(page, "pruning.value"), "60", qtbot)
    qtbot.waitUntil(lambda: bench.plan is not None and bench.plan["pruning"]["macs"] == 0.6)
    assert bench.plan is not None and bench.plan["training"]["epochs"] == 12
    assert bench.plan["training"]["optimizer"] == "sgd"  # what has no field stays
    assert page.recipe.prediction is not None and page.recipe.prediction != before


def test_another_technique_has_other_fields(page: CompressPage, bench: Workbench, qtbot: QtBot) -> None:
    open_model(bench)
    bench.set_plan(recipe())
    box: QComboBox = field(page, "technique")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bench.plan is not None and bench.plan["technique"] == "distillation")
    assert not field(page, "pruning.target").isVisible() and field(page, "distillation.kind").isVisible()
    assert bench.plan is not None and bench.plan["pruning"] is None
    assert bench.plan["distillation"]["student"] == "auto:width=0.5"


def test_an_error_stands_at_its_field_and_stops_the_start(
    page: CompressPage, bench: Workbench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[bool] = []
    monkeypatch.setattr(bench, "start_run", lambda: started.append(True))
    open_model(bench)
    bench.set_plan(recipe())
    plan = bench.plan
    type_into(field(page, "training.lr"), "fast", qtbot)
    error = page.recipe.form.errors["training.lr"]
    qtbot.waitUntil(error.isVisible)
    assert error.text() and bench.plan == plan
    assert not page.recipe.outcome.button.isEnabled()
    type_into(field(page, "training.lr"), "0.05", qtbot)
    qtbot.waitUntil(lambda: not error.isVisible())
    click(page.recipe.outcome.button, qtbot)
    assert started == [True] and bench.plan is not None and bench.plan["training"]["lr"] == 0.05


def test_a_target_out_of_reach_is_said_at_the_share(
    page: CompressPage, bench: Workbench, qtbot: QtBot
) -> None:
    open_model(bench)
    bench.set_plan(recipe(macs=0.0001))
    assert page.recipe.form.errors["pruning.value"].isVisible()
    assert not page.recipe.outcome.button.isEnabled()
    assert not page.recipe.outcome.note.isVisible()


def test_a_prediction_is_announced_only_while_the_groups_are_looked_for(
    page: CompressPage, bench: Workbench, qtbot: QtBot
) -> None:
    open_model(bench)
    bench.groups, bench.groups_known = (), False
    bench.set_plan(recipe())
    assert page.recipe.outcome.note.text() == "Predicted as soon as the coupled groups are known."
    bench.groups, bench.groups_known = GROUPS, True
    bench.groups_changed.emit(GROUPS)
    assert not page.recipe.outcome.note.isVisible() and page.recipe.prediction is not None
    type_into(field(page, "training.lr"), "fast", qtbot)
    page.recipe.form.flush()
    assert not page.recipe.outcome.note.isVisible(), "an error is told at its field"


def test_the_menu_starts_what_the_form_says(
    bench: Workbench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(bench, "start_run", lambda: started.append(bench.plan))
    page = CompressPage(bench)
    others = [Page(bench, name) for name in ("inspect", "decide")]
    window = MainWindow(bench, Settings(), [*others, page, Page(bench, "compare")])
    qtbot.addWidget(window)
    window.show()
    open_model(bench)
    bench.set_plan(recipe())
    window.show_step(2)
    rate = field(page, "training.lr")
    type_into(rate, "0.07", qtbot)
    window.show_step(0)
    window.commands.action("run.start").trigger()  # within the moment that the form waits for more
    assert window.stack.currentWidget() is page
    assert len(started) == 1 and bench.plan is started[0]
    assert bench.plan is not None and bench.plan["training"]["lr"] == 0.07
    type_into(rate, "fast", qtbot)
    window.show_step(0)
    window.commands.action("run.start").trigger()
    assert window.stack.currentWidget() is page and page.recipe.form.errors["training.lr"].isVisible()
    assert len(started) == 1, "nothing is started from a form with an error"
    window.close()


def test_replies_about_data_are_told_of_the_data_they_are_about(
    page: CompressPage, bench: Workbench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any, Any]] = []

    def request(method: str, params: Any, done: Any, failed: Any = None, progress: Any = None) -> int:
        asked.append((str(params["reference"]), done, failed))
        return len(asked)

    monkeypatch.setattr(bench.session, "request", request)
    open_model(bench)
    bench.set_plan(recipe())
    for reference in ("/nowhere/a.npz", "/some/b.npz"):
        type_into(field(page, "data.reference"), reference, qtbot)
        page.recipe.form.flush()
    assert [one for one, _, _ in asked] == ["sample:digits", "/nowhere/a.npz", "/some/b.npz"]
    error = page.recipe.form.errors["data.reference"]
    splits = {"train": 10, "validation": 2, "test": 3}
    asked[0][1]({"reference": "sample:digits", "classes": 10, "sizes": splits})
    asked[1][2](bad_input("data.not_found", path="/nowhere/a.npz"))
    assert not error.isVisible(), "a late refusal of what stood there before"
    asked[2][1]({"reference": "/some/b.npz", "classes": 10, "sizes": splits})
    assert field(page, "data.split").text() == "10 / 2 / 3" and page.recipe.outcome.button.isEnabled()
    type_into(field(page, "data.reference"), "/nowhere/a.npz", qtbot)
    page.recipe.form.flush()
    assert asked[-1][0] == "/nowhere/a.npz", "asked anew: it may be there by now"
    asked[-1][2](bad_input("data.not_found", path="/nowhere/a.npz"))
    assert error.isVisible() and not page.recipe.outcome.button.isEnabled()


# while it runs


def test_a_run_is_read_only_and_shows_where_it_is(
    page: CompressPage, bench: Workbench, tmp_path: Path
) -> None:
    open_model(bench)
    show(bench, tmp_path)
    assert page.recipe.stack.currentIndex() == 1 and page.recipe.lock.isVisible()
    assert not page.recipe.again.isVisible()
    assert page.state.kind == "running" and page.state.percent == 50
    assert page.progress.percent.text() == "50 %"
    assert page.progress.left_value.text() == "about 6.0 min"
    assert page.progress.left_spread.text() == "(5.5 to 6.8 min)"
    assert "step 40 / 80" in page.progress.where.text()
    assert [stage.state for stage in page.progress.bars.stages] == ["done", "done", "done", "running"]
    assert page.progress.bars.stages[-1].accuracy == 0.986
    assert page.progress.rows.value("test").text() == "closed"
    assert page.curves.finding() == "Validation loss 0.232, falling; accuracy 98.6 %."
    assert page.layers.head.note.text() == "channels as planned in 3 of 3 layers"
    assert page.log.log.toPlainText().splitlines()[1].endswith("dense: validation 99.1 %")


def test_buttons_steer_the_run(
    page: CompressPage, bench: Workbench, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[str] = []
    for order in ("pause", "resume", "stop"):
        monkeypatch.setattr(bench, order, lambda order=order: orders.append(order))
    open_model(bench)
    show(bench, tmp_path)
    click(page.progress.pause, qtbot)
    show(bench, tmp_path, status="paused", eta=None)
    assert page.progress.pause.text() == "Resume" and page.progress.chip.text() == "paused"
    page.progress.pause.setFocus()
    qtbot.keyClick(page.progress.pause, Qt.Key.Key_Space)
    click(page.progress.stop, qtbot)
    show(bench, tmp_path, status="stopped", eta=None)
    assert not page.progress.stop.isVisible()
    assert page.progress.pause.text() == "Resume from step 40"
    click(page.progress.pause, qtbot)
    assert orders == ["pause", "resume", "stop", "resume"]


def test_a_dead_worker_is_said_with_the_way_on(
    page: CompressPage, bench: Workbench, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed: list[bool] = []
    monkeypatch.setattr(bench, "resume", lambda: resumed.append(True))
    open_model(bench)
    show(bench, tmp_path)
    failure = Failure("window.run_killed", status=-9, step=40)
    show(bench, tmp_path, status="dead", failure=failure, last_log_lines="Killed", eta=None)
    strip = page.curves.failure
    assert strip is not None and strip.action is not None
    assert strip.action.text() == "Resume from step 40" and page.state.kind == "failed"
    click(strip.action, qtbot)
    assert resumed == [True]
    show(bench, tmp_path)
    assert page.curves.failure is None


def test_a_done_run_leads_to_compare_and_to_a_new_plan(
    page: CompressPage, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    open_model(bench)
    show(bench, tmp_path)
    show(bench, tmp_path, status="done", step=80, result={"seconds": 61.0}, test_opened=True)
    assert page.state.kind == "done" and page.progress.percent.text() == "100 %"
    with qtbot.waitSignal(page.go_to) as went:
        click(page.progress.pause, qtbot)
    assert went.args == ["compare"]
    click(page.recipe.again, qtbot)
    assert bench.plan is not None and bench.plan["pruning"]["macs"] == 0.3
    assert page.recipe.stack.currentIndex() == 0


def test_before_ten_steps_the_time_is_being_measured(
    page: CompressPage, bench: Workbench, tmp_path: Path
) -> None:
    show(bench, tmp_path, eta=None, step=5)
    assert page.progress.left_value.text() == "measuring"


def test_the_log_takes_only_what_is_new(
    page: CompressPage, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    log = tuple((float(i), f"line {i}") for i in range(6000))
    show(bench, tmp_path, log=log[:5000], log_total=5000)
    show(bench, tmp_path, log=log[10:5010], log_total=5010)
    lines = page.log.log.toPlainText().splitlines()
    assert len(lines) == 5000
    assert [line.split()[-1] for line in (lines[0], lines[-1])] == ["10", "5009"]
    click(page.log.copy, qtbot)
    assert QGuiApplication.clipboard().text().endswith("line 5009\n")


def test_the_unit_switch_changes_strip_recipe_and_status(
    page: CompressPage, bench: Workbench, tmp_path: Path
) -> None:
    open_model(bench)
    show(bench, tmp_path)
    flops = page.layers.strip.layers[1].before
    bench.set_unit("macs")
    assert page.layers.strip.layers[1].before == flops / 2
    assert any(text == "MACs" for _, text in page.status_items())
    assert ("target", "Keep MACs") in {
        (key, text) for s in page.recipe.view._sections for key, text, _ in s.rows
    }


def test_a_click_and_an_arrow_select_layers(
    page: CompressPage, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    open_model(bench)
    show(bench, tmp_path)
    strip = page.layers.strip
    scene = strip.box.mapViewToScene(QPoint(1, 0).toPointF())
    at = strip.mapFromScene(scene) - QPoint(0, 8)
    qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert bench.selection == "b"
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert bench.selection == "a"


def test_everything_has_a_name_in_both_themes(page: CompressPage, bench: Workbench, tmp_path: Path) -> None:
    show(bench, tmp_path)
    bench.theme = DARK
    bench.theme_changed.emit(DARK)
    for widget in page.findChildren(QWidget):
        parent = widget.parent()
        own = not (isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget)
        if own and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName() or getattr(widget, "text", lambda: "")(), widget


# pure functions


def test_what_is_not_as_planned_is_computed_from_the_channels_left() -> None:
    before, planned = table(), table(4, 8)
    real = costs_now(before, planned, None, {"a": (8, 5), "b": (16, 8)}, GROUPS)
    assert real is not None and [row.macs for row in real.rows] == [row.macs for row in table(5, 8).rows]
    layers = strip_layers(before, planned, real, 2)
    assert agreement(layers) == (2, 3)
    assert layers[0].now == 2 * 64 * 9 * 5
    assert costs_now(before, planned, None, {}, GROUPS) is None
    assert costs_now(before, planned, None, {"a": (8, 5)}, ()) is None


def test_commands_do_what_the_small_controls_do(page: CompressPage, bench: Workbench, tmp_path: Path) -> None:
    actions = {command.name: command.action for command in page.commands()}
    open_model(bench)
    show(bench, tmp_path)
    actions["compress.smooth"].trigger()
    assert page.curves.smooth.currentText() == "No smoothing"
    assert page.curves.curves.losses.strength == "off"
    page.curves.smooth.setCurrentIndex(2)
    assert actions["compress.smooth"].isChecked() and page.curves.curves.losses.strength == "strong"
    actions["compress.logarithmic"].trigger()
    assert page.curves.scale.currentText() == "Linear loss" and not page.curves.curves.losses.logarithmic
    page.curves.scale.setCurrentIndex(0)
    assert actions["compress.logarithmic"].isChecked()
    actions["compress.edit_again"].trigger()
    assert bench.plan is None  # not while it runs


def test_a_strip_that_is_not_seen_is_drawn_when_it_is(page: CompressPage) -> None:
    open_model(page.bench)
    drawn = page.layers.strip.layers
    page.hide()
    page.bench.set_unit("macs")
    assert page.layers.strip.layers == drawn, "a deep model's layers take their time"
    page.show()
    assert [one.before for one in page.layers.strip.layers] == [one.before / 2 for one in drawn]
