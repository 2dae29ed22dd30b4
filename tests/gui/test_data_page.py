"""The data page, driven by mouse and keyboard, on recorded replies of the session worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QListView,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from data_replies import PICTURES, REGRESSION, TABLE, TEXT
from penjing.spec.messages import Failure, bad_input
from penjing_gui import theme as themes
from penjing_gui.compress.data_columns import KIND
from penjing_gui.compress.data_dialog import DataDialog
from penjing_gui.compress.data_summary import given, reference_of
from penjing_gui.compress.page import CompressPage
from penjing_gui.main_window import MainWindow
from penjing_gui.page import Page
from penjing_gui.session_client import SessionClient
from penjing_gui.settings import Settings
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.theme import DARK, LIGHT
from penjing_gui.widgets.data_table import TableWindow
from run_examples import GROUPS, REFERENCE, recipe, table, view

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Session(SessionClient):
    """A session that starts nothing: it notes what is asked of data, and the test answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []
        self.answers: list[
            tuple[Callable[[Any], None], Callable[[Failure], None], Callable[[Any], None]]
        ] = []
        self.cancelled: list[int] = []

    def request(
        self, method: str, params: Mapping[str, Any], done: Any, failed: Any = None, progress: Any = None,
        silence: float = 0.0,
    ) -> int:  # fmt: skip
        assert method == "data"
        self.asked.append(dict(params))
        self.answers.append((done, failed, progress))
        return len(self.asked)

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)

    def answer(self, reply: dict[str, Any]) -> None:
        """Answer the newest request."""
        self.answers[-1][0](reply)


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Workbench]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    themes.apply(app, LIGHT)
    bench = Workbench(session=Session())
    yield bench
    bench.close()


@pytest.fixture
def page(bench: Workbench, qtbot: QtBot) -> Iterator[CompressPage]:
    page = CompressPage(bench)
    qtbot.addWidget(page)
    page.resize(1440, 820)
    with qtbot.waitExposed(page):
        page.show()
    yield page
    page.close()


def session(page: CompressPage) -> Session:
    found = page.bench.session
    assert isinstance(found, Session)
    return found


def give_model(bench: Workbench) -> None:
    costs = table()
    bench.model = OpenModel(
        REFERENCE, "digits-cnn", "shipped", "sample", "0" * 64, costs.input, "classification", 10, None, ()
    )
    bench.table, bench.groups, bench.groups_known = costs, GROUPS, True
    bench.model_changed.emit(bench.model)
    bench.table_changed.emit(costs)
    bench.groups_changed.emit(GROUPS)


def show(page: CompressPage, reply: dict[str, Any]) -> None:
    """A plan on these data, which the session knows."""
    if page.bench.model is None:
        give_model(page.bench)
    plan = recipe()
    plan["data"] = {**plan["data"], "reference": reply["reference"]}
    page.bench.set_plan(plan)
    session(page).answer(reply)
    QApplication.processEvents()


def with_picture(folder: Path) -> dict[str, Any]:
    """The pictures, the first of them really there."""
    picture = QImage(16, 16, QImage.Format.Format_RGB32)
    picture.fill(0xFF8800)
    assert picture.save(str(folder / "a.png"))
    samples = [{**one, "picture": str(folder / str(one["picture"]))} for one in PICTURES["samples"]]
    return {**PICTURES, "samples": samples}


def click(widget: QWidget, qtbot: QtBot) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def button(widget: QWidget, text: str) -> QPushButton:
    return next(one for one in widget.findChildren(QPushButton) if one.isVisible() and one.text() == text)


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


# choosing


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
    give_model(page.bench)
    plan = recipe()
    plan["data"]["reference"], plan["training"]["epochs"] = "none", 0
    page.bench.set_plan(plan)
    page.data.take("/data/letters")
    assert page.bench.plan is not None
    assert page.bench.plan["data"] == {"reference": "/data/letters"}
    assert page.bench.plan["training"]["epochs"] == 10
    assert page.recipe.form.fields["data.reference"].text() == "/data/letters"  # type: ignore[attr-defined]


# what is shown


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
    assert listed.data.columns == (["A/broken.png"], ["cannot identify image file"])
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


# how the data are read


def test_options_go_into_the_plan_and_are_asked_anew(page: CompressPage, qtbot: QtBot) -> None:
    show(page, PICTURES)
    options = page.data.view.options
    size, seed = options.fields["size"], options.fields["split_seed"]
    assert isinstance(size, QLineEdit) and isinstance(seed, QSpinBox)
    qtbot.keyClicks(size, "32 x 24")
    options.flush()
    assert page.bench.plan is not None and page.bench.plan["data"]["size"] == [32, 24]
    assert session(page).asked[-1] == {"reference": "/data/letters", "size": [32, 24]}
    session(page).answer(PICTURES)
    assert size.text() == "32 × 24"
    asked = len(session(page).asked)
    choice = options.fields["augmentation"]
    assert isinstance(choice, QComboBox)
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    options.flush()
    assert page.bench.plan["data"]["augmentation"] == "light"
    assert len(session(page).asked) == asked, "samples and splits do not depend on augmentation"
    assert choice.currentData() == "light"


def test_what_cannot_be_a_size_is_said_at_the_field(page: CompressPage, qtbot: QtBot) -> None:
    show(page, PICTURES)
    options = page.data.view.options
    size = options.fields["size"]
    assert isinstance(size, QLineEdit)
    qtbot.keyClicks(size, "0 x 24")
    options.flush()
    assert options.errors["size"].isVisible() and options.errors["size"].text()
    assert page.bench.plan is not None and not page.bench.plan["data"].get("size")
    qtbot.keyClick(size, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(size, "24")
    options.flush()
    assert page.bench.plan["data"]["size"] == [24, 24] and not options.errors["size"].isVisible()


def test_defaults_make_no_other_question() -> None:
    whole = recipe()["data"]
    assert given(whole) == {"reference": "sample:digits"}
    assert given({**whole, "labels": False, "split_seed": 3}) == {
        "reference": "sample:digits", "labels": False, "split_seed": 3,
    }  # fmt: skip


# progress, failure, a run


def test_a_long_reading_shows_progress_and_can_be_given_up(page: CompressPage, qtbot: QtBot) -> None:
    page.data.take("/data/letters")
    _, failed, progress = session(page).answers[-1]
    progress({"done": 300, "total": 1200, "code": "", "params": {}})
    cancel = page.data.head.cancel
    qtbot.waitUntil(cancel.isVisible)
    assert page.data.head.bar.value() == 250
    click(cancel, qtbot)
    assert session(page).cancelled == [1]
    failed(Failure("session.cancelled"))
    assert not cancel.isVisible()
    click(button(page.data, "Read again"), qtbot)
    assert session(page).asked == [{"reference": "/data/letters"}] * 2
    session(page).answer(PICTURES)
    assert not page.data.is_empty


def test_data_that_cannot_be_read_are_said_to_be_so(page: CompressPage, qtbot: QtBot) -> None:
    give_model(page.bench)
    page.bench.set_plan({**recipe(), "data": {"reference": "/data/none.csv"}})
    session(page).answers[-1][1](bad_input("data.not_found", path="/data/none.csv"))
    assert page.data.failure is not None and page.data.is_empty
    error = page.recipe.form.errors["data.reference"]
    assert error.isVisible() and not page.recipe.outcome.button.isEnabled()
    page.data.take("sample:digits")
    session(page).answer({**PICTURES, "reference": "sample:digits"})
    assert page.data.failure is None and not error.isVisible() and page.recipe.outcome.button.isEnabled()


def test_what_was_set_wrongly_can_be_set_again(page: CompressPage, qtbot: QtBot) -> None:
    show(page, PICTURES)
    options = page.data.view.options
    size = options.fields["size"]
    assert isinstance(size, QLineEdit)
    qtbot.keyClicks(size, "9000")
    options.flush()
    assert not page.data.is_empty, "what was seen stays while it is read again"
    session(page).answers[-1][1](bad_input("data.not_found", path="x"))
    assert page.data.failure is not None and not page.data.is_empty and size.text() == "9000 × 9000"


def test_text_asks_for_a_tokenizer(
    page: CompressPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page.data.take("hf:/data/reviews")
    session(page).answers[-1][1](bad_input("data.tokenizer_needed", reference="hf:/data/reviews"))
    assert page.data.failure is not None
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    click(button(page.data, "Choose a tokenizer…"), qtbot)
    assert session(page).asked[-1] == {"reference": "hf:/data/reviews", "tokenizer": str(tmp_path)}
    session(page).answers[-1][1](bad_input("data.not_found", path=str(tmp_path)))
    click(button(page.data, "Read as at first"), qtbot)
    assert session(page).asked[-1] == {"reference": "hf:/data/reviews"}


def test_a_late_answer_about_other_data_changes_nothing(page: CompressPage) -> None:
    page.data.take("/data/letters")
    page.data.take("/data/people.csv")
    first, second = session(page).answers
    first[0](PICTURES)
    assert page.data.is_empty and page.facts.summary is None
    second[0](TABLE)
    assert page.facts.summary is not None and page.facts.summary.kind == "table"
    page.data.take("/data/letters")
    assert len(session(page).asked) == 2 and page.data.view.summary is not None
    assert page.data.view.summary.kind == "pictures", "what was answered is remembered"


def test_a_run_brings_the_curves_forward_and_fixes_the_data(page: CompressPage, tmp_path: Path) -> None:
    show(page, PICTURES)
    assert page.data.isVisible() and not page.data.visibleRegion().isEmpty()
    page.bench.run_view = view(tmp_path)
    page.bench.run_view_changed.emit(page.bench.run_view)
    QApplication.processEvents()
    assert page.data.visibleRegion().isEmpty() and not page.curves.visibleRegion().isEmpty()
    assert not page.data.choose_button.isEnabled() and not page.data.view.options.isEnabled()
    page.bench.run_view = view(tmp_path, status="done")
    page.bench.run_view_changed.emit(page.bench.run_view)
    QApplication.processEvents()
    assert not page.curves.visibleRegion().isEmpty(), "the curves stay in front when the run ends"
    assert page.data.choose_button.isEnabled()
    page.recipe.edit_again()
    QApplication.processEvents()
    assert not page.data.visibleRegion().isEmpty()


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
