"""No words are cut on any page at 1280 × 800, in either language."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from penjing.spec.folders import runs_folder
from penjing_gui import translations
from penjing_gui.main_window import MainWindow
from penjing_gui.settings import Settings
from penjing_gui.state import Workbench
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.pane import PaneTitle
from penjing_gui.widgets.spare_label import SpareLabel
from run_examples import open_model, view, write_run
from workbenches import AnsweredSession, shown, workbench

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def wide(widget: QWidget, text: str) -> int:
    """How many pixels the longest line of a text takes."""
    plain = text.replace("&&", "\0").replace("&", "").replace("\0", "&")
    return max(QFontMetrics(widget.font()).horizontalAdvance(line) for line in plain.split("\n"))


def cut(widget: QWidget) -> str:
    """What is cut of a widget's words, "" for nothing."""
    if isinstance(widget, QHeaderView):
        return cut_titles(widget)
    if isinstance(widget, QComboBox):
        text, room = widget.currentText(), widget.width() - 20  # the arrow
    elif isinstance(widget, QAbstractButton):
        icon = widget.iconSize().width() + 4 if not widget.icon().isNull() else 0
        text, room = widget.text(), widget.width() - icon - (4 if isinstance(widget, QPushButton) else 0)
    elif isinstance(widget, QLabel) and widget.wordWrap():
        needed = widget.heightForWidth(widget.width())
        return widget.text() if needed > widget.height() + 2 else ""
    elif isinstance(widget, QLabel):
        if isinstance(widget, SpareLabel) or (isinstance(widget, ElidedLabel) and not is_title(widget)):
            return ""  # made to give way; the whole text is their tooltip
        text, room = widget.text(), widget.contentsRect().width()
    else:
        return ""
    return text if text and wide(widget, text) > room + 1 else ""


def is_title(widget: QWidget) -> bool:
    """Whether it is a pane's title."""
    parent = widget.parentWidget()
    return isinstance(parent, PaneTitle) and parent.title is widget


def cut_titles(header: QHeaderView) -> str:
    """The titles of a table that are wider than their columns."""
    model = header.model()
    if header.orientation() != Qt.Orientation.Horizontal or model is None:
        return ""
    titles = {
        section: str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        for section in range(header.count())
        if not header.isSectionHidden(section)
    }
    return ", ".join(
        text for section, text in titles.items() if text and wide(header, text) > header.sectionSize(section)
    )


def all_cut(window: QWidget) -> list[str]:
    """Everything on a page that is cut."""
    found = [(one, cut(one)) for one in window.findChildren(QWidget) if one.isVisible()]
    return [f"{type(one).__name__}: {text}" for one, text in found if text]


@contextlib.contextmanager
def spoken(app: QApplication, language: str) -> Iterator[None]:
    """The window's words in a language."""
    installed = translations.install(app, language)
    try:
        yield
    finally:
        for one in installed:
            app.removeTranslator(one)
            one.deleteLater()
        QLocale.setDefault(QLocale.c())


@pytest.fixture(params=["en", "zh_CN"])
def window(request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    """A window with a model, in one of the languages."""
    with spoken(qapp, request.param), workbench(AnsweredSession()) as bench:
        bench.language = request.param
        write_run(runs_folder(), "2026-11-24-digits-cnn-prune-bbbb")
        made = MainWindow(bench, Settings(language=request.param))
        with shown(made, qtbot, 1280, 800):
            yield made
            made.close()


def whole(window: QWidget, qtbot: QtBot, where: str) -> None:
    """Fail with what is cut on a page once it is laid out."""
    with contextlib.suppress(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: not all_cut(window), timeout=60_000)
    assert not all_cut(window), where


def run(bench: Workbench, folder: Path) -> None:
    """Show a run that goes on."""
    bench.run_view = view(folder)
    bench.run_view_changed.emit(bench.run_view)


def test_no_words_are_cut(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    whole(window, qtbot, "start")
    open_model(window.bench)
    window.bench.table_changed.emit(window.bench.table)
    for index, name in enumerate(("inspect", "decide", "compress", "compare")):
        window.show_step(index)
        if name == "compress":
            run(window.bench, tmp_path)
        whole(window, qtbot, name)
