"""The four steps and the row they stand in, by mouse and keyboard."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from penjing_gui.main_window import MainWindow
from penjing_gui.page import StepState
from shell_window import CTRL, click, press


def test_steps_by_mouse_and_keyboard(window: MainWindow) -> None:
    buttons = window.row.steps.buttons
    click(buttons[2])
    assert window.page() is window.pages[2] and buttons[2].isChecked()
    for index, key in enumerate((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)):
        press(window, key, CTRL)
        assert window.page() is window.pages[index]
    window.pages[3].go_to.emit("decide")
    assert window.page() is window.pages[1]


def test_a_step_shows_its_state_in_words_too(window: MainWindow) -> None:
    window.pages[2].set_step_state(StepState("running", 64, "Step 1,204 of 1,890"))
    button = window.row.steps.buttons[2]
    assert button.state().percent == 64
    assert button.accessibleName() == "3 Compress: running, 64 %"
    assert button.toolTip() == "Step 1,204 of 1,890"
    window.pages[2].set_step_state(StepState("failed"))
    assert "failed" in button.accessibleName()


@pytest.mark.parametrize("width", [1100, 1280, 1440, 1920])
def test_the_toolbar_holds_its_parts_at_every_width(window: MainWindow, width: int) -> None:
    window.resize(width, 800)
    window.row.set_model("torchvision:a_model_with_a_very_long_name_indeed", "weights somewhere.safetensors")
    QApplication.processEvents()
    row = window.row
    parts = [row.open_button, row.model, row.steps, row.find_button, row.commands_button]
    if width >= 1280:
        parts.append(row.shortcut)
    for left, right in pairwise(parts):
        assert left.geometry().right() < right.geometry().left()
    assert parts[-1].geometry().right() <= width
    if width >= 1440:
        assert abs(row.steps.geometry().center().x() - width / 2) <= 2


def test_the_point_of_view_of_the_mouse(window: MainWindow) -> None:
    """Clicks land where the buttons are painted: the step switch is hit at its painted middle."""
    button = window.row.steps.buttons[1]
    middle = button.mapTo(window, QPoint(button.width() // 2, button.height() // 2))
    assert window.childAt(middle) is button
