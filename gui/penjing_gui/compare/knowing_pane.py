"""Worth knowing: what the measurements of a run say, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from penjing.spec.costs import CostTable
from penjing_gui import theme as themes
from penjing_gui.compare.runs import FinishedRun
from penjing_gui.icons import icon
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane


def place_of(code: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Where a finding can be seen: ("row", key) in the table, ("layer", name), ("step", page), or ("", "")."""
    name = code.removeprefix("report.")
    if name.startswith(("accuracy", "error", "zeros")):
        return "row", "params" if name == "zeros" else "accuracy"
    if name.startswith("target"):
        return "row", "macs"
    if "batch" in params:
        return "row", f"latency {params['batch']}"
    if name == "slowest_layer":
        return "layer", str(params.get("layer", ""))
    if name == "uneven_channels":
        return "layer", str(params.get("names", "")).split(", ")[0]
    return ("step", "compress") if name == "recovered" else ("", "")


class FindingRow(QWidget):
    """One finding: icon, title, detail, and a link to where it can be seen."""

    def __init__(self, theme: Theme, severity: str, title: str, detail: str, link: str) -> None:
        super().__init__()
        self._theme, self._severity = theme, severity
        self.setAccessibleName(f"{title} {detail}")
        self._icon = QLabel()
        self._icon.setFixedSize(16, 16)
        self.title = label(title, font=themes.font(semibold=True), wrap=True)
        self.detail = label(detail, wrap=True, selectable=True)
        self.link = QPushButton(link)
        self.link.setFlat(True)
        self.link.setFont(themes.font(semibold=True))
        self.link.setFixedHeight(24)
        self.link.setAccessibleName(f"{link}: {title}")
        self.link.setCursor(Qt.CursorShape.PointingHandCursor)
        self.link.setVisible(bool(link))
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self.title)
        texts.addWidget(self.detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 7, 8, 8)
        layout.setSpacing(9)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(self.link, 0, Qt.AlignmentFlag.AlignVCenter)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        warns = self._severity == "warn"
        drawn = icon("warn" if warns else "info", theme, theme.warn if warns else theme.text2)
        self._icon.setPixmap(drawn.pixmap(QSize(16, 16), self.devicePixelRatioF()))
        set_ink(self.detail, theme.text2)
        palette = self.link.palette()
        palette.setColor(self.link.foregroundRole(), theme.accent)
        self.link.setPalette(palette)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A thin line below."""
        painter = QPainter(self)
        painter.setPen(self._theme.grid)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class KnowingPane(Pane):
    """The findings of a run, what matters most first. `show_me` asks to show a place (see `place_of`)."""

    show_me = Signal(str, str)

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compare.knowing", bench.theme)
        self.set_title(self.tr("Worth knowing"))
        self.align_note_right()
        self.setMinimumWidth(520)
        self.bench = bench
        self.rows: list[FindingRow] = []
        self._list = QWidget()
        self._layout = QVBoxLayout(self._list)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)
        area = QScrollArea()
        area.setWidget(self._list)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Worth knowing"))
        area.viewport().setAutoFillBackground(False)
        self._list.setAutoFillBackground(False)
        area.setMinimumHeight(90)
        self.set_body(area)

    def show_run(self, run: FinishedRun, before: CostTable | None, after: CostTable | None) -> None:
        """Write a run's findings."""
        from penjing.export.findings import findings

        for row in self.rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for index, found in enumerate(findings(run.result, before, after)):
            kind, name = place_of(found.code, found.params)
            title = self.bench.say(found.code, found.params)
            detail = self.bench.say(found.detail_code, found.params)
            row = FindingRow(
                self.theme, found.severity, _stopped(title), detail, self.tr("Show") if kind else ""
            )
            if kind:
                row.link.setProperty("place", [kind, name])
                row.link.clicked.connect(self._show)
            self._layout.insertWidget(index, row)
            self.rows.append(row)
        self.set_note(self.tr("written from the measurements of this run"))

    def _show(self) -> None:
        link = self.sender()
        place = link.property("place") if link is not None else None
        if place:
            self.show_me.emit(str(place[0]), str(place[1]))

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        for row in self.rows:
            row.apply_theme(theme)


def _stopped(title: str) -> str:
    """A title that is a sentence ends like one."""
    if not title or title[-1] in ".。!?":
        return title
    return title + ("。" if any("\u4e00" <= one <= "\u9fff" for one in title) else ".")
