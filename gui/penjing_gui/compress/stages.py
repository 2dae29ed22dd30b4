"""The stages of a run with their accuracies, and the words for where it is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers
from penjing_gui.run_view import RunView
from penjing_gui.widgets.stage_bars import Stage, State

_ORDER = {"open": 0, "dense": 0, "prune": 1, "recalibrate": 2, "train": 3}


def stage_names(technique: str) -> dict[str, str]:
    """The stages of a technique, in order, with their names."""
    translate = QCoreApplication.translate
    if technique == "training":
        return {"dense": translate("Stages", "As opened"), "final": translate("Stages", "Trained")}
    if technique == "distillation":
        return {"dense": translate("Stages", "Teacher"), "final": translate("Stages", "Student")}
    return {
        "dense": translate("Stages", "Dense"),
        "pruned": translate("Stages", "Pruned"),
        "recalibrated": translate("Stages", "Recalibrated"),
        "final": translate("Stages", "Final"),
    }


def run_stages(view: RunView, words: numbers.Words) -> list[Stage]:
    """The stages as rows. The last one shows the newest validation accuracy until it is known."""
    names = stage_names(str(view.recipe.get("technique", "pruning")))
    result: list[Stage] = []
    running_seen = False
    for key, name in names.items():
        found = view.stages.get(key, {})
        accuracy = found.get("accuracy")
        took = float(found.get("seconds") or 0.0)
        note = numbers.duration(took, words) if took >= 0.0005 else ""
        error = None if found.get("mse") is None else float(found["mse"])
        state: State = "done" if found else "waiting"
        if not found and not running_seen and not view.ended and _reached(view, key):
            running_seen, state = True, "running"
        if key == "final" and accuracy is None:
            series = view.series.get("val_accuracy")
            if series is not None and len(series[1]):
                accuracy = float(series[1][-1])
                note = QCoreApplication.translate("Stages", "so far")
            elif error is None and "val_mse" in view.series:
                error = float(view.series["val_mse"][1][-1])
                note = QCoreApplication.translate("Stages", "so far")
        result.append(Stage(name, state, note, accuracy, error))
    return result


def _reached(view: RunView, stage: str) -> bool:
    here = _ORDER.get(view.phase, 4)
    wanted = {"dense": 0, "pruned": 1, "recalibrated": 2, "final": 3}[stage]
    return here >= wanted


def resume_text(view: RunView) -> str:
    """What a button says that goes on with an ended run."""
    if not len(view.checkpoints):
        return QCoreApplication.translate("Stages", "Start again")
    text = QCoreApplication.translate("Stages", "Resume from step {step}")
    return text.format(step=f"{view.checkpoints[-1]:,.0f}")


def present_rate(view: RunView) -> float | None:
    """The learning rate of the run's last step, None before it."""
    series = view.series.get("lr")
    return float(series[1][-1]) if series is not None and len(series[1]) else None


def time_left_text(estimate: tuple[float, float, float], words: numbers.Words) -> tuple[str, str]:
    """The time left in one unit, and its spread in the same: `3 min`, `2.5 to 4.1 min`."""
    middle, low, high = (max(0.0, value) for value in estimate)
    unit, name = 1.0, words.seconds
    if middle >= 5400:
        unit, name = 3600.0, words.hours
    elif middle >= 90:
        unit, name = 60.0, words.minutes
    decimals = 1 if unit > 1 and middle / unit < 9.95 else 0
    texts = [f"{max(value / unit, 1.0 if unit == 1 else 0.0):,.{decimals}f}" for value in (middle, low, high)]
    return f"{texts[0]} {name}", f"{texts[1]} {words.to} {texts[2]} {name}"
