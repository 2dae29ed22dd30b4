"""A folder of pictures in a real window with real workers: chosen, looked at, trained on, compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hands
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QSpinBox, QTableView

from penjing.spec.journal import read_journal
from penjing_gui.compress.data_dialog import DataDialog
from penjing_gui.compress.data_warnings import DataWarnings
from penjing_gui.main_window import MainWindow
from penjing_gui.widgets.class_bars import ClassBars
from pictures import make_letters

CLASSES = "ABCDEFGHIJ"  # as many as the sample network has outputs


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    with hands.window(qapp) as made:
        yield made


def test_a_folder_of_pictures_is_chosen_looked_at_and_trained_on(window: MainWindow, tmp_path: Path) -> None:
    letters = make_letters(tmp_path / "letters", count=400, size=16, letters=CLASSES)
    (letters / "A" / "broken.png").write_bytes(b"no picture")
    hands.wait(lambda: window.bench.table is not None and window.bench.groups_known, "the sample")

    # Choose the folder: the data page shows it.
    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, DataDialog):
            QTimer.singleShot(100, answer)
            return
        try:
            hands.click(hands.find(dialog, QLineEdit, "Data"))
            hands.key(dialog, Qt.Key.Key_A, hands.CONTROL)
            hands.write(dialog, str(letters))
            hands.press(dialog, "Choose")
        finally:
            dialog.close()

    QTimer.singleShot(100, answer)
    hands.key(window, Qt.Key.Key_D, hands.CONTROL)
    assert window.page() is window.pages[2]
    hands.wait(lambda: window.bench.recent_data == [str(letters)], "the pictures to be read")
    samples = hands.find(window, QListView, "Training samples").model()
    shown = {samples.index(row, 0).data() for row in range(samples.rowCount())}
    assert samples.rowCount() >= 10 and shown == set(CLASSES), "samples are spread over the classes"
    bars = hands.find(window, ClassBars, "Samples by class")
    assert bars.names == tuple(CLASSES) and sum(bars.totals()) == 400
    said = hands.find(window, DataWarnings, "")
    assert "broken.png" in said.accessibleName(), "what was skipped is said"

    # Train the open model on it, as it is.
    hands.press(window, "Train as it is")
    assert window.bench.plan is not None and window.bench.plan["data"]["reference"] == str(letters)
    epochs = hands.find(window, QSpinBox, "Epochs")
    hands.click(epochs, QPoint(10, epochs.height() // 2))
    hands.key(window, Qt.Key.Key_A, hands.CONTROL)
    hands.write(window, "2")
    hands.key(window, Qt.Key.Key_Tab)
    hands.press(window, "Start the run")
    hands.wait(lambda: window.bench.run_view is not None and window.bench.run_view.ended, "the run")
    view = window.bench.run_view
    assert view is not None and view.status == "done", (view.failure, view.last_log_lines)
    assert view.result is not None and view.total_epochs == 2
    events = read_journal(view.folder.journal)
    assert [event["event"] for event in events].count("test_opened") == 1
    assert view.result["before"]["params"] == view.result["after"]["params"]

    # Compare copes with a run that was not made smaller.
    hands.press(window, "4 Compare")
    table = hands.find(window, QTableView, "Before and after").model()
    rows = [str(table.index(row, 0).data()) for row in range(table.rowCount())]
    assert "Test accuracy" in rows and "Parameters" in rows
