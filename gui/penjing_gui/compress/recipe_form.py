"""The plan as a form that can be edited before the run."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from penjing_gui.compress.field_grid import ALWAYS, FieldGrid
from penjing_gui.compress.recipe_rows import input_text, split_text, target_of
from penjing_gui.theme import Theme

EDIT_DELAY_MS = 150


class RecipeForm(FieldGrid):
    """Fields for one recipe. `edited` carries the recipe (JSON values) a moment after a field was changed.

    What the form has no field for is kept as it came.
    """

    edited = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._recipe: dict[str, Any] = {}
        self._other: dict[str, dict[str, Any]] = {}  # sections by technique, also of the one not chosen
        self._loading = False
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(EDIT_DELAY_MS)
        self._wait.timeout.connect(self._tell)
        self._build()
        self.changed.connect(self._changed)
        self.apply_theme(theme)

    # --- building

    def _build(self) -> None:
        self.add_section(self.tr("Model"))
        self.add_value("model.reference", self.tr("Reference"))
        self.add_value("model.input", self.tr("Input"))
        self.add_section(self.tr("Data"))
        self.add_text("data.reference", self.tr("Reference"))
        self.add_value("data.split", self.tr("Split"))
        self.add_section(self.tr("Technique"))
        self.add_choice(
            "technique",
            self.tr("Technique"),
            (("pruning", self.tr("pruning")), ("distillation", self.tr("distillation"))),
        )
        pruning, distillation = ("pruning",), ("distillation",)
        self.add_choice(
            "pruning.criterion",
            self.tr("Criterion"),
            (("l2", self.tr("L2 norm")), ("l1", self.tr("L1 norm"))),
            pruning,
        )
        self.add_choice(
            "pruning.target",
            self.tr("Target"),
            (
                ("ratio", self.tr("remove channels")),
                ("macs", self.tr("keep FLOPs")),
                ("params", self.tr("keep params")),
            ),
            pruning,
        )
        self.add_share("pruning.value", self.tr("Share"), 0.0, 99.9, pruning)
        self.add_whole("pruning.round_to", self.tr("Round to"), 1, 1024, pruning)
        self.add_value("pruning.layers", self.tr("Locked"), pruning)
        self.add_choice(
            "distillation.kind",
            self.tr("Student"),
            (
                ("width", self.tr("by width")),
                ("params", self.tr("by params")),
                ("macs", self.tr("by MACs")),
                ("reference", self.tr("a model")),
            ),
            distillation,
        )
        self.add_share("distillation.share", self.tr("Share"), 0.1, 100.0, distillation)
        self.add_text("distillation.student", self.tr("Reference"), distillation)
        self.add_section(self.tr("Fine-tuning"), pruning)
        self.add_section(self.tr("Training"), distillation)
        self.add_choice(
            "pruning.teacher",
            self.tr("Teacher"),
            (("self", self.tr("itself, dense")), ("none", self.tr("none"))),
            pruning,
        )
        for part, only in (("pruning", pruning), ("distillation", distillation)):
            self.add_number(f"{part}.temperature", self.tr("Temperature"), 0.1, 100.0, 1, only)
            self.add_number(f"{part}.alpha", self.tr("Weight of KD"), 0.0, 1.0, 2, only)
        self.add_whole("training.epochs", self.tr("Epochs"), 0, 100_000)
        self.add_whole("training.batch_size", self.tr("Batch size"), 1, 65_536)
        self.add_text("training.lr", self.tr("Learning rate"))
        self.add_whole("training.seed", self.tr("Seed"), 0, 2**31 - 1)
        threads = self.add_whole("training.threads", self.tr("Threads"), 0, 1024)
        threads.setSpecialValueText(self.tr("automatic"))

    def set_unit(self, unit: str) -> None:
        """Name the MACs target in the unit shown ("FLOPs" or "MACs"); the share is the same in both."""
        target, kind = self.fields["pruning.target"], self.fields["distillation.kind"]
        assert isinstance(target, QComboBox) and isinstance(kind, QComboBox)
        target.setItemText(target.findData("macs"), self.tr("keep {unit}").format(unit=unit))
        kind.setItemText(kind.findData("macs"), self.tr("by {unit}").format(unit=unit))

    # --- values

    def load(self, recipe: Mapping[str, Any]) -> None:
        """Show a recipe."""
        self._wait.stop()
        self._recipe = copy.deepcopy(dict(recipe))
        for part in ALWAYS:
            if self._recipe.get(part):
                self._other[part] = self._recipe[part]
        self._loading = True
        try:
            self._fill(self._recipe)
        finally:
            self._loading = False
        self.show_error(None, "")
        self._show_what_belongs()

    def _fill(self, recipe: Mapping[str, Any]) -> None:
        self.set_field("model.reference", recipe["model"]["reference"])
        self.set_field("model.input", input_text(recipe["model"].get("input")))
        self.set_field("data.reference", recipe["data"]["reference"])
        self.set_field("technique", recipe["technique"])
        pruning = self._other.get("pruning", {})
        target, value = target_of(pruning)
        self.set_field("pruning.target", target)
        self.set_field("pruning.value", 100 * value)
        self.set_field("pruning.criterion", pruning.get("criterion", "l2"))
        self.set_field("pruning.round_to", pruning.get("round_to", 1))
        locked = [name for name, ratio in pruning.get("layers", {}).items() if not ratio]
        self.set_field("pruning.layers", ", ".join(locked))
        self.set_field("pruning.teacher", pruning.get("teacher", "none"))
        distillation = self._other.get("distillation", {})
        student = str(distillation.get("student", "auto:width=0.5"))
        kind, _, number = student.removeprefix("auto:").partition("=")
        known = student.startswith("auto:") and kind in ("width", "params", "macs")
        self.set_field("distillation.kind", kind if known else "reference")
        self.set_field("distillation.share", 100 * float(number) if known else 50.0)
        self.set_field("distillation.student", "" if known else student)
        for part, values, alpha in (("pruning", pruning, 0.5), ("distillation", distillation, 0.9)):
            self.set_field(f"{part}.temperature", values.get("temperature", 4.0))
            self.set_field(f"{part}.alpha", values.get("alpha", alpha))
        training = recipe.get("training", {})
        defaults = {"epochs": 10, "batch_size": 64, "lr": 0.01, "seed": 0, "threads": 0}
        for name, default in defaults.items():
            value = training.get(name, default)
            self.set_field(f"training.{name}", f"{value:g}" if name == "lr" else value)

    def recipe(self) -> dict[str, Any]:
        """The recipe that the fields say, not validated."""
        recipe = copy.deepcopy(self._recipe)
        recipe["data"]["reference"] = self.field("data.reference")
        technique = recipe["technique"] = self.field("technique")
        other = "distillation" if technique == "pruning" else "pruning"
        recipe[other] = None
        part = recipe[technique] = copy.deepcopy(self._other.get(technique, {}))
        part["temperature"], part["alpha"] = (
            self.field(f"{technique}.temperature"),
            self.field(f"{technique}.alpha"),
        )
        if technique == "pruning":
            for name in ("ratio", "macs", "params"):
                part[name] = None
            part[self.field("pruning.target")] = round(self.field("pruning.value") / 100, 6)
            for name in ("criterion", "round_to", "teacher"):
                part[name] = self.field(f"pruning.{name}")
        elif self.field("distillation.kind") == "reference":
            part["student"] = self.field("distillation.student")
        else:
            share = round(self.field("distillation.share") / 100, 6)
            part["student"] = f"auto:{self.field('distillation.kind')}={share:g}"
        training = recipe.setdefault("training", {})
        for name in ("epochs", "batch_size", "seed", "threads"):
            training[name] = self.field(f"training.{name}")
        text = self.field("training.lr")
        try:
            training["lr"] = float(text)
        except ValueError:
            training["lr"] = text  # the recipe's own check says what is wrong
        self._other[technique] = part
        return recipe

    # --- facts and errors

    def set_data_facts(self, facts: Mapping[str, Any] | None) -> None:
        """Show the splits of the data, or nothing while they are not known."""
        self.set_field("data.split", split_text(facts))
        self._show_what_belongs()

    def show_error(self, key: str | None, text: str) -> bool:
        """Say at a field what is wrong with it (None: at none); False where there is no such field."""
        student = "student" if self.field("distillation.kind") == "reference" else "share"
        aliases = {
            "distillation": f"distillation.{student}",
            "distillation.student": f"distillation.{student}",
            "pruning": "pruning.value",
            "pruning.ratio": "pruning.value",
            "pruning.macs": "pruning.value",
            "pruning.params": "pruning.value",
            "data": "data.reference",
        }
        key = aliases.get(key, key) if key else None
        for name, error in self.errors.items():
            shown = name == key
            error.setText(text if shown else "")
            error.setVisible(shown and name in self.errors and self._is_shown(name))
            self.fields[name].setAccessibleDescription(text if shown else "")
        return key in self.errors and self._is_shown(str(key))

    def _is_shown(self, key: str) -> bool:
        technique = self.fields["technique"]
        assert isinstance(technique, QComboBox)
        if technique.currentData() not in self.belongs[key]:
            return False
        if key in ("distillation.share", "distillation.student"):
            return bool((self.field("distillation.kind") == "reference") == (key == "distillation.student"))
        if key in ("pruning.temperature", "pruning.alpha"):
            return bool(self.field("pruning.teacher") != "none")
        if key in ("pruning.layers", "model.input", "data.split"):
            field = self.fields[key]
            return isinstance(field, QLabel) and bool(field.text())
        return True

    def _show_what_belongs(self) -> None:
        for key, name in self.labels.items():
            shown = self._is_shown(key)
            name.setVisible(shown)
            if key in self.fields:
                self.fields[key].setVisible(shown)
                if not shown:
                    self.errors[key].hide()

    # --- events

    def _changed(self) -> None:
        if not self._loading:
            self._show_what_belongs()
            self._wait.start()

    def flush(self) -> None:
        """Tell a change at once that is still waiting to be told."""
        if self._wait.isActive():
            self._wait.stop()
            self._tell()

    def _tell(self) -> None:
        self.edited.emit(self.recipe())
