"""A task's own loss, averaged over the batch, and which losses suit which task."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from penjing.spec.messages import bad_input
from penjing.spec.recipe import TrainingRecipe

SUITABLE = {"classification": ("cross-entropy",), "regression": ("mse", "mae", "huber")}


def check_objective(task: str, settings: TrainingRecipe) -> None:
    """Raise `Failure` (exit code 2) where the recipe's objective or label smoothing is not for the task."""
    suitable = SUITABLE.get(task, ())
    if settings.objective != "auto" and settings.objective not in suitable:
        raise bad_input(
            "training.objective_unsuitable",
            objective=settings.objective,
            task=task,
            suitable=", ".join(suitable),
        )
    if settings.label_smoothing > 0 and task != "classification":
        raise bad_input("training.smoothing_needs_classes", task=task)


def task_loss(
    outputs: Tensor, targets: Tensor, task: str, objective: str = "auto", smoothing: float = 0.0
) -> Tensor:
    """Cross-entropy with label smoothing (Szegedy et al. 2016, arXiv:1512.00567), or for a regression the mean squared
    error, the mean absolute error (`mae`), or Huber's loss with δ = 1 (Huber 1964)."""
    if task != "regression":
        return functional.cross_entropy(outputs.float(), targets, label_smoothing=smoothing)
    values, wanted = outputs.reshape(targets.shape).float(), targets.float()
    if objective == "mae":
        return functional.l1_loss(values, wanted)
    if objective == "huber":
        return functional.huber_loss(values, wanted)
    return functional.mse_loss(values, wanted)
