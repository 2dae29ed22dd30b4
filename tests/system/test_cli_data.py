"""`penjing data`, and runs of every kind on a table and on texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import text_examples
from penjing.commands.data_options import section
from terminal import penjing, quick_latency, refused

RUN = ("--trust", "--threads", 1, "--json", "--batch-size", 32)


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table, texts with a tokenizer, and networks for them."""
    folder = tmp_path_factory.mktemp("data")
    for make in (text_examples.table, text_examples.text_set, text_examples.tokenizer, text_examples.models):
        make(folder)
    return folder


def result(*words: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """A run's result, and its recipe's section `data`."""
    said = penjing(*words)
    assert said.code == 0, said.err
    recipe = json.loads((Path(said.document["run"]) / "recipe.json").read_text())
    return said.document, recipe["data"]


def test_data_are_described_for_readers_and_for_programs(made: Path) -> None:
    said = penjing("data", made / "digits.csv")
    assert said.code == 0
    assert "training 1,258, validation 269, test 270" in said.out
    assert "█" in said.out
    assert "digit, is taken as the target" in said.err
    value = penjing("data", made / "digits.csv", "--json").document
    assert value["sizes"] == {"train": 1258, "validation": 269, "test": 270}
    assert value["columns"][-1]["kind"] == "target"
    value = penjing("data", made / "digits.csv", "--target", "p22", "--task", "regression", "--json").document
    assert value["target"]["max"] == 16
    said = penjing("data", made / "digits.csv", "--target", "p22", "--task", "regression")
    assert "standard deviation" in said.out
    said = penjing("data", f"hf:{made / 'topics'}", "--tokenizer", made / "tokenizer")
    assert "cooking: " in said.out
    assert said.err.strip() == "" or "reading" in said.err
    said = penjing("data", "sample:digits", "--model", "torchvision:resnet18")
    assert "does not fit" in said.err


def test_bad_data_and_bad_options_are_refused(made: Path) -> None:
    table = made / "digits.csv"
    assert "no column nothing" in refused("data", table, "--target", "nothing")
    assert "NAME=KIND" in refused("data", table, "--column", "p22")
    assert "columns.p22" in refused("data", table, "--column", "p22=colour")
    assert "--size 3,b" in refused("data", table, "--size", "3,b")
    assert "augmentation" in refused("data", table, "--augmentation", "wild")
    assert "tokenizer" in refused("data", f"hf:{made / 'topics'}")
    assert "not found" in refused("data", made / "nowhere.csv")


def test_a_run_that_cannot_be_fitted_leaves_no_folder(made: Path, tmp_path: Path) -> None:
    net = f"py:{made / 'nets.py'}:rows"
    out = tmp_path / "run"
    line = refused(
        "train", net, "--input", 67, "--data", made / "digits.csv", "--target", "z", "--out", out, "--trust"
    )
    assert "no column z" in line
    assert not out.exists()
    line = refused("train", net, "--input", 64, "--data", made / "digits.csv", "--out", out, "--trust")
    assert "67" in line
    assert not out.exists()


def test_options_become_a_recipes_section() -> None:
    options = {
        "target": "y",
        "column": ["a=b=number"],
        "size": "32x48",
        "mean": "0.5,0.4,0.3",
        "split_seed": 3,
        "unlabelled": True,
        "tokenizer": None,
    }
    assert section("d.csv", options) == {
        "reference": "d.csv",
        "target_scale": "standardise",
        "target": "y",
        "columns": {"a=b": "number"},
        "size": [32, 48],
        "mean": [0.5, 0.4, 0.3],
        "split_seed": 3,
        "labels": False,
    }


def test_a_table_is_trained_pruned_and_distilled_on(made: Path, tmp_path: Path) -> None:
    net, data = f"py:{made / 'nets.py'}:rows", ("--input", 67, "--data", made / "digits.csv")
    value, kept = result(
        "train", net, *data, *RUN, "--epochs", 6, "--lr", 0.05, "--out", tmp_path / "trained"
    )
    assert value["after"]["accuracy"] > 0.85
    assert (kept["target"], kept["task"], len(kept["table"])) == ("digit", "classification", 65)
    assert kept["target_fit"]["categories"] == list("0123456789")
    weights = tmp_path / "trained" / "result" / "model.safetensors"
    value, _ = result("prune", net, "--weights", weights, *data, *RUN, "--ratio", 0.3, "--epochs", 1,
                      "--out", tmp_path / "pruned")  # fmt: skip
    assert value["before"]["accuracy"] > 0.85
    assert value["after"]["accuracy"] > 0.8
    value, kept = result("distill", net, "--weights", weights, "--student", f"py:{made / 'nets.py'}:narrow_rows",
                         *data, *RUN, "--target", "digit", "--unlabelled", "--epochs", 6, "--lr", 0.05,
                         "--alpha", 1, "--out", tmp_path / "student")  # fmt: skip
    assert kept["labels"] is False
    assert value["after"]["params"] < value["before"]["params"]


def test_a_regression_on_a_table(made: Path, tmp_path: Path) -> None:
    value, kept = result("train", f"py:{made / 'nets.py'}:rows_regression", "--input", 67,
                         "--data", made / "digits.csv", "--target", "p22", "--task", "regression",
                         *RUN, "--epochs", 4, "--optimizer", "adamw", "--lr", 0.005,
                         "--out", tmp_path / "run")  # fmt: skip
    assert kept["target_scale"] == "standardise" and kept["target_fit"]["kind"] == "number"
    assert value["after"]["mse"] < 0.6 * value["before"]["mse"]


def test_texts_are_trained_pruned_and_distilled_on(made: Path, tmp_path: Path) -> None:
    nets = f"py:{made / 'nets.py'}"
    data = ("--input", "24:int64", "--data", f"hf:{made / 'topics'}", "--tokenizer", made / "tokenizer")
    value, kept = result("train", f"{nets}:conv_text", *data, *RUN, "--epochs", 4, "--lr", 0.05,
                         "--out", tmp_path / "trained")  # fmt: skip
    assert value["after"]["accuracy"] > 0.9
    assert kept["tokenizer"] == str((made / "tokenizer").resolve())
    weights = tmp_path / "trained" / "result" / "model.safetensors"
    value, _ = result("prune", f"{nets}:conv_text", "--weights", weights, *data, *RUN, "--ratio", 0.5,
                      "--epochs", 2, "--out", tmp_path / "pruned")  # fmt: skip
    assert value["after"]["accuracy"] > 0.8
    value, _ = result("distill", f"{nets}:conv_text", "--weights", weights, "--student",
                      f"{nets}:narrow_conv_text", *data, *RUN, "--epochs", 4, "--lr", 0.05,
                      "--out", tmp_path / "student")  # fmt: skip
    assert value["after"]["accuracy"] > 0.8


def test_two_inputs_take_the_mask_too(made: Path, tmp_path: Path) -> None:
    value, _ = result("train", f"py:{made / 'nets.py'}:encoder", "--input", "24:int64", "--input", "24:int64",
                      "--data", f"hf:{made / 'topics'}", "--tokenizer", made / "tokenizer", *RUN,
                      "--epochs", 4, "--lr", 0.005, "--optimizer", "adamw", "--out", tmp_path / "run")  # fmt: skip
    assert value["after"]["accuracy"] > 0.8


def test_advice_keeps_how_data_are_read(made: Path) -> None:
    said = penjing("advise", f"py:{made / 'nets.py'}:rows", "--input", 67, "--trust", "--device", "phone",
                   "--max-macs", 4000, "--data", made / "digits.csv", "--target", "digit",
                   "--column", "paper=category", "--json")  # fmt: skip
    assert said.code == 0, said.err
    plan = said.document["plan"]
    assert plan is not None
    assert plan["data"]["target"] == "digit"
    assert plan["data"]["columns"] == {"paper": "category"}
    from penjing.advice.command import command_line

    assert "--target digit --column paper=category" in command_line(plan)
