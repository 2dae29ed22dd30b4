"""How fast a run trains, against the bare loop in plain PyTorch with the same network, batches and optimizer.

The two are timed in turn, on one thread. What the run does besides (journal, validation, checkpoints that survive a
kill) is in its time, so the ratio is what those cost.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch import nn

from penjing.data.open import open_data
from penjing.models.open import open_model
from penjing.spec.journal import read_journal

EPOCHS, BATCH = 10, 64


def bare() -> float:
    """Steps a second of the bare loop, from a pass that is not counted on."""
    torch.manual_seed(0)
    net, data = open_model("sample:digits-cnn").module.train(), open_data("sample:digits").train
    assert data is not None
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    loss, steps, start = nn.CrossEntropyLoss(), 0, 0.0
    for epoch in range(EPOCHS):
        if epoch == 1:
            start = time.perf_counter()
        order = torch.randperm(len(data.x))
        for chosen in order.split(BATCH):
            optimizer.zero_grad(set_to_none=True)
            loss(net(data.x[chosen]), data.y[chosen]).backward()
            optimizer.step()
            steps += epoch > 0
    return steps / (time.perf_counter() - start)


def run(folder: Path) -> float:
    """Steps a second of a real run (nothing is removed from the network), by its journal, first epoch left out."""
    command = [
        sys.executable, "-m", "penjing", "prune", "sample:digits-cnn", "--data", "sample:digits",
        "--layer", "stage1.0=0",
        "--epochs", str(EPOCHS), "--batch-size", str(BATCH), "--threads", "1", "--json", "--out", str(folder),
    ]  # fmt: skip
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=600)
    epochs = [event for event in read_journal(folder / "journal.jsonl") if event["event"] == "epoch"]
    steps, seconds = epochs[-1]["step"] - epochs[0]["step"], epochs[-1]["t"] - epochs[0]["t"]
    return float(steps / seconds)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds: int = parser.parse_args().rounds
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="penjing-bench-") as home:
        os.environ["PENJING_HOME"] = home
        pairs = [(run(Path(home) / f"run{number}"), bare()) for number in range(rounds)]
    for name, rates in (("run", [one for one, _ in pairs]), ("bare loop", [other for _, other in pairs])):
        print(
            f"{name:12} median {statistics.median(rates):.0f} steps a second, {min(rates):.0f} to {max(rates):.0f}"
        )
    print(f"{'run / bare':12} median {statistics.median(one / other for one, other in pairs):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
