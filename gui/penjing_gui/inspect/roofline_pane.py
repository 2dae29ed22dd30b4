"""The pane of the roofline: what this machine can do at most, and how near each layer comes to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from penjing.spec.messages import Failure
from penjing_gui import numbers
from penjing_gui.inspect.maps import Unit
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane

if TYPE_CHECKING:
    from penjing_gui.widgets.roofline import RooflinePlot

MEASURE = {"batch": 1, "threads": 1, "seconds": 5.0}
EXCEEDS = 1.1  # times what is attainable, beyond which a rate is more than noise


class RooflinePane(Pane):
    """Asks the session worker for the roofline when the person does. `picked` names a layer they went to."""

    picked = Signal(str)

    def __init__(self, bench: Workbench) -> None:
        super().__init__(self.tr("Roofline"), "inspect.roofline", bench.theme)
        self._bench = bench
        self._unit = Unit(bench.unit_name, bench.unit_factor)
        self._request: int | None = None
        self._measured: OpenModel | None = None
        self._value: dict[str, Any] | None = None
        self._since = QElapsedTimer()
        self._phase = ""
        self.plot: RooflinePlot | None = None
        self.again = QPushButton(self.tr("Measure again"))
        self.again.setAccessibleName(self.tr("Measure again"))
        self.again.setFixedHeight(max(20, self.again.fontMetrics().height() + 4))
        self.again.clicked.connect(self.start_measuring)
        self.again.hide()
        self.add_tool(self.again)
        self.head.cancel.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        bench.model_changed.connect(self._model_changed)
        bench.table_changed.connect(self._table_changed)
        self._say_empty()

    # The empty state

    def _say_empty(self) -> None:
        if self._bench.table is None:
            self.set_empty(self.tr("Open a model to place its layers under this machine's limits."))
            return
        if self._bench.model is not None and not self._bench.model.network:
            self.set_empty(self.tr("A file that can only be looked at does not run, so nothing is measured."))
            return
        self.set_empty(
            self.tr(
                "What limits each layer on this machine, computing or memory? It takes about {seconds} s to measure."
            ).format(seconds=round(3 * MEASURE["seconds"])),
            [(self.tr("Measure this machine"), self.start_measuring)],
        )

    def _model_changed(self, _: object) -> None:
        if self._value is not None and self._bench.model is not self._measured:
            self._value = None
            self.again.hide()
            self.set_note("")
            self._say_empty()

    def _table_changed(self, _: object) -> None:
        if self._value is None and self._request is None:
            self._say_empty()

    # Measuring

    def start_measuring(self) -> None:
        """Ask for the machine's rates and the layers' places."""
        model = self._bench.model
        if (
            self._request is not None
            or self._bench.table is None
            or (model is not None and not model.network)
        ):
            return
        self.clear_failure()
        self._measured = self._bench.model
        self._phase = ""
        self._since.start()
        self._request = self._bench.session.request(
            "roofline", MEASURE, self._done, self._failed, self._progress
        )
        self._say_busy(None)

    def _progress(self, value: Mapping[str, Any]) -> None:
        if self._request is None:
            return
        total = float(value.get("total") or 0)
        if value.get("code") != self._phase:  # the machine first, then the layers: each has its own time
            self._phase = str(value.get("code"))
            self._since.restart()
        self._say_busy(float(value["done"]) / total if total and value.get("done") else None)

    def _say_busy(self, fraction: float | None) -> None:
        self.again.hide()
        eta = ""
        if fraction is not None and fraction > 0.05:
            left = self._since.elapsed() / 1000 * (1 - fraction) / fraction
            if left > 0.5:
                eta = self.tr("about {seconds} s left").format(seconds=round(left))
        self.show_busy(self.tr("Measuring this machine"), fraction, eta, self.cancel)

    def cancel(self) -> None:
        """Give the measurement up; what was shown stays."""
        if self._request is not None:
            self._bench.session.cancel(self._request)

    def _ended(self) -> None:
        self._request = None
        self.clear_busy()
        self.again.setVisible(self._value is not None)

    def _failed(self, failure: Failure) -> None:
        self._ended()
        if failure.message.code != "session.cancelled":
            self.show_failure(self._bench.say_parts(failure))

    def _done(self, value: dict[str, Any]) -> None:
        if self._bench.model is not self._measured:
            self._ended()
            self._say_empty()
            return
        self._value = value
        self._ended()
        if not value["layers"]:
            self.set_empty(self.tr("No layer of this model computes anything that is counted."))
            return
        if self.plot is None:
            self._build()
        self.clear_empty()
        self._draw()

    # What is shown

    def _build(self) -> None:
        from penjing_gui.widgets.roofline import RooflinePlot
        from penjing_gui.widgets.roofline_legend import RooflineLegend

        theme = self.theme
        self.plot = RooflinePlot(theme)
        self.plot.picked.connect(self.picked)
        self.legend = RooflineLegend(theme)
        self.finding = label(colour=theme.text2, wrap=True)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(2)
        layout.addWidget(self.legend)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.finding)
        self.set_body(body)

    def set_unit(self, unit: Unit) -> None:
        """Show FLOPs or MACs."""
        self._unit = unit
        self._draw()

    def show_selected(self, name: str) -> None:
        """Put a ring around a layer."""
        if self.plot is not None:
            self.plot.select(name)

    def _draw(self) -> None:
        value, plot = self._value, self.plot
        if value is None or plot is None:
            return
        from penjing_gui.widgets.roofline import ROOFS, RoofData, RoofPoint

        scale = self._unit.factor / 2
        layers, machine = value["layers"], value["machine"]
        whole = sum(float(one["flops"]) for one in layers) or 1.0
        peaks = {roof: scale * float(machine[f"{roof}_flops_per_s"]) for roof in ROOFS}
        copy = float(machine["copy_bytes_per_s"])
        plot.set_data(
            RoofData(
                peaks=peaks,
                copy=copy,
                points=tuple(
                    RoofPoint(
                        one["name"],
                        "matmul" if one["roof"] == "matmul" else "convolution",
                        scale * float(one["intensity"]),
                        scale * float(one["attainable_flops_per_s"]),
                        scale * float(one["achieved_flops_per_s"]) if one["achieved_flops_per_s"] else None,
                        float(one["flops"]) / whole,
                    )
                    for one in layers
                ),
                unit=self._operation,
                tip=self._tip,
            )
        )
        plot.select(self._bench.selection)
        names = {"convolution": self.tr("convolution"), "matmul": self.tr("matrix product")}
        self.legend.set_entries(
            [
                *((roof, f"{names[roof]} {self._rate(peaks[roof])}") for roof in ROOFS),
                ("copy", self.tr("memory {rate}").format(rate=f"{numbers.size(copy)}/s")),
                ("attainable", self.tr("attainable")),
                ("achieved", self.tr("achieved")),
            ]
        )
        threads, batch = int(value.get("threads", 1)), int(value.get("batch", 1))
        thread_words = self.tr("1 thread") if threads == 1 else self.tr("{count} threads")
        self.set_note(
            self.tr("{threads}, batch of {batch}").format(
                threads=thread_words.format(count=threads), batch=batch
            )
        )
        said = self._finding()
        self.finding.setText(said)
        plot.setAccessibleDescription(said)

    @property
    def _operation(self) -> str:
        return self._unit.name.rstrip("s")

    def _rate(self, value: float) -> str:
        figure = numbers.headline(value)
        return f"{figure}{self._operation}/s" if figure[-1:].isalpha() else f"{figure} {self._operation}/s"

    def _tip(self, index: int) -> str:
        assert self._value is not None and self.plot is not None
        layer, point = self._value["layers"][index], self.plot.data.points[index]
        memory = layer["bound"] == "memory"
        bound = self.tr("limited by memory") if memory else self.tr("limited by computing")
        lines = [
            f"{point.name} · {layer['kind']}",
            self.tr("{figure} {unit} per byte, {bound}").format(
                figure=numbers.figure(point.intensity), unit=self._unit.name, bound=bound
            ),
            self.tr("Attainable: {rate}").format(rate=self._rate(point.attainable)),
        ]
        if point.achieved is not None:
            share = numbers.percent(point.achieved / point.attainable, 0)
            lines.append(
                self.tr("Achieved: {rate}, {share} of it").format(
                    rate=self._rate(point.achieved), share=share
                )
            )
        if layer.get("latency_ms") is not None:
            latency = numbers.milliseconds(float(layer["latency_ms"]), self._words)
            lines.append(self.tr("Latency: {time}").format(time=latency))
        return "\n".join(lines)

    @property
    def _words(self) -> numbers.Words:
        return numbers.CHINESE if self._bench.language == "zh_CN" else numbers.ENGLISH

    def _finding(self) -> str:
        """How many layers memory limits, and how near the heaviest one comes to what is attainable."""
        assert self._value is not None
        layers = self._value["layers"]
        memory = sum(one["bound"] == "memory" for one in layers)
        said = self.tr("Memory limits {memory} of {count} layers.").format(memory=memory, count=len(layers))
        heaviest = max(layers, key=lambda one: float(one["flops"]))
        achieved = heaviest["achieved_flops_per_s"]
        if not achieved:
            return said
        beyond = sum(
            (one["achieved_flops_per_s"] or 0) > EXCEEDS * one["attainable_flops_per_s"] for one in layers
        )
        if beyond:
            rest = self.tr("{count} reach more than the limits measured here: {why}")
            if beyond == 1:
                rest = self.tr("1 reaches more than the limits measured here: {why}")
            why = self.tr(
                "other programs ran meanwhile, or the library needs fewer operations than are counted."
            )
            return f"{said}{self._gap}{rest.format(count=beyond, why=why)}"
        share = float(achieved) / float(heaviest["attainable_flops_per_s"])
        rest = self.tr("The one with most {unit}, {layer}, reaches {share} of what is attainable.").format(
            unit=self._unit.name, layer=heaviest["name"], share=numbers.percent(share, 0)
        )
        return f"{said}{self._gap}{rest}"

    @property
    def _gap(self) -> str:
        """What stands between two sentences."""
        return "" if self._bench.language == "zh_CN" else " "

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        if self.plot is not None:
            self.plot.set_theme(theme)
            self.legend.set_theme(theme)
            set_ink(self.finding, theme.text2)
