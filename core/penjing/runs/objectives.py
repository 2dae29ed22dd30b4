"""The loss that a run minimises: the task's own, or the task's with a teacher's."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from penjing.data.items import Inputs
from penjing.distillation.losses import kd
from penjing.spec.messages import bad_input
from penjing.spec.recipe import TrainingRecipe
from penjing.training.loop import Objective
from penjing.training.losses import task_loss


def plain(task: str, settings: TrainingRecipe | None = None) -> Objective:
    """The task's loss alone, with the recipe's label smoothing."""
    kind = settings.objective if settings else "auto"
    smoothing = settings.label_smoothing if settings else 0.0

    def objective(module: nn.Module, inputs: Inputs, targets: Tensor) -> dict[str, Tensor]:
        return {"loss": task_loss(module(*inputs), targets, task, kind, smoothing)}

    return objective


def check_teachable(task: str) -> None:
    """Raise `Failure` (exit code 2) for a task whose outputs a teacher's cannot be compared with."""
    if task != "classification":
        raise bad_input("runs.teacher_needs_classes", task=task)


def with_teacher(
    task: str,
    teacher: nn.Module,
    temperature: float,
    alpha: float,
    smoothing: float = 0.0,
    labelled: bool = True,
) -> Objective:
    """(1 - alpha)·CE + alpha·T²·KL towards `teacher` (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).

    The teacher runs in eval mode without gradients. Without labels its term is all there is: alpha is 1 in effect.
    """
    check_teachable(task)
    teacher.eval().requires_grad_(False)
    moved: list[torch.device] = []  # where the teacher is known to be

    def objective(module: nn.Module, inputs: Inputs, targets: Tensor) -> dict[str, Tensor]:
        if targets.device not in moved:
            teacher.to(targets.device)
            moved[:] = [targets.device]
        with torch.no_grad():
            guidance = teacher(*inputs)
        if not labelled:
            whole = kd(module(*inputs), guidance, torch.zeros_like(targets), temperature, 1.0)["kd"]
            return {"loss": whole, "kd": whole}
        return kd(module(*inputs), guidance, targets, temperature, alpha, smoothing)

    return objective
