"""How fast the Inspect page is with many layers: the table, the maps, and one selection through all panes.

A cost table of 100,000 layers (and one of 1,000) is made by hand and shown on the offscreen platform. Each figure is
what a person waits for: from the call to the painted window, painted whole. Scrolling is measured as frames: the bar
moves by a few rows and the table is painted, again and again. "Own work" is the processor time of it: where it is far
below the time that passed, the machine was busy with something else. Ends with 1 where own work is over a limit.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.references import InputSpec

KINDS = ("Conv2d", "BatchNorm2d", "Linear", "LayerNorm")


def table_of(count: int) -> CostTable:
    """Layers in stages of 50 blocks of 40; no two next to each other alike."""
    rows = []
    for i in range(count):
        width = 8 + i * 7919 % 61
        rows.append(
            Row(
                f"stages.{i // 2000}.{i // 40 % 50}.layer{i % 40}",
                KINDS[i % 4],
                width * 90,
                width * 90,
                width * 5000 * (1 + i % 7),
                1,
                width * 360,
                width * 256,
                (width, 8, 8),
            )
        )
    names = [row.name for row in rows]
    edges = tuple(pairwise(names))
    return CostTable(
        "sample:bench",
        "sample",
        (InputSpec((3, 8, 8)),),
        tuple(rows),
        sum_totals(rows, 1),
        {"": "Deep"},
        edges,
    )


class Figures:
    """Times, printed beside their limits."""

    def __init__(self) -> None:
        self.failed = False

    def note(self, name: str, times: Iterable[Time], limit: float) -> None:
        """Print the median and the longest of several times; the longest counts."""
        found = list(times)
        passed, worked = [one.passed for one in found], [one.worked for one in found]
        over = max(worked) > limit
        self.failed |= over
        print(
            f"{name:42}{1000 * statistics.median(passed):7.1f} ms, longest {1000 * max(passed):7.1f} ms, "
            f"own work {1000 * max(worked):7.1f} ms, limit {1000 * limit:.0f} ms{'  TOO LONG' if over else ''}"
        )


@dataclass(frozen=True, slots=True)
class Time:
    """Seconds that passed, and seconds of processor time of this process in them."""

    passed: float
    worked: float


def timed(act: Callable[[], object], *paint: QWidget) -> Time:
    """The time until an action is done and what it changed is painted."""
    start, work = time.perf_counter(), time.process_time()
    act()
    QApplication.sendPostedEvents()
    for widget in paint:
        widget.repaint()
    return Time(time.perf_counter() - start, time.process_time() - work)


def settle() -> None:
    """Let everything that waits be done, outside of the measurement."""
    for _ in range(5):
        QApplication.processEvents()
    gc.collect()


def frames(figures: Figures, view: object, name: str) -> None:
    """Scroll through the table, a few rows a frame, then by leaps."""
    from penjing_gui.inspect.layer_view import LayerView

    assert isinstance(view, LayerView)
    bar = view.verticalScrollBar()
    row = view.verticalHeader().defaultSectionSize()
    for said, step in (("3 rows a frame", 3 * row), ("a page a frame", view.viewport().height())):
        bar.setValue(0)
        view.viewport().repaint()
        times = []
        for i in range(240):
            times.append(timed(lambda i=i, step=step: bar.setValue((i + 1) * step), view.viewport()))
        passed = sorted(one.passed for one in times)
        late, work = passed[int(0.99 * len(passed))], statistics.median(one.worked for one in times)
        over = work > 1 / 60
        figures.failed |= over
        print(
            f"{name + ', ' + said:42}{1 / statistics.median(passed):5.0f} frames/s, 99 % within {1000 * late:.1f} ms, "
            f"own work {1000 * work:.1f} ms a frame{'  TOO SLOW' if over else ''}"
        )


def table(figures: Figures, count: int) -> None:
    """The table alone."""
    from penjing_gui import theme as themes
    from penjing_gui.inspect import columns, layer_tree
    from penjing_gui.inspect.layers_pane import LayersPane
    from penjing_gui.inspect.maps import Unit

    costs = table_of(count)
    host = QMainWindow()
    pane = LayersPane(themes.LIGHT)
    host.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, pane)
    host.resize(1000, 900)
    host.show()
    pane.model.set_flat(True)
    settle()

    def show() -> None:
        pane.set_tree(layer_tree.build(costs), Unit("FLOPs", 2))

    figures.note(f"{count:,} rows shown, from the cost table", [timed(show, pane.view.viewport())], 0.3)
    assert pane.model.rowCount() == count + 1
    down, up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
    for flat in (True, False):
        pane.set_flat(flat)
        pane.view.set_all_open(True)
        settle()
        assert pane.model.rowCount() > count
        times = []
        for column in range(len(columns.KEYS)):
            for order in (down, up):
                times.append(timed(lambda c=column, o=order: pane.model.sort(c, o), pane.view.viewport()))
        figures.note(f"sorted by every column, {'one list' if flat else 'in modules'}", times, 0.2)
        frames(figures, pane.view, "scrolled, one list" if flat else "scrolled, in modules")
    pane.model.sort(-1)
    pane.view.selectAll()
    settle()
    figures.note("all rows selected and summed up", [timed(pane.view.selectAll, pane.view.viewport())], 0.2)
    pane.view.clearSelection()
    texts = ("l", "la", "layer1", "layer12", "linear", "7.12", "")
    times = [timed(lambda t=t: pane.search.setText(t), pane.view.viewport()) for t in texts]
    figures.note("filtered by name, letter by letter", times, 0.2)
    times = [timed(lambda i=i: pane.kind.setCurrentIndex(i), pane.view.viewport()) for i in (1, 2, 0)]
    figures.note("filtered by kind", times, 0.2)
    times = [
        timed(lambda t=t: pane.range.low.setText(t), pane.view.viewport()) for t in ("1", "2", "2.5", "")
    ]
    figures.note("filtered by range", times, 0.2)
    host.close()


def page(figures: Figures, count: int, limit: float) -> None:
    """All panes over one selection."""
    from penjing_gui import theme as themes
    from penjing_gui.inspect.page import InspectPage
    from penjing_gui.session_client import SessionClient
    from penjing_gui.state import OpenModel, Workbench

    class Still(SessionClient):
        """A session that starts nothing."""

        def request(self, *_: object, **__: object) -> int:
            return 1

    costs = table_of(count)
    bench = Workbench(theme=themes.LIGHT, session=Still())
    host = QMainWindow()
    inspect = InspectPage(bench)
    host.setCentralWidget(inspect)
    host.resize(1440, 860)
    host.show()
    settle()
    bench.model = OpenModel(
        costs.model, "deep", "random:0", "sample", "0" * 64, costs.input, None, None, None, ()
    )
    bench.table = costs

    def give() -> None:
        bench.model_changed.emit(bench.model)
        bench.table_changed.emit(costs)

    print(f"\n{count:,} layers, all panes")
    first = timed(give, host)
    print(f"{'first shown':42}{1000 * first.passed:7.1f} ms, own work {1000 * first.worked:.1f} ms")
    settle()
    names = [costs.rows[i].name for i in (0, count // 3, count // 2, count - 1, 7)]
    heat, tiles = inspect.heat_map.map, inspect.tree_map.map
    figures.note("a layer selected", [timed(lambda n=n: bench.select(n), host) for n in names], limit)
    settle()
    units = ("macs", "flops", "macs", "flops")
    figures.note("unit switched", [timed(lambda u=u: bench.set_unit(u), host) for u in units], limit)
    settle()
    moves = [timed(lambda d=d: heat.picked.emit(heat.step(d, 0)), host) for d in (1, 1, -1, 1)]
    figures.note("heat map: an arrow key", moves, limit)
    shares = [timed(lambda i=i: inspect.heat_map.of.setCurrentIndex(i), heat.viewport()) for i in (1, 2, 0)]
    figures.note("heat map: shares of something else", shares, limit)
    scales = [timed(lambda i=i: inspect.heat_map.scale.setCurrentIndex(i), heat.viewport()) for i in (1, 0)]
    figures.note("heat map: linear and log", scales, limit)

    def zoom(width: float) -> None:
        heat.box.setXRange(count / 3, count / 3 + width, padding=0)

    zooms = [timed(lambda w=count / 2**k: zoom(w), heat.viewport()) for k in range(1, 10)]
    figures.note("heat map: zoomed in by halves", zooms, limit)
    figures.note("heat map: all again", [timed(heat.leave_zoom, heat.viewport())], limit)
    hover(figures, "heat map: tooltip", heat, limit)
    moves = [timed(lambda d=d: tiles.picked.emit(tiles.step(d, 0)), host) for d in (1, 1, -1)]
    figures.note("tree map: an arrow key", moves, limit)
    areas = [timed(lambda i=i: inspect.tree_map.area.setCurrentIndex(i), tiles.viewport()) for i in (1, 2, 0)]
    figures.note("tree map: another area", areas, limit)
    colours = [
        timed(lambda i=i: inspect.tree_map.colour.setCurrentIndex(i), tiles.viewport()) for i in (0, 2, 1)
    ]
    figures.note("tree map: another colour", colours, limit)
    inward = [timed(tiles.enter, tiles.viewport()) for _ in range(2)]
    outward = [timed(tiles.leave_zoom, tiles.viewport()) for _ in range(2)]
    figures.note("tree map: into a module and back", [*inward, *outward], limit)
    hover(figures, "tree map: tooltip", tiles, limit)
    host.resize(1200, 800)
    settle()
    inspect.close()
    host.close()
    bench.close()


def hover(figures: Figures, name: str, view: object, limit: float) -> None:
    """The pointer goes over a map, and the tooltip's text is made."""
    from penjing_gui.widgets.key_view import KeyView

    assert isinstance(view, KeyView)
    times = []
    for i in range(20):
        point = QPointF(60 + 17 * i, 30 + i)
        move = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            point,
            view.viewport().mapToGlobal(point),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )

        def act(move: QMouseEvent = move, point: QPointF = point) -> None:
            QApplication.sendEvent(view.viewport(), move)
            view.tip_at(view.mapToScene(point.toPoint()))

        times.append(timed(act))
    figures.note(name, times, limit)


def main() -> int:
    """Measure; 1 where a limit is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="of the large table; default: 100,000")
    arguments = parser.parse_args()
    from penjing_gui import theme as themes

    app = QApplication(["penjing"])
    themes.apply(app, themes.LIGHT)
    figures = Figures()
    table(figures, arguments.rows)
    page(figures, 1_000, 0.05)
    page(figures, arguments.rows, 0.05)
    return int(figures.failed)


if __name__ == "__main__":
    sys.exit(main())
