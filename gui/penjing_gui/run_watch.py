"""The run that is watched: started from the plan or looked at, and steered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from penjing.spec.control import Command
from penjing.spec.costs import CostTable
from penjing.spec.folders import RunFolder, new_run_path
from penjing.spec.messages import Failure
from penjing.spec.references import parse_model
from penjing_gui.run_thread import RunThread
from penjing_gui.run_view import RunView

if TYPE_CHECKING:
    from penjing_gui.state import Workbench


class RunWatch(QObject):
    """Puts the watched run and its latest view onto the workbench."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench

    def start(self, plan: Mapping[str, Any]) -> None:
        """Make a run's folder from a plan and start it; what is wrong with the plan arrives as a failed run."""
        folder = new_run_path(parse_model(plan["model"]["reference"]).title, plan["technique"])
        self._follow(folder, True, dict(plan), self._bench.trusts(plan))

    def watch(self, path: Path) -> None:
        """Watch a run that somebody else carries out, or look at one that has ended."""
        self._follow(path, False)

    def resume(self) -> None:
        """Go on: a paused run goes on where it is, an ended one is started again from its last checkpoint."""
        view = self._bench.run_view
        if self._bench.run is None or view is None:
            return
        if view.ended:
            self._follow(view.folder.path, True, None, self._bench.trusts(view.recipe))
        else:
            self.order("resume")

    def order(self, command: Command, settings: Mapping[str, float] | None = None) -> None:
        """Ask the watched run for something; what cannot be given is said."""
        run = self._bench.run
        if run is None:
            return
        try:
            run.give(command, settings)
        except OSError as error:
            problem = error.strerror or str(error)
            self._bench.failed.emit(Failure("window.order_not_given", problem=problem))

    def _known(self) -> tuple[tuple[str, str], CostTable] | None:
        """The open model and its costs, for a run of the same model."""
        model, table = self._bench.model, self._bench.table
        return None if model is None or table is None else ((model.reference, model.sha256), table)

    def _follow(
        self, path: Path, start: bool, plan: dict[str, Any] | None = None, trust: bool = False
    ) -> None:
        bench = self._bench
        run = RunThread(path, start, bench.language, plan, self._known(), bench, trust)
        old, bench.run = bench.run, run
        if old is not None:
            old.view.disconnect(self._viewed)
            old.close()
            old.deleteLater()
        bench.run_view = RunView(RunFolder(run.folder.path), {})
        bench.run_view_changed.emit(bench.run_view)
        run.view.connect(self._viewed)
        run.start()

    def _viewed(self, view: RunView) -> None:
        bench = self._bench
        if bench.run is None or view.folder != bench.run.folder:
            return  # a last word of the run that was watched before
        bench.run_view = view
        bench.run_view_changed.emit(view)
