"""Weights alone are a table of tensors, also where they are large."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from file_examples import script
from penjing.models.open import open_model
from penjing.models.sample import DigitsCNN
from penjing.runs.counting import costs_of


@pytest.mark.parametrize("kind", ["safetensors", "zip", "legacy", "script", "pt2"])
def test_weights_alone_are_a_table_of_tensors(kind: str, tmp_path: Path) -> None:
    network, path = DigitsCNN().eval(), tmp_path / "weights"
    if kind == "safetensors":
        save_file(network.state_dict(), path)
    elif kind == "script":
        script(network, path)
    elif kind == "pt2":
        torch.export.save(torch.export.export(network, (torch.zeros(1, 1, 8, 8),)), path.with_suffix(".pt2"))
        path = path.with_suffix(".pt2")
    else:
        torch.save(network.state_dict(), path, _use_new_zipfile_serialization=kind == "zip")
    model, table = costs_of(str(path))
    assert model.module is None
    assert model.sha256 == ""  # nobody read the numbers
    assert table.totals.params == sum(one.numel() for one in network.parameters())
    assert table.totals.weight_bytes == sum(one.nbytes for one in network.state_dict().values())
    assert not table.totals.complete
    assert set(table.totals.uncounted) == set(network.state_dict())
    assert all(row.macs is None for row in table)
    row = table.row("stage1.0.weight")
    assert row is not None and row.kind == "Tensor 32×1×3×3"
    buffer = table.row("stage1.1.running_mean")
    assert buffer is not None and (buffer.kind, buffer.params, buffer.weight_bytes) == ("Buffer 32", 0, 128)


def test_tied_weights_are_counted_once(tmp_path: Path) -> None:
    weight = torch.zeros(10, 4, dtype=torch.float16)
    torch.save({"embedding": weight, "head": weight, "part": weight[:2]}, tmp_path / "tied.pt")
    table = costs_of(str(tmp_path / "tied.pt"))[1]
    assert [row.params for row in table] == [40, 0, 8]
    assert table.rows[0].kind == "Tensor 10×4 float16"


def test_a_wrapped_state_is_taken_out_and_said(tmp_path: Path) -> None:
    torch.save({"epoch": 1, "state_dict": {"module.a": torch.ones(3)}}, tmp_path / "checkpoint.pt")
    model = open_model(str(tmp_path / "checkpoint.pt"))
    assert [one.code for one in model.warnings] == ["models.taken_from", "models.prefix_removed"]
    assert model.table is not None and [row.name for row in model.table] == ["a"]


def test_two_gigabytes_open_at_once(tmp_path: Path) -> None:
    path, each = tmp_path / "large.safetensors", 2**28
    header = {
        f"layer{n}": {"dtype": "F32", "shape": [each // 4], "data_offsets": [n * each, (n + 1) * each]}
        for n in range(8)
    }
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + 8 * each)  # a sparse file: zeros that take no room
    program = (
        "import sys, time, psutil\n"
        "from penjing.models.open import open_model\n"
        "process = psutil.Process()\n"
        "before, start = process.memory_info().rss, time.perf_counter()\n"
        "table = open_model(sys.argv[1]).table\n"
        "seconds, after = time.perf_counter() - start, process.memory_info().rss\n"
        # Without the libraries' own files, which are mapped: torch's alone are some hundred megabytes.
        "print(table.totals.params, seconds, after - before, process.memory_full_info().uss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    params, seconds, more, own = map(float, done.stdout.split())
    assert params == 2**29
    assert seconds < 60
    assert more < 50e6
    assert own < 500e6


def test_a_safetensors_file_is_looked_at_without_torch(tmp_path: Path) -> None:
    """2 GB that are not there but for a header: read in a moment, and in little memory."""
    header = {
        f"layer{index}.weight": {
            "dtype": "F32", "shape": [62_500, 1000], "data_offsets": [index * 250_000_000, (index + 1) * 250_000_000],
        }
        for index in range(8)
    }  # fmt: skip
    text = json.dumps(header).encode()
    path = tmp_path / "large.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + 2_000_000_000)
    code = (
        "import psutil, sys\nfrom penjing.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'torch' not in sys.modules\n"
        "print(psutil.Process().memory_info().rss, file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "inspect", str(path), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    value = json.loads(run.stdout)
    assert value["totals"]["params"] == 500_000_000 and value["totals"]["weight_bytes"] == 2_000_000_000
    assert value["layers"][0]["macs"] is None and not value["totals"]["complete"]
    assert int(run.stderr.split()[-1]) < 500_000_000
