"""What the lower plot can show: each quantity with its name and unit, and how its figures are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers
from penjing_gui.widgets.curve_figures import Series

Kind = Literal["share", "error", "plain", "rate"]
# in the order in which they are offered; the first that a run has is shown unless another one is chosen
_SHARES = ("val_accuracy", "val_top5", "val_balanced_accuracy", "val_agreement")
_ORDER = (
    "val_accuracy", "val_mse", "val_mae", "val_top5", "val_balanced_accuracy", "val_f1", "val_agreement",
)  # fmt: skip
_LAST = ("lr", "samples_per_s", "memory_bytes")


@dataclass(frozen=True)
class Quantity:
    """`title` has the unit; `factor` takes a value to the axis; `kind` says how it is judged and drawn."""

    key: str
    title: str
    factor: float = 1.0
    kind: Kind = "plain"
    write: Callable[[float], str] = numbers.figure

    @property
    def validated(self) -> bool:
        """Whether it is measured on the validation split."""
        return self.key.startswith("val_")

    def text(self, value: float | None) -> str:
        """A value of the run as it is read out, without its unit."""
        return "" if value is None else self.write(value * self.factor)


def _tenth(value: float) -> str:
    return f"{value:,.1f}"


def _thousandth(value: float) -> str:
    return f"{value:.3f}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _rate(value: float) -> str:
    return f"{value:.4g}"


def quantity(key: str) -> Quantity:
    """The quantity of a series; one that nobody has heard of has its own name as title."""
    translate = QCoreApplication.translate
    titles = {
        "val_accuracy": translate("Quantities", "Accuracy, %"),
        "val_top5": translate("Quantities", "Top-5 accuracy, %"),
        "val_balanced_accuracy": translate("Quantities", "Balanced accuracy, %"),
        "val_agreement": translate("Quantities", "Agreement with teacher, %"),
        "val_f1": "F1",
        "val_mse": "MSE",
        "val_mae": "MAE",
        "lr": translate("Quantities", "Learning rate"),
        "samples_per_s": translate("Quantities", "Throughput, samples/s"),
        "memory_bytes": translate("Quantities", "Memory, MB"),
    }
    title = titles.get(key, key.removeprefix("val_"))
    if key in _SHARES:
        return Quantity(key, title, 100.0, "share", _tenth)
    if key in ("val_mse", "val_mae"):
        return Quantity(key, title, 1.0, "error")
    if key == "val_f1":
        return Quantity(key, title, 1.0, "plain", _thousandth)
    if key == "lr":
        return Quantity(key, title, 1.0, "rate", _rate)
    if key == "samples_per_s":
        return Quantity(key, title, 1.0, "plain", _whole)
    if key == "memory_bytes":
        return Quantity(key, title, 1e-6, "plain", _whole)
    return Quantity(key, title)


def offered(names: Iterable[str]) -> list[str]:
    """The quantities among a run's series, in order; the losses are in the plot above."""
    found = set(names)
    metrics = [key for key in found if key.startswith("val_") and key != "val_loss"]
    metrics.sort(key=lambda key: (_ORDER.index(key) if key in _ORDER else len(_ORDER), key))
    return metrics + [key for key in _LAST if key in found]


def usual(series: Mapping[str, Series]) -> str:
    """What is shown where nothing is chosen: accuracy, or what a run has in its place."""
    return next((key for key in offered(series) if key.startswith("val_")), "val_accuracy")
