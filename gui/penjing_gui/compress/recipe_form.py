"""The plan as a form that can be edited before the run."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from penjing_gui.compress.data_summary import DataSummary
from penjing_gui.compress.field_grid import ALWAYS
from penjing_gui.compress.recipe_rows import (
    criterion_name,
    distillation_loss_name,
    input_text,
    split_text,
    target_of,
)
from penjing_gui.compress.training_fields import TrainingFields
from penjing_gui.theme import Theme

EDIT_DELAY_MS = 150
MEGABYTE = 1_000_000
_SHARES = ("ratio", "macs", "params")


class RecipeForm(TrainingFields):
    """Fields for one recipe. `edited` carries the recipe (JSON values) a moment after a field was changed.

    What the form has no field for is kept as it came. `data_wanted` asks for other data.
    """

    edited = Signal(object)
    data_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._recipe: dict[str, Any] = {}
        self._other: dict[str, dict[str, Any]] = {}  # sections by technique, also of those not chosen
        self._loading = False
        self._unit = "FLOPs"
        self._offered = False
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
        self.add_button_in("data.reference", "folder", self.tr("Choose data…"), self.data_wanted.emit)
        self.add_value("data.split", self.tr("Split"))
        self.add_section(self.tr("Technique"))
        self.add_choice(
            "technique", self.tr("Technique"),
            (
                ("pruning", self.tr("pruning")),
                ("distillation", self.tr("distillation")),
                ("training", self.tr("training alone")),
            ),
            help_text=self.tr("Make the model smaller by pruning or distillation, or train it as it is."),
        )  # fmt: skip
        pruning, distillation = ("pruning",), ("distillation",)
        self._build_pruning(pruning)
        self._build_distillation(distillation)
        self.add_section(self.tr("Fine-tuning"), pruning)
        self.add_section(self.tr("Training"), ("distillation", "training"))
        self.add_choice(
            "pruning.teacher", self.tr("Teacher"),
            (("self", self.tr("itself, dense")), ("none", self.tr("none"))), pruning,
            self.tr("The model before pruning can teach it afterwards; for classes only."),
        )  # fmt: skip
        for part, only in (("pruning", pruning), ("distillation", distillation)):
            self.add_number(f"{part}.temperature", self.tr("Temperature"), 0.1, 100.0, 1, only)
            self.add_number(f"{part}.alpha", self.tr("Weight of KD"), 0.0, 1.0, 2, only)
        self.build_training()

    def _build_pruning(self, only: tuple[str, ...]) -> None:
        self.add_choice("pruning.criterion", self.tr("Criterion"), (), only)
        self.add_choice("pruning.target", self.tr("Target"), (), only)
        self.add_share("pruning.value", self.tr("Share"), 0.0, 99.9, only)
        size = self.add_number("pruning.megabytes", self.tr("Size"), 0.001, 1_000_000.0, 3, only)
        size.setSuffix(" MB")
        self.add_whole("pruning.round_to", self.tr("Round to"), 1, 1024, only)
        self.add_value("pruning.layers", self.tr("Locked"), only)

    def _build_distillation(self, only: tuple[str, ...]) -> None:
        self.add_choice(
            "distillation.kind", self.tr("Student"),
            (
                ("width", self.tr("by width")),
                ("params", self.tr("by params")),
                ("macs", self.tr("by MACs")),
                ("reference", self.tr("a model")),
            ),
            only,
        )  # fmt: skip
        self.add_share("distillation.share", self.tr("Share"), 0.1, 100.0, only)
        self.add_text("distillation.student", self.tr("Reference"), only)
        self.add_choice("distillation.loss", self.tr("Loss"), (), only)

    def _offer(self) -> None:
        """Fill the choices with what this version can carry out (late: it takes the recipe's own code)."""
        if self._offered:
            return
        from penjing.runs.support import CRITERIA, LOSSES, TARGETS

        self._offered = True
        targets = {
            "ratio": self.tr("remove channels"),
            "macs": self.tr("keep {unit}").format(unit=self._unit),
            "params": self.tr("keep params"),
            "bytes": self.tr("weights at most"),
        }
        for key, options in (
            ("pruning.criterion", [(one, criterion_name(one)) for one in CRITERIA]),
            ("pruning.target", [(one, text) for one, text in targets.items() if one in TARGETS]),
            ("distillation.loss", [(one, distillation_loss_name(one)) for one in LOSSES]),
        ):
            box = self.fields[key]
            assert isinstance(box, QComboBox)
            for value, text in options:
                box.addItem(text, value)

    def set_unit(self, unit: str) -> None:
        """Name the MACs target in the unit shown ("FLOPs" or "MACs"); the share is the same in both."""
        self._unit = unit
        target, kind = self.fields["pruning.target"], self.fields["distillation.kind"]
        assert isinstance(target, QComboBox) and isinstance(kind, QComboBox)
        if self._offered:
            target.setItemText(target.findData("macs"), self.tr("keep {unit}").format(unit=unit))
        kind.setItemText(kind.findData("macs"), self.tr("by {unit}").format(unit=unit))

    # --- values

    def load(self, recipe: Mapping[str, Any]) -> None:
        """Show a recipe."""
        self._wait.stop()
        self._recipe = copy.deepcopy(dict(recipe))
        for part in ALWAYS:
            if self._recipe.get(part) and part != "training":
                self._other[part] = self._recipe[part]
        self._loading = True
        try:
            self._offer()
            self._fill(self._recipe)
        finally:
            self._loading = False
        self.show_error(None, "")
        self.show_what_belongs()
        self.summarise_training()

    def _fill(self, recipe: Mapping[str, Any]) -> None:
        self.set_field("model.reference", recipe["model"]["reference"])
        self.set_field("model.input", input_text(recipe["model"].get("input")))
        self.set_field("data.reference", recipe["data"]["reference"])
        self.fields["data.reference"].setToolTip(str(recipe["data"]["reference"]))
        self.set_field("technique", recipe["technique"])
        pruning = self._other.get("pruning", {})
        target, value = target_of(pruning)
        self.set_field("pruning.target", target)
        self.set_field("pruning.value", 100 * value if target in _SHARES else 50.0)
        self.set_field("pruning.megabytes", value / MEGABYTE if target == "bytes" else 1.0)
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
        self.set_field("distillation.loss", next(iter(distillation.get("losses") or ("kd",))))
        for part, values, alpha in (("pruning", pruning, 0.5), ("distillation", distillation, 0.9)):
            self.set_field(f"{part}.temperature", values.get("temperature", 4.0))
            self.set_field(f"{part}.alpha", values.get("alpha", alpha))
        self.fill_training(recipe.get("training") or {})

    def recipe(self) -> dict[str, Any]:
        """The recipe that the fields say, not validated."""
        recipe = copy.deepcopy(self._recipe)
        reference = self.field("data.reference")
        if (
            reference != recipe["data"]["reference"]
        ):  # what was set for reading others does not hold for these
            seed = recipe["data"].get("split_seed", 0)
            recipe["data"] = {"reference": reference, "split_seed": seed, "target_scale": "standardise"}
        technique = recipe["technique"] = self.field("technique")
        recipe["pruning"] = recipe["distillation"] = None
        if technique != "training":
            part = recipe[technique] = copy.deepcopy(self._other.get(technique, {}))
            part["temperature"] = self.field(f"{technique}.temperature")
            part["alpha"] = self.field(f"{technique}.alpha")
            if technique == "pruning":
                self._read_pruning(part)
            else:
                self._read_distillation(part)
            self._other[technique] = part
        training = dict(recipe.get("training") or {})
        recipe["training"] = {**training, **self.training_values()}
        return recipe

    def _read_pruning(self, part: dict[str, Any]) -> None:
        target = self.field("pruning.target")
        for name in (*_SHARES, "bytes"):
            part[name] = None
        if target == "bytes":
            part[target] = max(1, round(self.field("pruning.megabytes") * MEGABYTE))
        else:
            part[target] = round(self.field("pruning.value") / 100, 6)
        for name in ("criterion", "round_to", "teacher"):
            part[name] = self.field(f"pruning.{name}")

    def _read_distillation(self, part: dict[str, Any]) -> None:
        if self.field("distillation.kind") == "reference":
            part["student"] = self.field("distillation.student")
        else:
            share = round(self.field("distillation.share") / 100, 6)
            part["student"] = f"auto:{self.field('distillation.kind')}={share:g}"
        loss = self.field("distillation.loss")
        if loss != next(iter(part.get("losses") or ("kd",))):
            part["losses"] = {loss: 1.0}

    # --- facts and errors

    def set_data_facts(self, facts: DataSummary | None) -> None:
        """Show the splits of the data, or nothing while they are not known."""
        self.set_field("data.split", split_text(facts))
        self.set_task(facts.task if facts is not None else "")
        self.summarise_training()

    def show_error(self, key: str | None, text: str) -> bool:
        """Say at a field what is wrong with it (None: at none); False where there is no such field."""
        student = "student" if self.field("distillation.kind") == "reference" else "share"
        aliases = {
            "distillation": f"distillation.{student}",
            "distillation.student": f"distillation.{student}",
            "distillation.losses": "distillation.loss",
            "pruning": "pruning.value",
            "pruning.ratio": "pruning.value",
            "pruning.macs": "pruning.value",
            "pruning.params": "pruning.value",
            "pruning.bytes": "pruning.megabytes",
            "data": "data.reference",
        }
        key = aliases.get(key, key) if key else None
        if key == "pruning.value" and not self.is_shown(key):
            key = "pruning.megabytes"
        return super().show_error(key, text)

    def is_shown(self, key: str) -> bool:
        """Whether a field has a part in what is set now."""
        if self.field("technique") not in self.belongs[key]:
            return False
        part, _, name = key.partition(".")
        if part == "training" and key in self.fields:
            return self.training_is_shown(name)
        if key in ("distillation.share", "distillation.student"):
            return bool((self.field("distillation.kind") == "reference") == (key == "distillation.student"))
        if key in ("distillation.temperature", "distillation.alpha"):
            return bool(self.field("distillation.loss") == "kd")
        if key in ("pruning.temperature", "pruning.alpha"):
            return bool(self.field("pruning.teacher") != "none")
        if key in ("pruning.value", "pruning.megabytes"):
            return bool((self.field("pruning.target") == "bytes") == (key == "pruning.megabytes"))
        if key in ("pruning.layers", "model.input", "data.split"):
            field = self.fields[key]
            return isinstance(field, QLabel) and bool(field.text())
        return True

    # --- events

    def _changed(self) -> None:
        if not self._loading:
            self.show_what_belongs()
            self.summarise_training()
            self._wait.start()

    def flush(self) -> None:
        """Tell a change at once that is still waiting to be told."""
        if self._wait.isActive():
            self._wait.stop()
            self._tell()

    def _tell(self) -> None:
        self.edited.emit(self.recipe())
