"""The founding document's functions from Python: they do what the commands do, and leave the caller's things alone."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import penjing
from penjing.data.digits import splits
from penjing.models.open import open_model
from penjing.models.sample import DigitsCNN
from penjing.spec.messages import Failure
from terminal import penjing as command
from terminal import quick_latency

SAMPLE = "sample:digits-cnn"
SETTINGS = {"epochs": 1, "threads": 1}


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


@pytest.fixture
def digits() -> tuple[torch.Tensor, torch.Tensor]:
    train = splits()[0]
    return train.x[:400], train.y[:400]


@pytest.fixture
def model() -> nn.Module:
    return open_model(SAMPLE).module


class Unchanged:
    """Holds a module, the generators and the thread count, and sees whether they are as before."""

    def __init__(self, *modules: nn.Module) -> None:
        self._modules = modules
        self._before = [self._look(module) for module in modules]
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)
        self._threads = torch.get_num_threads()

    @staticmethod
    def _look(module: nn.Module) -> Any:
        return (
            {name: one.clone() for name, one in module.state_dict().items()},
            [one.training for one in module.modules()],
            [(one.requires_grad, one.grad) for one in module.parameters()],
            [len(one._forward_hooks) + len(one._forward_pre_hooks) for one in module.modules()],
        )

    def check(self) -> None:
        for module, (state, *rest) in zip(self._modules, self._before, strict=True):
            now, *others = self._look(module)
            assert state.keys() == now.keys()
            assert all(torch.equal(state[name], now[name]) for name in state)
            assert rest == others
        assert torch.get_num_threads() == self._threads
        drawn = [random.random(), np.random.rand(), float(torch.rand(1))]
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)
        assert drawn == [random.random(), np.random.rand(), float(torch.rand(1))]


def test_importing_penjing_imports_no_torch() -> None:
    code = "import penjing, sys; penjing.__all__; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_inspect_is_the_command(model: nn.Module) -> None:
    table = penjing.inspect(SAMPLE)
    assert json.loads(json.dumps(table.to_json())) == command("inspect", SAMPLE, "--json").document
    for shape in ("1,8,8", (1, 8, 8)):
        mine = penjing.inspect(model, shape)
        assert mine.totals == table.totals
    assert penjing.inspect("torchvision:resnet18", "3,64,64").totals.params == 11_689_512


def test_inspect_leaves_a_model_in_its_mode(model: nn.Module) -> None:
    model.train()
    guard = Unchanged(model)
    penjing.inspect(model, (1, 8, 8))
    guard.check()


def test_selecting_is_the_command() -> None:
    value = penjing.select_compression_technique(SAMPLE, "phone", {"min_accuracy": 0.9})
    said = command("advise", SAMPLE, "--device", "phone", "--min-accuracy", 0.9, "--json").document
    assert value == said
    assert value["technique"] == "pruning"  # C3: not parameter-dense, performance required
    without = penjing.select_compression_technique(SAMPLE, "server-gpu", facts={"resource_limited": False})
    assert without["technique"] == "distillation"  # C4


def test_selecting_for_a_module(model: nn.Module) -> None:
    guard = Unchanged(model)
    mine = penjing.select_compression_technique(model, "phone", {"min_accuracy": 0.9}, input=(1, 8, 8))
    guard.check()
    theirs = penjing.select_compression_technique(SAMPLE, "phone", {"min_accuracy": 0.9})
    assert mine["technique"] == theirs["technique"]
    assert mine["facts"] == theirs["facts"]
    hours = penjing.select_compression_technique(
        model, "phone", {"training_hours": 1e-9}, input=(1, 8, 8), data="sample:digits"
    )
    assert hours["facts"]["training_limited"]


@pytest.mark.parametrize("mode", [True, False])
def test_pruning_a_module_by_a_ratio(mode: bool, model: nn.Module) -> None:
    model.train(mode)
    guard = Unchanged(model)
    made = penjing.pruning(model, 0.5, input=(1, 8, 8))
    guard.check()
    assert made.model.stage1[0].out_channels == 16  # type: ignore[index,union-attr]
    assert (made.before.totals.macs, made.after.totals.macs) == (1_539_808, 390_000)
    assert made.result is None
    assert not made.model.training
    assert tuple(made.model(torch.zeros(2, 1, 8, 8)).shape) == (2, 10)


def test_pruning_with_data_trains(model: nn.Module, digits: tuple[torch.Tensor, torch.Tensor]) -> None:
    guard = Unchanged(model)
    made = penjing.pruning(
        model, dataset=digits, macs=0.3, teacher="self", training={**SETTINGS, "lr": 0.005}
    )
    guard.check()
    steps = made.accuracy_steps
    assert made.after.totals.macs <= 0.3 * made.before.totals.macs
    assert steps["final"] is not None
    assert steps["recalibrated"] is not None
    assert steps["final"] >= steps["recalibrated"] > 0.2
    again = penjing.pruning(
        model, dataset=digits, macs=0.3, teacher="self", training={**SETTINGS, "lr": 0.005}
    )
    mine, theirs = made.model.state_dict(), again.model.state_dict()
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)


def test_distilling_into_a_module(model: nn.Module, digits: tuple[torch.Tensor, torch.Tensor]) -> None:
    torch.manual_seed(0)
    student = DigitsCNN(width=0.4)
    guard = Unchanged(model, student)
    made = penjing.knowledge_distillation(
        model,
        student,
        digits,
        temperature=2.0,
        training={"epochs": 6, "threads": 1, "lr": 0.05, "batch_size": 32},
    )
    guard.check()
    assert made.accuracy_steps["final"] is not None
    assert made.accuracy_steps["final"] > 0.5
    assert made.after.totals.params == sum(one.numel() for one in student.parameters())
    assert set(made.model.state_dict()) == set(student.state_dict())


def test_with_references_and_a_folder_it_is_a_run(tmp_path: Path) -> None:
    made = penjing.knowledge_distillation(
        SAMPLE, "auto:width=0.5", "sample:digits", out=tmp_path / "run", training=SETTINGS
    )
    said = command("distill", SAMPLE, "--student", "auto:width=0.5", "--data", "sample:digits", "--epochs", 1,
                   "--threads", 1, "--out", tmp_path / "other", "--json").document  # fmt: skip
    assert made.result is not None
    assert made.result["weights_sha256"] == said["weights_sha256"]
    assert made.after.totals.params == said["after"]["params"]
    assert made.accuracy_steps == said["accuracy_steps"]
    assert command("verify", tmp_path / "run").code == 0


SEVEN, TEN, OTHER, VALUES = DigitsCNN(classes=7), DigitsCNN(), nn.Linear(5, 10), torch.randn(400, 10)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("runs.input_needed", lambda m, d: penjing.inspect(m)),
        ("models.input_malformed", lambda m, d: penjing.inspect(m, "x")),
        ("costs.input_does_not_fit", lambda m, d: penjing.inspect(m, (3, 8, 8))),
        ("models.not_found", lambda m, d: penjing.inspect("nowhere.pt")),
        ("runs.requirement_unknown", lambda m, d: penjing.select_compression_technique(SAMPLE, "phone", {"x": 1})),
        ("advice.fact_unknown", lambda m, d: penjing.select_compression_technique(SAMPLE, "phone", facts={"x": True})),
        ("recipe.bad_value", lambda m, d: penjing.pruning(m, 1.5, input=(1, 8, 8))),
        ("recipe.unknown_key", lambda m, d: penjing.pruning(m, 0.5, input=(1, 8, 8), colour="red")),
        ("recipe.unknown_key", lambda m, d: penjing.pruning(m, 0.5, input=(1, 8, 8), training={"epoch": 1})),
        ("runs.epochs_need_data", lambda m, d: penjing.pruning(m, 0.5, input=(1, 8, 8), training={"epochs": 1})),
        ("runs.out_needs_references", lambda m, d: penjing.pruning(m, 0.5, input=(1, 8, 8), out="run")),
        ("runs.tensors_differ", lambda m, d: penjing.pruning(m, 0.5, dataset=(d[0], d[1][:9]))),
        ("runs.data_does_not_fit", lambda m, d: penjing.pruning(m, 0.5, dataset=(d[0].repeat(1, 3, 1, 1), d[1]))),
        ("runs.outputs_do_not_fit", lambda m, d: penjing.pruning(m, 0.5, dataset=(d[0], d[1] + 5))),
        ("distillation.student_outputs", lambda m, d: penjing.knowledge_distillation(m, SEVEN, d)),
        ("distillation.student_fails", lambda m, d: penjing.knowledge_distillation(m, OTHER, d)),
        ("runs.kd_needs_classes", lambda m, d: penjing.knowledge_distillation(m, TEN, (d[0], VALUES))),
        ("models.py_needs_trust", lambda m, d: penjing.pruning("py:net.py:make", 0.5, out="run")),
        ("data.sample_unknown", lambda m, d: penjing.pruning(SAMPLE, 0.5, dataset="sample:x", out="run")),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_failure_with_its_code(
    code: str,
    call: Any,
    model: nn.Module,
    digits: tuple[torch.Tensor, torch.Tensor],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("raise SystemExit('executed')")
    guard = Unchanged(model)
    with pytest.raises(Failure) as failure:
        call(copy.copy(model), digits)
    assert failure.value.message.code == code
    assert failure.value.exit_code in (2, 3)
    guard.check()
    assert [one.name for one in tmp_path.iterdir()] == ["net.py"]


def test_a_regression_with_large_targets_trains_as_the_command_trains_it() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(120, 6, generator=generator)
    y = 5000 + 200 * x.sum(1, keepdim=True)
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
    training = {"epochs": 3, "lr": 0.05, "batch_size": 32, "threads": 1}
    figures = penjing.pruning(net, 0.5, dataset=(x, y), training=training).accuracy_steps
    assert figures["final"] is not None and figures["dense"] is not None
    assert figures["final"] < figures["dense"] / 20
