"""Letters that open and choose in the menus, and shortcuts: each stands for one thing."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penjing_gui import translations
from penjing_gui.main_window import MainWindow
from penjing_gui.settings import Settings
from penjing_gui.state import Workbench


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_letter_stands_for_one_thing_in_a_menu(
    language: str, qtbot: QtBot, qapp: QApplication, bench: Workbench
) -> None:
    locale = QLocale()
    translators = translations.install(qapp, language)
    try:
        window = MainWindow(bench, Settings())
    finally:
        for one in translators:
            qapp.removeTranslator(one)
        QLocale.setDefault(locale)
    qtbot.addWidget(window)
    for step in range(4):
        window.show_step(step)
        for name, menu in window.menus.menus.items():
            texts = [action.text() for action in menu.actions() if action.isVisible()]
            letters = [found.group(1).upper() for text in texts if (found := re.search(r"&(\w)", text))]
            twice = [letter for letter, count in Counter(letters).items() if count > 1]
            assert not twice, (step, name, twice, texts)
    keys = [key.toString() for action in window.findChildren(QAction) for key in action.shortcuts()]
    keys += [one.key().toString() for one in window.findChildren(QShortcut) if one.parent() is window]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    window.close()
