"""What the window works on: one model, its costs, one plan, one watched run. Pages read it and listen to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from penjing.spec.control import Command
from penjing.spec.costs import CostTable
from penjing.spec.folders import RunFolder, new_run_path
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import NEEDS_TRUST, Failure, Message
from penjing.spec.references import InputSpec, parse_model
from penjing_gui import theme as themes
from penjing_gui.run_thread import RunThread
from penjing_gui.run_view import RunView
from penjing_gui.session_client import SessionClient
from penjing_gui.theme import LIGHT, THEMES, Theme
from penjing_resources.messages import parts, render

if TYPE_CHECKING:
    from penjing.spec.overlay import Overlay

Unit = Literal["flops", "macs"]
MOST_RECENT = 8
EPOCHS = 10  # of a plan that gets data where it had none
OPENING_SILENCE = 180.0  # seconds that opening a model may go on without a sign of progress


@dataclass(frozen=True, slots=True)
class OpenModel:
    """The open model, as the session worker describes it. `input` is without the batch axis."""

    reference: str
    title: str
    weights: str
    format: str
    sha256: str
    input: tuple[InputSpec, ...]
    task: str | None
    outputs: int | None
    data: str | None
    warnings: tuple[Message, ...]
    weights_file: str | None = None
    trusted: bool = False
    network: bool = True  # False for a file that can only be looked at
    view: tuple[Message, ...] = ()  # what such a file is, and what to do

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> OpenModel:
        """From the reply of `open`."""
        return OpenModel(
            reference=value["reference"],
            title=value["title"],
            weights=value["weights"],
            format=value["format"],
            sha256=value["sha256"],
            input=tuple(InputSpec(tuple(one["shape"]), one["dtype"]) for one in value["input"]),
            task=value.get("task"),
            outputs=value.get("outputs"),
            data=value.get("data"),
            warnings=tuple(Message.from_json(one) for one in value.get("warnings", ())),
            network=bool(value.get("network", True)),
            view=tuple(Message.from_json(one) for one in value.get("view", ())),
        )

    @property
    def program(self) -> bool:
        """Whether it is the weights of a program whose own graph can be shown with trust."""
        return not self.network and not self.trusted and self.format in ("torchscript", "pt2")

    def recipe(self) -> dict[str, Any]:
        """The `model` section of a recipe for this model."""
        return {
            "reference": self.reference,
            "weights": self.weights_file,
            "sha256": self.sha256,
            "input": [spec.to_json() for spec in self.input],
        }


@dataclass(frozen=True, slots=True)
class Busy:
    """Something under way: its message, how far it is (0 to 1, None unknown), seconds left (None unknown)."""

    code: str
    params: Mapping[str, Any]
    fraction: float | None = None
    eta: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked to be opened. Trust is in the bytes of that SHA-256, where there is one."""

    reference: str
    weights: str | None
    inputs: tuple[str, ...]
    trust: bool
    sha256: str | None = None


class Workbench(QObject):
    """The one object that all pages share. Lives on the main thread.

    `trust_needed` carries a `Failure` with exit code 3 and the `Asked` it answers; everything else that goes
    wrong while opening comes by `failed`.
    """

    model_changed = Signal(object)
    table_changed = Signal(object)
    groups_changed = Signal(object)
    overlays_changed = Signal(object)
    selection_changed = Signal(str)
    unit_changed = Signal(str)
    plan_changed = Signal(object)
    data_changed = Signal(object)
    run_view_changed = Signal(object)
    theme_changed = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(object)
    trust_needed = Signal(object, object)
    closing = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        theme: Theme = LIGHT,
        language: str = "en",
        session: SessionClient | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.language = language
        self.model: OpenModel | None = None
        self.table: CostTable | None = None
        self.groups: tuple[CoupledGroup, ...] = ()
        self.groups_known = False
        self.overlays: tuple[Overlay, ...] = ()
        self.selection = ""
        self.unit: Unit = "flops"
        self.plan: dict[str, Any] | None = None
        self.data: dict[str, Any] | None = None  # a recipe's data section, chosen by hand
        self.recent_data: list[str] = []
        self.run: RunThread | None = None
        self.run_view: RunView | None = None
        self.session = session if session is not None else SessionClient(self)
        self.session.unanswered.connect(self._failed)
        self.session.died.connect(self._session_died)
        self._asked: Asked | None = None
        self._current: Asked | None = None  # how the open model was asked for
        self._counts: Asked | None = None  # how the last one was whose costs could be counted
        self._refused: tuple[Asked, Failure] | None = None
        self._opening: int | None = None
        self._lost = False  # the worker does not hold the open model: it is a new one

    # the model

    def open(
        self,
        reference: str,
        weights: str | None = None,
        inputs: Sequence[str] = (),
        trust: bool = False,
        sha256: str | None = None,
    ) -> None:
        """Open a model; the old one stays until the new one is there. A trusted file gets a worker of its own.

        `sha256` is of the bytes that were agreed to: of others it is asked anew.
        """
        if trust or (self.model is not None and self.model.trusted):
            self.session.restart()
            self._lost = True
        elif self._opening is not None:
            self.session.cancel(self._opening)
        self._refused = None
        self._ask(Asked(reference, weights, tuple(inputs), trust, sha256))

    def _ask(self, asked: Asked) -> None:
        self._asked = asked
        reference, weights, inputs, trust = asked.reference, asked.weights, asked.inputs, asked.trust
        self.busy_changed.emit(Busy("window.opening", {"reference": reference}))
        self._opening = self.session.request(
            "open",
            {
                "reference": reference,
                "weights": weights,
                "input": list(inputs),
                "trust": trust,
                "sha256": asked.sha256,
            },
            self._opened,
            self._not_opened,
            self._progress,
            OPENING_SILENCE,
        )

    @property
    def asked(self) -> Asked | None:
        """What was asked to be opened last, whether it could be or not."""
        return self._refused[0] if self._refused is not None else self._asked

    def ask_about(self, asked: Asked) -> None:
        """Take something as what was asked to be opened last: a question about it follows."""
        self._refused, self._asked = None, asked

    @property
    def weights_only(self) -> str | None:
        """The open file, where it holds weights that an architecture could take; None for any other model."""
        model = self.model
        return model.reference if model is not None and not model.network and model.format != "onnx" else None

    def cancel_opening(self) -> None:
        """Give up opening, at once, whatever the worker is in: the model that was there stays."""
        counting = self._opening is None and self.model is not None and self.table is None
        if self._opening is None and not counting:
            return
        self._lost = True
        self.session.restart()
        if not counting:
            self.come_back()

    def count_again(self) -> None:
        """Ask for the costs of the open model once more (after a worker died, for instance)."""
        asked = self._current if self.model is not None else self._asked
        if asked is not None:
            # Trust was given to the file as it was: whether it still is that file is asked anew.
            self.open(asked.reference, asked.weights, asked.inputs)

    def _opened(self, value: Any) -> None:
        asked = self._asked
        assert asked is not None
        self._current = asked
        self._opening, self._lost = None, False
        model = replace(OpenModel.from_json(value), weights_file=asked.weights, trusted=asked.trust)
        if self.model is not None and self.model.reference != model.reference:
            self.set_overlays(())  # they are about another model's layers
        self.model, self.table, self.groups, self.groups_known = model, None, (), False
        self.selection = ""
        self.model_changed.emit(model)
        self.busy_changed.emit(Busy("window.counting", {"model": model.title}))
        self.session.request("costs", {}, self._counted, self._not_counted, self._progress, OPENING_SILENCE)

    def _counted(self, value: Any) -> None:
        self.table = CostTable.from_json(value)
        self._counts = self._current
        self.busy_changed.emit(None)
        self.table_changed.emit(self.table)
        if self._refused is not None:
            self.failed.emit(self._refused[1])
        if self.model is not None and self.model.network:
            self.session.request("prunable", {}, self._grouped, self._not_grouped)

    def _not_counted(self, failure: Failure) -> None:
        """A model whose costs cannot be counted (its input does not fit, for instance) is not open.

        The one before comes back, and then it is said why. One that needs trust is not opened unasked.
        """
        if failure.message.code == "session.cancelled" and self._opening is not None:
            return  # another one is being opened already
        before, asked = self._counts, self._current
        back = before is not None and before != asked and not before.trust and self._refused is None
        if back and failure.message.code.startswith("costs.") and before is not None and asked is not None:
            self._refused = asked, failure
            self._ask(before)
            return
        self.model = None
        self.model_changed.emit(None)
        self._failed(failure)

    def _session_died(self, failure: Failure) -> None:
        """The new worker will not know the model: say so at once, not at the next request."""
        self._lost = True
        if self.model is not None and self._opening is None:
            self._failed(failure)

    def _grouped(self, value: Any) -> None:
        self.groups = tuple(CoupledGroup.from_json(one) for one in value["groups"])
        self.groups_known = True
        self.groups_changed.emit(self.groups)

    def _not_grouped(self, failure: Failure) -> None:
        if failure.message.code != "session.cancelled":
            self.failed.emit(failure)

    def _not_opened(self, failure: Failure) -> None:
        self._opening = None
        self.busy_changed.emit(None)
        if failure.message.code == "session.cancelled":
            return
        asked, first = self._asked, self._refused
        back = asked is not None and asked is self._current  # the model before, opened anew
        asks = failure.exit_code == NEEDS_TRUST and failure.message.code != "models.pickle_denied"
        if asks and first is None and not back:
            self.trust_needed.emit(failure, asked)
            return
        if first is None and not back and asked is not None and self.come_back():
            self._refused = asked, failure  # said once the model before is there again
            return
        if self._lost and self.model is not None:
            self.model = None
            self.model_changed.emit(None)
        if first is not None or not (back and asks):
            self.failed.emit(failure if first is None else first[1])

    def come_back(self) -> bool:
        """Open the model anew that is still shown, where the worker that held it has ended; False where none has."""
        if not self._lost or self.model is None or self._current is None:
            return False
        self._ask(self._current)
        return True

    def _failed(self, failure: Failure) -> None:
        self.busy_changed.emit(None)
        if failure.message.code != "session.cancelled":
            self.failed.emit(failure)

    def _progress(self, value: Mapping[str, Any]) -> None:
        total = value.get("total") or 0
        fraction = value["done"] / total if total and value.get("done") else None
        self.busy_changed.emit(Busy(value.get("code", "window.counting"), value.get("params", {}), fraction))

    # what is looked at

    def select(self, name: str) -> None:
        """Select a layer or module by its qualified name."""
        if name != self.selection:
            self.selection = name
            self.selection_changed.emit(name)

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Show a person's own figures by layer, from files."""
        if tuple(overlays) != self.overlays:
            self.overlays = tuple(overlays)
            self.overlays_changed.emit(self.overlays)

    def set_unit(self, unit: Unit) -> None:
        """Show FLOPs or MACs, everywhere."""
        if unit != self.unit:
            self.unit = unit
            self.unit_changed.emit(unit)

    @property
    def unit_factor(self) -> int:
        """What MACs are multiplied with to be shown: 2 for FLOPs, 1 for MACs."""
        return 2 if self.unit == "flops" else 1

    @property
    def unit_name(self) -> str:
        """`FLOPs` or `MACs`, the same in every language."""
        return "FLOPs" if self.unit == "flops" else "MACs"

    def set_theme(self, name: str) -> None:
        """Change to the theme `light` or `dark`."""
        theme = THEMES[name]
        if theme is not self.theme:
            self.theme = theme
            app = QApplication.instance()
            if isinstance(app, QApplication):
                themes.apply(app, theme)
            self.theme_changed.emit(theme)

    def say(self, code: str, params: Mapping[str, Any] | None = None) -> str:
        """A message as one line in the person's language."""
        return render(code, params or {}, self.language)

    def say_parts(self, failure: Failure) -> tuple[str, str, str]:
        """A failure as what, why and what to do, in the person's language."""
        return parts(failure.message.code, failure.message.params, self.language)

    # the plan and the run

    def set_plan(self, recipe: dict[str, Any] | None) -> None:
        """Take a recipe (JSON values) as the plan. Nothing runs until `start_run`."""
        self.plan = recipe
        self.plan_changed.emit(recipe)

    @property
    def current_data(self) -> dict[str, Any] | None:
        """The data section that holds: the plan's, else the one chosen, else what the model comes with."""
        if self.plan is not None and self.plan["data"]["reference"] != "none":
            section: dict[str, Any] = self.plan["data"]
            return section
        if self.data is not None:
            return self.data
        return {"reference": self.model.data} if self.model is not None and self.model.data else None

    @property
    def chosen_data(self) -> str | None:
        """The data reference for a new plan: the one chosen, else what the model comes with."""
        if self.data is not None:
            return str(self.data["reference"])
        return self.model.data if self.model is not None else None

    def set_data(self, section: dict[str, Any]) -> None:
        """Take a recipe's data section (JSON values) for the plan that is there and for those to come."""
        self.data = section
        plan = self.plan
        if plan is not None:
            training = dict(plan.get("training") or {})
            if plan["data"]["reference"] == "none" and training.get("epochs") == 0:
                training["epochs"] = EPOCHS  # the plan could not train for want of data
            self.set_plan({**plan, "data": dict(section), "training": training})
        self.data_changed.emit(section)

    def remember_data(self, reference: str) -> None:
        """Put a data reference at the head of the recent ones."""
        rest = [one for one in self.recent_data if one != reference]
        self.recent_data[:] = [reference, *rest][:MOST_RECENT]

    def start_run(self) -> None:
        """Make a run's folder from the plan and start it; what is wrong with the plan arrives as a failed run."""
        if self.plan is None:
            return
        title = parse_model(self.plan["model"]["reference"]).title
        folder = new_run_path(title, self.plan["technique"])
        trust = self.trusts(self.plan)
        self._follow(RunThread(folder, True, self.language, self.plan, self._known(), self, trust))

    def trusts(self, recipe: Mapping[str, Any]) -> bool:
        """Whether the person has consented to the code of the recipe's model: it is the one open under trust."""
        reference = (recipe.get("model") or {}).get("reference")
        return self.model is not None and self.model.trusted and self.model.reference == reference

    def watch(self, path: Path) -> None:
        """Watch a run that somebody else carries out, or look at one that has ended."""
        self._follow(RunThread(path, False, self.language, None, self._known(), self))

    def pause(self) -> None:
        """Ask the watched run to pause at its next step."""
        self._order("pause")

    def resume(self) -> None:
        """Go on: a paused run goes on where it is, an ended one is started again from its last checkpoint."""
        view = self.run_view
        if self.run is None or view is None:
            return
        if view.ended:
            trust = self.trusts(view.recipe)
            path = view.folder.path
            self._follow(RunThread(path, True, self.language, None, self._known(), self, trust))
        else:
            self._order("resume")

    def stop(self) -> None:
        """Ask the watched run to stop at its next step; it keeps its checkpoints."""
        self._order("stop")

    def set_rate(self, rate: float) -> None:
        """Ask the watched run to train with another learning rate from its next step on."""
        self._order("settings", {"lr": rate})

    def set_active(self, active: bool) -> None:
        """Tell the run's thread whether the window is the active one."""
        if self.run is not None:
            self.run.set_active(active)

    def close(self) -> None:
        """Let go of everything: the run goes on, the session worker ends. `closing` tells others to do the same."""
        self.closing.emit()
        if self.run is not None:
            self.run.close()
        self.session.close()

    def _known(self) -> tuple[tuple[str, str], CostTable] | None:
        """The open model and its costs, for a run of the same model."""
        if self.model is None or self.table is None:
            return None
        return (self.model.reference, self.model.sha256), self.table

    def _order(self, command: Command, settings: Mapping[str, float] | None = None) -> None:
        if self.run is None:
            return
        try:
            self.run.give(command, settings)
        except OSError as error:
            problem = error.strerror or str(error)
            self.failed.emit(Failure("window.order_not_given", problem=problem))

    def _follow(self, run: RunThread) -> None:
        old, self.run = self.run, run
        if old is not None:
            old.view.disconnect(self._viewed)
            old.close()
            old.deleteLater()
        self.run_view = RunView(RunFolder(run.folder.path), {})
        self.run_view_changed.emit(self.run_view)
        run.view.connect(self._viewed)
        run.start()

    def _viewed(self, view: RunView) -> None:
        if self.run is None or view.folder != self.run.folder:
            return  # a last word of the run that was watched before
        self.run_view = view
        self.run_view_changed.emit(view)
