"""How good a model is on a split: mean loss, and accuracy or mean squared error (torchmetrics)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchmetrics.classification import MulticlassAccuracy
from torchmetrics.regression import MeanSquaredError

from penjing.data.items import Split
from penjing.data.loading import Loader


@dataclass(frozen=True, slots=True)
class Metrics:
    """Mean loss over the split, and `accuracy` (0 to 1) for a classification or `mse` for a regression."""

    loss: float
    accuracy: float | None = None
    mse: float | None = None

    @property
    def figure(self) -> float | None:
        """The task's figure: accuracy, or mean squared error."""
        return self.accuracy if self.accuracy is not None else self.mse

    def better_than(self, other: Metrics | None) -> bool:
        """Whether these are the better metrics: higher accuracy (or lower error), ties by lower loss."""
        if other is None:
            return True
        mine = self.accuracy if self.accuracy is not None else -(self.mse or 0.0)
        theirs = other.accuracy if other.accuracy is not None else -(other.mse or 0.0)
        return (mine, -self.loss) > (theirs, -other.loss)


def task_loss(outputs: Tensor, targets: Tensor, task: str) -> Tensor:
    """The plain loss of a task, averaged over the batch: cross-entropy, or mean squared error for a regression."""
    if task == "regression":
        return functional.mse_loss(outputs.reshape(targets.shape).float(), targets.float())
    return functional.cross_entropy(outputs.float(), targets)


def evaluate(
    module: nn.Module,
    split: Split,
    task: str,
    batch_size: int = 256,
    device: torch.device | str = "cpu",
    tick: Callable[[], None] | None = None,
    loader: Loader | None = None,
) -> Metrics:
    """Evaluate `module` on a split, in eval mode without gradients.

    The module's training flags are as before afterwards. `tick` is called before each batch and may raise to stop.
    `loader` reads the split's batches; without one they are read here.
    """
    flags = [(one, one.training) for one in module.modules()]
    module.eval()
    total = 0.0
    metric: MulticlassAccuracy | MeanSquaredError | None = None
    try:
        with torch.no_grad():
            for batch in (loader or Loader(split)).batches(in_order(len(split), batch_size)):
                if tick is not None:
                    tick()
                batch = batch.to(device)
                targets = batch.targets
                outputs = module(*batch.inputs)
                total += float(task_loss(outputs, targets, task)) * len(batch)
                if metric is None:
                    metric = (
                        MeanSquaredError()
                        if task == "regression"
                        else MulticlassAccuracy(num_classes=max(2, outputs.shape[-1]), average="micro")
                    ).to(device)
                if task == "regression":
                    metric.update(outputs.reshape(targets.shape).float(), targets.float())
                else:
                    metric.update(outputs.argmax(-1), targets)
    finally:
        for one, flag in flags:
            one.training = flag
    if metric is None:
        return Metrics(loss=float("nan"))
    figure = round(float(metric.compute()), 7)  # the metric is float32: 0.996, not 0.9959999918937683
    loss = total / len(split)
    return Metrics(loss, mse=figure) if task == "regression" else Metrics(loss, accuracy=figure)


def in_order(samples: int, batch_size: int) -> list[Tensor]:
    """Indices of all samples in batches, in order; none where there are no samples."""
    return list(torch.split(torch.arange(samples), batch_size)) if samples else []


def predictions(module: nn.Module, split: Split, batch_size: int = 256) -> Tensor:
    """Class indices that `module` predicts, int64 of shape (samples,), in eval mode on the CPU."""
    module.eval()
    with torch.no_grad():
        batches = Loader(split).batches(in_order(len(split), batch_size))
        parts = [module(*batch.inputs).argmax(-1) for batch in batches]
    return torch.cat(parts) if parts else torch.empty(0, dtype=torch.int64)
