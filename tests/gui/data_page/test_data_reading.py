"""How data are read: options, progress, failures, and a run that fixes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from data_examples import button, session, show
from data_replies import PICTURES, TABLE
from penjing.spec.messages import Failure, bad_input
from penjing_gui.compress.data_summary import given
from penjing_gui.compress.page import CompressPage
from run_examples import open_model, recipe, view
from workbenches import click

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


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
    open_model(page.bench, None)
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
