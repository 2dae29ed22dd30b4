"""How the data are read, as fields: what is shown depends on what kind of data they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from penjing_gui import numbers
from penjing_gui.compress.data_summary import DataSummary
from penjing_gui.compress.field_grid import FieldGrid
from penjing_gui.compress.recipe_rows import augmentation_name, target_scale_name
from penjing_gui.theme import Theme

EDIT_DELAY_MS = 400  # each change reads the data anew
AUGMENTATIONS = ("none", "light", "strong")
TARGET_SCALES = ("standardise", "none")
_KINDS = {
    "size": ("pictures",), "mean": ("pictures",), "std": ("pictures",), "augmentation": ("pictures",),
    "target": ("table",), "label": ("text",), "text": ("text",), "tokenizer": ("text",), "max_length": ("text",),
    "task": ("table", "arrays"),
}  # fmt: skip


class DataOptions(FieldGrid):
    """Fields for a recipe's data section. `edited` carries the section (JSON values) after a field was changed."""

    edited = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._section: dict[str, Any] = {}
        self._summary: DataSummary | None = None
        self._loading = False
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(EDIT_DELAY_MS)
        self._wait.timeout.connect(self._tell)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._build()
        self.changed.connect(self._changed)
        self.apply_theme(theme)

    def _build(self) -> None:
        self.add_whole(
            "split_seed", self.tr("Split seed"), 0, 2**31 - 1,
            help_text=self.tr("The splits are made once from it, class by class."),
        )  # fmt: skip
        self.add_choice(
            "task", self.tr("Task"),
            (
                ("auto", self.tr("automatic")),
                ("classification", self.tr("classes")),
                ("regression", self.tr("regression")),
            ),
            help_text=self.tr("Whether the target is a class or a number."),
        )  # fmt: skip
        self.add_choice("target", self.tr("Target"), (), help_text=self.tr("The column to predict."))
        self.add_choice(
            "target_scale", self.tr("Target scale"),
            tuple((one, target_scale_name(one)) for one in TARGET_SCALES),
            help_text=self.tr("A regression trains on targets of mean 0 and deviation 1; answers keep their unit."),
        )  # fmt: skip
        automatic = self.tr("automatic")
        self.add_text("text", self.tr("Text"), hint=automatic, help_text=self.tr("The column that is read."))
        self.add_text(
            "label", self.tr("Target"), hint=automatic, help_text=self.tr("The column with the class.")
        )
        self.add_text(
            "tokenizer", self.tr("Tokenizer"), hint=self.tr("the model's own"),
            help_text=self.tr("A folder with the tokenizer's files."),
        )  # fmt: skip
        self.add_button_in(
            "tokenizer", "folder", self.tr("Choose a tokenizer's folder…"), self._choose_tokenizer
        )
        self.add_whole(
            "max_length", self.tr("Tokens"), 1, 1_000_000, least=self.tr("as the model"),
            help_text=self.tr("Longer texts are cut to so many tokens, shorter ones filled up."),
        )  # fmt: skip
        self.add_text(
            "size", self.tr("Size"), hint=self.tr("as the model"),
            help_text=self.tr("Height × width in pixels, as the model sees pictures."),
        )  # fmt: skip
        for key, name in (("mean", self.tr("Mean")), ("std", self.tr("Deviation"))):
            self.add_text(
                key, name, hint=self.tr("as the model"),
                help_text=self.tr("Of each channel, with values from 0 to 1: pictures are normalised with it."),
            )  # fmt: skip
        self.add_choice(
            "augmentation", self.tr("Augment"),
            tuple((one, augmentation_name(one)) for one in AUGMENTATIONS),
            help_text=self.tr("Training sees pictures cropped, flipped and coloured differently each time."),
        )  # fmt: skip
        self.add_flag(
            "unlabelled", "", self.tr("Without labels"),
            help_text=self.tr("Leave the labels aside: a teacher's answers take their place in distillation."),
        )  # fmt: skip

    # --- values

    def load(self, section: Mapping[str, Any], summary: DataSummary | None) -> None:
        """Show a data section; its `summary` says which fields have a part in it."""
        if self._wait.isActive() and section == self._section:
            return  # the person is typing
        self._wait.stop()
        self._section, self._summary = dict(section), summary
        self._loading = True
        try:
            self._offer(summary)
            usual = {"split_seed": 0, "task": "auto", "augmentation": "none", "target_scale": "standardise"}
            for key, default in usual.items():
                self.set_field(key, section.get(key) or default)
            self.set_field("max_length", section.get("max_length") or 1)
            self.set_field("tokenizer", section.get("tokenizer") or "")
            self.set_field("size", numbers.dims(section["size"], spaced=True) if section.get("size") else "")
            for key in ("mean", "std"):
                self.set_field(key, ", ".join(f"{one:g}" for one in section.get(key) or ()))
            self.set_field("unlabelled", not section.get("labels", True))
            for key, name in (("target", "target"), ("label", "target"), ("text", "text")):
                self.set_field(key, section.get(name) or "")
        finally:
            self._loading = False
        self.show_what_belongs()

    def _offer(self, summary: DataSummary | None) -> None:
        """What can be chosen, and what holds where nothing is: from the data and the model."""
        names = [one.name for one in summary.columns] if summary else []
        found = summary.target_column() if summary else ""
        box = self.fields["target"]
        assert isinstance(box, QComboBox)
        box.clear()
        box.addItem(self.tr("{column}, found").format(column=found) if found else self.tr("automatic"), "")
        for name in names:
            box.addItem(name, name)
        wanted = (summary.preprocessing if summary else None) or {}
        hint = self.tr("as the model")
        hints = {
            "size": numbers.dims(wanted["size"], spaced=True) if wanted.get("size") else hint,
            "mean": ", ".join(f"{one:.2g}" for one in wanted.get("mean") or ()) or hint,
            "std": ", ".join(f"{one:.2g}" for one in wanted.get("std") or ()) or hint,
        }
        for key, text in hints.items():
            field = self.fields[key]
            assert isinstance(field, QLineEdit)
            field.setPlaceholderText(text)

    def section(self) -> dict[str, Any]:
        """The section that the fields say, not validated. What has no field keeps its value."""
        section = dict(self._section)
        before = dict(self._section)
        section["split_seed"] = self.field("split_seed")
        section["task"], section["augmentation"] = self.field("task"), self.field("augmentation")
        section["target_scale"] = self.field("target_scale")
        section["tokenizer"] = self.field("tokenizer") or None
        length = self.field("max_length")
        section["max_length"] = length if length > 1 else None
        section["size"] = _list(self.field("size"), int)
        section["mean"], section["std"] = (_list(self.field(key), float) for key in ("mean", "std"))
        section["labels"] = not self.field("unlabelled")
        kind = self._summary.kind if self._summary is not None else ""
        section["target"] = self.field("label" if kind == "text" else "target") or None
        section["text"] = self.field("text") or None
        if any(
            section.get(key) != before.get(key) for key in ("target", "split_seed", "task", "target_scale")
        ):
            section["table"] = section["target_fit"] = None  # fitted on other rows
        return section

    def is_shown(self, key: str) -> bool:
        """Whether a field has a part in data of this kind."""
        summary = self._summary
        if summary is None or summary.kind == "sample":
            return False
        if key in ("size", "mean", "std") and summary.kind == "pictures":
            return True
        if key == "target_scale":
            return summary.task == "regression"
        return summary.kind in _KINDS.get(key, (summary.kind,))

    # --- events

    def _choose_tokenizer(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Choose a tokenizer's folder"))
        if path:
            self.set_field("tokenizer", path)
            self._changed()

    def _changed(self) -> None:
        if not self._loading:
            self._wait.start()

    def flush(self) -> None:
        """Tell a change at once that is still waiting to be told."""
        if self._wait.isActive():
            self._wait.stop()
            self._tell()

    def _tell(self) -> None:
        self.edited.emit(self.section())


def _list(text: str, kind: type) -> Any:
    """Numbers as they are typed: `224 × 224`, `0.5, 0.5, 0.5`; one size alone counts twice; text as it is."""
    if not text:
        return None
    parts = [one for one in re.split(r"[\s,;×x*]+", text.strip()) if one]
    try:
        found = [kind(one) for one in parts]
    except ValueError:
        return text  # the recipe's own check says what is wrong
    return found * 2 if kind is int and len(found) == 1 else found
