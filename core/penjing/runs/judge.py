"""Judges networks on a run's splits: against the labels, or where there are none against the model as opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from penjing.data.items import Split
from penjing.data.joined import part_loaders
from penjing.data.loading import Loader
from penjing.runs.opening import Opened
from penjing.spec.recipe import TrainingRecipe
from penjing.training.metrics import Assessment, Metrics, assess, predictions
from penjing.training.targets import TargetScale

Part = Literal["validation", "test"]


class Judge:
    """Holds the loaders of a run's life, with their worker processes: `close` ends them.

    Without labels the answers of the model as opened (for a distillation: the teacher) take the targets' place. With a
    `scale`, a regression's loss is in standard units.
    """

    def __init__(self, opened: Opened, settings: TrainingRecipe, scale: TargetScale | None = None) -> None:
        self._opened = opened
        self._settings = settings
        self._scale = scale
        self._answers: dict[str, Tensor] = {}
        parts: dict[str, Split] = {
            "train": opened.data.train,
            "validation": opened.data.validation,
            "test": opened.data.test,
        }
        self._whole: Loader | None = None
        if settings.workers == 0 or not any(map(len, parts.values())):
            self._loaders = {name: Loader(split) for name, split in parts.items()}
        else:
            self._whole, self._loaders = part_loaders(parts, settings.workers)

    def loader(self, part: Literal["train", "validation", "test"]) -> Loader:
        """The loader of a split. All have the same workers, which begin at the first use and stay until `close`."""
        return self._loaders[part]

    def assess(
        self,
        module: nn.Module,
        part: Part,
        device: torch.device | str = "cpu",
        tick: Callable[[], None] | None = None,
    ) -> Assessment:
        """The module's metrics and answers on a split; its flags are as before afterwards."""
        loader = self.loader(part)
        return assess(
            module,
            loader.split,
            self._opened.task,
            device=device,
            tick=tick,
            loader=loader,
            objective=self._settings.objective,
            answers=None if self._opened.data.labelled else self.answers(part),
            scale=self._scale,
        )

    def answers(self, part: Part) -> Tensor:
        """What the model as opened answers on a split: (N,) int64."""
        if part not in self._answers:
            loader = self.loader(part)
            self._answers[part] = predictions(self._opened.model.network(), loader.split, loader=loader)
        return self._answers[part]

    def close(self) -> None:
        """End the worker processes; a later use begins new ones."""
        if self._whole is not None:
            self._whole.close()


def as_fields(metrics: Metrics) -> dict[str, float]:
    """Metrics as events carry them."""
    return {f"val_{name}": value for name, value in metrics.to_json().items()}
