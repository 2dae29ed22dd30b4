"""What the session worker can be asked; the protocol's methods by name (`penjing.spec.protocol`)."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import nn

from penjing.costs.latency import compare, measure
from penjing.costs.roofline import place
from penjing.models.onnx_network import trained_where_it_can_be
from penjing.models.open import open_model, open_network
from penjing.models.source import OpenedModel, view_of
from penjing.pruning.groups import Grouping, find_groups
from penjing.runs.counting import costs_of, table_of
from penjing.runs.data_view import describe as describe_data
from penjing.runs.layer_view import describe, save_kernels
from penjing.runs.looking import look, still_agreed
from penjing.runs.opening import example_inputs, open_recipe
from penjing.runs.session import Call, Method
from penjing.runs.training_time import estimate
from penjing.spec.costs import CostTable
from penjing.spec.folders import RunFolder
from penjing.spec.messages import Failure, Message
from penjing.spec.pair_timing import PairTiming
from penjing.spec.recipe import parse
from penjing.spec.references import parse_input


class Session:
    """Holds the open model, and what has been found out about it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._model: OpenedModel | None = None
        self._trust = False
        self._table: CostTable | None = None
        self._said: list[Message] = []  # where the table's figures need a word of caution
        self._grouping: Grouping | None = None
        self._latencies: dict[tuple[int, int], dict[str, float]] = {}  # of layers, by batch and threads
        self._tidy = True

    def method(self, name: str) -> Method | None:
        """The method of a name, or None."""
        methods: dict[str, Method] = {
            "open": self._open,
            "costs": self._costs,
            "costs_of": self._costs_of,
            "layer": self._layer,
            "prunable": self._prunable,
            "latency": self._latency,
            "latency_of": self._latency_of,
            "roofline": self._roofline,
            "training_time": self._training_time,
            "data": self._data,
            "export": self._export,
            "verify": self._verify,
            "report": self._report,
            "measure_machine": self._measure_machine,
            "look": self._look,
            "identify": self._identify,
            "convert": self._convert,
        }
        return methods.get(name)

    def short(self, name: str) -> bool:
        """Whether a method is done in a moment and only reads: a layer's page once the costs are counted, a look."""
        return name == "look" or (name == "layer" and self._table is not None)

    def rest(self) -> None:
        """Free models that are in use no more.

        Those that refer to themselves would stay: counting has put them among the old objects, which Python hardly ever
        looks through by itself.
        """
        if not self._tidy:
            self._tidy = True
            gc.collect()

    def _opened(self) -> OpenedModel:
        if self._model is None:
            raise Failure("session.no_model")
        return self._model

    def _open(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        self._tidy = False
        call.progress(0, 1, "session.opening", reference=str(params["reference"]))
        # A SHA-256 holds for these bytes alone, whatever lies at the path by the time they are read.
        trust = (params.get("sha256") or True) if params.get("trust") else False
        model = open_model(
            str(params["reference"]),
            params.get("weights"),
            tuple(parse_input(text) for text in params.get("input") or ()),
            trust,
        )
        model = trained_where_it_can_be(model)
        agreed = bool(trust) and still_agreed(
            str(params["reference"]), params.get("weights"), params.get("sha256")
        )
        self._model, self._trust, self._table, self._grouping = model, agreed, None, None
        self._latencies = {}
        return {
            "reference": str(model.reference),
            "title": model.title,
            "weights": model.weights_label,
            "format": model.format,
            "network": model.module is not None,
            "view": [one.to_json() for one in view_of(model)],
            "sha256": model.sha256,
            "input": [spec.to_json() for spec in model.input],
            "task": model.task,
            "outputs": model.outputs,
            "data": model.suggested_data,
            "warnings": [message.to_json() for message in model.warnings],
        }

    def _counted(self) -> CostTable:
        if self._table is None:
            model = self._opened()
            self._said = []
            self._table = table_of(model, self._said.append)
        return self._table

    def _costs(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        del params
        call.progress(0, 1, "session.counting")
        table = self._counted().to_json()
        return {**table, "warnings": [message.to_json() for message in self._said]}

    def _costs_of(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        self._tidy = False
        call.progress(0, 1, "session.opening", reference=str(params["reference"]))
        inputs = tuple(parse_input(text) for text in params.get("input") or ())
        said: list[Message] = []
        model, table = costs_of(str(params["reference"]), params.get("weights"), inputs, False, said.append)
        return {
            "title": model.title,
            "table": table.to_json(),
            "warnings": [message.to_json() for message in (*model.warnings, *said)],
        }

    def _prunable(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        del params
        call.progress(0, 1, "session.finding_groups")
        if self._grouping is None:
            model = self._opened()
            inputs = example_inputs(model.input)
            self._grouping = find_groups(model.network(), inputs, meanwhile=call.give_way)
        return self._grouping.to_json()

    def _layer(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        call.check()
        groups = self._grouping.groups if self._grouping is not None else ()
        model, name = self._opened(), str(params["name"])
        module = model.module or nn.Module()  # a file that can only be looked at has rows, and no modules
        described = describe(module, name, self._counted(), groups)
        described["kernels"] = save_kernels(module, name, self._folder, model.sha256)
        return described

    def _latency(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        model = self._opened()
        batch, threads = int(params.get("batch", 1)), int(params.get("threads", 1))
        seconds = float(params.get("seconds", 5.0))
        measured = measure(model.network(), model.input, batch, threads, seconds, _ticking(call, seconds))
        self._latencies[batch, threads] = measured["layers"]
        return measured

    def _latency_of(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        model, reference = self._opened(), str(params["reference"])
        batch, threads = int(params.get("batch", 1)), int(params.get("threads", 1))
        seconds = float(params.get("seconds", 5.0))
        call.progress(0, seconds, "session.opening", reference=reference)
        inputs = tuple(parse_input(text) for text in params.get("input") or ())
        other = open_network(reference, params.get("weights"), inputs, False)
        check = _ticking(call, seconds)
        measured = compare(
            model.network(), other.network(), model.input, (batch,), threads, seconds, check, other.input
        )
        timing = PairTiming.compared(measured, batch)
        assert timing is not None
        self._latencies[batch, threads] = dict(timing.first.layers)
        return timing.to_json()

    def _roofline(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        from penjing.runs.machine import measure_machine

        model = self._opened()
        batch, threads = int(params.get("batch", 1)), int(params.get("threads", 1))
        call.progress(0, 1, "session.measuring_machine")
        machine = measure_machine(call.check, threads=threads)
        if (batch, threads) not in self._latencies:
            self._latency(params, call)
        layers = place(model.network(), model.input, machine, batch, self._latencies[batch, threads])
        return {"batch": batch, "threads": threads, "machine": machine, "layers": layers}

    def _training_time(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        recipe = parse(params["recipe"])
        return estimate(recipe, open_recipe(recipe, self._trust), self._trust, call.progress)

    def _data(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        reference = str(params.get("reference", ""))

        def tick(done: int, total: int) -> None:
            call.progress(done, total, "session.reading_data", reference=reference)

        return describe_data(params, self._folder, self._model, tick)

    def _export(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        from penjing.runs.exporting import export_run

        call.progress(0, 1, "session.exporting")
        made = export_run(
            RunFolder(Path(params["source"])),
            [str(one) for one in params["to"]],
            Path(params["out"]),
            bool(params.get("trust")),
            _trust(params.get("programs")),
        )
        return {"artefacts": {name: str(path) for name, path in made.items()}}

    def _verify(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        from penjing.export.verify import verify

        call.progress(0, 1, "session.verifying")
        folder, programs = Path(params["folder"]), _trust(params.get("programs"))

        def tick(*_progress: object) -> None:
            call.check()
            call.give_way()

        return verify(folder, tick, trust=programs)

    def _report(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        from penjing.export.report import write

        call.progress(0, 1, "session.reporting")
        return {"report": str(write(RunFolder(Path(params["run"])), str(params.get("language", "en"))))}

    def _measure_machine(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        del params
        from penjing.runs.machine import measure_machine

        return measure_machine(call.check)

    def _look(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        call.progress(0, 1, "session.looking", path=str(params["path"]))
        return look(Path(str(params["path"])).expanduser().absolute())

    def _identify(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        from penjing.models.identify import identify, shapes_of

        path = Path(str(params["path"])).expanduser()
        call.progress(0, 2, "session.reading_names", path=str(path))
        shapes = shapes_of(path)
        call.progress(1, 2, "session.matching", count=len(shapes))
        matches = identify(shapes)
        call.check()
        return {"path": str(path), "tensors": len(shapes), "matches": [one.to_json() for one in matches]}

    def _convert(self, params: dict[str, Any], call: Call) -> dict[str, Any]:
        from penjing.runs.taking_out import take_out

        path = Path(str(params["path"])).expanduser().absolute()

        def progress(done: float, total: float) -> None:
            call.progress(done, total, "session.taking_out", path=path.name)

        progress(0, 1)
        return take_out(path, Path(str(params["out"])), params.get("sha256"), progress)


def _trust(value: Any) -> bool | str:
    """A consent as it stands in a request: to any bytes, to those of a SHA-256, or none."""
    return value if isinstance(value, str) and value else value is True


def _ticking(call: Call, seconds: float) -> Callable[[], None]:
    """A check that notices a cancel, and says ten times a second how far a measurement of `seconds` is."""
    start = said = time.monotonic()

    def check() -> None:
        nonlocal said
        now = time.monotonic()
        if now - said > 0.1:
            said = now
            call.progress(min(now - start, seconds), seconds, "session.measuring_latency")
        call.check()

    return check
