"""How models of the zoos want their pictures, from the metadata of their published weights; nothing is downloaded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from penjing.spec.preprocessing import Interpolation, Preprocessing
from penjing.spec.references import InputSpec

_INTERPOLATIONS: dict[str, Interpolation] = {
    "nearest": "nearest", "bilinear": "bilinear", "bicubic": "bicubic", "lanczos": "lanczos",
}  # fmt: skip
# PIL's numbers, which Hugging Face's files have.
_RESAMPLE: dict[int, Interpolation] = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"}
_RANGE = 1 / 255  # what `Preprocessing` scales by


def of_torchvision(name: str, inputs: Sequence[InputSpec]) -> Preprocessing | None:
    """What the default weights of a torchvision classifier of single pictures were evaluated with."""
    from torchvision import models
    from torchvision.transforms._presets import ImageClassification

    weights = getattr(models.get_model_weights(name), "DEFAULT", None)
    preset = weights.transforms() if weights is not None else None
    if not isinstance(preset, ImageClassification):
        return None
    height, width = _pair(preset.crop_size)
    return fitted(
        Preprocessing(
            size=(height, width),
            resize=int(_pair(preset.resize_size)[0]),
            mean=tuple(preset.mean),
            std=tuple(preset.std),
            interpolation=_INTERPOLATIONS.get(preset.interpolation.value, "bilinear"),
        ),
        inputs,
    )


def of_timm(config: Mapping[str, Any], inputs: Sequence[InputSpec]) -> Preprocessing | None:
    """What timm's configuration of pretrained weights says."""
    shape: Sequence[int] = config.get("input_size") or ()
    mean, std = tuple(config.get("mean") or ()), tuple(config.get("std") or ())
    if len(shape) != 3 or len(mean) != len(std) or len(mean) not in (1, 3):
        return None
    crop = float(config.get("crop_pct") or 0.875)
    centre = config.get("crop_mode", "center") == "center"
    return fitted(
        Preprocessing(
            size=(int(shape[1]), int(shape[2])),
            resize=math.floor(min(shape[1:]) / crop) if centre else None,
            mean=mean,
            std=std,
            interpolation=_INTERPOLATIONS.get(str(config.get("interpolation")), "bilinear"),
        ),
        inputs,
    )


def of_folder(folder: Path, inputs: Sequence[InputSpec]) -> Preprocessing | None:
    """What a Hugging Face folder's `preprocessor_config.json` says; None where there is none, or it is unlike ours."""
    try:
        if not (folder / "preprocessor_config.json").is_file():
            return None
        said = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
        return fitted(_said(said), inputs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None  # it is a help, and models open without it


def _said(said: Mapping[str, Any]) -> Preprocessing:
    size = said["size"]
    crop = said.get("crop_size") if said.get("do_center_crop", "crop_size" in said) else None
    edge = size.get("shortest_edge") if isinstance(size, dict) else None
    if edge is None and isinstance(size, int) and crop is not None:
        edge = size
    final = _sides(crop if crop is not None else (edge or size))
    if crop is None and edge is not None and edge < 384 and (share := said.get("crop_pct")):
        edge = int(edge / share)  # as ConvNeXt's processor does below 384 pixels
    if said.get("do_rescale", True) and abs(said.get("rescale_factor", _RANGE) - _RANGE) > 1e-6:
        raise ValueError("scaled otherwise")
    normalised = said.get("do_normalize", True)
    mean = tuple(map(float, said["image_mean"])) if normalised else (0.0, 0.0, 0.0)
    std = tuple(map(float, said["image_std"])) if normalised else (1.0, 1.0, 1.0)
    return Preprocessing(
        size=final,
        resize=int(edge) if edge is not None else None,
        mean=mean,
        std=std,
        interpolation=_RESAMPLE.get(int(said.get("resample", 2)), "bilinear"),
    )


def _sides(value: Any) -> tuple[int, int]:
    if isinstance(value, dict):
        return int(value["height"]), int(value["width"])
    return _pair(value)


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, (list, tuple)):
        return int(value[0]), int(value[-1])
    return int(value), int(value)


def fitted(made: Preprocessing, inputs: Sequence[InputSpec]) -> Preprocessing | None:
    """The same for pictures of the size that the model is opened with: resizing grows with it.

    None where its channels are others than these.
    """
    if len(inputs) != 1 or len(inputs[0].shape) != 3 or inputs[0].shape[0] != made.channels:
        return None
    size = inputs[0].shape[1], inputs[0].shape[2]
    if size == made.size:
        return made
    resize = None if made.resize is None else max(round(made.resize * min(size) / min(made.size)), min(size))
    return replace(made, size=size, resize=resize)
