"""The table in `docs/formats.md`, cell by cell: a small file of each row is made, and each thing is tried with it."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from onnx_examples import transformer
from penjing.models.open import open_model
from penjing.models.sample import DigitsCNN
from penjing.models.source import OpenedModel
from penjing.runs.counting import table_of
from penjing.runs.jobs import make_job
from penjing.runs.opening import open_recipe
from penjing.runs.students import build_student
from penjing.runs.support import check
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing.spec.recipe import parse
from penjing.spec.references import InputSpec

PAGE = Path(__file__).parent.parent.parent / "docs" / "formats.md"
SAMPLE = "sample:digits-cnn"
PIXELS = InputSpec((1, 8, 8))


@dataclass(frozen=True)
class Trial:
    """How a row's file is opened."""

    reference: str
    weights: str | None = None
    trust: bool = False
    inputs: tuple[InputSpec, ...] = ()

    def open(self, trust: bool | None = None) -> OpenedModel:
        trusted = self.trust if trust is None else trust
        return open_model(self.reference, self.weights, self.inputs, trusted)


def _safetensors(folder: Path) -> Trial:
    save_file(DigitsCNN().state_dict(), folder / "a.safetensors")
    return Trial(str(folder / "a.safetensors"))


def _state(folder: Path) -> Trial:
    torch.save(DigitsCNN().state_dict(), folder / "a.pt")
    return Trial(str(folder / "a.pt"))


def _checkpoint(folder: Path) -> Trial:
    torch.save({"epoch": 2, "state_dict": DigitsCNN().state_dict()}, folder / "a.pt")
    return Trial(str(folder / "a.pt"))


def _pickled(folder: Path) -> Trial:
    torch.save(DigitsCNN(), folder / "a.pth")
    return Trial(str(folder / "a.pth"), trust=True, inputs=(PIXELS,))


def _script(folder: Path) -> Trial:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript is deprecated, and still met
        torch.jit.save(torch.jit.script(DigitsCNN().eval()), str(folder / "a.ts"))
    return Trial(str(folder / "a.ts"))


def _exported(folder: Path) -> Trial:
    program = torch.export.export(DigitsCNN().eval(), (torch.zeros(1, 1, 8, 8),))
    torch.export.save(program, folder / "a.pt2")
    return Trial(str(folder / "a.pt2"))


def _onnx(folder: Path) -> Trial:
    pytest.importorskip("onnx2torch")
    example = (torch.zeros(1, 1, 8, 8),)
    torch.onnx.export(DigitsCNN().eval(), example, folder / "a.onnx", dynamo=True, verbose=False)
    return Trial(str(folder / "a.onnx"))


def _frozen_onnx(folder: Path) -> Trial:
    pytest.importorskip("onnx2torch")
    return Trial(str(transformer(folder / "a.onnx", width=1600)))


def _python(folder: Path) -> Trial:
    (folder / "a.py").write_text("from penjing.models.sample import DigitsCNN as make\n")
    return Trial(f"py:{folder / 'a.py'}:make", trust=True, inputs=(PIXELS,))


def _with_architecture(make: Callable[[Path], Trial]) -> Callable[[Path], Trial]:
    return lambda folder: Trial(SAMPLE, make(folder).reference)


def _trusted(make: Callable[[Path], Trial], *inputs: InputSpec) -> Callable[[Path], Trial]:
    return lambda folder: Trial(make(folder).reference, trust=True, inputs=inputs)


MAKERS: dict[str, Callable[[Path], Trial]] = {
    "safetensors": _safetensors,
    "state dict (`.pt`, `.pth`)": _state,
    "training checkpoint (`.pt`, `.pth`)": _checkpoint,
    "any of these, with an architecture": _with_architecture(_checkpoint),
    "pickled module": _pickled,
    "TorchScript": _script,
    "TorchScript, trusted, with `--input`": _trusted(_script, PIXELS),
    "TorchScript, with an architecture": _with_architecture(_script),
    "`.pt2`": _exported,
    "`.pt2`, trusted": _trusted(_exported),
    "`.pt2`, with an architecture": _with_architecture(_exported),
    "ONNX that converts (most convolutional networks)": _onnx,
    "ONNX that does not (most transformers)": _frozen_onnx,
    "Python file, as `py:FILE.py:FACTORY`": _python,
}


def table() -> dict[str, dict[str, str]]:
    """The page's table: cells by column, by row."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


@pytest.fixture(autouse=True)
def own_path() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("penjing_user_"):
            del sys.modules[name]


def answer(attempt: Callable[[], object]) -> str:
    """`yes`, or `no` where it is refused as what has no network."""
    try:
        attempt()
    except Failure as failure:
        assert failure.message.code in ("models.not_a_network", "models.onnx_weights_frozen")
        return "no"
    return "yes"


def inspected(model: OpenedModel) -> str:
    """What there is to see."""
    costs = table_of(model)
    assert costs.totals.params > 100_000
    if model.module is not None:
        return "yes"
    return "graph" if costs.totals.complete and costs.totals.macs else "weights"


def recipe(trial: Trial, **technique: object) -> object:
    named = "pruning" if "ratio" in technique or "granularity" in technique else "distillation"
    return {
        "model": {
            "reference": trial.reference,
            "weights": trial.weights,
            "input": [one.to_json() for one in trial.inputs],
        },
        "data": {"reference": "sample:digits" if named == "distillation" else "none"},
        "technique": named,
        named: technique,
        "training": {"epochs": 1 if named == "distillation" else 0},
    }


def carried_out(trial: Trial, **technique: object) -> None:
    """A run's beginning: opened, checked, and the job made."""
    parsed = parse(recipe(trial, **technique))  # type: ignore[arg-type]
    check(parsed)
    job = make_job(parsed, open_recipe(parsed, trial.trust), trial.trust)
    job.prepare(1)


def masks() -> str:
    """Whether any version prunes by mask: the recipe of one is refused by name, for every model alike."""
    try:
        check(parse(recipe(Trial(SAMPLE), ratio=0.5, granularity="weight")))  # type: ignore[arg-type]
    except Failure:
        return "not yet"
    return "yes"


def test_the_table_has_these_rows() -> None:
    assert list(table()) == list(MAKERS)


@pytest.mark.parametrize("row", MAKERS)
def test_every_cell_of_the_table_is_so(row: str, tmp_path: Path) -> None:
    trial = MAKERS[row](tmp_path)
    found = {"inspect": inspected(trial.open()), "prune by mask": masks()}
    found["prune channels"] = answer(lambda: carried_out(trial, ratio=0.5, recovery="none"))
    found["teacher"] = answer(lambda: carried_out(trial, student="auto:width=0.5"))
    teacher = open_model(SAMPLE)
    if trial.weights is None:
        found["student"] = answer(lambda: _student(teacher, trial))
    else:
        found["student"] = answer(lambda: build_student(teacher, SAMPLE, trial.weights, 0, trial.trust))
    found["asks for `--trust`"] = "yes" if trial.trust else "no"
    assert found == table()[row]
    if trial.trust and found["inspect"] == "yes":
        with pytest.raises(Failure) as caught:
            trial.open(trust=False)
        assert caught.value.exit_code == NEEDS_TRUST
    elif trial.trust:
        assert inspected(trial.open(trust=False)) == "weights"


def _student(teacher: OpenedModel, trial: Trial) -> None:
    build_student(teacher, trial.reference, None, 0, trial.trust)


def test_the_page_names_every_option_that_it_relies_on() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {"--trust", "--input", "--weights", "--out"} <= set(re.findall(r"--[a-z]+", text))
