"""Step 4, Compare: before and after in total and by layer, against other runs, and the proof of the export."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShowEvent

from penjing_gui import numbers
from penjing_gui.compare.before_after_pane import BeforeAfterPane
from penjing_gui.compare.change_pane import ChangePane
from penjing_gui.compare.knowing_pane import KnowingPane
from penjing_gui.compare.pareto_pane import ParetoPane
from penjing_gui.compare.proof_pane import ProofPane
from penjing_gui.compare.reader import RunsReader
from penjing_gui.compare.runs import FinishedRun, finished_runs, read_run
from penjing_gui.page import Page, PageCommand, StepState
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench


class ComparePage(Page):
    """Shows one finished run, chosen among those of the open model (or of the watched run's)."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench, "compare")
        self.run: FinishedRun | None = None
        self.runs: tuple[FinishedRun, ...] = ()
        self._seen: Path | None = None
        self._fresh: Path | None = None  # a run that has just ended: it is shown as soon as it is read
        self._reader = RunsReader(self)
        self._reader.ready.connect(self._are_read)
        self._actions: list[QAction] = []
        self.before_after = BeforeAfterPane(bench)
        self.changes = ChangePane(bench)
        self.knowing = KnowingPane(bench)
        self.pareto = ParetoPane(bench)
        self.proof = ProofPane(bench)
        self.add_pane(self.before_after, share=0.51)
        self.add_pane(self.pareto, share=0.49)
        self.split(self.before_after, self.changes, Qt.Orientation.Vertical, (32, 68))
        self.split(self.changes, self.knowing, Qt.Orientation.Vertical, (27, 41))
        self.split(self.pareto, self.proof, Qt.Orientation.Vertical, (50, 50))
        self.before_after.chosen.connect(self.choose)
        self.pareto.chosen.connect(self.choose)
        self.knowing.show_me.connect(self._show_me)
        bench.model_changed.connect(self._model_changed)
        bench.run_view_changed.connect(self._run_changed)
        bench.unit_changed.connect(self._tell_status)
        self._empty()
        self._update_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Look for runs that others finished meanwhile."""
        super().showEvent(event)
        self._read()

    def commands(self) -> list[PageCommand]:
        """Export, proof and report, for menu and palette."""
        for text, slot in (
            (self.tr("&Export run…"), self.proof.export_run),
            (self.tr("&Verify run"), self.proof.verify_run),
            (self.tr("Wr&ite report"), self.proof.write_report),
        ):
            action = QAction(text, self)
            action.setEnabled(self.run is not None)
            action.triggered.connect(slot)
            self._actions.append(action)
        names = ("compare.export", "compare.verify", "compare.report")
        return [PageCommand(name, "file", action) for name, action in zip(names, self._actions, strict=True)]

    # --- which run

    def refresh(self) -> None:
        """Read the finished runs again; the run shown stays where it is still there."""
        reference = self._reference()
        self.runs = tuple(finished_runs(reference)) if reference else ()
        known = {run.key: run for run in self.runs}
        if self.run is not None and self.run.key not in known and self.run.model == reference:
            self.runs = (self.run, *self.runs)  # a run that lies in another folder
            known[self.run.key] = self.run
        keep = self.run.key if self.run is not None else ""
        if keep in known:
            shown = self.run
            self.run = known[keep]
            self._show_runs()
            if shown is None or shown.result != self.run.result:
                self._show()
        elif self.runs:
            self.run = self.runs[0]
            self._show()
        else:
            self.run = None
            self._empty()
        self._update_state()

    def _reference(self) -> str | None:
        view = self.bench.run_view
        if view is not None and view.recipe and view.status == "done":
            return str(view.recipe["model"]["reference"])
        return self.bench.model.reference if self.bench.model is not None else None

    def choose(self, key: str) -> None:
        """Show another run."""
        run = next((run for run in self.runs if run.key == key), None)
        if run is not None and (self.run is None or run.key != self.run.key):
            self.run = run
            self._show()

    def _model_changed(self, *_: object) -> None:
        self._read()

    def _read(self) -> None:
        if reference := self._reference():
            self._reader.ask(reference, self._fresh)

    def _are_read(self) -> None:
        """The reader has read: show what is there, and the run that has just ended."""
        run = read_run(self._fresh) if self._fresh is not None else None
        self._fresh = None
        if run is not None:
            self.run = run
        self.refresh()
        if run is not None:
            self._show()

    def _run_changed(self, view: RunView) -> None:
        done = view.folder.path if view.status == "done" and view.result is not None else None
        if done is None or done == self._seen:
            if done is None and self._seen == view.folder.path:
                self._seen = None  # it was started again
            return
        self._seen = self._fresh = done
        self._read()

    # --- what is shown

    def _empty(self) -> None:
        sentence = self.tr("Runs appear here when they finish.")
        for pane in (self.before_after, self.changes, self.knowing, self.proof):
            pane.set_empty(sentence)  # for those that float
        self.before_after.runs.hide()
        self.set_empty(sentence, [(self.tr("Go to Compress"), self._to_compress)])
        self._tell_status()

    def _to_compress(self) -> None:
        self.go_to.emit("compress")

    def _show_runs(self) -> None:
        if self.run is not None:
            self.before_after.set_runs(self.runs, self.run)
            self.pareto.show_runs(self.runs, self.run)

    def _show(self) -> None:
        run = self.run
        if run is None:
            return
        self.clear_empty()
        for pane in (self.before_after, self.changes, self.knowing, self.proof):
            pane.clear_empty()
        before, after = run.costs()
        self._show_runs()
        self.before_after.show_run(run)
        self.changes.show_run(run, before, after)
        self.knowing.show_run(run, before, after)
        self.proof.show_run(run)
        self._update_state()
        self._tell_status()

    def _show_me(self, kind: str, name: str) -> None:
        if kind == "row":
            self.before_after.table.select_key(name)
            self.before_after.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif kind == "layer":
            self.bench.select(name)
            self.changes.map.setFocus(Qt.FocusReason.OtherFocusReason)
        elif kind == "step":
            self.go_to.emit(name)

    # --- the step's state and the status bar

    def _update_state(self) -> None:
        for action in self._actions:
            action.setEnabled(self.run is not None)
        if self.run is not None:
            self.set_step_state(StepState("ready", None, self.tr("%n finished run(s)", "", len(self.runs))))
        else:
            self.set_step_state(StepState("locked", None, self.tr("No run has finished yet.")))

    def _tell_status(self, *_: object) -> None:
        self.status_changed.emit()

    def status_items(self) -> list[tuple[str, str]]:
        """The run's name, its costs and accuracy before and after, and when it finished."""
        run = self.run
        if run is None:
            return []
        before, after = run.result.get("before") or {}, run.result.get("after") or {}
        factor, arrow = self.bench.unit_factor, "{} → {}".format
        items = [(run.folder.name, "")]
        if before.get("params") and after.get("params"):
            pair = arrow(numbers.headline(before["params"]), numbers.headline(after["params"]))
            items.append((pair, self.tr("params")))
        if before.get("macs") and after.get("macs"):
            pair = arrow(numbers.headline(before["macs"] * factor), numbers.headline(after["macs"] * factor))
            items.append((pair, self.bench.unit_name))
        one = ((run.result.get("latency") or {}).get("batches") or {}).get("1")
        if one:
            pair = arrow(*(f"{one[side]['median_ms']:.3g}" for side in ("before", "after")))
            items.append((f"{pair} ms", ""))
        if before.get("accuracy") is not None and after.get("accuracy") is not None:
            pair = arrow(*(numbers.percent_value(side["accuracy"]) for side in (before, after)))
            items.append((f"{pair} %", ""))
        elif before.get("mse") is not None and after.get("mse") is not None:
            items.append(
                (arrow(*(numbers.figure(side["mse"], 4) for side in (before, after))), self.tr("test MSE"))
            )
        finished = self._finished(run)
        if finished:
            items.append(("", finished))
        return items

    def _finished(self, run: FinishedRun) -> str:
        words = numbers.CHINESE if self.bench.language == "zh_CN" else numbers.ENGLISH
        try:
            moment = time.strftime("%H:%M:%S", time.localtime(run.folder.result_json.stat().st_mtime))
        except OSError:
            return ""
        seconds = run.result.get("seconds")
        if not seconds:
            return self.tr("Finished {time}").format(time=moment)
        took = numbers.duration(float(seconds), words)
        return self.tr("Finished {time}, took {took}").format(time=moment, took=took)
