"""The Decide page: what it shows of an advice, and what mouse and keyboard do to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from advice_tables import chain, one_layer
from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Failure
from penjing_gui import theme as themes
from penjing_gui.decide.page import DecidePage
from penjing_gui.decide.tree import share_columns
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.theme import DARK, LIGHT
from workbenches import answered, shown

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform


@pytest.fixture
def page(bench: Workbench, qtbot: QtBot) -> Iterator[DecidePage]:
    with shown(DecidePage(bench), qtbot) as page:
        yield page


def give(page: DecidePage, table: CostTable, groups: tuple[CoupledGroup, ...] | None, qtbot: QtBot) -> None:
    """Open a model without a worker, and wait for the advice."""
    bench = page.bench
    bench.model = OpenModel(
        "sample:digits-cnn", "digits-cnn", "shipped", "sample", "0" * 64, table.input, "classification", 10,
        "sample:digits", (),
    )  # fmt: skip
    bench.table, bench.groups, bench.groups_known = table, groups or (), groups is not None
    bench.model_changed.emit(bench.model)
    bench.table_changed.emit(table)
    settle(page, qtbot)


def settle(page: DecidePage, qtbot: QtBot) -> None:
    def answered() -> None:
        assert page.advice is not None
        assert not page._debounce.isActive() and not page._adviser.busy

    qtbot.waitUntil(lambda: not page._debounce.isActive())
    qtbot.waitUntil(lambda: not page._adviser.busy)
    QApplication.processEvents()
    answered()


def way(page: DecidePage) -> list[str]:
    return [node.key for node in page.tree.nodes if node.on_way]


def type_into(field: QLineEdit, text: str, qtbot: QtBot) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)


def choose(box: QComboBox, row: int, qtbot: QtBot) -> None:
    """Choose an item by the keyboard."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(row):
        qtbot.keyClick(box, Qt.Key.Key_Down)


VGG16 = (138_357_544, 15_470_264_320)


def test_before_a_model_is_open(page: DecidePage, qtbot: QtBot) -> None:
    assert page.state.kind == "locked" and page.state.tip
    assert all(pane.is_empty for pane in page.panes)
    assert page.status_items() == []
    with qtbot.waitSignal(page.go_to) as asked:
        (button,) = [one for one in page.findChildren(QPushButton) if one.text() == "Go to Inspect"]
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["inspect"]


def test_the_sample_is_distilled_and_a_latency_prunes_it(page: DecidePage, qtbot: QtBot) -> None:
    give(page, *chain(), qtbot)
    assert page.state.kind == "ready"
    assert way(page) == ["dense", "required", "C4"]
    assert page.plan_card.headline.text() == "Distillation"
    assert page.considerations.conflict.isVisible()  # compute-dense: P1b against C4
    type_into(page.strip.fields[1], "50", qtbot)
    settle(page, qtbot)
    assert page.advice is not None and page.advice.limits.max_latency_ms == 50
    assert way(page) == ["dense", "required", "C3"]
    assert page.plan_card.headline.text() == "Pruning"
    assert not page.considerations.conflict.isVisible()
    assert page.facts.performance.chip.text() == "Yes"


def test_a_dense_model_over_its_budget_shows_the_conflict(page: DecidePage, qtbot: QtBot) -> None:
    give(page, one_layer(*VGG16), None, qtbot)
    assert way(page) == ["dense", "limits", "C1"]
    box = page.considerations.conflict
    assert box.isVisible()
    assert all(f"<b>{rule}</b>" in box.text.text() for rule in ("P1a", "C1", "P4a"))
    rows = page.considerations.model
    shown = {str(rows.index(row, 0).data()): str(rows.index(row, 2).data()) for row in range(rows.rowCount())}
    assert shown == {
        "C1": "pruning", "P1a": "distillation", "P1b": "silent", "P2": "accuracy floor", "P3": "budgets",
        "P4a": "pruning", "P4b": "silent",
    }  # fmt: skip
    assert page.facts.type_card.ratio.text() == "111.8"
    assert "300 px" in page.facts.type_card.note.text()
    assert ("276.7 MB", "weights at float16") in page.status_items()
    assert "276.7 of 100 MB" in page.bars.accessibleDescription()


def test_a_fact_set_by_hand_is_marked_and_taken_back(page: DecidePage, qtbot: QtBot) -> None:
    give(page, *chain(), qtbot)
    card = page.facts.performance
    choose(card.choice, 1, qtbot)
    settle(page, qtbot)
    assert page.advice is not None and page.advice.facts["performance_required"].overridden
    assert way(page)[-1] == "C3"
    assert card.note.text() == "Set by hand; the measure says no."
    assert any(node.line == "set by hand" for node in page.tree.nodes)
    choose(card.choice, 0, qtbot)
    settle(page, qtbot)
    assert not page.advice.facts["performance_required"].overridden
    assert way(page)[-1] == "C4"


def test_strict_limits_by_the_space_bar(page: DecidePage, qtbot: QtBot) -> None:
    give(page, *chain(), qtbot)
    page.strip.strict.setFocus()
    qtbot.keyClick(page.strip.strict, Qt.Key.Key_Space)
    settle(page, qtbot)
    assert page.advice is not None and page.advice.facts["resource_limited"].value
    assert "limited-without-requirements" in [conflict.id for conflict in page.advice.conflicts]
    assert "<b>P4a</b>" in page.considerations.conflict.text.text()


def test_a_threshold_is_moved_by_keyboard_and_mouse_and_put_back(page: DecidePage, qtbot: QtBot) -> None:
    give(page, one_layer(*VGG16), None, qtbot)
    scale = page.facts.type_card.ratio_scale
    scale.setFocus()
    for _ in range(12):
        qtbot.keyClick(scale, Qt.Key.Key_Left)
    settle(page, qtbot)
    assert page.advice is not None and page.advice.kind.thresholds.max_macs_per_param < 111.8
    assert way(page)[1] == "required"
    assert "A threshold was moved." in page.facts.type_card.note.text()
    qtbot.keyClick(scale, Qt.Key.Key_Home)
    settle(page, qtbot)
    assert page.advice.kind.thresholds.max_macs_per_param == 200
    data = scale.scale_data()
    x = round(2 + (scale.width() - 4) * data.position(200))
    start, end = QPoint(x, scale.height() // 2), QPoint(round(0.2 * scale.width()), scale.height() // 2)
    qtbot.mousePress(scale, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(scale, end)
    qtbot.mouseRelease(scale, Qt.MouseButton.LeftButton, pos=end)
    settle(page, qtbot)
    assert page.advice.kind.thresholds.max_macs_per_param < 111.8


def test_the_plan_is_taken(page: DecidePage, qtbot: QtBot) -> None:
    give(page, *chain(), qtbot)
    assert page.advice is not None and page.advice.plan is not None
    with qtbot.waitSignal(page.go_to) as asked:
        qtbot.mouseClick(page.plan_card.use, Qt.MouseButton.LeftButton)
    assert asked.args == ["compress"]
    assert page.bench.plan == page.advice.plan.recipe
    assert page.state.kind == "done"
    qtbot.mouseClick(page.plan_card.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text().startswith("penjing distill sample:digits-cnn")


def test_what_is_out_of_reach_is_said(page: DecidePage, qtbot: QtBot) -> None:
    give(page, *chain(), qtbot)
    type_into(page.strip.fields[0], "0.00001", qtbot)
    settle(page, qtbot)
    assert not page.plan_card.use.isEnabled() and page.plan_card.use.toolTip()
    assert "budget of 1e-05 MB" in page.plan_card.warning.text()
    type_into(page.strip.fields[0], "", qtbot)
    settle(page, qtbot)
    assert page.plan_card.use.isEnabled() and not page.plan_card.warning.isVisible()


def test_groups_make_the_plan_exact(page: DecidePage, qtbot: QtBot) -> None:
    table, groups = chain()
    give(page, table, None, qtbot)
    type_into(page.strip.fields[1], "50", qtbot)
    settle(page, qtbot)
    assert page.advice is not None and page.advice.plan is not None and not page.advice.plan.exact
    page.bench.groups, page.bench.groups_known = groups, True
    page.bench.groups_changed.emit(groups)
    settle(page, qtbot)
    assert page.advice.plan.exact
    assert page.plan_card.sub.text() == "every budget is met, as predicted"


def test_another_device_by_keyboard_and_from_a_file(page: DecidePage, qtbot: QtBot, tmp_path: Path) -> None:
    give(page, one_layer(*VGG16), None, qtbot)
    choose(page.strip.box, 5, qtbot)
    settle(page, qtbot)
    assert page.advice is not None and page.advice.device.name == "server-gpu"
    assert way(page) == ["dense", "limits", "C2"]
    page.use_device_file(tmp_path / "none.toml")
    assert page.facts_pane.failure is not None
    assert "none.toml" in page.facts_pane.failure.what.text()
    assert page.strip.box.currentData() == "server-gpu"
    own = tmp_path / "board.toml"
    from importlib.resources import files

    text = (files("penjing_resources") / "devices" / "phone.toml").read_text("utf-8")
    own.write_text(text.replace('name = "phone"', 'name = "board"'), "utf-8")
    page.use_device_file(own)
    settle(page, qtbot)
    assert page.facts_pane.failure is None
    assert page.advice.device.name == "board"


def test_this_machine_is_measured(page: DecidePage, qtbot: QtBot) -> None:
    give(page, one_layer(*VGG16), None, qtbot)
    assert not page.strip.measure.isVisible()
    choose(page.strip.box, 6, qtbot)
    settle(page, qtbot)
    assert page.advice is not None and page.advice.device.measured is False
    qtbot.mouseClick(page.strip.measure, Qt.MouseButton.LeftButton)
    session = answered(page.bench)
    method, _, done, *_ = session.asked[-1]
    assert method == "measure_machine"
    done({"macs_per_s": 4e10, "bytes_per_s": 1e10, "threads": 2})
    settle(page, qtbot)
    assert page.advice.device.measured is True and page.advice.device.macs_per_s == 4e10


def test_training_time_is_asked_for_and_counts(page: DecidePage, qtbot: QtBot) -> None:
    give(page, *chain(), qtbot)
    session = answered(page.bench)
    qtbot.mouseClick(page.facts.estimate, Qt.MouseButton.LeftButton)
    method, params, done, failed, _ = session.asked[-1]
    assert page.advice is not None and page.advice.plan is not None
    assert (method, params["recipe"]) == ("training_time", page.advice.plan.recipe)
    assert not page.facts.estimate.isEnabled()
    failed(Failure("session.died", status=-9, log=""))
    assert page.facts_pane.failure is not None and page.facts.estimate.isEnabled()
    qtbot.mouseClick(page.facts.estimate, Qt.MouseButton.LeftButton)
    done({"seconds": 7200, "ci95": [7000, 7400], "steps_timed": 10, "total_steps": 900})
    type_into(page.strip.fields[4], "1", qtbot)
    settle(page, qtbot)
    assert page.advice.facts["training_limited"].value
    assert page.facts.hours.text() == "2.0 h"
    assert "P4b" in [one.rule.id for one in page.advice.rules if one.applies]


def test_units_switch(page: DecidePage, qtbot: QtBot) -> None:
    give(page, one_layer(*VGG16), None, qtbot)
    assert ("30.94 G", "FLOPs") in page.status_items()
    page.bench.set_unit("macs")
    assert ("15.47 G", "MACs") in page.status_items()
    assert "MACs" in page.plan_card.rows.value("gives").text()


def test_the_tree_by_keyboard(page: DecidePage, qtbot: QtBot) -> None:
    give(page, *chain(), qtbot)
    tree = page.tree
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_Left)
    assert tree.accessibleDescription().startswith("Performance required?")
    qtbot.keyClick(tree, Qt.Key.Key_Left)
    assert tree.accessibleDescription().startswith("Parameter-dense?")
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert "leaf C4" in tree.accessibleDescription()


def test_every_control_has_a_name(page: DecidePage, qtbot: QtBot) -> None:
    give(page, one_layer(*VGG16), None, qtbot)
    nameless = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and not getattr(widget, "text", str)()
    ]
    assert [f"{type(widget).__name__} {widget.objectName()}" for widget in nameless] == []


@pytest.mark.parametrize("size", [(1100, 640), (1280, 700), (1920, 980)])
def test_both_themes_paint_at_every_size(page: DecidePage, qtbot: QtBot, size: tuple[int, int]) -> None:
    give(page, *chain(), qtbot)
    page.resize(*size)
    seen = []
    for theme in (LIGHT, DARK):
        page.bench.theme = theme
        themes.apply(QApplication.instance(), theme)  # type: ignore[arg-type]
        page.bench.theme_changed.emit(theme)
        QApplication.processEvents()
        image: QImage = page.grab().toImage()
        seen.append(image.pixelColor(image.width() // 2, image.height() - 4).lightness())
    assert seen[0] > 200 and seen[1] < 60
    assert page.strip.width() <= page.width()


def test_a_page_closed_while_advice_is_worked_out(bench: Workbench, qtbot: QtBot) -> None:
    page = DecidePage(bench)
    qtbot.addWidget(page)
    table, groups = chain()
    bench.model = OpenModel("sample:digits-cnn", "d", "", "", "", table.input, None, None, None, ())
    bench.table, bench.groups, bench.groups_known = table, groups, True
    page._ask()
    page.close()
    assert not page._adviser._worker.isRunning()


def test_the_newest_question_is_answered(page: DecidePage, qtbot: QtBot) -> None:
    give(page, *chain(), qtbot)
    answers: list[Any] = []
    page._adviser.answered.connect(answers.append)
    for text in ("3", "31", "314"):
        page.strip.fields[1].setText(text)
        page._ask()
    settle(page, qtbot)
    assert answers[-1].question.limits.max_latency_ms == 314
    assert page.advice is not None and page.advice.limits.max_latency_ms == 314
    json.dumps(page.advice.to_json())


@pytest.mark.parametrize("width", [1100, 1280, 1920])
def test_the_facts_fit_their_pane(page: DecidePage, qtbot: QtBot, width: int) -> None:
    page.resize(width, 560)  # low enough for a scroll bar
    give(page, *chain(), qtbot)
    QApplication.processEvents()
    content = page.facts.widget()
    assert page.facts.verticalScrollBar().isVisible()
    assert content.width() <= page.facts.viewport().width(), "nothing is cut at the right"


def test_leaves_are_whole_before_questions_and_titles_before_second_lines() -> None:
    assert share_columns([90, 80, 70], [60, 70, 70], 250) == [90, 80, 70]
    assert share_columns([90, 80, 70], [60, 70, 70], 220) == [75, 75, 70]
    assert share_columns([90, 80, 70], [60, 70, 70], 135) == [30, 35, 70]
