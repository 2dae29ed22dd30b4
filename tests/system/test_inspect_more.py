"""`penjing inspect`: counts against published figures, against another model, and written to files."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from torchvision import models

from penjing_resources.messages import render
from terminal import penjing, refused

SAMPLE = "sample:digits-cnn"


def test_the_whole_zoo_equals_its_published_figures(tmp_path: Path) -> None:
    """Every classification model of torchvision, in a process of its own, in under 90 s of its time and 2 GB."""
    out, err = tmp_path / "out.json", tmp_path / "err.txt"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "penjing", "inspect", "--self-test", "--json"],
            stdout=stdout,
            stderr=stderr,
        )
        watched, peak, seconds = psutil.Process(process.pid), 0, 0.0
        while (
            process.poll() is None
        ):  # by looking: what the system keeps of a child counts its parent's memory too
            with contextlib.suppress(psutil.Error):
                peak = max(peak, watched.memory_info().rss)
                seconds = max(seconds, watched.cpu_times().user)
            time.sleep(0.02)
    assert process.returncode == 0, err.read_text()
    document = json.loads(out.read_text(encoding="utf-8"))
    found = {(one["name"], one["input"][0]["shape"][-1]): one for one in document["models"]}
    assert document["ok"]
    entries = 0
    for name in models.list_models(module=models):
        for weights in models.get_model_weights(name):
            one = found[name, weights.transforms.keywords["crop_size"]]
            apart = abs(one["macs"] / 1e9 - weights.meta["_ops"])
            assert apart <= 0.0005 + 1e-9 or apart <= 0.001 * weights.meta["_ops"], (name, one)
            assert one["params"] == weights.meta["num_params"], (name, one)
            assert (one["complete"], one["ok"]) == (True, True)
            entries += 1
    assert entries >= 113
    assert 0 < seconds < 90
    assert 0 < peak < 2e9


def test_a_wrong_count_fails_the_self_test(monkeypatch: pytest.MonkeyPatch) -> None:
    from penjing.models import published as source
    from penjing.runs import self_test

    real = next(one for one in source.published() if one.name == "squeezenet1_1")
    wrong = source.Published("alexnet", "X", real.input, real.params, real.gmacs)
    monkeypatch.setattr(self_test, "published", lambda: iter([real, wrong]))
    said = penjing("inspect", "--self-test", "--json")
    assert said.code == 1
    assert [one["ok"] for one in said.document["models"]] == [True, False]
    assert said.document["ok"] is False
    said = penjing("inspect", "--self-test")
    assert said.code == 1
    assert "1 of 2 entries agree" in said.out


def test_tolerance_is_rounding_or_a_thousandth() -> None:
    from penjing.models.published import Published

    one = Published("m", "w", (), 7, 0.3)
    assert one.agrees(7, 300_499_999)
    assert not one.agrees(7, 300_600_000)
    assert not one.agrees(8, 300_000_000)
    assert Published("m", "w", (), 7, 100.0).agrees(7, 100_099_000_000)
    assert not Published("m", "w", (), 7, 100.0).agrees(7, 100_101_000_000)


def test_a_model_or_the_self_test() -> None:
    assert "--self-test" in refused("inspect")
    assert "--self-test" in refused("inspect", SAMPLE, "--self-test")


def test_against_another_model() -> None:
    arguments = ("inspect", "torchvision:resnet18", "--against", "torchvision:resnet34", "--input", "3,64,64")
    document = penjing(*arguments, "--json").document
    assert document["delta"]["params"] == 21797672 - 11689512
    by_name: dict[str, Any] = {one["name"]: one for one in document["layers"]}
    assert by_name["conv1"]["matched"] == "name"
    assert by_name["layer1.2.conv1"]["first"] is None
    said = penjing(*arguments)
    assert said.code == 0
    assert "layer1.2.conv1" in said.out
    # Eight more blocks of five layers; what ResNet-18 has, ResNet-34 has too.
    assert render("cli.compared", {"same": 4 + 8 * 5 + 3 * 2 + 2, "different": 8 * 5}) in said.out
    assert "nowhere.pt" in refused("inspect", SAMPLE, "--against", "nowhere.pt")


def test_written_figures(tmp_path: Path) -> None:
    table, attachment = tmp_path / "a" / "ours.csv", tmp_path / "ours.json"
    said = penjing("inspect", SAMPLE, "--json", "--csv", table, "--netron", attachment)
    assert said.code == 0
    lines = table.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(said.document["layers"])
    assert lines[1].startswith("stage1.0,Conv2d,288,18432,1,")
    metrics = json.loads(attachment.read_text(encoding="utf-8"))["metrics"]
    macs = {one["target"]: one["value"] for one in metrics if one["name"] == "macs" and one["kind"] == "node"}
    assert sum(macs.values()) == said.document["totals"]["macs"]
    assert str(tmp_path) in refused("inspect", SAMPLE, "--csv", tmp_path)
    file = tmp_path / "file"
    file.touch()
    assert str(file) in refused("inspect", SAMPLE, "--netron", file / "x.json", code=1)


def test_own_figures_beside_ours(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("layer,joules\nstage1.0,2.625\nstage1.2,7\nelsewhere,3\n", encoding="utf-8")
    said = penjing("inspect", SAMPLE, "--overlay", own)
    assert said.code == 0
    lines = said.out.splitlines()
    assert any("joules" in line for line in lines)
    assert next(line for line in lines if line.startswith("stage1.0 ")).rstrip().endswith("2.625")
    assert (
        next(line for line in lines if line.startswith("stage1.2 ")).rstrip().endswith("7")
    )  # a layer without costs
    assert "elsewhere" in said.err
    document = penjing("inspect", SAMPLE, "--overlay", own, "--json").document
    assert document["overlay"]["values"] == {"joules": {"stage1.0": 2.625, "stage1.2": 7.0}}
    assert document["overlay"]["unmatched"] == ["elsewhere"]
    assert "overlay" not in penjing("inspect", SAMPLE, "--json").document
    attachment = tmp_path / "ours.json"
    penjing("inspect", SAMPLE, "--json", "--netron", attachment)
    again = penjing("inspect", SAMPLE, "--overlay", attachment, "--json").document
    assert again["overlay"]["values"]["macs"]["stage1.0"] == 18432
    assert "--overlay" in refused("inspect", SAMPLE, "--overlay", own, "--against", SAMPLE)
    assert "nowhere.csv" in refused("inspect", SAMPLE, "--overlay", "nowhere.csv")
