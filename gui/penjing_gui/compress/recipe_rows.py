"""A recipe as titled sections of label and value, for reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers
from penjing_gui.compress.data_summary import SPLITS, DataSummary


@dataclass(frozen=True)
class Section:
    """A title and its rows (key, label, value)."""

    title: str
    rows: tuple[tuple[str, str, str], ...]


def input_text(inputs: Any) -> str:
    """`3 × 64 × 64, float32`, several inputs one after another; empty where the recipe leaves it to the model."""
    return "; ".join(f"{numbers.dims(one['shape'], spaced=True)}, {one['dtype']}" for one in inputs or ())


def split_text(facts: DataSummary | None) -> str:
    """`1,200 / 250 / 347`: samples of training, validation and test."""
    return " / ".join(f"{facts.sizes[name]:,}" for name in SPLITS if name in facts.sizes) if facts else ""


def target_name(target: str, unit: str) -> str:
    """What a pruning target is called; MACs follow the unit shown."""
    return {
        "ratio": QCoreApplication.translate("Recipe", "Remove channels"),
        "macs": QCoreApplication.translate("Recipe", "Keep {unit}").format(unit=unit),
        "params": QCoreApplication.translate("Recipe", "Keep params"),
        "bytes": QCoreApplication.translate("Recipe", "Weights at most"),
    }.get(target, target)


def target_of(pruning: Mapping[str, Any]) -> tuple[str, float]:
    """The target of a pruning section and its value; ("ratio", 0) where only layers are named."""
    for name in ("ratio", "macs", "params", "bytes"):
        if pruning.get(name) is not None:
            return name, float(pruning[name])
    return "ratio", 0.0


def recipe_sections(
    recipe: Mapping[str, Any], unit: str, data_facts: DataSummary | None, realised: Mapping[str, Any]
) -> list[Section]:
    """All that a person wants to know of a recipe. `realised` are the shares kept, by name, once they are counted."""
    model, data, training = recipe["model"], recipe["data"], recipe["training"]
    translate = QCoreApplication.translate
    rows = [("reference", translate("Recipe", "Reference"), str(model["reference"]))]
    if model.get("weights"):
        rows.append(("weights", translate("Recipe", "Weights"), str(model["weights"])))
    if model.get("input"):
        rows.append(("input", translate("Recipe", "Input"), input_text(model["input"])))
    sections = [Section(translate("Recipe", "Model"), tuple(rows))]
    rows = [("data", translate("Recipe", "Reference"), str(data["reference"]))]
    if data_facts:
        if data_facts.classes:
            rows.append(("classes", translate("Recipe", "Classes"), str(data_facts.classes)))
        if data_facts.task == "regression":
            rows.append(("task", translate("Recipe", "Task"), translate("Recipe", "regression")))
        rows.append(("split", translate("Recipe", "Split"), split_text(data_facts)))
        rows.append(("split_note", "", translate("Recipe", "train / val / test")))
    rows += _reading(data, data_facts is not None and data_facts.task == "regression")
    sections.append(Section(translate("Recipe", "Data"), tuple(rows)))
    if recipe["technique"] == "pruning":
        sections.append(_pruning(recipe["pruning"], unit, realised))
    elif recipe["technique"] == "distillation":
        sections.append(_distillation(recipe["distillation"], realised))
    sections.append(_training(recipe, training))
    return sections


def _reading(data: Mapping[str, Any], regression: bool) -> list[tuple[str, str, str]]:
    """How the data are read, as far as it was set; only a regression's targets have a scale."""
    translate = QCoreApplication.translate
    rows = []
    if data.get("size"):
        rows.append(("size", translate("Recipe", "Size"), numbers.dims(data["size"], spaced=True)))
    if data.get("augmentation", "none") != "none":
        name = augmentation_name(str(data["augmentation"]))
        rows.append(("augmentation", translate("Recipe", "Augmentation"), name))
    if data.get("target"):
        rows.append(("column", translate("Recipe", "Target"), str(data["target"])))
    if regression and data.get("target_scale", "none") != "none":
        name = target_scale_name(str(data["target_scale"]))
        rows.append(("target_scale", translate("Recipe", "Target scale"), name))
    if data.get("tokenizer"):
        rows.append(("tokenizer", translate("Recipe", "Tokenizer"), str(data["tokenizer"])))
    if data.get("max_length"):
        rows.append(("max_length", translate("Recipe", "Tokens"), f"{data['max_length']:,}"))
    if not data.get("labels", True):
        rows.append(("labels", translate("Recipe", "Labels"), translate("Recipe", "not used")))
    return rows


def augmentation_name(kind: str) -> str:
    """How pictures are changed for training, in a word."""
    return {
        "none": QCoreApplication.translate("Recipe", "none"),
        "light": QCoreApplication.translate("Recipe", "light"),
        "strong": QCoreApplication.translate("Recipe", "strong"),
    }.get(kind, kind)


def target_scale_name(scale: str) -> str:
    """In which units a regression trains, in a word."""
    return {
        "none": QCoreApplication.translate("Recipe", "as it is"),
        "standardise": QCoreApplication.translate("Recipe", "standardised"),
    }.get(scale, scale)


def _pruning(pruning: Mapping[str, Any], unit: str, realised: Mapping[str, Any]) -> Section:
    translate = QCoreApplication.translate
    target, value = target_of(pruning)
    asked = numbers.size(value) if target == "bytes" else numbers.percent(value)
    if target in realised:
        text = translate("Recipe", "{asked}, got {got}")
        asked = text.format(asked=asked, got=numbers.percent(float(realised[target])))
    rows = [
        ("when", translate("Recipe", "When"), translate("Recipe", "after training")),
        ("granularity", translate("Recipe", "Granularity"), translate("Recipe", "channels")),
        ("criterion", translate("Recipe", "Criterion"), criterion_name(str(pruning["criterion"]))),
        ("target", target_name(target, unit), asked),
        ("round_to", translate("Recipe", "Round to"), str(pruning["round_to"])),
    ]
    locked = [name for name, ratio in pruning.get("layers", {}).items() if not ratio]
    if locked:
        rows.append(("locked", translate("Recipe", "Locked"), ", ".join(locked)))
    return Section(translate("Recipe", "Pruning"), tuple(rows))


def criterion_name(criterion: str) -> str:
    """A pruning criterion as people call it."""
    return {
        "l2": QCoreApplication.translate("Recipe", "L2 norm"),
        "l1": QCoreApplication.translate("Recipe", "L1 norm"),
        "random": QCoreApplication.translate("Recipe", "random"),
        "fpgm": QCoreApplication.translate("Recipe", "FPGM, geometric median"),
        "bn-scale": QCoreApplication.translate("Recipe", "batch norm scale"),
    }.get(criterion, criterion)


def _distillation(distillation: Mapping[str, Any], realised: Mapping[str, Any]) -> Section:
    translate = QCoreApplication.translate
    rows = [("student", translate("Recipe", "Student"), student_text(str(distillation["student"])))]
    if "params" in realised:
        rows.append(
            ("realised", translate("Recipe", "Params kept"), numbers.percent(float(realised["params"])))
        )
    rows.append(("loss", translate("Recipe", "Loss"), loss_text(distillation)))
    return Section(translate("Recipe", "Distillation"), tuple(rows))


def student_text(student: str) -> str:
    """`width 50.0 %` for `auto:width=0.5`; a reference as it is."""
    kind, _, number = student.removeprefix("auto:").partition("=")
    names = {
        "width": QCoreApplication.translate("Recipe", "width {share}"),
        "params": QCoreApplication.translate("Recipe", "{share} of params"),
        "macs": QCoreApplication.translate("Recipe", "{share} of MACs"),
    }
    if not student.startswith("auto:") or kind not in names:
        return student
    try:
        return names[kind].format(share=numbers.percent(float(number)))
    except ValueError:
        return student


def loss_text(part: Mapping[str, Any]) -> str:
    """`0.5 CE + 0.5 KD, T 4`."""
    alpha = float(part["alpha"])
    if part.get("losses") and "kd" not in part["losses"]:
        return ", ".join(distillation_loss_name(name) for name in part["losses"])
    return f"{1 - alpha:.3g} CE + {alpha:.3g} KD, T {float(part['temperature']):.3g}"


def distillation_loss_name(loss: str) -> str:
    """A distillation loss as people call it."""
    return {
        "kd": QCoreApplication.translate("Recipe", "KD, soft labels"),
        "hard": QCoreApplication.translate("Recipe", "hard labels alone"),
    }.get(loss, loss)


def optimizer_text(training: Mapping[str, Any]) -> str:
    """`SGD 0.9`, `AdamW`."""
    name = str(training["optimizer"])
    shown = {"sgd": "SGD", "adamw": "AdamW"}.get(name, name)
    return f"{shown}, {training['momentum']:g}" if name == "sgd" else shown


def schedule_name(schedule: str) -> str:
    """A schedule of the learning rate in a word."""
    return {
        "cosine": QCoreApplication.translate("Recipe", "cosine"),
        "constant": QCoreApplication.translate("Recipe", "constant"),
        "one-cycle": QCoreApplication.translate("Recipe", "one cycle"),
        "step": QCoreApplication.translate("Recipe", "steps"),
        "plateau": QCoreApplication.translate("Recipe", "on a plateau"),
    }.get(schedule, schedule)


def objective_name(objective: str) -> str:
    """The task's loss as people call it."""
    return {
        "auto": QCoreApplication.translate("Recipe", "automatic"),
        "cross-entropy": QCoreApplication.translate("Recipe", "cross-entropy"),
        "mse": QCoreApplication.translate("Recipe", "squared error"),
        "mae": QCoreApplication.translate("Recipe", "absolute error"),
        "huber": "Huber",
    }.get(objective, objective)


def _seldom(training: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Settings that are off unless asked for. Recipes of earlier versions do not have them."""
    translate = QCoreApplication.translate
    names = {
        "clip_norm": (translate("Recipe", "Clip norm"), None),
        "accumulate": (translate("Recipe", "Accumulate"), 1),
        "label_smoothing": (translate("Recipe", "Smoothing"), 0.0),
        "ema": ("EMA", None),
        "norm_momentum": (translate("Recipe", "Norm momentum"), None),
        "early_stop": (translate("Recipe", "Early stop"), None),
        "workers": (translate("Recipe", "Workers"), 0),
    }
    return [
        (key, name, f"{training[key]:g}")
        for key, (name, usual) in names.items()
        if training.get(key) is not None and training[key] != usual
    ]


def _training(recipe: Mapping[str, Any], training: Mapping[str, Any]) -> Section:
    translate = QCoreApplication.translate
    rows = [
        ("epochs", translate("Recipe", "Epochs"), f"{training['epochs']:,}"),
        ("batch_size", translate("Recipe", "Batch size"), f"{training['batch_size']:,}"),
        ("lr", translate("Recipe", "Learning rate"), f"{training['lr']:g}"),
    ]
    rows.append(("optimizer", translate("Recipe", "Optimiser"), optimizer_text(training)))
    schedule = schedule_name(str(training["schedule"]))
    if training.get("warmup_epochs"):
        text = translate("Recipe", "{schedule}, warm-up {epochs}")
        schedule = text.format(schedule=schedule, epochs=f"{training['warmup_epochs']:g}")
    rows.append(("schedule", translate("Recipe", "Schedule"), schedule))
    rows += _seldom(training)
    pruning = recipe.get("pruning")
    if pruning is not None:
        teacher = {
            "self": translate("Recipe", "itself, dense"),
            "none": translate("Recipe", "none"),
        }.get(str(pruning["teacher"]), str(pruning["teacher"]))
        rows.append(("teacher", translate("Recipe", "Teacher"), teacher))
        if pruning["teacher"] != "none":
            rows.append(("loss", translate("Recipe", "Loss"), loss_text(pruning)))
    rows.append(("seed", translate("Recipe", "Seed"), str(training["seed"])))
    threads = training["threads"] or translate("Recipe", "automatic")
    rows.append(("threads", translate("Recipe", "Threads"), str(threads)))
    title = translate("Recipe", "Fine-tuning") if pruning is not None else translate("Recipe", "Training")
    return Section(title, tuple(rows))
