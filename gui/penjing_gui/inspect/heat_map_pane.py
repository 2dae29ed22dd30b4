"""The pane of the heat map: layers × costs, and measuring the row that has to be measured."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QSize, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from penjing.spec.messages import Failure
from penjing_gui import numbers
from penjing_gui.icons import icon
from penjing_gui.inspect import controls, maps
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.maps import Unit
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.heat_map import HeatData, HeatMap
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.picture import Picture, PictureMenu, of_widget

MEASURE = {"batch": 1, "threads": 1, "seconds": 3.0}


class HeatMapPane(Pane):
    """The map and its tools. `picked` names the column the person went to."""

    picked = Signal(str)

    def __init__(self, bench: Workbench) -> None:
        theme = bench.theme
        super().__init__(self.tr("Layers × costs"), "inspect.heat_map", theme)
        self._bench = bench
        self._tree: LayerTree | None = None
        self._unit = Unit("FLOPs", 2)
        self._request: int | None = None
        self._latency = ""
        self._measured: OpenModel | None = None
        self._since = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(200)
        self._tick.timeout.connect(self._say_progress)
        self.of = controls.title_combo(self.tr("What a share is of"))
        self.of.addItem(self.tr("Share of total"), "total")
        self.of.addItem(self.tr("Share of largest"), "largest")
        self.of.addItem(self.tr("As they are"), "absolute")
        tip = self.tr(
            "Each cost by itself, as a share of its total or of its largest layer; or all on one scale."
        )
        self.of.setToolTip(tip)
        self.scale = controls.title_combo(self.tr("Scale"))
        self.scale.addItem(self.tr("Log"), True)
        self.scale.addItem(self.tr("Linear"), False)
        self.measure = QPushButton(self.tr("Measure"))
        self.measure.setAccessibleName(self.tr("Measure latency"))
        self.measure.setToolTip(
            self.tr("Runs the model for about 3 s: batch of 1, 1 thread, median of each layer.")
        )
        self.measure.setIconSize(QSize(14, 14))
        self.measure.setFixedHeight(self.of.height())
        for tool in (self.of, self.scale, self.measure):
            self.add_tool(tool)
        self.map = HeatMap(theme, self.tr("share, %"))
        self.map.setAccessibleName(self.tr("Layers and costs"))
        self.map.setMinimumHeight(110)
        self.picture_menu = PictureMenu(theme, self.picture)
        self.picture_menu.failed.connect(self.say_unwritten)
        self.add_tool(self.picture_menu)
        TableAction(self.map, self.table)
        self.picture_menu.offer_in(self.map)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 8, 6, 4)
        layout.addWidget(self.map)
        self.set_body(body)
        self.of.currentIndexChanged.connect(self._draw)
        self.scale.currentIndexChanged.connect(self._rescale)
        self.measure.clicked.connect(self.start_measuring)
        self.map.picked.connect(self.picked)
        self.map.regrouped.connect(self._say_note)
        self.head.cancel.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.apply_theme(theme)
        self.set_tree(None, self._unit)

    def set_tree(self, tree: LayerTree | None, unit: Unit) -> None:
        """Show a model's costs."""
        self._tree, self._unit = tree, unit
        if tree is None or not tree.sums["latency_ms"][0]:
            self._latency = ""
        self.measure.setEnabled(tree is not None and self._request is None and self._runs())
        self._draw()

    def _runs(self) -> bool:
        """Whether there is a network that could be timed."""
        model = self._bench.model
        return model is None or model.network

    def show_selected(self, name: str) -> None:
        """Frame a layer's column."""
        self.map.select(name)

    def _draw(self, *_: object) -> None:
        if self._tree is None:
            rows = tuple(maps.cost_name(cost, self._unit) for cost in maps.MAP_COSTS)
            self.map.set_data(HeatData(rows=rows, missing=("",) * len(rows)))
            self.map.setAccessibleDescription("")
            return
        self.map.set_data(maps.heat_data(self._tree, self._unit, self.of.currentData()))
        self.map.select(self._bench.selection)
        self.map.setAccessibleDescription(maps.finding(self._tree, self._unit))
        self._say_note()

    def _say_note(self, *_: object) -> None:
        """The measurement's result where there is one, else how columns are grouped."""
        size = self.map.group_size
        grouped = self.tr("{size} layers a column").format(size=numbers.integer(size)) if size > 1 else ""
        self.set_note(self._latency or grouped)

    def _rescale(self, *_: object) -> None:
        self.map.set_scale(bool(self.scale.currentData()))

    def table(self) -> TableData:
        """What is drawn, in exact figures."""
        assert self._tree is not None
        return maps.heat_table(self._tree, self._unit)

    def picture(self) -> Picture | None:
        """The map as it is."""
        if self._tree is None:
            return None
        return of_widget(self.map, f"{self._tree.labels[0]}-heat-map", self.theme)

    def say_unwritten(self, path: Path, why: str) -> None:
        """A picture could not be written."""
        self.show_failure(controls.unwritten(path, why))

    # Latency

    def start_measuring(self) -> None:
        """Ask the session worker for every layer's latency."""
        if self._tree is None or self._request is not None or not self._runs():
            return
        self.clear_failure()
        for tool in (self.of, self.scale, self.measure):
            tool.hide()  # the title has room for either
        self._measured = self._bench.model
        self._request = self._bench.session.request("latency", MEASURE, self._done, self._failed)
        self._since.start()
        self._tick.start()
        self._say_progress()

    def _cancel(self) -> None:
        if self._request is not None:
            self._bench.session.cancel(self._request)

    def _say_progress(self) -> None:
        """How far the measurement is: it takes a set time, after a warm-up that is not known before."""
        left = MEASURE["seconds"] - self._since.elapsed() / 1000
        if left > 0.5:
            text = self.tr("about {seconds} s left").format(seconds=math.ceil(left))
            self.show_busy(self.tr("Measuring latency"), 1 - left / MEASURE["seconds"], text, self._cancel)
        else:
            self.show_busy(self.tr("Measuring latency"), None, "", self._cancel)

    def _words(self) -> numbers.Words:
        return numbers.CHINESE if self._bench.language == "zh_CN" else numbers.ENGLISH

    def _done(self, value: dict[str, Any]) -> None:
        self._ended()
        table = self._bench.table
        if table is None or self._bench.model is not self._measured:
            return
        self._bench.table = table.with_latencies({name: float(ms) for name, ms in value["layers"].items()})
        total = value.get("total") or {}
        if total.get("ms") is not None:
            low, high = total.get("ci95") or (total["ms"], total["ms"])
            decimals = numbers.ms_decimals(float(high))
            self._latency = self.tr("{time} {unit}, 95 % {interval}").format(
                time=f"{float(total['ms']):.{decimals}f}",
                unit=self._words().milliseconds,
                interval=numbers.interval(float(low), float(high), decimals),
            )
        self._bench.table_changed.emit(self._bench.table)

    def _failed(self, failure: Failure) -> None:
        self._ended()
        if failure.message.code != "session.cancelled":
            self.show_failure(self._bench.say_parts(failure))

    def drop(self) -> None:
        """Give a measurement up that is under way."""
        self._tick.stop()
        self._cancel()

    def _ended(self) -> None:
        self._request = None
        self._tick.stop()
        self.clear_busy()
        for tool in (self.of, self.scale, self.measure):
            tool.show()
        self.measure.setEnabled(self._tree is not None and self._runs())

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        self.map.set_theme(theme)
        self.measure.setIcon(icon("gauge", theme))
        self.picture_menu.set_theme(theme)
