"""The founding document's three functions, and `inspect`, for use from Python.

Models are references (`"torchvision:resnet18"`) or modules. With a reference for the model and a folder `out` the
work is a run like any other, with journal, artefacts and report. With a module it happens in memory, by the same
code, in a folder that is removed again.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from penjing.commands.advising import make_advice
from penjing.costs.count import count
from penjing.data.open import OpenedData, open_data
from penjing.data.splits import split
from penjing.models.open import open_network
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import state_sha256
from penjing.runs.carry_out import carry_out
from penjing.runs.control_watch import ControlWatch
from penjing.runs.counting import costs_of, table_of
from penjing.runs.execution import Execution
from penjing.runs.jobs import DistillationJob, Job, PruningJob
from penjing.runs.make import making_run
from penjing.runs.opening import Opened, opened_with
from penjing.runs.reporter import Reporter
from penjing.runs.stored import for_caller
from penjing.runs.support import check
from penjing.spec.costs import CostTable
from penjing.spec.folders import RunFolder
from penjing.spec.journal import JournalWriter
from penjing.spec.messages import bad_input
from penjing.spec.recipe import Recipe, parse
from penjing.spec.references import InputSpec, ModelReference, parse_input
from penjing.training.seeds import capture_generators, restore_generators, seed_everything
from penjing.training.threads import resolve_threads

Model = str | nn.Module
Data = str | tuple[torch.Tensor, torch.Tensor]
Shape = str | Sequence[int] | InputSpec


@dataclass(frozen=True, slots=True)
class Compressed:
    """What came out: the network, its costs and the dense model's, and validation figures by stage.

    `result` is the run's result (the JSON of `penjing prune`) where there was a run, else None.
    """

    model: nn.Module
    before: CostTable
    after: CostTable
    accuracy_steps: dict[str, float | None]
    result: dict[str, Any] | None = None


def inspect(
    model: Model, input: Shape | None = None, *, weights: str | None = None, trust: bool = False
) -> CostTable:
    """The cost table of a model; `input` is the shape of ONE sample (`"3,224,224"` or `(3, 224, 224)`)."""
    if isinstance(model, str):
        return costs_of(model, weights, (_spec(input),) if input is not None else (), trust)[1]
    opened = _opened(model, input, weights, trust)
    return table_of(opened)


def select_compression_technique(
    model: Model,
    device: str = "this-machine",
    performance_requirements: dict[str, float] | None = None,
    *,
    facts: dict[str, bool] | None = None,
    data: str | None = None,
    input: Shape | None = None,
    weights: str | None = None,
    trust: bool = False,
) -> dict[str, Any]:
    """The JSON of `penjing advise`: `technique`, and every rule with its reasons.

    `performance_requirements` may hold `max_size_mb`, `max_macs`, `max_latency_ms`, `min_accuracy`,
    `max_accuracy_drop`, `training_hours` and `strict`. `facts` overrides what is measured.
    """
    from penjing.advice.limits import Limits, parse_overrides

    wanted = dict(performance_requirements or {})
    unknown = sorted(set(wanted) - set(Limits.__dataclass_fields__))
    if unknown:
        raise bad_input(
            "runs.requirement_unknown", name=unknown[0], known=", ".join(Limits.__dataclass_fields__)
        )
    overrides = parse_overrides(
        [f"{name}={'yes' if value else 'no'}" for name, value in (facts or {}).items()]
    )
    limits = Limits(**wanted)  # type: ignore[arg-type]
    opened = _opened(model, input, weights, trust)
    name = model if isinstance(model, str) else "memory"
    return make_advice(
        name, device, limits, overrides, data, weights, None, trust, quiet=True, given=opened
    ).to_json()


def pruning(
    model: Model,
    ratio: float | None = None,
    *,
    dataset: Data = "none",
    input: Shape | None = None,
    out: str | Path | None = None,
    training: dict[str, Any] | None = None,
    trust: bool = False,
    **settings: Any,
) -> Compressed:
    """Remove channels from a trained model, and fine-tune where there is a `dataset` (a reference, or `(x, y)`).

    `ratio` is the share of channels removed in every group; `settings` are the recipe's other pruning settings
    (`macs=0.3` instead of a ratio, `teacher="self"`, …), `training` its training settings. The model given is left
    as it is.
    """
    section = {**settings, **({"ratio": ratio} if ratio is not None else {})}
    return _compress(model, None, dataset, input, out, "pruning", section, training, trust)


def knowledge_distillation(
    teacher_model: Model,
    student_model: Model,
    dataset: Data,
    *,
    input: Shape | None = None,
    out: str | Path | None = None,
    training: dict[str, Any] | None = None,
    trust: bool = False,
    **settings: Any,
) -> Compressed:
    """Train a student under a teacher (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).

    The student is a module (trained in place of none: a copy is returned), a reference, or `auto:width=W` and the
    like. `settings` are the recipe's other distillation settings (`temperature=4.0`, `alpha=0.9`).
    """
    given = student_model if isinstance(student_model, nn.Module) else None
    section = {**settings, "student": "sample:given" if given is not None else student_model}
    return _compress(teacher_model, given, dataset, input, out, "distillation", section, training, trust)


def _compress(
    model: Model,
    student: nn.Module | None,
    dataset: Data,
    input: Shape | None,
    out: str | Path | None,
    technique: str,
    section: dict[str, Any],
    training: dict[str, Any] | None,
    trust: bool,
) -> Compressed:
    settings = dict(training or {})
    if isinstance(dataset, str) and dataset == "none":
        settings.setdefault("epochs", 0)
    recipe = parse(
        {
            "model": {
                "reference": model if isinstance(model, str) else "memory",
                "input": [_spec(input).to_json()] if input is not None else [],
            },
            "data": {
                "reference": dataset if isinstance(dataset, str) else "memory",
                "target_scale": "standardise",
            },
            "technique": technique,
            technique: section,
            "training": settings,
        }
    )
    if isinstance(model, str) and isinstance(dataset, str) and student is None and out is not None:
        return _as_run(recipe, Path(out), trust)
    if out is not None:
        raise bad_input("runs.out_needs_references")
    check(recipe)
    data = open_data(dataset) if isinstance(dataset, str) else _data(*dataset)
    shape = input if input is not None or not data.inputs or isinstance(model, str) else data.inputs[0]
    opened = _opened(model, shape, None, trust)
    return _in_memory(recipe, opened_with(opened, data), student, trust)


def _as_run(recipe: Recipe, out: Path, trust: bool) -> Compressed:
    from penjing.export.load import load_artefact

    with making_run(recipe, out) as folder, _own_generators():
        result = carry_out(folder.path, None, trust)
    if result.status != "done":  # the person pressed Ctrl+C: `penjing run` goes on with the folder
        raise KeyboardInterrupt
    value = for_caller(result, folder)
    return Compressed(
        load_artefact(folder.result),
        _table(folder.costs_before),
        _table(folder.costs_after),
        result.accuracy_steps,
        value,
    )


def _in_memory(recipe: Recipe, opened: Opened, student: nn.Module | None, trust: bool) -> Compressed:
    with _own_generators(), tempfile.TemporaryDirectory(prefix="penjing-") as name:
        folder = RunFolder(Path(name))
        torch.set_num_threads(resolve_threads(recipe.training.threads))
        seed_everything(recipe.training.seed)
        job: Job
        if recipe.technique == "pruning":
            job = PruningJob(recipe, opened, trust)
        else:
            job = DistillationJob(recipe, opened, trust, student)
        with JournalWriter(folder.journal) as writer:
            execution = Execution(folder, recipe, opened, job, Reporter(writer), ControlWatch(folder, []))
            try:
                execution.run()
            finally:
                execution.close()
        tables = [
            count(module, opened.inputs, model=opened.model.title, format="memory")
            for module in (opened.model.network(), job.module)
        ]
        return Compressed(job.module.eval(), tables[0], tables[1], dict(execution.state.accuracies))


@contextmanager
def _own_generators() -> Iterator[None]:
    """The caller's generators and thread count are as before afterwards."""
    threads, generators = torch.get_num_threads(), capture_generators()
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        restore_generators(generators)


def _opened(model: Model, input: Shape | None, weights: str | None, trust: bool) -> OpenedModel:
    specs = (_spec(input),) if input is not None else ()
    if isinstance(model, str):
        return open_network(model, weights, specs, trust)
    if not specs:
        raise bad_input("runs.input_needed", model=type(model).__name__)
    return OpenedModel(
        module=copy.deepcopy(model).cpu().eval(),  # the caller's own stays as it is, in its mode and place
        reference=ModelReference("path", "memory"),
        title=type(model).__name__,
        format="memory",
        input=specs,
        sha256=state_sha256(model.state_dict()),
        weights_label="",
        source=ModelSource("py", type(model).__name__),
    )


def _data(x: torch.Tensor, y: torch.Tensor) -> OpenedData:
    """Tensors as a data set: 70 / 15 / 15, by seed 0, class by class."""
    if len(x) != len(y):
        raise bad_input("runs.tensors_differ", samples=len(x), targets=len(y))
    classes = not y.is_floating_point()
    train, validation, test = split(x, y, (0.7, 0.15, 0.15), 0, stratify=classes)
    return OpenedData(
        "memory",
        "classification" if classes else "regression",
        int(y.max()) + 1 if classes else None,
        (InputSpec(tuple(x.shape[1:]), str(x.dtype).removeprefix("torch.")),),
        train,
        validation,
        test,
    )


def _spec(input: Shape) -> InputSpec:
    if isinstance(input, InputSpec):
        return input
    return parse_input(input) if isinstance(input, str) else InputSpec(tuple(int(size) for size in input))


def _table(path: Path) -> CostTable:
    from penjing.spec.files import read_json

    return CostTable.from_json(read_json(path))
