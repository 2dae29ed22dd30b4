"""What happened in the run, line by line."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton

from penjing_gui.icons import icon
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.log_view import LogView
from penjing_gui.widgets.pane import Pane


class LogPane(Pane):
    """The log, with a button that copies it."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compress.log", bench.theme)
        self.set_title(self.tr("Log"))
        self.align_note_right()
        self.setMinimumWidth(280)
        self.log = LogView()
        self.copy = QToolButton()
        self.copy.setAutoRaise(True)
        self.copy.setFixedSize(20, 20)
        self.copy.setIconSize(QSize(14, 14))
        self.copy.setToolTip(self.tr("Copy the log"))
        self.copy.setAccessibleName(self.tr("Copy the log"))
        self.copy.clicked.connect(self.log.copy_all)
        self.add_tool(self.copy)
        self.log.setMinimumHeight(60)
        self.set_body(self.log)
        bench.run_view_changed.connect(self.show_view)
        self.apply_theme(bench.theme)

    def show_view(self, view: RunView) -> None:
        """Append what is new."""
        self.log.show_lines(view.folder.name, view.log, view.log_total)
        note = self.tr("%n warning(s)", "", view.warnings) if view.warnings else self.tr("no warnings")
        self.set_note(note if view.log else "")

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.copy.setIcon(icon("copy", theme))
