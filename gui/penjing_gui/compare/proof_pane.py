"""Export and proof: the files of a run, that they open without Penjing, and what can be done with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from penjing.spec.messages import Failure
from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.compare.artefact_model import FORMAT, OPENED, ArtefactModel, artefacts
from penjing_gui.compare.proof_work import ProofWork
from penjing_gui.compare.reading_table import ReadingTable
from penjing_gui.compare.runs import FinishedRun
from penjing_gui.icons import icon
from penjing_gui.session_client import Done
from penjing_gui.state import Workbench
from penjing_gui.style import make_primary
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import FormRows
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane

FORMATS = ("safetensors", "pt2", "onnx")


class ProofPane(Pane):
    """Asks the session worker to export, verify and report; shows what came of it."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compare.proof", bench.theme)
        self.set_title(self.tr("Export and proof"))
        self.align_note_right()
        self.setMinimumWidth(520)
        self.bench = bench
        self.run: FinishedRun | None = None
        self._run_asked: FinishedRun | None = None
        self._busy = ""
        self.work = ProofWork(bench, self)
        self.work.ended.connect(self._ended)
        self.work.failed.connect(self._failed)
        self.work.progressed.connect(self._progress)
        theme = bench.theme
        self.model = ArtefactModel(theme, self)
        self.table = ReadingTable(theme, self.tr("Exported files"))
        self.table.setModel(self.model)
        self.table.set_columns(optional=(OPENED, FORMAT))
        self.says = label(wrap=True)
        self.rows = FormRows(theme, label_width=110)
        for key, text in (
            ("sha", self.tr("Weights SHA-256")),
            ("counted", self.tr("Counted on")),
            ("asked", self.tr("Requested, got")),
            ("runs", self.tr("Runs from")),
        ):
            self.rows.add_row(key, text)
        self.rows.value("sha").setFont(themes.mono())
        self.done = label(wrap=True, selectable=True)
        self.export = self._button(self.tr("Export…"))
        self.verify = self._button(self.tr("Verify again"))
        self.report = self._button(self.tr("Write report"))
        self.open_folder = self._button(self.tr("Open run folder"))
        self.open_folder.setFlat(True)
        self.set_body(self._lay_out())
        self.export.clicked.connect(self.export_run)
        self.verify.clicked.connect(self.verify_run)
        self.report.clicked.connect(self.write_report)
        self.open_folder.clicked.connect(self._open_folder)
        self.apply_theme(theme)

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setMinimumHeight(28)
        button.setAccessibleName(text)
        return button

    def _lay_out(self) -> QWidget:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table)
        lower = QVBoxLayout()
        lower.setContentsMargins(12, 10, 12, 12)
        lower.setSpacing(8)
        lower.addWidget(self.says)
        lower.addWidget(self.rows)
        lower.addWidget(self.done)
        lower.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.export, self.verify, self.report):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.open_folder)
        lower.addLayout(buttons)
        layout.addLayout(lower, 1)
        return body

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.model.apply_theme(theme)
        self.table.apply_theme(theme)
        self.rows.apply_theme(theme)
        set_ink(self.says, theme.text)
        set_ink(self.done, theme.text2)
        make_primary(self.export, theme)
        self.open_folder.setIcon(icon("folder", theme))
        self.open_folder.setIconSize(QSize(14, 14))
        self._fit_table()

    def _fit_table(self) -> None:
        rows = self.model.rowCount() * self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(self.table.horizontalHeader().height() + max(rows, 1) + 2)

    # --- a run

    def show_run(self, run: FinishedRun) -> None:
        """Show a run's files."""
        self.run = run
        self.done.setText("")
        self.clear_failure()
        self._show_files(run.verification())
        sha = str(run.result.get("weights_sha256") or "")
        shown = " ".join(sha[i : i + 4] for i in range(0, 16, 4)) + f" … {sha[-4:]}" if sha else numbers.DASH
        self.rows.set_value("sha", shown, sha)
        self.rows.set_value("counted", self.tr("the artefact loaded again, not on the plan"))
        self.rows.set_value("asked", self._asked_text(run))
        self.rows.set_value("runs", self.tr("result/load_model.py, needs torch only"))

    def _show_files(self, verification: dict[str, Any] | None) -> None:
        run = self.run
        if run is None:
            return
        self.model.set_rows(artefacts(run, verification))
        self._fit_table()
        rows = self.model.rows
        good = sum(row.ok is True for row in rows)
        if verification is None:
            self.set_note(self.tr("not verified yet"))
            self.says.setText(
                self.tr(
                    "Verify opens each file in a fresh process without Penjing or the pruning library and "
                    "compares its outputs with the trained model's."
                )
            )
        else:
            self.set_note(self.tr("{good} of {all} verified").format(good=good, all=len(rows)))
            if verification.get("ok"):
                self.says.setText(
                    self.tr(
                        "Each file was opened in a fresh process without Penjing or the pruning library and gave "
                        "the same outputs as the trained model at batch sizes 1 and 8. Allowed: 1e-4 relative "
                        "and absolute."
                    )
                )
            else:
                self.says.setText(
                    self.tr("A file does not give what the trained model gave. Export it again.")
                )
        self.verify.setText(self.tr("Verify") if verification is None else self.tr("Verify again"))
        self.verify.setAccessibleName(self.verify.text())
        self.table.setAccessibleDescription(self.head.note.text())

    def _asked_text(self, run: FinishedRun) -> str:
        requested, realised = run.result.get("requested") or {}, run.result.get("realised") or {}
        target, value = str(requested.get("target", "")), requested.get("value")
        if target in ("macs", "params") and isinstance(value, (int, float)) and target in realised:
            unit = self.bench.unit_name if target == "macs" else self.tr("params")
            text = self.tr("{asked} of {unit} kept, {got}")
            return text.format(
                asked=numbers.percent(value), unit=unit, got=numbers.percent(float(realised[target]))
            )
        if target == "ratio" and isinstance(value, (int, float)):
            text = self.tr("{asked} of channels removed, {got} of params kept")
            got = numbers.percent(float(realised["params"])) if "params" in realised else numbers.DASH
            return text.format(asked=numbers.percent(value), got=got)
        if run.technique == "training":
            epochs = (run.recipe.get("training") or {}).get("epochs", 0)
            return self.tr("%n epoch(s), nothing removed", "", int(epochs))
        got = numbers.percent(float(realised["params"])) if "params" in realised else numbers.DASH
        return self.tr("{asked}, {got} of params").format(asked=value, got=got)

    # --- what can be asked for

    def _ask(self, run: FinishedRun, method: str, params: dict[str, Any], done: Done, busy: str) -> None:
        if self.work.busy:
            return
        self._set_enabled(False)
        self.clear_failure()
        self.done.setText("")
        self._run_asked = run
        self.show_busy(busy, None, "", self.work.cancel)
        self._busy = busy
        self.work.ask(method, params, done)

    def _progress(self, fraction: float) -> None:
        self.show_busy(self._busy, fraction, "", self.work.cancel)

    def _ended(self) -> None:
        self.clear_busy()
        self._set_enabled(True)

    def _set_enabled(self, on: bool) -> None:
        for button in (self.export, self.verify, self.report):
            button.setEnabled(on)
            button.setToolTip("" if on else self.tr("Waits for what is under way."))

    def _answered(self) -> bool:
        """Whether the answer is about the run that is shown."""
        asked = self._run_asked
        return self.run is not None and asked is not None and self.run.key == asked.key

    def _failed(self, failure: Failure) -> None:
        if self._answered() and failure.message.code != "session.cancelled":
            self.show_failure(self.bench.say_parts(failure))

    def verify_run(self) -> None:
        """Open every file in a fresh process and compare it with its proof."""
        if self.run is not None:
            params = {"folder": str(self.run.folder.path)}
            self._ask(self.run, "verify", params, self._verified, self.tr("Verifying"))

    def _verified(self, value: Any) -> None:
        if self._answered():
            self._show_files(dict(value))

    def export_run(self) -> None:
        """Ask for a folder and write the artefacts there."""
        run = self.run
        if run is None or self.work.busy:
            return
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Export into a folder"), str(Path.home()))
        if not chosen:
            return
        target = Path(chosen)
        try:
            if any(target.iterdir()):  # an export needs a folder of its own
                target = target / run.folder.name
        except OSError:
            pass  # the worker says what is wrong with the folder
        params = {
            "source": str(run.folder.path),
            "to": list(FORMATS),
            "out": str(target),
            "trust": self.bench.trusts(run.recipe),
        }
        self._ask(run, "export", params, self._exported, self.tr("Exporting"))

    def _exported(self, value: Any) -> None:
        if self._answered():
            paths = [Path(one) for one in dict(value["artefacts"]).values()]
            folder = str(paths[0].parent) if paths else ""
            self.done.setText(self.tr("Exported to {folder}").format(folder=folder))

    def write_report(self) -> None:
        """Write the run's report and open it."""
        if self.run is not None:
            params = {"run": str(self.run.folder.path), "language": self.bench.language}
            self._ask(self.run, "report", params, self._reported, self.tr("Writing the report"))

    def _reported(self, value: Any) -> None:
        if self._answered():
            path = str(value["report"])
            self.done.setText(self.tr("Report: {path}").format(path=path))
            QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    def _open_folder(self) -> None:
        if self.run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.run.folder.path)))
