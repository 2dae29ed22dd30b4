"""What the window works on: one model, its costs, one plan, one watched run. Pages read it and listen to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Failure, Message
from penjing_gui import theme as themes
from penjing_gui.opened import Asked, Busy, OpenModel
from penjing_gui.opening import Opening
from penjing_gui.run_thread import RunThread
from penjing_gui.run_view import RunView
from penjing_gui.run_watch import RunWatch
from penjing_gui.session_client import SessionClient
from penjing_gui.theme import LIGHT, THEMES, Theme
from penjing_resources.messages import parts, render

if TYPE_CHECKING:
    from penjing.spec.overlay import Overlay

__all__ = ["Asked", "Busy", "OpenModel", "Unit", "Workbench"]

Unit = Literal["flops", "macs"]
MOST_RECENT = 8
EPOCHS = 10  # of a plan that gets data where it had none


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
        self.cautions: tuple[Message, ...] = ()  # where the table's figures need a word of caution
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
        self.session.unanswered.connect(self.fail)
        self._opening = Opening(self)
        self._watch = RunWatch(self)

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
        self._opening.open(Asked(reference, weights, tuple(inputs), trust, sha256))

    @property
    def asked(self) -> Asked | None:
        """What was asked to be opened last, whether it could be or not."""
        return self._opening.asked

    def ask_about(self, asked: Asked) -> None:
        """Take something as what was asked to be opened last: a question about it follows."""
        self._opening.ask_about(asked)

    @property
    def weights_only(self) -> str | None:
        """The open file, where it holds weights that an architecture could take; None for any other model."""
        model = self.model
        return model.reference if model is not None and not model.network and model.format != "onnx" else None

    @property
    def remarks(self) -> tuple[Message, ...]:
        """What opening and counting had to say about the open model."""
        return (*self.model.warnings, *self.cautions) if self.model is not None else ()

    def cancel_opening(self) -> None:
        """Give up opening, at once, whatever the worker is in: the model that was there stays."""
        self._opening.cancel()

    def count_again(self) -> None:
        """Ask for the costs of the open model once more (after a worker died, for instance)."""
        self._opening.count_again()

    def come_back(self) -> bool:
        """Open the model anew that is still shown, where the worker that held it has ended; False where none has."""
        return self._opening.come_back()

    def fail(self, failure: Failure) -> None:
        """Nothing is under way any more: say why."""
        self.busy_changed.emit(None)
        if failure.message.code != "session.cancelled":
            self.failed.emit(failure)

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
        if self.plan is not None:
            self._watch.start(self.plan)

    def trusts(self, recipe: Mapping[str, Any]) -> bool:
        """Whether the person has consented to the code of the recipe's model: it is the one open under trust."""
        reference = (recipe.get("model") or {}).get("reference")
        return self.model is not None and self.model.trusted and self.model.reference == reference

    def watch(self, path: Path) -> None:
        """Watch a run that somebody else carries out, or look at one that has ended."""
        self._watch.watch(path)

    def pause(self) -> None:
        """Ask the watched run to pause at its next step."""
        self._watch.order("pause")

    def resume(self) -> None:
        """Go on: a paused run goes on where it is, an ended one is started again from its last checkpoint."""
        self._watch.resume()

    def stop(self) -> None:
        """Ask the watched run to stop at its next step; it keeps its checkpoints."""
        self._watch.order("stop")

    def set_rate(self, rate: float) -> None:
        """Ask the watched run to train with another learning rate from its next step on."""
        self._watch.order("settings", {"lr": rate})

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
