"""What the student learns from: the labels, and the teacher's softened outputs.

Hinton, Vinyals, Dean 2015, arXiv:1503.02531. The total is (1 − α)·CE + α·T²·KL(teacher ‖ student), both
outputs softened at temperature T. T² keeps the size of the gradients when T changes.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch.nn.functional as F
from torch import Tensor

from penjing.spec.messages import bad_input

SUPPORTED = ("hard", "kd")


def check(losses: Iterable[str]) -> str:
    """The one loss of a recipe's `losses`. Raises `Failure` (exit code 2) for another, or for several."""
    names = list(losses)
    for name in names:
        if name not in SUPPORTED:
            raise bad_input("distillation.loss_unsupported", loss=name, known=", ".join(SUPPORTED))
    if len(names) != 1:
        raise bad_input("distillation.losses_many", losses=", ".join(names))
    return names[0]


def kd(
    student_logits: Tensor,
    teacher_logits: Tensor,
    labels: Tensor,
    temperature: float = 4.0,
    alpha: float = 0.9,
    smoothing: float = 0.0,
) -> dict[str, Tensor]:
    """Hinton's loss over (N, classes) logits and (N,) labels: `loss`, and its parts before weighing, as
    scalars.

    `ce` is the cross-entropy with the labels (smoothed by `smoothing`), `kd` is T²·KL, both means over the
    batch. The teacher's logits get no gradient.
    """
    ce = F.cross_entropy(student_logits, labels, label_smoothing=smoothing)
    soft = F.kl_div(
        F.log_softmax(student_logits / temperature, dim=1),
        F.log_softmax(teacher_logits.detach() / temperature, dim=1),
        reduction="batchmean",
        log_target=True,
    )
    scaled = soft * temperature**2
    return {"loss": (1 - alpha) * ce + alpha * scaled, "ce": ce, "kd": scaled}


def hard(student_logits: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """The labels alone: `loss` and `ce` are the cross-entropy, the control of every distillation."""
    ce = F.cross_entropy(student_logits, labels)
    return {"loss": ce, "ce": ce}


def compute(
    loss: str,
    student_logits: Tensor,
    teacher_logits: Tensor | None,
    labels: Tensor,
    temperature: float = 4.0,
    alpha: float = 0.9,
) -> dict[str, Tensor]:
    """The loss by its name in a recipe. `hard` needs no teacher."""
    if loss == "hard":
        return hard(student_logits, labels)
    check([loss])
    if teacher_logits is None:
        raise ValueError("this loss needs the teacher's logits")
    return kd(student_logits, teacher_logits, labels, temperature, alpha)
