"""Counting 20 zoo models against fvcore, ptflops, torchinfo and torch's own counter: what is right, and how soon.

Every tool goes from a model's name to its figures, one after the other, as a person would use it: the peers count a
module that torchvision builds on the CPU, `penjing inspect` makes the model without memory where it can. The time to
make the model and the time to count are shown apart; what one tool leaves behind is cleared away before the next
starts. Ours makes its whole table: costs by layer, peaks, and the range
for training. A total is right within 0.5 % of the published figure, or its rounding. The peers
are no dependencies of Penjing: `--install` puts them into a folder of their own (`--peers`), and one that is missing
is skipped.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import logging
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from penjing.costs.count import count
from penjing.models.published import Published, published
from penjing.models.zoo import zoo_arguments

MODELS = (
    "resnet18", "resnet50", "wide_resnet50_2", "vgg16_bn", "densenet121", "mobilenet_v2", "mobilenet_v3_large",
    "efficientnet_b0", "efficientnet_v2_s", "convnext_tiny", "regnet_y_400mf", "shufflenet_v2_x1_0", "squeezenet1_0",
    "mnasnet1_0", "googlenet", "inception_v3", "vit_b_16", "swin_t", "swin_v2_t", "maxvit_t",
)  # fmt: skip
PACKAGES = (
    "fvcore", "iopath", "yacs", "portalocker", "tabulate", "termcolor", "pyyaml", "tqdm", "ptflops", "torchinfo",
)  # fmt: skip
FASTER = 10  # times as fast as fvcore, at least
Count = Callable[[nn.Module, tuple[int, ...]], float]


def ours(module: nn.Module, shape: tuple[int, ...]) -> float:
    """MACs by our own count, from the sum of a whole table."""
    from penjing.spec.references import InputSpec

    return count(module, [InputSpec(shape)], spent=True).totals.macs  # as `penjing inspect NAME` does


def flop_counter(module: nn.Module, shape: tuple[int, ...]) -> float:
    """MACs by torch's own counter as its documentation uses it, on the CPU."""
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(torch.zeros(1, *shape))
    return float(counter.get_total_flops() / 2)


def fvcore(module: nn.Module, shape: tuple[int, ...]) -> float:
    """MACs by fvcore, which calls them FLOPs, with its table by module."""
    from fvcore.nn import FlopCountAnalysis  # type: ignore[import-not-found]

    counter = FlopCountAnalysis(module, torch.zeros(1, *shape))
    counter.unsupported_ops_warnings(False)
    counter.uncalled_modules_warnings(False)
    counter.by_module()
    return float(counter.total())


def ptflops(module: nn.Module, shape: tuple[int, ...]) -> float:
    """MACs by ptflops with its defaults."""
    from ptflops import get_model_complexity_info  # type: ignore[import-not-found]

    return float(
        get_model_complexity_info(module, shape, as_strings=False, print_per_layer_stat=False, verbose=False)[
            0
        ]
    )


def torchinfo(module: nn.Module, shape: tuple[int, ...]) -> float:
    """Multiply-adds by torchinfo with its table of all layers."""
    from torchinfo import summary  # type: ignore[import-not-found]

    return float(summary(module, input_size=(1, *shape), verbose=0, depth=10, device="cpu").total_mult_adds)


def tools(folder: Path, install: bool) -> Iterator[tuple[str, Count]]:
    """Ours, torch's, and those of the peers that are there."""
    if install:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
        missing = [one for one in PACKAGES if not list(folder.glob(f"{one}-*.dist-info"))]
        if missing and subprocess.run([*command, *missing], check=False).returncode:
            print("some peers could not be installed")
    sys.path.append(str(folder))
    yield "penjing", ours
    for name, tool in (("fvcore", fvcore), ("ptflops", ptflops), ("torchinfo", torchinfo)):
        try:
            importlib.import_module("fvcore.nn" if name == "fvcore" else name)
        except ImportError as error:
            print(f"{name} is skipped: {error}")
        else:
            yield name, tool
    yield "FlopCounterMode", flop_counter


def build(entry: Published, title: str) -> nn.Module:
    """The model as the tool is given it: torchvision's own on the CPU, for ours without memory."""
    from torchvision import models

    if title == "penjing":
        return entry.build()
    arguments = zoo_arguments(entry.name, entry.input, pretrained=False)
    module: nn.Module = models.get_model(entry.name, **arguments)
    return module.eval()


def measured(tool: Count, module: nn.Module, shape: tuple[int, ...]) -> tuple[float | None, float]:
    """Billions of MACs (None where the tool failed) and seconds; what the tool prints is dropped."""
    start = time.perf_counter()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            found: float | None = tool(module, shape) / 1e9
    except Exception as error:  # a tool may fail in any way; that is a result
        logging.error("%s", error)
        found = None
    return found, time.perf_counter() - start


def right(found: float | None, entry: Published) -> bool:
    """Within 0.5 % or the rounding of three places."""
    return found is not None and abs(found - entry.gmacs) <= max(0.0005 + 1e-9, 0.005 * entry.gmacs)


def main() -> int:
    """Measure, print, and end with 1 where we are not right on all, most often right, and soonest by far."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="install the peers into their folder first")
    parser.add_argument("--peers", type=Path, default=Path(__file__).parents[2] / "build" / "bench-peers")
    parser.add_argument("--models", nargs="*", default=MODELS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    chosen = dict(tools(arguments.peers, arguments.install))
    entries: dict[str, Published] = {}
    for entry in published():
        entries.setdefault(entry.name, entry)
    print("billions of MACs and seconds; * is not within 0.5 % of the published figure\n")
    print(f"{'model':20}{'published':>10}" + "".join(f"{name:>20}" for name in chosen))
    making, counting = dict.fromkeys(chosen, 0.0), dict.fromkeys(chosen, 0.0)
    correct = dict.fromkeys(chosen, 0)
    for tool in chosen.values():  # what a first call loads is not counted, for any
        measured(tool, nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 2)), (3, 8, 8))
    for name in arguments.models:
        entry = entries[name]
        line = f"{name:20}{entry.gmacs:>10.3f}"
        for title, tool in chosen.items():
            gc.collect()
            start = time.perf_counter()
            module = build(entry, title)
            making[title] += time.perf_counter() - start
            found, took = measured(tool, module, entry.input[0].shape)
            counting[title] += took
            correct[title] += right(found, entry)
            figure = "failed" if found is None else f"{found:.3f}"
            line += f"{figure + ('' if right(found, entry) else '*'):>12}{took:>6.2f} s"
        print(line, flush=True)
    seconds = {title: making[title] + counting[title] for title in chosen}
    ends: dict[str, Any] = {title: f"{correct[title]} right" for title in chosen}
    print(f"{'right':30}" + "".join(f"{ends[title]:>20}" for title in chosen))
    for word, times in (("making the model", making), ("counting", counting), ("together", seconds)):
        print(f"{word:30}" + "".join(f"{f'{times[title]:.1f} s':>20}" for title in chosen))
    for title in chosen:
        if title != "penjing":
            alone = counting[title] / counting["penjing"]
            print(
                f"{title}: {seconds[title] / seconds['penjing']:.1f} times our time, counting alone {alone:.1f}"
            )
    peers = [title for title in chosen if title != "penjing"]
    best = len(arguments.models) < len(MODELS) or correct["penjing"] > max(correct[one] for one in peers)
    fast = all(seconds[one] > seconds["penjing"] for one in peers)
    fast &= seconds.get("fvcore", 0) >= FASTER * seconds["penjing"] or "fvcore" not in seconds
    return 0 if best and fast and correct["penjing"] == len(arguments.models) else 1


if __name__ == "__main__":
    sys.exit(main())
