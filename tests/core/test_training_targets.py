"""Regressions on standardised targets: which layer takes the scale, and runs that answer in own units."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from sklearn.metrics import mean_absolute_error, mean_squared_error
from torch import nn
from torch.nn import functional

from penjing.data.items import Batch
from penjing.data.open import open_data
from penjing.export.load import load_artefact
from penjing.runs.carry_out import carry_out
from penjing.runs.make import make_run
from penjing.spec.control import give_order
from penjing.spec.folders import RunFolder
from penjing.spec.journal import current_events, read_journal
from penjing.spec.messages import Failure
from penjing.spec.recipe import DataRecipe, Recipe, parse
from penjing.training import targets
from terminal import quick_latency

NET = """
from torch import nn

def net():
    first = nn.Sequential(nn.Linear(10, 24), nn.BatchNorm1d(24), nn.ReLU())
    return nn.Sequential(*first, nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 1))

def positive():
    return nn.Sequential(net(), nn.Softplus())
"""


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scikit-learn's diabetes table (targets of 25 to 346) and networks for it."""
    folder = tmp_path_factory.mktemp("diabetes")
    load_diabetes(as_frame=True).frame.to_csv(folder / "diabetes.csv", index=False)
    (folder / "nets.py").write_text(NET)
    return folder


def recipe(home: Path, scale: str = "standardise", technique: str = "training", **training: Any) -> Recipe:
    sections = {
        "pruning": {"ratio": 0.3, "steps": 2},
        "distillation": {"student": "auto:width=0.5", "losses": {"hard": 1.0}},
    }
    return parse(
        {
            "model": {"reference": f"py:{home}/nets.py:net", "input": [{"shape": [10]}]},
            "data": {"reference": str(home / "diabetes.csv"), "target_scale": scale},
            "technique": technique,
            **({technique: sections[technique]} if technique in sections else {}),
            "training": {"epochs": 8, "lr": 0.01, "threads": 1, "momentum": 0.9, **training},
        }
    )


def event(run: RunFolder, name: str) -> dict[str, Any]:
    return next(one for one in current_events(read_journal(run.journal)) if one["event"] == name)


def small(values: int = 1) -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, values))


def large(values: int = 1) -> Batch:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(40, 5, generator=generator)
    factors = torch.arange(1.0, values + 1)
    y = 900 + 60 * x[:, :1] * factors
    return Batch((x,), y[:, 0] if values == 1 else y)


# The layer


def test_the_layer_is_found_where_its_outputs_are_the_networks() -> None:
    x = (torch.randn(2, 5),)
    assert targets.output_layer(small(), x, 1) == "2"
    assert targets.output_layer(small(3), x, 3) == "2"
    assert targets.output_layer(nn.Sequential(small(4), nn.Unflatten(1, (2, 2))), x, 4) == "0.2"
    twice = small()
    twice.append(nn.ReLU())
    assert targets.output_layer(twice, x, 1) is None
    assert targets.output_layer(nn.Sequential(nn.Linear(5, 1, bias=False)), x, 1) is None
    assert targets.output_layer(small(3), x, 1) is None
    shared = nn.Linear(5, 5)
    assert targets.output_layer(nn.Sequential(shared, nn.ReLU(), shared), x, 5) is None
    tied = nn.Sequential(nn.Linear(5, 5), nn.Linear(5, 5))
    tied[1].weight = tied[0].weight
    assert targets.output_layer(tied, x, 5) is None
    residual = small(5)
    residual.forward = lambda value: nn.Sequential.forward(residual, value) + value  # type: ignore[method-assign]
    assert targets.output_layer(residual, x, 5) is None


@pytest.mark.parametrize("values", [1, 3])
def test_a_network_in_the_targets_units_stays_so_and_a_new_one_begins_at_the_mean(values: int) -> None:
    batch = large(values)
    scale = targets.scale_of(batch.targets)
    np.testing.assert_allclose(scale.std.numpy(), batch.targets.double().numpy().std(axis=0), rtol=1e-12)
    known, new = small(values), small(values)
    with torch.no_grad():
        known[2].bias += scale.mean.float() + 20
        before = [one(*batch.inputs) for one in (known, new)]
    for one in (known, new):
        targets.begin(one.eval(), "2", scale, batch)
    with torch.no_grad():
        torch.testing.assert_close(known(*batch.inputs), before[0], rtol=1e-5, atol=1e-3)
        wanted = before[1] * scale.std.float() + scale.mean.float()
        torch.testing.assert_close(new(*batch.inputs), wanted, rtol=1e-5, atol=1e-3)
        answers = known(*batch.inputs)
        targets.end(known, "2", scale)
        assert not known[2]._forward_hooks
        torch.testing.assert_close(known(*batch.inputs), answers, rtol=1e-5, atol=1e-3)


def test_training_is_that_of_the_bare_network_on_standardised_targets() -> None:
    batch = large()
    ours, theirs = small(), small()
    mean, std = batch.targets.mean(), batch.targets.std(correction=0)
    scale = targets.scale_of(batch.targets)
    targets.begin(ours, "2", scale, batch)
    for module, wanted in ((ours, scale.standardised(batch.targets)), (theirs, (batch.targets - mean) / std)):
        optimizer = torch.optim.SGD(module.parameters(), lr=0.05)
        for _ in range(20):
            optimizer.zero_grad()
            functional.mse_loss(module(*batch.inputs)[:, 0], wanted).backward()
            optimizer.step()
    targets.end(ours.eval(), "2", scale)
    with torch.no_grad():
        torch.testing.assert_close(
            ours(*batch.inputs), theirs(*batch.inputs) * std + mean, rtol=1e-5, atol=1e-3
        )


def test_a_constant_target_has_a_scale_of_one() -> None:
    scale = targets.scale_of(torch.full((9,), 7.0))
    assert float(scale.std) == 1 and float(scale.standardised(torch.tensor([8.0]))) == 1


# Runs


def test_a_rate_that_diverged_learns_and_figures_are_in_the_targets_units(home: Path, tmp_path: Path) -> None:
    plain = make_run(recipe(home, "none", lr=0.05), tmp_path / "plain")
    with pytest.raises(Failure) as raised:
        carry_out(plain.path, trust=True)
    assert raised.value.message.code == "training.diverged"

    run = make_run(recipe(home, lr=0.05), tmp_path / "scaled")
    result = carry_out(run.path, trust=True)
    data = open_data(DataRecipe(reference=str(home / "diabetes.csv")))
    train = data.train.targets.double().numpy()
    kept = parse_kept(run)
    assert kept["kind"] == "number"
    assert kept["mean"] == pytest.approx(train.mean()) and kept["std"] == pytest.approx(train.std())
    assert event(run, "data")["target_scale"] == {"mean": [kept["mean"]], "std": [kept["std"]]}
    assert "data.targets_large" not in [one["code"] for one in event(run, "data")["warnings"]]

    net = load_artefact(run.result)
    with torch.no_grad():
        answers = net(*data.test.inputs(torch.arange(len(data.test))))[:, 0]
    wanted = data.test.targets
    after = result.metrics["after"]
    assert after["mse"] == pytest.approx(mean_squared_error(wanted, answers), rel=1e-5)
    assert after["mae"] == pytest.approx(mean_absolute_error(wanted, answers), rel=1e-5)
    assert after["loss"] == pytest.approx(after["mse"] / train.var(), rel=1e-4)
    assert after["mse"] < 0.75 * wanted.double().numpy().var()


def parse_kept(run: RunFolder) -> dict[str, Any]:
    import json

    kept: dict[str, Any] = json.loads(run.recipe.read_text())["data"]["target_fit"]
    return kept


@pytest.mark.parametrize(
    ("technique", "training"),
    [("training", {"ema": 0.8}), ("pruning", {"epochs": 4}), ("distillation", {"optimizer": "adamw"})],
)
def test_stopped_anywhere_it_ends_with_the_same_bytes(
    home: Path, tmp_path: Path, technique: str, training: dict[str, Any]
) -> None:
    wanted = recipe(home, technique=technique, **training)
    whole = carry_out(make_run(wanted, tmp_path / "whole").path, trust=True)
    halves = make_run(wanted, tmp_path / "halves")
    for stop in (3, 10, 14):  # within an epoch, at the end of a round of pruning, within the next

        def listen(told: dict[str, Any], stop: int = stop) -> None:
            if told["event"] == "step" and told["step"] == stop:
                give_order(halves.control, "stop")

        assert carry_out(halves.path, listen, trust=True).status == "stopped"
    again = carry_out(halves.path, trust=True)
    assert again.weights_sha256 == whole.weights_sha256
    assert again.metrics == whole.metrics
    final = event(halves, "done")
    assert final["weights_sha256"] == whole.weights_sha256
    if technique != "distillation":
        assert whole.metrics["after"]["loss"] < whole.metrics["before"]["loss"]


def test_a_network_without_such_a_layer_is_told_of_and_trains_as_it_is(home: Path, tmp_path: Path) -> None:
    changed = recipe(home, epochs=1, lr=1e-5)
    model = changed.model.model_copy(update={"reference": f"py:{home}/nets.py:positive"})
    run = make_run(changed.model_copy(update={"model": model}), tmp_path / "run")
    result = carry_out(run.path, trust=True)
    codes = [one["code"] for one in event(run, "data")["warnings"]]
    assert codes.count("runs.target_scale_unused") == 1 and "data.targets_large" in codes
    assert "target_scale" not in event(run, "data")
    assert result.metrics["after"]["loss"] == pytest.approx(result.metrics["after"]["mse"], rel=1e-5)


def test_recipes_that_do_not_say_it_keep_their_meaning() -> None:
    assert DataRecipe(reference="x.csv").target_scale == "none"
    assert copy.deepcopy(DataRecipe(reference="x.csv")).target_fit is None
