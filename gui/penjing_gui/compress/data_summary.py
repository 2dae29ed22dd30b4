"""What the session worker says of a data set, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from penjing.spec.messages import Message

SPLITS = ("train", "validation", "test")
FILES = (".npz", ".csv", ".parquet")
_HF_MARKS = ("dataset_dict.json", "dataset_info.json", "state.json")


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: `kind` is `number`, `category`, `ignore` or `target`; figures are of training rows."""

    name: str
    kind: str
    missing: int = 0
    distinct: int = 0
    mean: float | None = None
    std: float | None = None
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] = ()

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Column:
        """From the reply."""
        return Column(
            name=str(value["name"]),
            kind=str(value.get("kind", "ignore")),
            missing=int(value.get("missing") or 0),
            distinct=int(value.get("distinct") or 0),
            mean=value.get("mean"),
            std=value.get("std"),
            low=value.get("min"),
            high=value.get("max"),
            categories=tuple(map(str, value.get("categories") or ())),
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """One training sample: a picture's file, a text, or a table's row (by column)."""

    index: int
    label: str
    text: str | None = None
    row: Mapping[str, Any] | None = None
    picture: str | None = None

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Sample:
        """From the reply."""
        label = value.get("label")
        return Sample(
            index=int(value.get("index") or 0),
            label="" if label is None else str(label),
            text=value.get("text"),
            row=value.get("row"),
            picture=value.get("picture"),
        )


@dataclass(frozen=True, slots=True)
class DataSummary:
    """A data set, split once. `balance` has samples by class for each split; `target` describes a regression's."""

    reference: str
    kind: str
    task: str
    labelled: bool = True
    classes: int | None = None
    class_names: tuple[str, ...] = ()
    inputs: tuple[Mapping[str, Any], ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    fingerprint: str = ""
    balance: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    target: Mapping[str, Any] | None = None
    columns: tuple[Column, ...] = ()
    samples: tuple[Sample, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Message, ...] = ()
    preprocessing: Mapping[str, Any] | None = None

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> DataSummary:
        """From the reply of the session's method `data`; what is missing is empty."""
        inputs = value.get("input") or ()
        if isinstance(inputs, Mapping):
            inputs = (inputs,)
        return DataSummary(
            reference=str(value["reference"]),
            kind=str(value.get("kind") or "arrays"),
            task=str(value.get("task") or "none"),
            labelled=bool(value.get("labelled", True)),
            classes=value.get("classes"),
            class_names=tuple(map(str, value.get("class_names") or ())),
            inputs=tuple(inputs),
            sizes={name: int(count) for name, count in (value.get("sizes") or {}).items()},
            fingerprint=str(value.get("fingerprint") or ""),
            balance={
                name: tuple(map(int, counts))
                for name, counts in (value.get("balance") or {}).items()
                if counts
            },
            target=value.get("target"),
            columns=tuple(map(Column.from_json, value.get("columns") or ())),
            samples=tuple(map(Sample.from_json, value.get("samples") or ())),
            skipped=tuple((str(one["path"]), str(one["problem"])) for one in value.get("skipped") or ()),
            warnings=tuple(map(Message.from_json, value.get("warnings") or ())),
            preprocessing=value.get("preprocessing"),
        )

    @property
    def total(self) -> int:
        """Samples in all splits."""
        return sum(self.sizes.values())

    def name_of(self, index: int) -> str:
        """A class's name, or its number where it has none."""
        return self.class_names[index] if index < len(self.class_names) else str(index)

    def target_column(self) -> str:
        """The name of the column to predict; empty where there is none."""
        return next((one.name for one in self.columns if one.kind == "target"), "")


def reference_of(path: str) -> str | None:
    """The data reference of a file or folder; None for a file of another kind."""
    found = Path(path)
    if found.is_dir():
        return f"hf:{path}" if any((found / mark).is_file() for mark in _HF_MARKS) else path
    return path if found.suffix.lower() in FILES else None


_DEFAULTS = {"split_seed": 0, "task": "auto", "labels": True}
_ELSEWHERE = ("augmentation", "target_scale")  # training alone depends on it


def given(section: Mapping[str, Any]) -> dict[str, Any]:
    """What a recipe's data section says beyond its defaults, as far as the splits and samples depend on it."""
    return {
        key: value
        for key, value in section.items()
        if value not in (None, {}, (), []) and key not in _ELSEWHERE and _DEFAULTS.get(key, ...) != value
    }
