"""What is shown of data: pictures, classes, tables, targets, texts and warnings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

from data_examples import button, session, show
from data_replies import PICTURES, REGRESSION, TABLE, TEXT
from penjing_gui.compress.data_columns import KIND
from penjing_gui.compress.page import CompressPage
from penjing_gui.theme import DARK, LIGHT
from penjing_gui.widgets.data_table import TableWindow
from workbenches import click

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def with_picture(folder: Path) -> dict[str, Any]:
    """The pictures, the first of them really there."""
    picture = QImage(16, 16, QImage.Format.Format_RGB32)
    picture.fill(0xFF8800)
    assert picture.save(str(folder / "a.png"))
    samples = [{**one, "picture": str(folder / str(one["picture"]))} for one in PICTURES["samples"]]
    return {**PICTURES, "samples": samples}


def test_pictures_with_labels_classes_splits_and_warnings(
    page: CompressPage, tmp_path: Path, qtbot: QtBot
) -> None:
    show(page, with_picture(tmp_path))
    shown = page.data.view
    pictures = shown.samples.pictures
    assert isinstance(pictures, QListView) and pictures.isVisible() and not shown.samples.rows.isVisible()
    assert [pictures.model().index(row, 0).data() for row in range(2)] == ["A", "B"]
    found = shown.samples.model.pixmap(0, 72)
    assert (found.width(), found.height()) == (72, 72) and shown.samples.model.pixmap(1, 72).isNull()
    assert shown.bars.totals() == [140, 114, 46]
    assert shown.bars.describe(2) == "C: train 30, validation 8, test 8"
    assert shown.split_bar.accessibleDescription() == "train 210; validation 45; test 45"
    sentences = shown.warnings.sentences
    assert len(sentences) == 3 and "10 outputs" in sentences[2]
    assert "10 outputs" not in shown.warnings.text.text()
    click(button(shown.warnings, "1 more"), qtbot)
    assert "10 outputs" in shown.warnings.text.text()
    click(button(shown.warnings, "Show the list"), qtbot)
    listed = next(one for one in QApplication.topLevelWidgets() if isinstance(one, TableWindow))
    assert listed.data.columns == (["A/broken.png"], ["not a picture of a known format"])
    listed.close()
    assert "300 samples" in page.data.head.note.text()
    size = shown.options.fields["size"]
    assert isinstance(size, QLineEdit) and size.placeholderText() == "64 × 48"


def test_the_bars_can_be_read_by_keyboard_and_as_a_table(page: CompressPage, qtbot: QtBot) -> None:
    show(page, PICTURES)
    bars = page.data.view.bars
    bars.setFocus()
    for _ in range(2):
        qtbot.keyClick(bars, Qt.Key.Key_Right)
    assert bars.current == 1 and bars.accessibleDescription() == "B: train 80, validation 17, test 17"
    qtbot.keyClick(bars, Qt.Key.Key_Escape)
    assert bars.current == -1
    assert bars.table().columns == (["A", "B", "C"], [100, 80, 30], [20, 17, 8], [20, 17, 8])
    room = bars._plot()
    assert bars.index_at(room.left() + 1) == 0 and bars.index_at(room.right() - 1) == 2


def test_a_thousand_classes_are_drawn_by_the_fullest_of_each_pixel(page: CompressPage) -> None:
    counts = [10] * 5000
    counts[2500] = 400
    page.data.view.bars.set_classes([str(one) for one in range(5000)], {"train": counts})
    bars = page.data.view.bars
    bars.resize(400, 150)
    picture = bars.grab().toImage()
    room = bars._plot()
    x = int(room.left() + room.width() * 2500.5 / 5000)
    blue = LIGHT.series[2].rgb()
    near = [picture.pixel(at, int(room.top()) + 4) == blue for at in (x - 1, x, x + 1)]
    assert any(near) and picture.pixel(x - 60, int(room.top()) + 4) != blue


def test_a_tables_columns_and_rows(page: CompressPage, qtbot: QtBot) -> None:
    show(page, TABLE)
    shown = page.data.view
    model = shown.columns.own
    texts = [[model.index(row, column).data() for column in range(5)] for row in range(4)]
    assert texts[0][:2] == ["bought", "target"] and texts[0][2] == "no, yes"
    assert texts[1] == ["age", "number", "41.5 ± 12.2  [18, 90]", "2", "70"]
    assert shown.columns.isVisible() and not shown.samples.isVisible()
    click(shown.views.button("samples"), qtbot)
    rows = shown.samples.rows.own
    assert shown.samples.isVisible() and rows.headers == ("bought", "age", "town", "id")
    assert [rows.index(1, column).data() for column in range(4)] == ["yes", "", "Z", "2"]


def pick(page: CompressPage, row: int, kind: str, qtbot: QtBot) -> None:
    """Choose what a column is taken for, by keyboard."""
    view_ = page.data.view.columns
    index = view_.model().index(row, KIND)
    view_.scrollTo(index)
    qtbot.mouseClick(view_.viewport(), Qt.MouseButton.LeftButton, pos=view_.visualRect(index).center())
    box = next(one for one in view_.findChildren(QComboBox) if one.isVisible())
    popup = box.view()
    qtbot.waitUntil(popup.isVisible)
    popup.setCurrentIndex(popup.model().index(box.findData(kind), 0))
    qtbot.keyClick(popup, Qt.Key.Key_Return)


def test_what_a_column_is_taken_for_can_be_changed(page: CompressPage, qtbot: QtBot) -> None:
    show(page, TABLE)
    pick(page, 2, "ignore", qtbot)
    assert session(page).asked[-1] == {"reference": "/data/people.csv", "columns": {"town": "ignore"}}
    assert page.bench.plan is not None and page.bench.plan["data"]["columns"] == {"town": "ignore"}
    session(page).answer(TABLE)
    pick(page, 1, "target", qtbot)
    assert session(page).asked[-1]["target"] == "age"
    index = page.data.view.columns.own.index(0, KIND)
    assert not index.flags() & Qt.ItemFlag.ItemIsEditable, "the target moves when another column becomes it"


def test_a_regressions_target_is_a_histogram(page: CompressPage) -> None:
    show(page, REGRESSION)
    bars = page.data.view.bars
    assert bars.accessibleName() == "Training samples by target" and bars.totals() == [90, 70, 50]
    assert bars.names[0] == "25 – 132"
    form = page.recipe.form
    assert form.is_shown("training.objective") and not form.is_shown("training.label_smoothing")


def test_texts_with_their_labels(page: CompressPage) -> None:
    show(page, TEXT)
    rows = page.data.view.samples.rows.own
    assert rows.rows == [("good", "Worth it for the last scene alone.")]
    options = page.data.view.options
    assert options.is_shown("tokenizer") and not options.is_shown("size") and not options.is_shown("task")


def test_dark_and_named(page: CompressPage) -> None:
    show(page, PICTURES)
    page.bench.theme = DARK
    page.apply_theme(DARK)
    shown = page.data.view
    ground = shown.warnings.grab().toImage().pixelColor(QPoint(3, 3))
    assert ground == DARK.warn_soft
    nameless = [
        one
        for one in shown.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and not one.accessibleName()
        and not one.objectName().startswith("qt_")
    ]  # fmt: skip
    assert not nameless, nameless
