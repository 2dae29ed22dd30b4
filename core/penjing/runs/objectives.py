"""The loss that a run minimises: the task's own, or the task's with a teacher's."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from penjing.data.items import Inputs
from penjing.distillation.losses import kd
from penjing.spec.messages import bad_input
from penjing.training.loop import Objective
from penjing.training.losses import task_loss


def plain(task: str) -> Objective:
    """The task's loss alone."""

    def objective(module: nn.Module, inputs: Inputs, targets: Tensor) -> dict[str, Tensor]:
        return {"loss": task_loss(module(*inputs), targets, task)}

    return objective


def check_teachable(task: str) -> None:
    """Raise `Failure` (exit code 2) for a task whose outputs a teacher's cannot be compared with."""
    if task != "classification":
        raise bad_input("runs.teacher_needs_classes", task=task)


def with_teacher(task: str, teacher: nn.Module, temperature: float, alpha: float) -> Objective:
    """(1 - alpha)·CE + alpha·T²·KL towards `teacher` (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).

    The teacher runs in eval mode without gradients.
    """
    check_teachable(task)
    teacher.eval().requires_grad_(False)

    def objective(module: nn.Module, inputs: Inputs, targets: Tensor) -> dict[str, Tensor]:
        if next(teacher.parameters()).device != targets.device:
            teacher.to(targets.device)
        with torch.no_grad():
            guidance = teacher(*inputs)
        return kd(module(*inputs), guidance, targets, temperature, alpha)

    return objective
