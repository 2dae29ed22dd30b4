"""`demo`: the whole job on the embedded sample: inspect, advise, prune, distil, compare, export, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from penjing.commands import options
from penjing.commands.advising import make_advice
from penjing.commands.compressing import carry_out_folder
from penjing.commands.console import figure, note, out, percent, print_json, text
from penjing.commands.inspecting import counted, opened
from penjing.runs.make import claim, make_run
from penjing.spec.folders import RunFolder, home
from penjing.spec.messages import FAILED
from penjing.spec.recipe import Recipe, parse
from penjing_resources.messages import system_language

MODEL, DATA, DEVICE = "sample:digits-cnn", "sample:digits", "phone"


def demo_recipe(technique: str, seed: int = 0) -> Recipe:
    """The shipped sample recipe of a technique."""
    from importlib.resources import files

    text = (files("penjing_resources") / "recipes" / f"sample-{technique}.toml").read_text(encoding="utf-8")
    import tomllib

    value = tomllib.loads(text)
    value.setdefault("training", {})["seed"] = seed
    return parse(value)


def demo(out: options.Out = None, seed: options.Seed = None, json: options.Json = False) -> None:
    """Do the whole job on the sample, in under two minutes."""
    folder = (out or _new_folder()).resolve()
    claim(folder)
    say = (lambda *_args, **_params: None) if json else note
    say("cli.demo_inspect", model=MODEL)
    table = counted(opened(MODEL, None, None, False))
    say("cli.demo_advise", device=DEVICE)
    from penjing.advice.limits import Limits

    advice = make_advice(MODEL, DEVICE, Limits(), {}, DATA, quiet=True).to_json(system_language())
    results: dict[str, dict[str, Any]] = {}
    for technique, name in (("pruning", "prune"), ("distillation", "distill")):
        say(f"cli.demo_{name}")
        run = make_run(demo_recipe(technique, seed or 0), folder / name)
        results[name] = carry_out_folder(run, trust=False, json=json, show=False)
    from penjing.export.verify import verify

    proofs: dict[str, dict[str, Any]] = {}
    for name in results:
        say("cli.demo_verify", name=name)
        proofs[name] = verify(folder / name)
    value: dict[str, Any] = {
        "inspect": table.to_json(),
        "advise": advice,
        "prune": results["prune"],
        "distill": results["distill"],
        "verify": {
            "artefacts": [
                {**one, "file": f"{name}/{one['file']}"}
                for name, proof in proofs.items()
                for one in proof["artefacts"]
            ],
            "ok": all(proof["ok"] for proof in proofs.values()),
        },
        "reports": {name: str(RunFolder(folder / name).report) for name in results},
        "out": str(folder),
    }
    if json:
        print_json(value)
    else:
        _print(value)
    if not value["verify"]["ok"]:
        raise typer.Exit(FAILED)


def _new_folder() -> Path:
    parent = home() / "demos"
    number = 1
    while (path := parent / f"demo-{number}").exists():
        number += 1
    return path


def _print(value: dict[str, Any]) -> None:
    from rich.table import Table

    view = Table(title=text("cli.demo_title"), box=None, pad_edge=False)
    for code in (
        "cli.demo_model",
        "cli.params",
        "cli.kept",
        "cli.flops",
        "cli.kept",
        "cli.latency_ms",
        "cli.test_accuracy",
        "cli.proof",
    ):
        view.add_column(text(code), justify="left" if code == "cli.demo_model" else "right")
    before = value["prune"]["before"]
    latency = value["prune"]["latency"]["batches"]["1"]["before"]["median_ms"]
    view.add_row(
        text("cli.demo_dense"),
        figure(before["params"]),
        "",
        figure(2 * before["macs"]),
        "",
        f"{latency:.3f}",
        percent(before["accuracy"]),
        "",
    )
    for name in ("prune", "distill"):
        result = value[name]
        after = result["after"]
        fine = all(one["ok"] for one in value["verify"]["artefacts"] if one["file"].startswith(f"{name}/"))
        view.add_row(
            text(f"cli.demo_made_{name}"),
            figure(after["params"]),
            percent(after["params"] / before["params"]),
            figure(2 * after["macs"]),
            percent(after["macs"] / before["macs"]),
            f"{result['latency']['batches']['1']['after']['median_ms']:.3f}",
            percent(after["accuracy"]),
            text("cli.verified") if fine else text("cli.not_verified"),
        )
    out().print(view)
    out().print(
        text("cli.demo_advised", technique=text(f"cli.{value['advise']['technique']}"), device=DEVICE),
        markup=False,
    )
    for path in value["reports"].values():
        out().print(text("cli.demo_report", path=path), markup=False, soft_wrap=True)
