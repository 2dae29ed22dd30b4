"""The Inspect page as a whole: empty, in another unit, in the dark, and by name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspect_examples import give
from layer_tables import small
from penjing_gui.inspect import columns
from penjing_gui.inspect.page import InspectPage
from penjing_gui.theme import DARK
from workbenches import LEFT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform


def test_the_empty_page_says_what_to_do_and_its_buttons_do_it(page: InspectPage, qtbot: QtBot) -> None:
    done: list[str] = []
    for name in ("file.open", "file.sample"):
        action = QAction(page.window())
        action.setObjectName(name)
        action.triggered.connect(lambda _=False, name=name: done.append(name))
    buttons = {
        button.text(): button for button in page.layers.findChildren(QPushButton) if button.isVisible()
    }
    assert page.layers.is_empty
    qtbot.mouseClick(buttons["Open…"], LEFT)
    buttons["Try the sample"].setFocus()
    qtbot.keyClick(buttons["Try the sample"], Qt.Key.Key_Space)
    assert done == ["file.open", "file.sample"]
    assert page.status_items() == []


def test_the_unit_changes_every_figure(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    macs = columns.KEYS.index("macs")
    model = page.layers.model
    total = small().totals.macs
    assert (model.index(0, macs).data(), model.unit(macs)) == (f"{2 * total / 1e6:.3f}", "M")
    page.bench.set_unit("macs")
    assert (model.index(0, macs).data(), model.unit(macs)) == (f"{total / 1e3:.3f}", "k")
    assert model.headerData(macs, Qt.Orientation.Horizontal).startswith("MACs")
    assert page.heat_map.map._data.rows[1] == "MACs"
    assert page.concentration.sentences[1].text().startswith("MACs: ")
    assert page.tree_map.colour.currentText() == "MACs"
    assert page.layer.form.value("macs").text().startswith("204.80 k")
    assert ("MACs" in [rest for _, rest in page.status_items()]) is True


def test_everything_has_a_name_and_the_theme_changes(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    for pane in page.panes:
        for kind in (QLineEdit, QPushButton):
            for widget in pane.findChildren(kind):
                if widget.isVisible():
                    assert widget.accessibleName() or widget.text()
    for widget in (page.layers.view, page.heat_map.map, page.tree_map.map, page.concentration.plot):
        assert isinstance(widget, QWidget) and widget.accessibleName() and widget.accessibleDescription()
    page.bench.set_theme("dark")
    QApplication.processEvents()
    image = page.grab().toImage()
    corner = page.layers.view.viewport().mapTo(page, QPoint(4, page.layers.view.viewport().height() - 6))
    assert image.pixelColor(corner) == DARK.base
    page.bench.set_theme("light")
