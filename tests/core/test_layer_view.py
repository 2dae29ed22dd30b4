"""What the session tells of one layer."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
import torch
from torch import nn

from penjing.costs.count import count
from penjing.pruning.groups import find_groups
from penjing.runs.layer_view import MOST_KERNELS, MOST_NEIGHBOURS, describe, save_kernels
from penjing.runs.session import Cancelled
from penjing.runs.session_methods import Session
from penjing.spec.messages import Failure
from penjing.spec.pair_timing import PairTiming
from penjing.spec.references import InputSpec


def test_kernels_of_a_convolution(tmp_path: Path) -> None:
    net = nn.Sequential(nn.Conv2d(4, 6, (3, 5), groups=2))
    path = save_kernels(net, "0", tmp_path, "abc")
    assert path is not None
    written = numpy.load(path, allow_pickle=False)
    assert written.dtype == numpy.float32
    assert numpy.array_equal(written, net[0].weight.detach().numpy())
    assert save_kernels(net, "0", tmp_path, "abc") == path
    assert save_kernels(net, "0", tmp_path, "other weights") != path
    assert save_kernels(net, "0", None, "abc") is None
    assert save_kernels(nn.Sequential(nn.Linear(3, 3)), "0", tmp_path, "abc") is None
    assert describe(net, "0", count(net, [InputSpec((4, 8, 8))]), ())["kernels_total"] == 6 * 2


def test_a_transposed_convolutions_outputs_come_first(tmp_path: Path) -> None:
    layer = nn.ConvTranspose2d(4, 6, 3, groups=2, bias=False)
    net = nn.Sequential(layer)
    path = save_kernels(net, "0", tmp_path, "abc")
    assert path is not None
    written = torch.from_numpy(numpy.load(path))
    assert written.shape == (6, 2, 3, 3)
    # Input channel 3 (the second of group 1) alone gives output 4 (the second of group 1) this kernel:
    x = torch.zeros(1, 4, 1, 1)
    x[0, 3] = 1
    assert torch.equal(layer(x)[0, 4].detach(), written[4, 1])
    described = describe(net, "0", count(net, [InputSpec((4, 1, 1))]), ())
    assert described["channels"] == 6
    norms = sorted((float(one.norm()) for one in written), reverse=True)
    assert described["norms"] == pytest.approx(norms)


def test_the_first_kernels_where_there_are_many(tmp_path: Path) -> None:
    for inputs, outputs, shape in (
        (100, 50, (40, 100, 1, 1)),
        (5000, 2, (1, MOST_KERNELS, 1, 1)),
        (64, 64, (64, 64, 1, 1)),
    ):
        net = nn.Sequential(nn.Conv2d(inputs, outputs, 1).half())
        path = save_kernels(net, "0", tmp_path, str(inputs))
        assert path is not None
        assert numpy.load(path).shape == shape


class Star(nn.Module):
    """One layer feeds many, and is called twice."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.hub = nn.Linear(4, 4)
        self.spokes = nn.ModuleList(nn.Linear(4, 4) for _ in range(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.hub(self.hub(x))
        return sum((spoke(h) for spoke in self.spokes), torch.zeros(()))


def test_neighbours_are_shortened_and_counted() -> None:
    net = Star(60)
    table = count(net, [InputSpec((4,))])
    groups = find_groups(net, (torch.zeros(2, 4),)).groups
    found = describe(net, "hub", table, groups)
    assert (found["calls"], found["macs"]) == (2, 32)
    assert found["feeds"] == [f"spokes.{i}" for i in range(MOST_NEIGHBOURS)]
    assert (found["feeds_count"], found["fed_by_count"]) == (60, 0)
    assert found["coupled_count"] >= len(found["coupled"])
    assert found["kernels_total"] == 0
    with pytest.raises(Failure):
        describe(net, "nowhere", table, groups)


class Quiet:
    """A request under way, as the session's methods see it; cancelled at the given check."""

    number = 1

    def __init__(self, until: float = float("inf")) -> None:
        self.until, self.checks = until, 0
        self.codes: list[str] = []

    def check(self) -> None:
        self.checks += 1
        if self.checks > self.until:
            raise Cancelled

    def progress(self, done: float, total: float, code: str = "", **params: object) -> None:
        assert 0 <= done <= total
        self.codes.append(code)
        self.check()


def ask(session: Session, wanted: str, call: Quiet | None = None, /, **params: object) -> dict[str, object]:
    method = session.method(wanted)
    assert method is not None
    return method(params, call or Quiet())  # type: ignore[arg-type,no-any-return]


def test_a_session_gives_kernels_a_roofline_and_another_models_costs(tmp_path: Path) -> None:
    session = Session(tmp_path)
    ask(session, "open", reference="sample:digits-cnn")
    layer = ask(session, "layer", name="stage1.3")
    assert numpy.load(str(layer["kernels"])).shape == (32, 32, 3, 3)
    assert layer["kernels_total"] == 1024

    call = Quiet()
    found = ask(session, "roofline", call, batch=2, threads=1, seconds=0.3)
    assert (found["batch"], found["threads"]) == (2, 1)
    layers = {one["name"]: one for one in found["layers"]}  # type: ignore[attr-defined]
    assert set(layers) == {"stage1.0", "stage1.3", "stage2.0", "stage2.3", "hidden", "classifier"}
    assert layers["stage1.3"]["flops"] == 2 * 2 * 8 * 8 * 9 * 32 * 32
    assert layers["stage1.3"]["achieved_flops_per_s"] > 0
    assert {"session.measuring_machine", "session.measuring_latency"} <= set(call.codes)
    # The latencies of the same batch and threads are not measured again.
    again = Quiet()
    repeated = ask(session, "roofline", again, batch=2, threads=1)
    assert "session.measuring_latency" not in again.codes
    assert [one["latency_ms"] for one in repeated["layers"]] == [  # type: ignore[attr-defined]
        one["latency_ms"]
        for one in found["layers"]  # type: ignore[attr-defined]
    ]
    for until in (1, 20, 50):
        with pytest.raises(Cancelled):
            ask(session, "roofline", Quiet(until), batch=4, threads=1, seconds=60)

    other = ask(session, "costs_of", reference="torchvision:squeezenet1_1", input=["3,64,64"])
    assert other["table"]["totals"]["params"] == 1235496  # type: ignore[index]
    assert [one["code"] for one in other["warnings"]] == ["models.random_weights"]  # type: ignore[attr-defined]
    assert ask(session, "costs")["model"] == "sample:digits-cnn"

    both = Quiet()
    pair = ask(
        session, "latency_of", both, reference="torchvision:squeezenet1_1", input=["3,64,64"], seconds=0.3
    )
    assert set(both.codes) == {"session.opening", "session.measuring_latency"}
    timing = PairTiming.from_json(pair)
    assert timing.first.layers.keys() >= set(layers) and "features.0" in timing.second.layers
    assert timing.first.ci95[0] <= timing.first.ms <= timing.first.ci95[1]
    assert timing.ratio < 1 and timing.differs  # SqueezeNet computes 15 times as much
    with pytest.raises(Cancelled):
        ask(
            session,
            "latency_of",
            Quiet(5),
            reference="torchvision:squeezenet1_1",
            input=["3,64,64"],
            seconds=60,
        )
    assert ask(session, "costs")["model"] == "sample:digits-cnn"


def test_another_models_costs_need_no_trust_and_give_none(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("raise SystemExit('executed')")
    with pytest.raises(Failure) as caught:
        ask(Session(tmp_path), "costs_of", reference=f"py:{file}:make", input=["4"], trust=True)
    assert caught.value.exit_code == 3
    session = Session(tmp_path)
    ask(session, "open", reference="sample:digits-cnn")
    with pytest.raises(Failure) as caught:
        ask(session, "latency_of", reference=f"py:{file}:make", input=["4"], trust=True)
    assert caught.value.exit_code == 3


LOOKS = """
from torch import nn


class Looks(nn.Linear):
    def forward(self, x):
        assert float(x.sum()) < 1e30
        return super().forward(x)


def make():
    return Looks(4, 3)
"""


def test_a_session_passes_on_what_counting_says(tmp_path: Path) -> None:
    file = tmp_path / "looks.py"
    file.write_text(LOOKS)
    session = Session(tmp_path)
    ask(session, "open", reference=f"py:{file}:make", input=["4"], trust=True)
    for _ in range(2):
        table = ask(session, "costs")
        assert [one["code"] for one in table["warnings"]] == ["costs.counted_on_cpu"]  # type: ignore[attr-defined]
        assert table["totals"]["macs"] == 12  # type: ignore[index]
    ask(session, "open", reference="sample:digits-cnn")
    assert ask(session, "costs")["warnings"] == []


def test_the_own_weights_of_an_attention() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mix = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.mix(x, x, x, need_weights=False)[0]  # type: ignore[no-any-return]

    net = Net()
    table = count(net, [InputSpec((5, 8))])
    assert (row := table.row("mix.(self)")) is not None and row.params == 24 * 8 + 24
    described = describe(net, "mix.(self)", table, ())
    assert described["shape"] == [24, 8] and sum(described["histogram"]["counts"]) == 24 * 8
    norms = sorted((float(one.norm()) for one in net.mix.in_proj_weight.detach()), reverse=True)
    assert described["norms"] == pytest.approx(norms)


def test_a_sparse_weight_is_told_of_and_not_drawn() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.eye(4).to_sparse())

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.sparse.mm(self.weight, x.t()).t()

    net = Net()
    described = describe(net, "", count(net, [InputSpec((4,))]), ())
    assert (described["kind"], described["histogram"], described["norms"]) == ("Net", None, None)
