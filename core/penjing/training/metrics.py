"""How good a model is on a split: mean loss, and the task's metrics (torchmetrics)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torchmetrics.functional.classification import multiclass_stat_scores
from torchmetrics.regression import MeanAbsoluteError, MeanSquaredError

from penjing.data.items import Split
from penjing.data.loading import Loader
from penjing.training.losses import task_loss
from penjing.training.targets import TargetScale

TOP = 5


@dataclass(frozen=True, slots=True)
class Metrics:
    """Mean loss over the split, and what the task has besides.

    A classification has `accuracy`, `balanced_accuracy` (the mean of the classes' recalls, over the classes that
    occur), `f1` (the mean of the classes' F1, over those that occur or are predicted) and, with more than five classes,
    `top5`, all from 0 to 1. A regression has `mse` and `mae`. Without labels `agreement` is the share of answers that
    are those of the model as opened.
    """

    loss: float
    accuracy: float | None = None
    mse: float | None = None
    top5: float | None = None
    balanced_accuracy: float | None = None
    f1: float | None = None
    mae: float | None = None
    agreement: float | None = None

    @property
    def figure(self) -> float | None:
        """The task's figure: accuracy, or mean squared error. None where there are no labels."""
        return self.accuracy if self.accuracy is not None else self.mse

    def better_than(self, other: Metrics | None) -> bool:
        """Whether these are the better metrics: higher accuracy (agreement, or lower error), ties by lower loss."""
        return other is None or (self._worth(), -self.loss) > (other._worth(), -other.loss)

    def _worth(self) -> float:
        share = self.accuracy if self.accuracy is not None else self.agreement
        return share if share is not None else -(self.mse or 0.0)

    def to_json(self) -> dict[str, float]:
        """Those that there are."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Metrics:
        """The inverse of `to_json`; other keys are ignored."""
        return Metrics(**{one.name: value[one.name] for one in fields(Metrics) if one.name in value})


@dataclass(frozen=True, slots=True)
class Assessment:
    """Metrics on a split, and for a classification the class that was answered for each sample: (N,) int64, CPU."""

    metrics: Metrics
    answers: Tensor | None


class _Classes:
    """Gathers a classification's answers."""

    def __init__(self) -> None:
        self._answers: list[Tensor] = []
        self._among_top: list[Tensor] = []
        self._classes = 2

    def add(self, outputs: Tensor, targets: Tensor) -> None:
        self._classes = max(2, outputs.shape[-1])
        self._answers.append(outputs.argmax(-1))
        if self._classes > TOP:
            best = outputs.topk(TOP, dim=-1).indices
            self._among_top.append((best == targets.unsqueeze(-1)).any(-1))

    def answers(self) -> Tensor:
        return torch.cat(self._answers).cpu()

    def metrics(self, loss: float, targets: Tensor) -> Metrics:
        # Right, wrongly answered and missed, by class.
        scores = multiclass_stat_scores(self.answers(), targets, num_classes=self._classes, average=None)
        right, wrong, _, missed, samples = scores.double().unbind(-1)
        occurs, known = samples > 0, right + wrong + missed > 0
        f1 = 2 * right / (2 * right + wrong + missed)
        return Metrics(
            loss,
            accuracy=_rounded(right.sum() / samples.sum()),
            balanced_accuracy=_rounded((right / samples)[occurs].mean()),
            f1=_rounded(f1[known].mean()),
            top5=_rounded(torch.cat(self._among_top).double().mean()) if self._among_top else None,
        )


class _Values:
    """Adds up a regression's errors."""

    def __init__(self, device: torch.device | str) -> None:
        # Rank 0 alone evaluates: metrics that gather from all ranks would wait for the others for ever.
        self._squared = MeanSquaredError(sync_on_compute=False).to(device)
        self._absolute = MeanAbsoluteError(sync_on_compute=False).to(device)

    def add(self, outputs: Tensor, targets: Tensor) -> None:
        values, wanted = outputs.reshape(targets.shape).float(), targets.float()
        self._squared.update(values, wanted)
        self._absolute.update(values, wanted)

    def metrics(self, loss: float) -> Metrics:
        return Metrics(loss, mse=_rounded(self._squared.compute()), mae=_rounded(self._absolute.compute()))


def _rounded(value: Tensor) -> float:
    return round(float(value), 7)  # some metrics are float32: 0.996, not 0.9959999918937683


def assess(
    module: nn.Module,
    split: Split,
    task: str,
    batch_size: int = 256,
    device: torch.device | str = "cpu",
    tick: Callable[[], None] | None = None,
    loader: Loader | None = None,
    objective: str = "auto",
    answers: Tensor | None = None,
    scale: TargetScale | None = None,
) -> Assessment:
    """Evaluate `module` on a split, in eval mode without gradients.

    The module's training flags are as before afterwards. `tick` is called before each batch and may raise to stop.
    `loader` reads the split's batches; without one they are read here. `objective` is the loss. Where there are no
    labels, `answers` (N,) are another model's, and take their place. The loss is in standard units where there is a
    `scale`, the metrics in the target's own.
    """
    flags = [(one, one.training) for one in module.modules()]
    module.eval()
    labels = split.targets if answers is None else answers
    total, done = 0.0, 0
    classes, values = _Classes(), _Values(device) if task == "regression" else None
    try:
        with torch.no_grad():
            for batch in (loader or Loader(split)).batches(in_order(len(split), batch_size)):
                if tick is not None:
                    tick()
                inputs = batch.to(device).inputs
                targets = labels[done : done + len(batch)].to(device)
                done += len(batch)
                outputs = module(*inputs)
                total += _loss(outputs, targets, task, objective, scale) * len(batch)
                (values or classes).add(outputs, targets)
    finally:
        for one, flag in flags:
            one.training = flag
    if done == 0:
        return Assessment(Metrics(loss=float("nan")), None)
    if values is not None:
        return Assessment(values.metrics(total / done), None)
    found = classes.metrics(total / done, labels)
    if answers is not None:
        found = Metrics(found.loss, agreement=found.accuracy)
    return Assessment(found, classes.answers())


def _loss(outputs: Tensor, targets: Tensor, task: str, objective: str, scale: TargetScale | None) -> float:
    if scale is not None:
        outputs, targets = (scale.standardised(one.reshape(targets.shape)) for one in (outputs, targets))
    return float(task_loss(outputs, targets, task, objective))


def evaluate(
    module: nn.Module,
    split: Split,
    task: str,
    batch_size: int = 256,
    device: torch.device | str = "cpu",
    tick: Callable[[], None] | None = None,
    loader: Loader | None = None,
) -> Metrics:
    """The metrics of `assess`."""
    return assess(module, split, task, batch_size, device, tick, loader).metrics


def in_order(samples: int, batch_size: int) -> list[Tensor]:
    """Indices of all samples in batches, in order; none where there are no samples."""
    return list(torch.split(torch.arange(samples), batch_size)) if samples else []


def predictions(
    module: nn.Module, split: Split, batch_size: int = 256, loader: Loader | None = None
) -> Tensor:
    """Class indices that `module` predicts, int64 of shape (samples,), in eval mode on the CPU."""
    module.eval()
    with torch.no_grad():
        batches = (loader or Loader(split)).batches(in_order(len(split), batch_size))
        parts = [module(*batch.inputs).argmax(-1) for batch in batches]
    return torch.cat(parts) if parts else torch.empty(0, dtype=torch.int64)
