"""Plain training from the terminal, and the loop in real runs: live rates, divergence, early stop, no labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from penjing.data.open import open_data
from penjing.export.load import load_artefact
from penjing.models.open import open_model
from penjing.runs.carry_out import carry_out
from penjing.runs.make import make_run
from penjing.spec.control import give_order, read_order
from penjing.spec.folders import RunFolder
from penjing.spec.journal import current_events, read_journal
from penjing.spec.recipe import Recipe, parse
from penjing.training.metrics import predictions
from pictures import make_letters
from terminal import Said, penjing, quick_latency, refused

SAMPLE, DATA = "sample:digits-cnn", "sample:digits"
TINY = ("--threads", 1, "--json")


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


def events(run: Path | RunFolder, name: str) -> list[dict[str, Any]]:
    path = run.path if isinstance(run, RunFolder) else run
    return [one for one in current_events(read_journal(path / "journal.jsonl")) if one["event"] == name]


def recipe(technique: str = "training", data: dict[str, Any] | None = None, **training: Any) -> Recipe:
    section = {"pruning": {"ratio": 0.5, "teacher": "self"}, "distillation": {"student": "auto:width=0.3"}}
    return parse(
        {
            "model": {"reference": SAMPLE},
            "data": {"reference": DATA, **(data or {})},
            "technique": technique,
            **({technique: section[technique]} if technique in section else {}),
            "training": {"epochs": 2, "threads": 1, **training},
        }
    )


def accuracy(said: Said, split: str) -> float:
    found = predictions(load_artefact(Path(said.document["run"]) / "result"), getattr(open_data(DATA), split))
    return float((found == getattr(open_data(DATA), split).targets).double().mean())


def test_a_model_is_trained_as_it_is(tmp_path: Path) -> None:
    said = penjing("train", SAMPLE, "--data", DATA, "--epochs", 2, "--lr", 0.05, "--optimizer", "sgd",
                   "--schedule", "one-cycle", "--clip-norm", 5, "--ema", 0.5, "--accumulate", 2,
                   "--label-smoothing", 0.1, "--weight-decay", 0.001, "--momentum", 0.8, "--early-stop", 5,
                   *TINY, "--out", tmp_path / "run")  # fmt: skip
    assert said.code == 0, said
    value = said.document
    assert value["technique"] == "training"
    assert value["before"]["params"] == value["after"]["params"]
    assert value["realised"]["macs"] == 1
    assert value["after"]["accuracy"] == pytest.approx(accuracy(said, "test"), abs=1e-6)
    assert value["accuracy_steps"]["final"] == pytest.approx(accuracy(said, "validation"), abs=1e-6)
    assert value["metrics"]["after"]["accuracy"] == value["after"]["accuracy"]
    assert set(value["metrics"]["before"]) == {"loss", "accuracy", "balanced_accuracy", "f1", "top5"}
    assert value["test_opened_once"] is True
    run = Path(value["run"])
    stored = json.loads((run / "recipe.json").read_text())["training"]
    for key, wanted in (("schedule", "one-cycle"), ("ema", 0.5), ("accumulate", 2), ("label_smoothing", 0.1),
                        ("clip_norm", 5), ("momentum", 0.8), ("weight_decay", 0.001), ("early_stop", 5)):  # fmt: skip
        assert stored[key] == wanted
    epochs = events(run, "epoch")
    assert len(epochs) == 2
    for one in epochs:
        for name in ("val_top5", "val_balanced_accuracy", "val_f1", "samples_per_s", "memory_bytes"):
            assert one[name] > 0
    for command in ("report", "verify"):
        assert penjing(command, run).code == 0
    again = penjing("run", run, "--lr", 0.5)
    assert again.code == 0 and "--lr changes nothing" in again.err
    listed = penjing("runs", tmp_path)
    assert "training" in listed.out


def test_what_is_kept_is_the_average(tmp_path: Path) -> None:
    """The artefact is the best epoch's average, not the network that the steps went on with."""
    folder = make_run(recipe(ema=0.9), tmp_path / "run")
    assert carry_out(folder.path).status == "done"
    best = [one for one in events(folder, "epoch") if one["best"]][-1]
    found = load_artefact(folder.result).state_dict()
    holder = next(one for one in events(folder, "checkpoint") if one["step"] >= best["step"])
    tensors = torch.load(folder.path / holder["path"] / "tensors.pt", weights_only=True)
    weights = tensors.get("best") or tensors["average"]["weights"]
    for name, tensor in found.items():
        assert torch.equal(tensor, weights[name])
    assert any(not torch.equal(tensor, tensors["model"][name]) for name, tensor in found.items())


def test_a_rate_set_live_holds_from_the_next_step_and_for_a_resumed_run(tmp_path: Path) -> None:
    whole, halves = make_run(recipe(), tmp_path / "whole"), make_run(recipe(), tmp_path / "halves")

    def live(folder: RunFolder, stop: int) -> Any:
        def listen(event: dict[str, Any]) -> None:
            last = read_order(folder.control)
            if event["event"] == "step" and event["step"] == 11 and last is None:
                give_order(folder.control, "settings", {"lr": 0.002})
            if event["event"] == "step" and event["step"] == stop:
                give_order(folder.control, "stop")

        return listen

    first = carry_out(whole.path, live(whole, 0))
    assert carry_out(halves.path, live(halves, 15)).status == "stopped"
    second = carry_out(halves.path)
    assert first.weights_sha256 == second.weights_sha256
    for folder in (whole, halves):
        assert [(one["step"], one["lr"]) for one in events(folder, "settings")] == [(11, 0.002)]
        rates = {one["step"]: one["lr"] for one in events(folder, "step")}
        assert rates[11] > 0.005 > 0.002 > rates[12] > 0.0012
    plain = make_run(recipe(), tmp_path / "plain")
    assert carry_out(plain.path).weights_sha256 != first.weights_sha256


def test_a_rate_asked_for_while_nobody_ran_is_taken_and_a_stop_is_not(tmp_path: Path) -> None:
    import os

    import psutil

    folder = make_run(recipe(), tmp_path / "run")
    give_order(folder.control, "settings", {"lr": 0.003})
    give_order(folder.control, "stop")
    long_ago = psutil.Process().create_time() - 60
    os.utime(folder.control, (long_ago, long_ago))
    assert carry_out(folder.path).status == "done"
    assert events(folder, "step")[0]["lr"] == 0.003


def test_a_run_that_diverged_goes_on_from_its_last_good_checkpoint_at_a_lower_rate(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "run"
    said = penjing("train", SAMPLE, "--data", DATA, "--epochs", 1, "--lr", 1e25, *TINY, "--out", run)
    assert said.code == 1
    assert "step 0" in said.error
    assert "--lr" in said.error
    (failed,) = events(run, "failed")
    assert failed["message"]["code"] == "training.diverged"
    assert penjing("runs", tmp_path / "runs", "--json").document["runs"][0]["status"] == "failed"
    assert penjing("run", run, "--json").code == 1  # the same again
    again = penjing("run", run, "--lr", 0.01, "--json")
    assert again.code == 0, again
    assert again.document["after"]["accuracy"] > 0.9
    assert "above 0" in refused("run", run, "--lr", 0)


def test_no_checkpoint_is_made_of_weights_that_are_not_finite(tmp_path: Path) -> None:
    """A step that broke the weights is only seen by the next loss; a stop between the two must not keep them."""
    folder = make_run(recipe(), tmp_path / "run")
    broken: list[int] = []

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "step" and event["step"] == 5:
            import gc

            from penjing.training.loop import Loop

            for one in gc.get_objects():
                if isinstance(one, Loop):
                    next(one.module.parameters()).data.fill_(float("nan"))
                    broken.append(1)
            give_order(folder.control, "stop")

    from penjing.spec.messages import Failure

    with pytest.raises(Failure) as failure:
        carry_out(folder.path, listen)
    assert broken
    assert failure.value.message.code == "training.diverged"
    assert failure.value.message.params["good"] == 0
    assert not list(folder.checkpoints.glob("step-000005*"))


def test_an_early_stop_ends_the_round_and_shortens_the_plan(tmp_path: Path) -> None:
    folder = make_run(recipe(epochs=9, early_stop=2, schedule="constant", lr=1e-5), tmp_path / "run")
    assert carry_out(folder.path).status == "done"
    epochs = events(folder, "epoch")
    (stop,) = events(folder, "early_stop")
    best = [one for one in epochs if one["best"]][-1]
    assert stop["epoch"] == epochs[-1]["epoch"] == best["epoch"] + 2 < 9
    assert events(folder, "plan")[-1]["total_steps"] == epochs[-1]["step"]
    assert events(folder, "plan")[-1]["total_epochs"] == stop["epoch"]


def test_without_labels_the_teachers_answers_are_what_counts(tmp_path: Path) -> None:
    folder = make_run(recipe("distillation", {"labels": False}, lr=0.05), tmp_path / "run")
    result = carry_out(folder.path)
    assert set(events(folder, "step")[0]) - {"t", "event", "step", "lr"} == {"loss", "kd"}
    assert all(one["loss"] == one["kd"] for one in events(folder, "step"))
    assert result.after is not None
    assert result.after["accuracy"] is None
    assert set(result.accuracy_steps.values()) == {None}
    assert result.test_pairs is None
    assert result.agreement is not None
    assert result.agreement["before"] == 1
    test = open_data(DATA).test
    teacher = predictions(open_model(SAMPLE).network(), test)
    agreed = (predictions(load_artefact(folder.result), test) == teacher).double().mean()
    assert result.agreement["after"] == pytest.approx(float(agreed), abs=1e-6)
    best = max(one["val_agreement"] for one in events(folder, "epoch"))
    assert result.agreement["steps"]["final"] == best
    shown = penjing("run", folder.path)
    assert "Agreement" in shown.out
    assert penjing("report", folder.path).code == 0


def test_labels_have_no_part_where_there_are_none_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same run on other labels, where labels are not used, is the same run."""
    from penjing.data.items import TensorSplit
    from penjing.runs import opening

    first = carry_out(make_run(recipe("pruning", {"labels": False}), tmp_path / "first").path)
    opened = opening.open_data

    def otherwise(data: Any) -> Any:
        from dataclasses import replace

        found = opened(data)
        parts = {
            name: TensorSplit(getattr(found, name).x, torch.zeros_like(getattr(found, name).targets))
            for name in ("train", "validation", "test")
        }
        return replace(found, **parts)

    monkeypatch.setattr(opening, "open_data", otherwise)
    second = carry_out(make_run(recipe("pruning", {"labels": False}), tmp_path / "second").path)
    assert first.weights_sha256 == second.weights_sha256
    assert first.agreement == second.agreement


def test_settings_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    train = ("train", SAMPLE, "--data", DATA, "--out", tmp_path / "run", "--threads", 1)
    assert "cuda" in refused(*train, "--precision", "mixed")
    assert "one-cycle" in refused(*train, "--schedule", "one-cycle", "--warmup-epochs", 1)
    assert "0 epochs" in refused(*train, "--epochs", 0)
    assert "huber" in refused(*train, "--objective", "huber")
    assert "schedule" in refused(*train, "--schedule", "zigzag")
    for technique, changes in (("training", {}), ("pruning", {"pruning": {"ratio": 0.5}}),
                               ("distillation", {"distillation": {"student": "auto:width=0.3",
                                                                  "losses": {"hard": 1.0}}})):  # fmt: skip
        value = recipe(technique, {"labels": False}).to_json() | changes
        path = tmp_path / "recipe.json"
        path.write_text(json.dumps({key: one for key, one in value.items() if one is not None}))
        assert "labels" in refused("run", path, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert "--lr" in refused("run", path, "--lr", 0.1)


def test_pictures_through_workers_that_end_with_the_run(tmp_path: Path) -> None:
    """What is trained does not depend on who reads; conftest fails this test where a worker stays."""
    letters = make_letters(tmp_path / "letters", 120, 16, letters="ABCDEF")
    shas = []
    for workers in (0, 2):
        said = penjing("train", SAMPLE, "--data", letters, "--epochs", 1, "--batch-size", 16, "--workers", workers,
                       *TINY, "--out", tmp_path / f"run-{workers}")  # fmt: skip
        assert said.code == 0, said
        shas.append(said.document["weights_sha256"])
    assert shas[0] == shas[1]
