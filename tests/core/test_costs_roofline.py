"""Each layer's place on the roofline by hand; the machine's rates as what they are."""

from __future__ import annotations

import time
from typing import Any

import pytest
import torch
from torch import nn

from penjing.costs import rates
from penjing.costs.latency import measure
from penjing.costs.rates import measure_rates
from penjing.costs.roofline import place
from penjing.runs.machine import measure_machine
from penjing.spec.references import InputSpec

MACHINE = {"matmul_flops_per_s": 1000.0, "convolution_flops_per_s": 1200.0, "copy_bytes_per_s": 300.0}


def placed(module: nn.Module, *shape: int, **options: Any) -> dict[str, dict[str, Any]]:
    found = place(module, [InputSpec(shape)], MACHINE, **options)
    assert len({one["name"] for one in found}) == len(found)
    return {one["name"]: one for one in found}


def test_bytes_are_weights_inputs_and_outputs() -> None:
    net = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 6 * 6, 5))
    found = placed(net, 2, 8, 8, batch=3, latencies={"0": 2000.0})
    assert list(found) == ["0", "3"]  # layers with FLOPs
    conv, linear = found["0"], found["3"]
    assert conv["flops"] == 2 * 3 * 36 * 9 * 2 * 4
    assert conv["bytes"] == 4 * (4 * 2 * 9 + 4 + 3 * 2 * 64 + 3 * 4 * 36)
    assert conv["intensity"] == conv["flops"] / conv["bytes"] > 1200 / 300
    assert (conv["roof"], conv["bound"], conv["attainable_flops_per_s"]) == ("convolution", "compute", 1200.0)
    assert conv["achieved_flops_per_s"] == conv["flops"] / 2
    assert linear["bytes"] == 4 * (144 * 5 + 5 + 3 * 144 + 3 * 5)
    assert (linear["roof"], linear["bound"]) == ("matmul", "memory")
    assert linear["attainable_flops_per_s"] == linear["intensity"] * 300
    assert (linear["latency_ms"], linear["achieved_flops_per_s"]) == (None, None)


class Twice(nn.Module):
    """Calls a layer twice, multiplies on its own."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(8, 8, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(self.layer(x)) @ x.transpose(1, 2)


def test_calls_and_work_outside_leaves() -> None:
    found = placed(Twice(), 5, 8)
    assert found["layer"]["bytes"] == 2 * 4 * (64 + 40 + 40)
    assert found["(self)"]["bytes"] == 4 * (40 + 40 + 25)


def test_names_are_those_of_latencies() -> None:
    net = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    times = measure(net, [InputSpec((5, 8))], seconds=0.0)["layers"]
    found = placed(net, 5, 8, latencies=times)
    assert set(found) == {"self_attn.(self)", "linear1", "linear2"}
    assert all(one["achieved_flops_per_s"] > 0 for one in found.values())


def test_rates_are_flops_and_bytes_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    calls = []
    found = measure_rates(repeats=3, check=lambda: calls.append(torch.get_num_threads()))
    assert calls == [1] * 9
    assert torch.get_num_threads() == before
    a = torch.ones(rates.SIZE, rates.SIZE)
    torch.set_num_threads(1)
    try:
        ours, theirs, deadline = 0.0, found["matmul_flops_per_s"], time.monotonic() + 100
        while not 0.5 * ours < theirs < 2 * ours:  # either may have met a busy moment: then the best of more
            assert time.monotonic() < deadline, (ours, theirs)
            theirs = max(theirs, measure_rates(repeats=3)["matmul_flops_per_s"]) if ours else theirs
            for _ in range(5):
                start = time.perf_counter()
                a @ a
                ours = max(ours, 2 * rates.SIZE**3 / (time.perf_counter() - start))
    finally:
        torch.set_num_threads(before)
    assert 1e8 < found["copy_bytes_per_s"] < 1e12
    assert 1e8 < found["convolution_flops_per_s"] < 1e13


def test_the_machines_keys_agree() -> None:
    found = measure_machine(repeats=1)
    assert found["threads"] == 1
    assert found["macs_per_s"] == found["matmul_flops_per_s"] / 2
    assert found["bytes_per_s"] == found["copy_bytes_per_s"]


def test_measuring_can_be_cancelled() -> None:
    def check() -> None:
        raise KeyboardInterrupt

    before = torch.get_num_threads()
    with pytest.raises(KeyboardInterrupt):
        measure_rates(threads=before + 1, check=check)
    assert torch.get_num_threads() == before


def test_a_rate_is_the_best_of_its_repeats() -> None:
    """A roof that a busy moment lowered would have layers above it."""
    pauses = iter([0.0, 0.2, 0.2, 0.0, 0.2])
    assert rates._seconds(lambda: time.sleep(next(pauses)), 4, None) < 0.15
