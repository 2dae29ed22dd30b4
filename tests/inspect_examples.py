"""A small cost table made by hand, an Inspect page that shows it, and what is clicked and read there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtWidgets import QApplication, QMainWindow, QToolTip
from pytestqt.qtbot import QtBot

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.references import InputSpec
from penjing_gui.inspect.layer_model import NAME_ROLE
from penjing_gui.inspect.page import InspectPage
from penjing_gui.session_client import SessionClient
from penjing_gui.state import OpenModel
from workbenches import LEFT, AnsweredSession, answered, shown, workbench


def conv(name: str, inputs: int, outputs: int, side: int) -> Row:
    """A 3 × 3 convolution with bias."""
    params, macs = inputs * outputs * 9 + outputs, inputs * outputs * 9 * side * side
    return Row(name, "Conv2d", params, params, macs, 1, 4 * params, 4 * outputs * side**2,
               (outputs, side, side), inputs, outputs, 1)  # fmt: skip


def table(width: int = 32, extra: int = 0, model: str = "torchvision:small") -> CostTable:
    """Two convolutions, a pooling called twice, a linear layer; `extra` more convolutions before it."""
    rows = [
        conv("features.0", 3, 16, 16),
        Row("features.2", "MaxPool2d", calls=2, activation_bytes=4096, output_shape=(16, 8, 8)),
        conv("features.3", 16, width, 8),
        *(conv(f"features.{4 + i}", width, width, 8) for i in range(extra)),
        Row("head", "Linear", 204_900, 204_900, 204_800, 1, 819_600, 400, (100,), 2048, 100, 1),
    ]
    names = [row.name for row in rows]
    modules = {"": "Small", "features": "Sequential"}
    totals = sum_totals(rows, 40_960)
    inputs = (InputSpec((3, 16, 16)),)
    return CostTable(model, "torchvision", inputs, tuple(rows), totals, modules, tuple(pairwise(names)))


@contextmanager
def inspect_page(qtbot: QtBot, client: SessionClient | None = None) -> Iterator[InspectPage]:
    """An Inspect page in a window of its own, over a session that the test answers where no other is given."""
    with workbench(client or AnsweredSession()) as bench:
        host = QMainWindow()
        page = InspectPage(bench)
        host.setCentralWidget(page)
        with shown(host, qtbot, 1440, 806):
            host.activateWindow()
            yield page
            page.close()
    QToolTip.hideText()
    # Gone now, not when Python collects garbage: that may be inside of Qt's connect, which then waits for itself.
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)


def give(page: InspectPage, costs: CostTable) -> None:
    """Open a model without a worker."""
    bench = page.bench
    bench.model = OpenModel(costs.model, "small", "random:0", costs.format, "0" * 64, costs.input,
                            "classification", 100, None, ())  # fmt: skip
    bench.table = costs
    bench.model_changed.emit(bench.model)
    bench.table_changed.emit(costs)
    QApplication.processEvents()


def session(page: InspectPage) -> AnsweredSession:
    """The session of a page made here."""
    return answered(page.bench)


def click_row(page: InspectPage, name: str, column: int, qtbot: QtBot) -> None:
    """Click a cell of the table of layers."""
    view = page.layers.view
    index = page.layers.model.index_by_name(name).siblingAtColumn(column)
    view.scrollTo(index)
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())


def current(page: InspectPage) -> str:
    """The layer on which the table stands."""
    return str(page.layers.view.currentIndex().data(NAME_ROLE))


def labels(page: InspectPage) -> list[str]:
    """What the table's first column shows."""
    model = page.layers.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def shown_names(page: InspectPage) -> list[str]:
    """The layers in the table, by their whole names."""
    tree = page.layers.model.tree
    assert tree is not None
    return [tree.names[node] for node in page.layers.model.shown_layers()]


def column_point(page: InspectPage, name: str, row: int) -> QPoint:
    """Where a layer's column of the heat map crosses a row."""
    heat = page.heat_map.map
    place = heat._data.names.index(name)
    return QPoint(heat.mapFromScene(heat.box.mapViewToScene(QPointF(place + 0.5, row + 0.5))))
