"""Theme, language and what is remembered from one window to the next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penjing_gui import settings as stored
from penjing_gui import theme as themes
from penjing_gui import translations
from penjing_gui.main_window import MainWindow
from penjing_gui.preferences import PreferencesDialog
from penjing_gui.settings import Settings
from penjing_gui.state import Workbench
from shell_window import PlainPage, click, in_dialog, page, plain_pages, press


def test_the_theme_changes_everywhere(window: MainWindow, bench: Workbench, qapp: QApplication) -> None:
    window.menus.theme["dark"].trigger()
    assert bench.theme is themes.DARK and page(window, 0).first.theme is themes.DARK
    window.show_step(1)
    assert page(window, 1).second.theme is themes.DARK, "a page behind takes it over when it is shown"
    window.show_step(0)
    QApplication.processEvents()
    picture = window.grab().toImage()
    assert picture.pixelColor(400, 40).lightnessF() < 0.3
    window.menus.theme["light"].trigger()
    assert window.grab().toImage().pixelColor(300, 40).lightnessF() > 0.8
    assert stored.load().theme == "light"


def test_preferences_are_stored(window: MainWindow, bench: Workbench, penjing_home: Path) -> None:
    def act(dialog: PreferencesDialog) -> None:
        assert str(penjing_home) in [one.text() for one in dialog.findChildren(type(window.row.shortcut))]
        dialog.language.setCurrentIndex(dialog.language.findData("zh_CN"))
        dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
        dialog.unit.setCurrentIndex(dialog.unit.findData("macs"))
        press(dialog, Qt.Key.Key_Return)

    in_dialog(PreferencesDialog, act)
    window.commands.action("edit.preferences").trigger()
    assert (stored.load().language, stored.load().theme) == ("zh_CN", "dark")
    assert bench.unit == "macs"
    assert "started again" in window.status.currentMessage()
    window.status.clearMessage()
    window.menus.theme["light"].trigger()


def test_places_are_remembered(qtbot: QtBot, window: MainWindow, bench: Workbench) -> None:
    click(page(window, 0).second.head.close_button)
    window.resize(1200, 750)
    window.close()
    settings = stored.load()
    pages = plain_pages(bench)
    again = MainWindow(bench, settings, pages)
    qtbot.addWidget(again)
    again.show()
    assert again.height() == 750  # the offscreen screen is too narrow for any width of ours
    second = pages[0]
    assert isinstance(second, PlainPage) and second.second.isHidden() and second.first.isVisible()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"theme": 5, "recent": [1, {"reference": 2}], "pages": [], "geometry": "%%%"}']
)
def test_an_odd_settings_file_does_no_harm(
    qtbot: QtBot, bench: Workbench, penjing_home: Path, text: str
) -> None:
    penjing_home.mkdir(parents=True, exist_ok=True)
    stored.path().write_text(text, encoding="utf-8")
    settings = stored.load()
    assert (settings.theme, settings.language, settings.recent) == ("system", "system", [])
    window = MainWindow(bench, settings, plain_pages(bench))
    qtbot.addWidget(window)
    window.show()


def test_the_recent_ones_are_kept_in_order() -> None:
    settings = Settings()
    for name in "abcdefghijab":
        settings.remember(name, None, [])
    assert [one["reference"] for one in settings.recent] == list("bajihgfe")
    assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


@contextmanager
def chinese(qapp: QApplication) -> Iterator[list[QTranslator]]:
    installed = translations.install(qapp, "zh_CN")
    try:
        yield installed
    finally:
        for one in installed:
            qapp.removeTranslator(one)
            one.deleteLater()
        translations.QLocale.setDefault(translations.QLocale.c())


def test_chinese_is_there_with_qt_s_own_buttons(qapp: QApplication) -> None:
    with chinese(qapp) as installed:
        assert len(installed) == 2
        assert qapp.translate("Menus", "&File") == "文件(&F)"
        assert qapp.translate("QPlatformTheme", "Cancel") == "取消"


def test_the_language_is_the_chosen_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert translations.chosen_language("zh_CN") == "zh_CN"
    monkeypatch.setenv("PENJING_LANG", "zh")
    assert translations.chosen_language("system") == "zh_CN" and translations.chosen_language("en") == "en"
    monkeypatch.setenv("PENJING_LANG", "fr")
    assert translations.chosen_language("system") == "en"


def test_buttons_are_chinese_without_qt_s_translations(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations.QLibraryInfo, "path", lambda _which: "/nowhere")
    with chinese(qapp):
        assert qapp.translate("QPlatformTheme", "Cancel") == "取消"
        assert qapp.translate("Menus", "&File") == "文件(&F)"
