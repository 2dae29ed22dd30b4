"""Data are chosen: by menu, dialog, drop, and by a plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from data_examples import button, session
from data_replies import PICTURES
from penjing_gui.compress.data_dialog import DataDialog
from penjing_gui.compress.data_summary import reference_of
from penjing_gui.compress.page import CompressPage
from penjing_gui.main_window import MainWindow
from penjing_gui.page import Page
from penjing_gui.settings import Settings
from penjing_gui.state import Workbench
from penjing_gui.theme import LIGHT
from run_examples import open_model, recipe
from workbenches import click

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def drop(page: CompressPage, path: str) -> bool:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path)])
    event = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    page.data.dropEvent(event)
    return event.isAccepted()


def test_without_data_it_says_what_to_do_and_takes_the_sample(page: CompressPage, qtbot: QtBot) -> None:
    assert page.data.is_empty and page.data.isVisible() and not session(page).asked
    click(button(page.data, "Use the sample"), qtbot)
    assert session(page).asked == [{"reference": "sample:digits"}]
    assert page.bench.data == {"reference": "sample:digits"} and page.data.is_empty
    session(page).answer({**PICTURES, "reference": "sample:digits", "kind": "sample"})
    assert not page.data.is_empty and page.bench.recent_data == ["sample:digits"]


def test_the_menu_asks_and_what_was_used_lately_is_offered(
    bench: Workbench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, settings = CompressPage(bench), Settings(recent_data=["/data/letters", "sample:digits"])
    others = [Page(bench, name) for name in ("inspect", "decide")]
    window = MainWindow(bench, settings, [*others, page, Page(bench, "compare")])
    qtbot.addWidget(window)
    window.show()

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, DataDialog)
        assert [
            dialog.recent.item(row).text() for row in range(dialog.recent.count())
        ] == settings.recent_data
        assert not dialog.choose.isEnabled()
        rect = dialog.recent.visualItemRect(dialog.recent.item(1))
        qtbot.mouseClick(dialog.recent.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
        click(dialog.choose, qtbot)

    QTimer.singleShot(50, answer)
    window.commands.action("run.data").trigger()
    assert window.stack.currentWidget() is page and page.data.isVisible()
    assert bench.data == {"reference": "sample:digits"}
    bench.session.answer({**PICTURES, "reference": "sample:digits"})  # type: ignore[attr-defined]
    assert settings.recent_data == ["sample:digits", "/data/letters"]
    assert Settings.from_json(settings.to_json()).recent_data == settings.recent_data
    window.close()


def test_the_dialog_refuses_a_name_that_names_nothing(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = DataDialog(LIGHT, "en", parent)
    qtbot.keyClicks(dialog.field, "sample:")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    click(dialog.choose, qtbot)
    assert not dialog.reference and "names no data set" in dialog.note.text()


def test_folders_and_files_are_dropped_onto_it(page: CompressPage, tmp_path: Path) -> None:
    folder, saved = tmp_path / "letters", tmp_path / "reviews"
    folder.mkdir()
    saved.mkdir()
    (saved / "dataset_dict.json").write_text("{}")
    assert drop(page, str(folder)) and session(page).asked[-1] == {"reference": str(folder)}
    assert drop(page, str(saved)) and session(page).asked[-1] == {"reference": f"hf:{saved}"}
    assert not drop(page, str(tmp_path / "model.pt")) and len(session(page).asked) == 2
    assert session(page).cancelled == [1], "what is not wanted any more is given up"
    assert reference_of(str(tmp_path / "a.csv")) == str(tmp_path / "a.csv")


def test_data_go_into_the_plan_and_a_plan_without_any_gets_epochs(page: CompressPage) -> None:
    open_model(page.bench, None)
    plan = recipe()
    plan["data"]["reference"], plan["training"]["epochs"] = "none", 0
    page.bench.set_plan(plan)
    page.data.take("/data/letters")
    assert page.bench.plan is not None
    assert page.bench.plan["data"] == {"reference": "/data/letters"}
    assert page.bench.plan["training"]["epochs"] == 10
    assert page.recipe.form.fields["data.reference"].text() == "/data/letters"  # type: ignore[attr-defined]
