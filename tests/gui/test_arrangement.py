"""What a person arranged on a page: dragged by mouse, remembered, and taken over at other sizes of the window."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from penjing_gui import settings as stored
from penjing_gui.arrangement import Arrangement
from penjing_gui.main_window import MainWindow
from penjing_gui.page import Page
from penjing_gui.settings import Settings
from penjing_gui.state import Workbench
from penjing_gui.widgets.pane import Pane

Make = Callable[[Settings, QSize], MainWindow]


class Columns(Page):
    """Three columns, the right one of two panes; every pane needs some room."""

    def __init__(self, bench: Workbench, name: str) -> None:
        super().__init__(bench, name)
        self.left, self.middle, self.top, self.low = (
            Pane(f"{name} {one}", f"{name}.{one}", bench.theme) for one in ("left", "middle", "top", "low")
        )
        for pane in self.panes_made():
            pane.set_body(QLabel("text"))
            pane.setMinimumSize(240, 120)
        self.add_pane(self.left, share=0.2)
        self.add_pane(self.middle, share=0.6)
        self.add_pane(self.top, share=0.2)
        self.split(self.top, self.low, Qt.Orientation.Vertical, (2, 1))

    def panes_made(self) -> tuple[Pane, ...]:
        """All four."""
        return self.left, self.middle, self.top, self.low


@pytest.fixture
def make(qtbot: QtBot, bench: Workbench) -> Make:
    def made(settings: Settings, size: QSize) -> MainWindow:
        settings.geometry = None  # the screen of the offscreen platform is smaller than our windows
        pages: list[Page] = [Columns(bench, name) for name in ("inspect", "decide", "compress", "compare")]
        window = MainWindow(bench, settings, pages)
        qtbot.addWidget(window)
        window.resize(size)
        window.show()
        QApplication.processEvents()
        return window

    return made


def columns(window: MainWindow, index: int = 0) -> Columns:
    shown = window.pages[index]
    assert isinstance(shown, Columns)
    return shown


def drag(page: Page, start: QPoint, by: QPoint) -> None:
    """Press, move and release, as a person does."""
    QTest.mousePress(page, Qt.MouseButton.LeftButton, pos=start)
    for part in (1, 2, 3):
        QTest.mouseMove(page, start + by * part / 3)
        QTest.qWait(5)
    QTest.mouseRelease(page, Qt.MouseButton.LeftButton, pos=start + by)


def drag_columns(window: MainWindow, index: int) -> None:
    """Make the left column 100 wider and the pane at the lower right 60 higher."""
    page = columns(window, index)
    drag(page, QPoint(page.left.geometry().right() + 3, 200), QPoint(100, 0))
    drag(page, QPoint(page.top.geometry().center().x(), page.top.geometry().bottom() + 3), QPoint(0, -60))


def test_a_click_on_a_pane_is_not_a_dragged_splitter(make: Make) -> None:
    window = make(Settings(), QSize(1440, 900))
    page = columns(window)
    body = page.left.body()
    assert body is not None
    for widget in (body, page.left.head.title, page.left.head):
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    QTest.mouseClick(page, Qt.MouseButton.LeftButton, pos=QPoint(page.left.geometry().right() + 3, 200))
    assert not page.is_arranged() and page.layouts() == {}
    window.resize(1800, 900)
    QApplication.processEvents()
    assert page.left.width() == pytest.approx(0.2 * 1800, abs=8), "the proportions still follow the window"


def test_dragged_splitters_stay_and_keep_their_shares(make: Make) -> None:
    window = make(Settings(), QSize(1440, 900))
    page = columns(window)
    left, low = page.left.width(), page.low.height()
    drag_columns(window, 0)
    assert page.is_arranged()
    assert page.left.width() == pytest.approx(left + 100, abs=3)
    assert page.low.height() == pytest.approx(low + 60, abs=3)
    shares = page.left.width() / page.width(), page.low.height() / page.height()
    for size in (QSize(1900, 1050), QSize(1300, 760), QSize(1440, 900)):
        window.resize(size)
        QApplication.processEvents()
        assert page.left.width() / page.width() == pytest.approx(shares[0], abs=0.01)
        assert page.low.height() / page.height() == pytest.approx(shares[1], abs=0.01)
    page.reset_layout()
    QApplication.processEvents()
    assert (page.left.width(), page.low.height()) == (left, low) and not page.is_arranged()


@pytest.mark.parametrize("size", [QSize(1440, 900), QSize(1920, 1080), QSize(1290, 720)])
def test_a_second_session_has_the_same_shares_at_any_size(make: Make, size: QSize) -> None:
    first = make(Settings(), QSize(1440, 900))
    for index in (0, 2):
        first.show_step(index)
        QApplication.processEvents()
        drag_columns(first, index)
    pages = [columns(first, index) for index in range(4)]
    shares = [page.left.width() / page.width() for page in pages]
    lows = [page.low.height() / page.height() for page in pages]
    first.show_step(1)  # pages behind are remembered too
    first.close()
    again = make(stored.load(), size)
    for index in (2, 0):
        again.show_step(index)
        QApplication.processEvents()
        page = columns(again, index)
        assert page.left.width() / page.width() == pytest.approx(shares[index], abs=0.015)
        assert page.low.height() / page.height() == pytest.approx(lows[index], abs=0.015)
    again.show_step(3)
    QApplication.processEvents()
    page = columns(again, 3)
    assert page.left.width() == pytest.approx(max(240, 0.2 * page.width()), abs=4), "never touched"
    again.close()


def test_what_is_arranged_in_a_narrow_window_stays_there(make: Make) -> None:
    narrow = make(Settings(), QSize(1200, 760))
    page = columns(narrow)
    assert page.tabifiedDockWidgets(page.top) == [page.low] and not page.is_arranged()
    drag(page, QPoint(page.left.geometry().right() + 3, 200), QPoint(60, 0))
    assert page.left.width() == pytest.approx(300, abs=3)
    narrow.close()
    wide = make(stored.load(), QSize(1440, 900))
    page = columns(wide)
    assert page.tabifiedDockWidgets(page.top) == [], "no tabs in a wide window"
    drag_columns(wide, 0)
    share = page.left.width() / page.width()
    wide.close()
    narrow = make(stored.load(), QSize(1150, 760))
    page = columns(narrow)
    assert page.tabifiedDockWidgets(page.top) == [page.low]
    assert page.left.width() == pytest.approx(300 * 1150 / 1200, abs=5)
    narrow.close()
    wide = make(stored.load(), QSize(1440, 900))
    assert columns(wide).left.width() / columns(wide).width() == pytest.approx(share, abs=0.01)
    wide.close()


def test_a_wide_arrangement_holds_in_a_narrow_window_where_it_fits(make: Make) -> None:
    first = make(Settings(), QSize(1440, 900))
    drag_columns(first, 0)
    share = columns(first).left.width() / columns(first).width()
    first.close()
    settings = stored.load()
    narrow = make(settings, QSize(1200, 760))
    page = columns(narrow)
    assert page.tabifiedDockWidgets(page.top) == []
    assert page.left.width() / page.width() == pytest.approx(share, abs=0.01)
    narrow.close()


def test_closed_panes_stay_closed_and_the_others_keep_their_proportions(make: Make) -> None:
    first = make(Settings(), QSize(1440, 900))
    QTest.mouseClick(columns(first).low.head.close_button, Qt.MouseButton.LeftButton)
    first.close()
    again = make(stored.load(), QSize(1800, 900))
    page = columns(again)
    assert page.low.isHidden() and page.left.width() == pytest.approx(0.2 * 1800, abs=8)
    again.close()


def test_what_does_not_fit_or_is_not_an_arrangement_is_dropped(make: Make) -> None:
    first = make(Settings(), QSize(1440, 900))
    drag_columns(first, 0)
    first.close()
    text = stored.load().pages["inspect"]
    value = json.loads(text)
    squeezed = json.dumps({**value, "places": {**value["places"], "inspect.left": [0, 0, 5000, 800]}})
    other = json.dumps({**value, "state": "AAAA"})
    for odd in (squeezed, other, "AAAA/wAAAAD9", "[]", '{"state": 1}', json.dumps({**value, "size": [0, 9]})):
        again = make(Settings(pages={"inspect": odd}), QSize(1440, 900))
        page = columns(again)
        for pane in page.panes_made():
            assert pane.width() >= 240 and pane.height() >= 120
        assert page.low.height() < page.top.height()
        again.close()
    arrangement = Arrangement.from_text(text)
    assert arrangement is not None and arrangement.to_text() == text and arrangement.sized
