"""A run whose data changed, went away or came back between two lives; data that fit no run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import text_examples
from penjing.runs.carry_out import carry_out
from penjing.runs.make import make_run
from penjing.spec.control import give_order
from penjing.spec.folders import RunFolder
from penjing.spec.journal import read_journal
from penjing.spec.messages import Failure
from penjing.spec.recipe import parse
from pictures import make_letters
from terminal import penjing, quick_latency, refused


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


def pictures(folder: Path) -> tuple[dict[str, Any], dict[str, Any], Callable[[], None]]:
    path = make_letters(folder / "letters", 60, 12, letters="ABC")
    files = sorted((path / "A").iterdir())
    return (
        {"reference": "sample:digits-cnn"},
        {"reference": str(path)},
        lambda: (path / "B" / "new.png").write_bytes(files[0].read_bytes()) and None,
    )


def picture_replaced(folder: Path) -> tuple[dict[str, Any], dict[str, Any], Callable[[], None]]:
    model, data, _ = pictures(folder)
    files = sorted((Path(data["reference"]) / "A").iterdir())
    return model, data, lambda: files[0].write_bytes(files[1].read_bytes()) and None


def table(folder: Path) -> tuple[dict[str, Any], dict[str, Any], Callable[[], None]]:
    path = text_examples.table(folder)
    nets = text_examples.models(folder)

    def edit() -> None:
        lines = path.read_text().splitlines()
        lines[7] = ",".join(["1.5", *lines[7].split(",")[1:]])
        path.write_text("\n".join(lines) + "\n")

    return (
        {"reference": f"py:{nets}:rows", "input": [{"shape": [67]}]},
        {"reference": str(path), "target": "digit"},
        edit,
    )


def arrays(folder: Path) -> tuple[dict[str, Any], dict[str, Any], Callable[[], None]]:
    path = folder / "digits.npz"

    def write(seed: int) -> None:
        x = np.random.RandomState(seed).rand(90, 1, 8, 8).astype(np.float32)
        np.savez(path, x=x, y=np.arange(90) % 10)

    write(0)
    return {"reference": "sample:digits-cnn"}, {"reference": str(path)}, lambda: write(1)


def texts(folder: Path) -> tuple[dict[str, Any], dict[str, Any], Callable[[], None]]:
    path, words = text_examples.text_set(folder), text_examples.tokenizer(folder)
    nets = text_examples.models(folder)

    def edit() -> None:
        """Two words' ids change places."""
        value = json.loads((words / "tokenizer.json").read_text())
        vocabulary = value["model"]["vocab"]
        one, other = [word for word in vocabulary if word.isalpha()][-2:]
        vocabulary[one], vocabulary[other] = vocabulary[other], vocabulary[one]
        (words / "tokenizer.json").write_text(json.dumps(value))

    return (
        {"reference": f"py:{nets}:conv_text", "input": [{"shape": [24], "dtype": "int64"}]},
        {"reference": f"hf:{path}", "tokenizer": str(words)},
        edit,
    )


def begun(model: dict[str, Any], data: dict[str, Any], path: Path) -> tuple[RunFolder, dict[str, Any]]:
    """A run that was stopped at its second step, and its recipe."""
    value = {
        "model": model,
        "data": data,
        "technique": "training",
        "training": {"epochs": 2, "threads": 1, "batch_size": 16, "lr": 0.02},
    }
    folder = make_run(parse(value), path)

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "step" and event["step"] == 2:
            give_order(folder.control, "stop")

    assert carry_out(folder.path, listen, trust=True).status == "stopped"
    return folder, value


@pytest.mark.parametrize("kind", [pictures, picture_replaced, table, arrays, texts])
def test_a_run_does_not_go_on_with_other_data(kind: Any, tmp_path: Path) -> None:
    model, data, change = kind(tmp_path)
    folder, value = begun(model, data, tmp_path / "run")
    told = [one for one in read_journal(folder.journal) if one["event"] == "data"]
    assert len(told) == 1
    assert len(told[0]["fingerprint"]) == 64
    assert sum(told[0]["sizes"].values()) > 50
    shutil.copytree(tmp_path, kept := tmp_path.with_name(f"{tmp_path.name}-kept"))
    change()
    line = refused("run", folder.path, "--trust")
    assert "are not those that the run began with" in line
    for one in list(tmp_path.iterdir()):
        if one.name != "run":
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    assert "not" in refused("run", folder.path, "--trust")  # they are gone
    for one in kept.iterdir():
        if one.name != "run":
            (shutil.copytree if one.is_dir() else shutil.copy2)(one, tmp_path / one.name)
    found = carry_out(folder.path, trust=True)
    whole = carry_out(make_run(parse(value), tmp_path / "whole").path, trust=True)
    assert found.weights_sha256 == whole.weights_sha256
    told = [one for one in read_journal(folder.journal) if one["event"] == "data"]
    assert {one["fingerprint"] for one in told} == {told[0]["fingerprint"]}
    shutil.rmtree(kept)


def test_a_vocabulary_larger_than_the_embedding_is_seen_before_anything_starts(tmp_path: Path) -> None:
    """Only the last text has the token that the embedding lacks."""
    from datasets import Dataset

    random = np.random.RandomState(0)
    rows = [{"input_ids": random.randint(0, 400, 24).tolist(), "label": i % 3} for i in range(60)]
    rows[-1]["input_ids"][5] = 400
    Dataset.from_list(rows).save_to_disk(str(tmp_path / "ids"))
    nets = text_examples.models(tmp_path)
    for factory, inputs in (("conv_text", 1), ("encoder", 2)):
        line = refused("train", f"py:{nets}:{factory}", *("--input", "24:int64") * inputs, "--trust",
                       "--data", f"hf:{tmp_path / 'ids'}", "--epochs", 1, "--out", tmp_path / "run")  # fmt: skip
        assert "token 400" in line and "400 rows" in line
        assert not (tmp_path / "run").exists()


def test_what_to_know_of_the_data_is_said_once_in_a_run(tmp_path: Path) -> None:
    """A class of two samples cannot be in all three splits; large targets are said to be large."""
    x = np.random.RandomState(0).rand(62, 1, 8, 8).astype(np.float32)
    np.savez(tmp_path / "few.npz", x=x, y=np.array([0] * 40 + [1] * 20 + [2] * 2))
    said = penjing("train", "sample:digits-cnn", "--data", tmp_path / "few.npz", "--epochs", 1,
                   "--batch-size", 500, "--threads", 1, "--out", tmp_path / "run")  # fmt: skip
    assert said.code == 0, said
    assert "no sample of 1 classes: 2" in said.err
    assert "10 outputs for 3 classes" in said.err
    folder = RunFolder(tmp_path / "run")
    steps = [one for one in read_journal(folder.journal) if one["event"] == "step"]
    assert len(steps) == 1  # a batch larger than the data is all of them
    np.savez(tmp_path / "large.npz", x=np.random.RandomState(0).rand(40, 67), y=np.linspace(0, 900, 40))
    nets = text_examples.models(tmp_path)
    said = penjing("train", f"py:{nets}:rows_regression", "--trust", "--input", 67, "--data",
                   tmp_path / "large.npz", "--epochs", 1, "--threads", 1, "--clip-norm", 1, "--target-scale", "none",
                   "--out", tmp_path / "regression")  # fmt: skip
    assert said.code == 0, said
    assert "mean 4" in said.err and "--objective huber" in said.err


def test_a_regressions_student_is_told_of_the_loss_that_suits_it(tmp_path: Path) -> None:
    nets = text_examples.models(tmp_path)
    np.savez(tmp_path / "data.npz", x=np.random.RandomState(0).rand(40, 67), y=np.linspace(0, 1, 40))
    line = refused("distill", f"py:{nets}:rows_regression", "--trust", "--input", 67, "--data",
                   tmp_path / "data.npz", "--student", "auto:width=0.5", "--out", tmp_path / "run")  # fmt: skip
    assert "--loss hard" in line
    with pytest.raises(Failure):
        carry_out(tmp_path / "run")


def test_one_class_alone_is_nothing_to_train_on(tmp_path: Path) -> None:
    x = np.random.RandomState(0).rand(60, 1, 8, 8).astype(np.float32)
    np.savez(tmp_path / "one.npz", x=x, y=np.full(60, 3))
    for data in (tmp_path / "one.npz", make_letters(tmp_path / "one", 40, 8, letters="A")):
        line = refused("train", "sample:digits-cnn", "--data", data, "--out", tmp_path / "run")
        assert "one class alone" in line
        assert not (tmp_path / "run").exists()


def test_classes_that_are_stored_as_fractional_numbers(tmp_path: Path) -> None:
    """0.0 and 1.0 may be values: it is said how to have them as classes, in arrays and in tables."""
    x = np.random.RandomState(0).rand(60, 1, 8, 8).astype(np.float32)
    np.savez(tmp_path / "data.npz", x=x, y=np.arange(60) % 2 / 1.0)
    train = ("train", "sample:digits-cnn", "--threads", 1, "--epochs", 1, "--out", tmp_path / "run")
    assert "--task classification" in refused(*train, "--data", tmp_path / "data.npz")
    said = penjing(*train, "--data", tmp_path / "data.npz", "--task", "classification", "--json")
    assert said.code == 0, said
    assert said.document["after"]["accuracy"] is not None
    rows = "".join(f"{one[0, 0, 0]},{i % 2}.0\n" for i, one in enumerate(x))
    (tmp_path / "data.csv").write_text("a,y\n" + rows)
    assert "--task classification" in penjing("data", tmp_path / "data.csv").err
    said = penjing("data", tmp_path / "data.csv", "--task", "classification", "--json")
    assert said.document["class_names"] == ["0", "1"]


def test_a_run_that_fails_says_where_it_is(tmp_path: Path, penjing_home: Path) -> None:
    said = penjing("train", "sample:digits-cnn", "--data", "sample:digits", "--lr", 1e25, "--threads", 1)
    assert said.code == 1
    assert "Traceback" not in said.err
    (run,) = (penjing_home / "runs").iterdir()
    assert f"run: {run}" in said.err
    assert said.error.endswith("(penjing run RUN --lr RATE)")
