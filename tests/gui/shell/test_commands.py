"""Every command is in the menus, the palette and the list of shortcuts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from penjing_gui import theme as themes
from penjing_gui.commands import plain
from penjing_gui.main_window import MainWindow
from penjing_gui.palette import CommandPalette, ShortcutList
from shell_window import CTRL, SHIFT, in_dialog, page, press


def test_every_command_is_in_the_palette_and_the_shortcut_list(qtbot: QtBot, window: MainWindow) -> None:
    commands = window.commands.all()
    texts = [one.text for one in commands if one.action.isVisible()]
    assert "Open…" in texts and "Do inspect" in texts and "Do decide" not in texts
    palette = CommandPalette(commands, themes.LIGHT, window)
    qtbot.addWidget(palette)
    shown = [palette.model.command(row) for row in range(palette.model.rowCount())]
    assert sorted(one.text for one in shown if one) == sorted(texts)
    listed = ShortcutList(commands, window)
    qtbot.addWidget(listed)
    items = [listed.table.topLevelItem(i) for i in range(listed.table.topLevelItemCount())]
    assert sum(one.childCount() for one in items if one) == len(texts)


def test_every_menu_entry_is_a_registered_command(window: MainWindow) -> None:
    registered = {id(one.action) for one in window.commands.all()}
    for menu in window.menus.menus.values():
        for action in menu.actions():
            if not action.isSeparator() and action.menu() is None:
                assert id(action) in registered, action.text()


def test_no_two_commands_share_a_shortcut(window: MainWindow) -> None:
    shortcuts = [one.shortcut for one in window.commands.all() if one.shortcut]
    assert len(shortcuts) == len(set(shortcuts))


def test_the_palette_by_keyboard(window: MainWindow) -> None:
    def act(dialog: CommandPalette) -> None:
        QTest.keyClicks(dialog.field, "window comp")
        rows = [dialog.model.command(row) for row in range(dialog.model.rowCount())]
        assert [one.text for one in rows if one] == ["Compress", "Compare"]
        press(dialog.field, Qt.Key.Key_Down)
        press(dialog.field, Qt.Key.Key_Return)

    in_dialog(CommandPalette, act)
    press(window, Qt.Key.Key_P, CTRL, SHIFT)
    assert window.page() is window.pages[3]


def test_mnemonics_are_taken_out() -> None:
    assert plain("&Open…") == "Open…"
    assert plain("打开(&O)…") == "打开…"


def test_a_page_command_works_only_on_its_page(window: MainWindow) -> None:
    window.show_step(1)
    assert page(window, 1).own.isVisible() and not page(window, 0).own.isVisible()
    window.commands.action("decide.do").trigger()
    assert page(window, 1).done == 1
