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
        state: State = "done" if found else "waiting"
        if not found and not running_seen and not view.ended and _reached(view, key):
            running_seen, state = True, "running"
        if key == "final" and accuracy is None:
            series = view.series.get("val_accuracy")
            if series is not None and len(series[1]):
                accuracy = float(series[1][-1])
                note = QCoreApplication.translate("Stages", "so far")
        result.append(Stage(name, state, note, accuracy))
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
