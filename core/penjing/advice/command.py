"""A recipe as the command line that does the same."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from penjing.spec.recipe import TARGETS


def command_line(recipe: Mapping[str, Any], out: str = "RUN") -> str:
    """`penjing prune …` or `penjing distill …` for a recipe's JSON. `out` names the run's folder."""
    model, data, training = recipe["model"], recipe["data"], recipe["training"]
    pruning = recipe["technique"] == "pruning"
    words = ["penjing", "prune" if pruning else "distill", model["reference"]]
    if model.get("weights"):
        words += ["--weights", model["weights"]]
    for one in model.get("input") or ():
        dtype = one.get("dtype", "float32")
        words += ["--input", ",".join(map(str, one["shape"])) + ("" if dtype == "float32" else f":{dtype}")]
    words += _pruning(recipe["pruning"]) if pruning else _distillation(recipe["distillation"])
    words += _data(data)
    for key in ("epochs", "batch_size", "lr", "seed"):
        if key in training:
            words += [
                "--" + key.replace("_", "-"),
                f"{training[key]:g}" if key == "lr" else str(training[key]),
            ]
    return shlex.join([*words, "--out", out])


def _data(section: Mapping[str, Any]) -> list[str]:
    """The data and how they are read, where that is not as it would be anyway. What was fitted is fitted anew."""
    words = ["--data", section["reference"]]
    usual = {"task": "auto", "augmentation": "none", "target_scale": "standardise"}
    for key in ("target", "task", "target_scale", "text", "tokenizer", "max_length", "augmentation"):
        if section.get(key) not in (None, usual.get(key)):
            words += ["--" + key.replace("_", "-"), str(section[key])]
    for name, kind in (section.get("columns") or {}).items():
        words += ["--column", f"{name}={kind}"]
    for key in ("size", "mean", "std"):
        if section.get(key):
            words += ["--" + key, ",".join(f"{one:g}" for one in section[key])]
    if section.get("split_seed"):
        words += ["--split-seed", str(section["split_seed"])]
    return [*words, "--unlabelled"] if section.get("labels") is False else words


def _pruning(section: Mapping[str, Any]) -> list[str]:
    words = []
    for key in ("when", "granularity", "criterion", *TARGETS, "scope", "round_to", "steps"):
        value = section.get(key)
        if value is not None:
            words += ["--" + key.replace("_", "-"), f"{value:g}" if isinstance(value, float) else str(value)]
    for layer, ratio in (section.get("layers") or {}).items():
        words += ["--layer", f"{layer}={ratio:g}"]
    return [*words, "--recovery", section["recovery"], "--teacher", section["teacher"]]


def _distillation(section: Mapping[str, Any]) -> list[str]:
    words = ["--student", section["student"]]
    for loss, weight in section["losses"].items():
        words += ["--loss", loss if weight == 1 else f"{loss}={weight:g}"]
    words += ["--temperature", f"{section['temperature']:g}", "--alpha", f"{section['alpha']:g}"]
    for student, teacher in (section.get("taps") or {}).items():
        words += ["--tap", f"{student}={teacher}"]
    return words
