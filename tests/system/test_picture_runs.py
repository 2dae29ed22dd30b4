"""Pictures through training, pruning and distillation from the terminal, from the trained weights on.

Tables and texts do the same in `test_cli_data.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from penjing.export.load import load_artefact
from penjing.runs.rounds import out_of_proportion
from penjing.spec.journal import current_events, read_journal
from pictures import make_letters
from terminal import penjing, quick_latency

NETS = """
from torch import nn


def block(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)
    )


def net(width, classes):
    return nn.Sequential(
        block(1, width), block(width, 2 * width), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(8 * width, classes)
    )


def six():
    return net(16, 6)


def narrow_six():
    return net(8, 6)


def letters():
    return net(24, 26)


def narrow_letters():
    return net(12, 26)
"""


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


def journey(
    model: str, student: str, data: Path, folder: Path, *words: object, macs: float = 0.4
) -> list[Any]:
    """The results of a training, a pruning and a distillation run; the latter two begin with the first's weights."""
    common = ("--data", data, "--trust", "--threads", 1, "--json", *words)
    weights = ("--weights", folder / "trained" / "result" / "model.safetensors")
    found = []
    for number, wanted in enumerate(
        (
            ("train", model, "--out", folder / "trained"),
            ("prune", model, *weights, "--macs", macs, "--out", folder / "pruned"),
            ("distill", model, *weights, "--student", student, "--out", folder / "student"),
        )
    ):
        said = penjing(*wanted, *common)
        assert said.code == 0, (number, said)
        found.append(said.document)
    for one in found[1:]:
        assert one["before"]["accuracy"] == found[0]["after"]["accuracy"]
        assert one["after"]["macs"] < one["before"]["macs"]
    return found


def test_a_network_of_ones_own_is_trained_pruned_and_distilled_on_pictures(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    letters = make_letters(tmp_path / "letters", 600, 16, letters="ABCDEF")
    nets = f"py:{tmp_path / 'nets.py'}"
    trained, pruned, student = journey(
        f"{nets}:six", f"{nets}:narrow_six", letters, tmp_path,
        "--input", "1,16,16", "--epochs", 10, "--batch-size", 32, "--lr", 0.1,
    )  # fmt: skip
    assert trained["after"]["accuracy"] > 0.85
    assert pruned["after"]["accuracy"] > 0.8
    assert student["after"]["accuracy"] > 0.7


def test_a_deep_network_is_not_said_to_diverge_where_its_norms_lag_behind(tmp_path: Path) -> None:
    """After three steps from random weights the validation loss is in the millions, and the training loss about one."""
    letters = make_letters(tmp_path / "letters", 60, 32, letters="ABC")
    said = penjing("train", "torchvision:resnet18", "--input", "3,32,32", "--data", letters, "--epochs", 1,
                   "--batch-size", 20, "--threads", 1, "--json", "--out", tmp_path / "run")  # fmt: skip
    assert said.code == 0, said
    events = current_events(read_journal(tmp_path / "run" / "journal.jsonl"))
    (epoch,) = [one for one in events if one["event"] == "epoch"]
    assert epoch["val_loss"] > 1e4  # else this shows nothing
    assert out_of_proportion(epoch["val_loss"], 1e3, 1.1)
    assert out_of_proportion(float("nan"), 1.0, 1.1)


def test_a_zoos_network_takes_the_pictures_classes_through_all_three(tmp_path: Path) -> None:
    letters = make_letters(tmp_path / "letters", 60, 32, letters="ABC")
    found = journey(
        "torchvision:resnet18", "torchvision:shufflenet_v2_x0_5", letters, tmp_path,
        "--input", "3,32,32", "--epochs", 1, "--batch-size", 20,
    )  # fmt: skip
    for one in found:
        verified = penjing("verify", one["run"], "--json")
        assert verified.code == 0, verified
        assert load_artefact(Path(one["run"]) / "result").eval()(torch.zeros(2, 3, 32, 32)).shape == (2, 3)


@pytest.mark.slow
def test_five_thousand_pictures(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    letters = make_letters(tmp_path / "letters", 5200, 32)
    nets = f"py:{tmp_path / 'nets.py'}"
    trained, pruned, student = journey(
        f"{nets}:letters", f"{nets}:narrow_letters", letters, tmp_path,
        "--input", "1,32,32", "--epochs", 8, "--lr", 0.1,
    )  # fmt: skip
    assert trained["test_samples"] == 780
    assert trained["after"]["accuracy"] > 0.93
    assert pruned["after"]["accuracy"] > 0.9
    assert student["after"]["accuracy"] > 0.85
