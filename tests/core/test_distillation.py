"""The distillation loss against NumPy and its limits, and the students."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, rel_entr, softmax
from torch import Tensor

from penjing.costs.count import count
from penjing.distillation import losses
from penjing.distillation.students import parse
from penjing.models.open import open_model
from penjing.models.sample import DigitsCNN
from penjing.models.weights import state_sha256
from penjing.runs.students import build_student
from penjing.spec.messages import Failure
from penjing.spec.references import InputSpec


def logits(seed: int, scale: float = 3.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(16, 10, generator=generator, dtype=torch.float64) * scale


LABELS = torch.arange(16) % 10


@pytest.mark.parametrize("temperature", [1.0, 4.0, 20.0])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.9, 1.0])
def test_kd_equals_the_formula_in_numpy(temperature: float, alpha: float) -> None:
    student, teacher = logits(0), logits(1)
    got = losses.kd(student, teacher, LABELS, temperature, alpha)
    s, t = student.numpy(), teacher.numpy()
    ce = -log_softmax(s, axis=1)[np.arange(16), LABELS.numpy()].mean()
    kl = rel_entr(softmax(t / temperature, axis=1), softmax(s / temperature, axis=1)).sum(1).mean()
    assert set(got) == {"loss", "ce", "kd"}
    np.testing.assert_allclose(got["ce"].item(), ce, rtol=1e-10)
    np.testing.assert_allclose(got["kd"].item(), temperature**2 * kl, rtol=1e-10)
    np.testing.assert_allclose(got["loss"].item(), (1 - alpha) * ce + alpha * temperature**2 * kl, rtol=1e-10)


def test_alpha_0_is_the_labels_alone() -> None:
    student = logits(0)
    hard = losses.compute("hard", student, None, LABELS)
    assert torch.equal(losses.kd(student, logits(1), LABELS, 4.0, 0.0)["loss"], hard["loss"])


def test_the_same_outputs_leave_nothing_to_learn() -> None:
    student = logits(0).requires_grad_()
    soft = losses.kd(student, student.detach().clone(), LABELS, 4.0, 1.0)["loss"]
    soft.backward()
    assert abs(soft.item()) < 1e-12
    assert student.grad is not None and student.grad.abs().max() < 1e-12


def test_at_high_temperature_the_gradient_matches_logits() -> None:
    """Hinton et al., section 2.1: for T large, dC/dz = (z − v) / N for zero-mean logits, with T² in the loss."""
    student, teacher = logits(0, 1.0), logits(1, 1.0)
    student, teacher = (one - one.mean(1, keepdim=True) for one in (student, teacher))
    student.requires_grad_()
    losses.kd(student, teacher, LABELS, 1e4, 1.0)["loss"].backward()
    expected = (student.detach() - teacher) / 10 / 16  # also a mean over the batch
    torch.testing.assert_close(student.grad, expected, rtol=1e-3, atol=1e-6)


def test_the_teacher_gets_no_gradient() -> None:
    student, teacher = logits(0).requires_grad_(), logits(1).requires_grad_()
    losses.kd(student, teacher, LABELS)["loss"].backward()
    assert teacher.grad is None


def test_gradient_against_finite_differences() -> None:
    assert torch.autograd.gradcheck(
        lambda s: losses.kd(s, logits(1), LABELS, 3.0, 0.7)["loss"], logits(0).requires_grad_()
    )


@pytest.mark.parametrize(
    ("names", "code"), [({"dkd": 1.0}, "loss_unsupported"), ({"kd": 1.0, "hard": 1.0}, "losses_many")]
)
def test_other_losses_are_refused(names: dict[str, float], code: str) -> None:
    with pytest.raises(Failure, match=f"distillation.{code}") as failure:
        losses.check(names)
    assert failure.value.exit_code == 2


@pytest.mark.parametrize(
    "text", ["auto:width=0", "auto:width=1.5", "auto:width", "auto:size=0.5", "auto:macs=x"]
)
def test_malformed_students_are_refused(text: str) -> None:
    with pytest.raises(Failure, match=r"distillation\.student_malformed"):
        parse(text)


def test_sample_student_by_width() -> None:
    teacher = open_model("sample:digits-cnn")
    student = build_student(teacher, "auto:width=0.25", seed=3)
    assert isinstance(student.module, DigitsCNN)
    assert student.width == 0.25 and student.module.stage1[0].out_channels == 8
    namespace: dict[str, object] = {}
    exec(student.source.code, namespace)  # what an export does
    rebuilt = eval(student.source.expression, namespace)
    rebuilt.load_state_dict(student.module.state_dict())


@pytest.mark.parametrize("kind", ["macs", "params"])
@pytest.mark.parametrize("share", [0.3, 0.05])
def test_sample_student_by_budget_is_the_widest_within_it(kind: str, share: float) -> None:
    teacher = open_model("sample:digits-cnn")
    student = build_student(teacher, f"auto:{kind}={share}")
    whole, got = (getattr(count(m, teacher.input).totals, kind) for m in (teacher.module, student.module))
    assert student.width is not None
    wider = DigitsCNN(student.width + 1 / 64)
    assert got <= share * whole < getattr(count(wider, teacher.input).totals, kind)


def test_students_are_a_function_of_the_seed() -> None:
    teacher = open_model("sample:digits-cnn")
    torch.manual_seed(1)
    first = build_student(teacher, "auto:params=0.3", seed=1)
    torch.manual_seed(2)
    again = build_student(teacher, "auto:params=0.3", seed=1)
    other = build_student(teacher, "auto:params=0.3", seed=2)
    hashes = [state_sha256(one.module.state_dict()) for one in (first, again, other)]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize("text", ["auto:width=0.5", "auto:macs=0.3", "auto:params=0.3"])
def test_any_prunable_model_gives_narrow_students(text: str) -> None:
    teacher = open_model("torchvision:resnet18", inputs=[InputSpec((3, 32, 32))])
    before = state_sha256(teacher.module.state_dict())
    student, again = (build_student(teacher, text, seed=4) for _ in range(2))
    assert state_sha256(student.module.state_dict()) == state_sha256(again.module.state_dict())
    assert state_sha256(teacher.module.state_dict()) == before
    assert student.module(torch.zeros(2, 3, 32, 32)).shape == (2, 1000)
    own = count(student.module, teacher.input).totals
    whole = count(teacher.module, teacher.input).totals
    if text == "auto:width=0.5":
        assert student.module.get_submodule("layer4.1.conv2").out_channels == 256
        assert student.width == 0.5
    else:
        kind = text.split(":")[1].split("=")[0]
        assert 0.27 < getattr(own, kind) / getattr(whole, kind) <= 0.3
    # Drawn anew: batch norms are as new, and nothing of the teacher's first filters is left.
    first = student.module.get_submodule("conv1").weight
    assert not torch.isin(first.flatten(), teacher.module.get_submodule("conv1").weight.flatten()).any()


def test_what_cannot_be_made_is_refused() -> None:
    teacher = open_model("sample:digits-cnn")
    for text, code in [
        ("auto:depth=0.5", "depth_unsupported"),
        ("auto:params=0.0001", "student_out_of_reach"),
        ("torchvision:resnet18", "student_fails"),
    ]:
        with pytest.raises(Failure, match=f"distillation.{code}") as failure:
            build_student(teacher, text)
        assert failure.value.exit_code == 2
