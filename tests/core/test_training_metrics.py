"""Metrics against scikit-learn's, and what evaluating must not change."""

from __future__ import annotations

import math
import warnings

import pytest
import torch
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    top_k_accuracy_score,
)
from torch import nn

from penjing.data.items import TensorSplit
from penjing.spec.messages import Failure
from penjing.spec.recipe import TrainingRecipe
from penjing.training.losses import check_objective, task_loss
from penjing.training.metrics import Metrics, assess, evaluate, predictions


def made(outputs: int, samples: int = 53) -> tuple[nn.Module, torch.Tensor]:
    torch.manual_seed(3)
    module = nn.Sequential(nn.Linear(5, 9), nn.BatchNorm1d(9), nn.Dropout(0.5), nn.Linear(9, outputs))
    return module, torch.randn(samples, 5)


@pytest.mark.parametrize("batch_size", [1, 16, 53, 1000])
@pytest.mark.parametrize("classes", [2, 7])
def test_accuracy_and_loss_are_scikit_learns(classes: int, batch_size: int) -> None:
    module, x = made(classes)
    y = torch.randint(0, classes, (len(x),))
    found = evaluate(module, TensorSplit(x, y), "classification", batch_size)
    with torch.no_grad():
        shares = module.eval()(x).double().softmax(1).numpy()
    assert found.accuracy == pytest.approx(accuracy_score(y.numpy(), shares.argmax(1)), abs=1e-6)
    assert found.loss == pytest.approx(log_loss(y.numpy(), shares, labels=range(classes)), rel=1e-5)
    assert found.mse is None
    assert found.figure == found.accuracy
    assert torch.equal(predictions(module, TensorSplit(x, y), batch_size), torch.from_numpy(shares.argmax(1)))


@pytest.mark.parametrize(("outputs", "shape"), [(1, (53,)), (1, (53, 1)), (4, (53, 4))])
def test_the_error_of_a_regression_is_scikit_learns(outputs: int, shape: tuple[int, ...]) -> None:
    module, x = made(outputs)
    y = torch.randn(shape)
    found = evaluate(module, TensorSplit(x, y), "regression", 16)
    with torch.no_grad():
        values = module.eval()(x)
    expected = mean_squared_error(y.reshape(53, -1).numpy(), values.numpy())
    assert found.mse == pytest.approx(expected, rel=1e-5)
    assert found.loss == pytest.approx(expected, rel=1e-5)
    assert found.accuracy is None


def test_more_outputs_than_classes_that_occur() -> None:
    module, x = made(10)
    y = torch.zeros(len(x), dtype=torch.int64)
    expected = accuracy_score(y.numpy(), predictions(module, TensorSplit(x, y)).numpy())
    assert evaluate(module, TensorSplit(x, y), "classification").accuracy == pytest.approx(expected, abs=1e-6)


def test_evaluating_changes_nothing() -> None:
    module, x = made(3)
    module.train()
    module[2].eval()  # type: ignore[index]
    before = {name: one.clone() for name, one in module.state_dict().items()}
    state = torch.get_rng_state()
    evaluate(module, TensorSplit(x, torch.zeros(len(x), dtype=torch.int64)), "classification")
    assert [one.training for one in module.modules()] == [True, True, True, False, True]
    assert all(torch.equal(before[name], one) for name, one in module.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert all(parameter.grad is None for parameter in module.parameters())


def test_a_tick_may_stop_it_and_the_module_is_as_before() -> None:
    module, x = made(3)
    module.train()
    calls = 0

    def tick() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(
            module, TensorSplit(x, torch.zeros(len(x), dtype=torch.int64)), "classification", 8, tick=tick
        )
    assert calls == 3
    assert module.training


def test_an_empty_split_has_no_figure() -> None:
    module, x = made(3)
    found = evaluate(module, TensorSplit(x[:0], torch.zeros(0, dtype=torch.int64)), "classification")
    assert math.isnan(found.loss)
    assert found.figure is None


def test_which_metrics_are_better() -> None:
    assert Metrics(1.0, accuracy=0.9).better_than(None)
    assert Metrics(1.0, accuracy=0.9).better_than(Metrics(0.1, accuracy=0.8))
    assert Metrics(0.1, accuracy=0.8).better_than(Metrics(0.2, accuracy=0.8))
    assert not Metrics(0.2, accuracy=0.8).better_than(Metrics(0.2, accuracy=0.8))  # the earlier epoch stays
    assert Metrics(1.0, mse=0.1).better_than(Metrics(0.5, mse=0.2))
    assert not Metrics(1.0, mse=0.3).better_than(Metrics(1.0, mse=0.2))


def test_half_precision_outputs_have_a_full_precision_loss() -> None:
    logits = torch.tensor([[1000.0, 0.0]], dtype=torch.float16)
    assert task_loss(logits, torch.tensor([1]), "classification").dtype == torch.float32


@pytest.mark.parametrize("classes", [2, 7])
@pytest.mark.parametrize("missing", [False, True])
def test_balanced_accuracy_f1_and_top_five_are_scikit_learns(classes: int, missing: bool) -> None:
    module, x = made(classes, 90)
    y = torch.randint(0, classes, (len(x),)) ** 2 % classes
    if missing:
        y = y.clamp(max=classes - 2)  # the last class does not occur, and may still be answered
    found = evaluate(module, TensorSplit(x, y), "classification", 16)
    with torch.no_grad():
        outputs = module.eval()(x)
    answers = outputs.argmax(1).numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # answers of classes that do not occur
        balanced = balanced_accuracy_score(y.numpy(), answers)
    assert found.balanced_accuracy == pytest.approx(balanced, abs=1e-6)
    assert found.f1 == pytest.approx(f1_score(y.numpy(), answers, average="macro"), abs=1e-6)
    if classes > 5:
        five = top_k_accuracy_score(y.numpy(), outputs.numpy(), k=5, labels=range(classes))
        assert found.top5 == pytest.approx(five, abs=1e-6)
    else:
        assert found.top5 is None


def test_the_absolute_error_is_scikit_learns() -> None:
    module, x = made(2)
    y = torch.randn(53, 2)
    found = evaluate(module, TensorSplit(x, y), "regression", 16)
    with torch.no_grad():
        values = module.eval()(x)
    assert found.mae == pytest.approx(mean_absolute_error(y.numpy(), values.numpy()), rel=1e-5)


def test_without_labels_answers_take_their_place() -> None:
    module, x = made(3)
    other = made(3)[0]
    other[3].weight.data.neg_()  # type: ignore[index,union-attr,operator]
    split = TensorSplit(x, torch.zeros(len(x), dtype=torch.int64))
    wanted = predictions(other, split)
    found = assess(module, split, "classification", 16, answers=wanted)
    assert found.answers is not None
    assert found.metrics.agreement == pytest.approx(accuracy_score(wanted.numpy(), found.answers.numpy()))
    assert found.metrics.accuracy is found.metrics.figure is found.metrics.f1 is None
    assert assess(other, split, "classification", answers=wanted).metrics.agreement == 1
    assert Metrics(1.0, agreement=0.9).better_than(Metrics(0.1, agreement=0.8))


def test_the_objectives_are_torchs() -> None:
    torch.manual_seed(0)
    outputs, values = torch.randn(9, 4), torch.randn(9, 4)
    targets = torch.randint(0, 4, (9,))
    for objective, module in (("auto", nn.MSELoss()), ("mse", nn.MSELoss()), ("mae", nn.L1Loss()),
                              ("huber", nn.HuberLoss())):  # fmt: skip
        assert task_loss(outputs, values, "regression", objective) == module(outputs, values)
    smoothed = task_loss(outputs, targets, "classification", "auto", 0.2)
    uniform = -outputs.log_softmax(1).mean()
    expected = 0.8 * nn.CrossEntropyLoss()(outputs, targets) + 0.2 * uniform
    assert float(smoothed) == pytest.approx(float(expected), rel=1e-6)


def test_an_objective_that_is_not_for_the_task_is_refused() -> None:
    for task, changes in (("classification", {"objective": "huber"}), ("regression", {"objective": "cross-entropy"}),
                          ("regression", {"label_smoothing": 0.1})):  # fmt: skip
        with pytest.raises(Failure) as failure:
            check_objective(task, TrainingRecipe(**changes))  # type: ignore[arg-type]
        assert failure.value.exit_code == 2
    check_objective("regression", TrainingRecipe(objective="mae"))
    check_objective("classification", TrainingRecipe(label_smoothing=0.1))
