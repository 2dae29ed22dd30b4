"""The training settings in the recipe's form: groups that fold, fields that matter, values that are refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from data_replies import PICTURES, REGRESSION
from penjing.runs import support
from penjing.spec.recipe import TrainingRecipe, parse
from penjing_gui.compress.data_summary import DataSummary
from penjing_gui.compress.page import CompressPage
from penjing_gui.compress.recipe_rows import recipe_sections
from penjing_gui.compress.training_fields import DEFAULTS
from penjing_gui.session_client import SessionClient
from penjing_gui.state import Workbench
from run_examples import open_model, recipe, table
from workbenches import shown

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Session(SessionClient):
    """A session that starts nothing and knows the sample's data."""

    def request(self, method: str, params: Any, done: Any, *_: Any, **__: Any) -> int:
        if method == "data":
            done({**PICTURES, "reference": params["reference"]})
        return 1


@pytest.fixture
def client() -> SessionClient:
    return Session()


@pytest.fixture
def page(bench: Workbench, qtbot: QtBot) -> Iterator[CompressPage]:
    with shown(CompressPage(bench), qtbot, height=900) as page:
        open_model(bench)
        yield page


def field(page: CompressPage, name: str) -> Any:
    return page.recipe.form.fields[f"training.{name}"]


def open_group(page: CompressPage, key: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.recipe.form.groups[key].button, Qt.MouseButton.LeftButton)


def choose(page: CompressPage, key: str, value: str, qtbot: QtBot) -> None:
    """Choose in a box by keyboard."""
    box = page.recipe.form.fields[key]
    assert isinstance(box, QComboBox)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    while box.currentData() != value:
        before = box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() != before, f"no {value}"
    page.recipe.form.flush()


def training(page: CompressPage) -> dict[str, Any]:
    assert page.bench.plan is not None
    found: dict[str, Any] = page.bench.plan["training"]
    return found


def test_the_fields_have_the_recipes_own_defaults() -> None:
    assert parse({**recipe(), "training": DEFAULTS}).training == TrainingRecipe()
    assert set(DEFAULTS) == set(TrainingRecipe.model_fields)


def test_groups_fold_and_say_what_is_set(page: CompressPage, qtbot: QtBot) -> None:
    page.bench.set_plan(recipe())
    form = page.recipe.form
    assert form.groups["optimizer"].summary.text() == "SGD, 0.9" and not field(page, "momentum").isVisible()
    open_group(page, "optimizer", qtbot)
    assert field(page, "momentum").isVisible() and not field(page, "seed").isVisible()
    choose(page, "training.optimizer", "adamw", qtbot)
    assert not field(page, "momentum").isVisible() and training(page)["optimizer"] == "adamw"
    open_group(page, "optimizer", qtbot)
    assert form.groups["optimizer"].summary.text() == "AdamW"
    assert not field(page, "optimizer").isVisible()


def test_a_schedule_shows_its_own_fields_alone(page: CompressPage, qtbot: QtBot) -> None:
    page.bench.set_plan(recipe())
    open_group(page, "schedule", qtbot)
    wanted = {
        "constant": set(), "cosine": set(), "one-cycle": set(),
        "step": {"decay", "decay_epochs"}, "plateau": {"decay", "patience"},
    }  # fmt: skip
    for schedule, names in wanted.items():
        choose(page, "training.schedule", schedule, qtbot)
        shown = {name for name in ("decay", "decay_epochs", "patience") if field(page, name).isVisible()}
        assert shown == names, schedule
        assert training(page)["schedule"] == schedule


def test_a_refused_value_opens_its_group(page: CompressPage, qtbot: QtBot) -> None:
    page.bench.set_plan(recipe())
    form = page.recipe.form
    qtbot.keyClicks(field(page, "ema"), "1.5")
    form.flush()
    error = form.errors["training.ema"]
    assert form.groups["regularisation"].open and error.isVisible()
    assert error.text() == "It has to be less than 1."
    assert not page.recipe.outcome.button.isEnabled() and training(page)["ema"] is None
    field(page, "ema").selectAll()
    qtbot.keyClicks(field(page, "ema"), "0.999")
    qtbot.keyClicks(field(page, "clip_norm"), "2")
    form.flush()
    assert not error.isVisible() and training(page)["ema"] == 0.999 and training(page)["clip_norm"] == 2.0
    assert page.recipe.outcome.button.isEnabled()


def test_mixed_precision_and_devices_only_where_they_are(page: CompressPage, qtbot: QtBot) -> None:
    page.bench.set_plan(recipe())
    open_group(page, "machine", qtbot)
    assert not field(page, "precision").isVisible() and not field(page, "device_type").isVisible()
    page.bench.session.ready.emit({"pid": 1, "devices": ["cpu", "cuda"]})
    assert field(page, "precision").isVisible() and field(page, "device_type").isVisible()
    choose(page, "training.device_type", "cuda", qtbot)
    assert training(page)["device_type"] == "cuda"


def test_each_setting_is_explained(page: CompressPage) -> None:
    form = page.recipe.form
    for name in DEFAULTS:
        assert field(page, name).toolTip() and field(page, name).whatsThis(), name
        label = form.labels[f"training.{name}"]
        assert isinstance(label, QLabel) and label.toolTip()
    for key, widget in form.fields.items():
        assert widget.accessibleName(), key
    for group in form.groups.values():
        assert group.button.accessibleName()


def test_training_alone_needs_no_budget(page: CompressPage, qtbot: QtBot) -> None:
    page.bench.set_plan(recipe())
    choose(page, "technique", "training", qtbot)
    plan = page.bench.plan
    assert plan is not None and plan["technique"] == "training"
    assert plan["pruning"] is None and plan["distillation"] is None
    assert not page.recipe.form.fields["pruning.value"].isVisible()
    outcome = page.recipe.outcome
    assert (
        outcome.button.isEnabled() and outcome.note.text() == "Training leaves params and costs as they are."
    )
    choose(page, "technique", "pruning", qtbot)
    assert page.bench.plan is not None and page.bench.plan["pruning"]["macs"] == 0.3, "nothing was lost"
    titles = [section.title for section in recipe_sections(plan, "FLOPs", None, {})]
    assert titles == ["Model", "Data", "Training"]


def test_without_a_plan_the_model_can_be_trained_as_it_is(page: CompressPage, qtbot: QtBot) -> None:
    assert page.recipe.is_empty
    button = next(
        one for one in page.recipe.findChildren(QWidget) if one.accessibleName() == "Train as it is"
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.bench.plan is not None and page.bench.plan["technique"] == "training"
    assert page.bench.plan["data"]["reference"] == "sample:digits"
    assert page.recipe.outcome.button.isEnabled()


def test_what_can_be_carried_out_is_offered(page: CompressPage, qtbot: QtBot) -> None:
    page.bench.set_plan(recipe())

    def offered(key: str) -> tuple[Any, ...]:
        box = page.recipe.form.fields[key]
        assert isinstance(box, QComboBox)
        return tuple(box.itemData(index) for index in range(box.count()))

    assert offered("pruning.criterion") == support.CRITERIA
    assert set(offered("pruning.target")) <= set(support.TARGETS)
    assert offered("distillation.loss") == support.LOSSES


def test_a_size_can_be_the_budget(page: CompressPage, qtbot: QtBot) -> None:
    page.bench.set_plan(recipe())
    size = page.recipe.form.fields["pruning.megabytes"]
    assert not size.isVisible()
    choose(page, "pruning.target", "bytes", qtbot)
    assert size.isVisible() and not page.recipe.form.fields["pruning.value"].isVisible()
    size.setFocus()
    size.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(size, "0.004")
    page.recipe.form.flush()
    assert page.bench.plan is not None
    assert page.bench.plan["pruning"]["bytes"] == 4000 and page.bench.plan["pruning"]["macs"] is None
    prediction = page.recipe.prediction
    assert prediction is not None and prediction.after is not None
    assert prediction.after.totals.weight_bytes <= 4000 < table().totals.weight_bytes


def test_only_a_regression_has_a_scale_of_targets() -> None:
    plan = recipe()
    plan["data"] = {**plan["data"], "target_scale": "standardise"}
    keys = {
        task: [row[0] for row in recipe_sections(plan, "FLOPs", DataSummary.from_json(reply), {})[1].rows]
        for task, reply in (("classification", PICTURES), ("regression", REGRESSION))
    }
    assert "target_scale" in keys["regression"] and "target_scale" not in keys["classification"]
