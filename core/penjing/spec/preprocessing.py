"""How a model wants its pictures: size, cropping and normalisation, as its own metadata says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """From a picture's file to a model's input.

    The shorter side is resized to `resize` pixels (None: straight to `size`), the centre of `size` (height, width) is
    cut out, values are scaled to 0..1, then (value - mean) / std by channel. `mean` and `std` have one value a
    channel; one channel means grey pictures.
    """

    size: tuple[int, int]
    resize: int | None = None
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    interpolation: Interpolation = "bilinear"

    @property
    def channels(self) -> int:
        """1 for grey pictures, 3 for colour."""
        return len(self.mean)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Preprocessing:
        """The inverse of `to_json`; unknown keys are ignored."""
        known = {key: value[key] for key in Preprocessing.__dataclass_fields__ if key in value}
        for key in ("size", "mean", "std"):
            if key in known:
                known[key] = tuple(known[key])
        return Preprocessing(**known)
