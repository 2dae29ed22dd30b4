"""How wide each column of the layer table is: what it needs, and how the width is shared."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.inspect import columns
from penjing_gui.inspect.layer_cells import CHEVRON, CellPainter
from penjing_gui.inspect.layer_model import LayerModel
from penjing_gui.widgets.two_line_header import LEAST_SECTION

LEAST_NAME = 84
LEAST_TEXT = 56
MOST_TEXT = 150
SLACK = 24  # px that the name gives up before the kind gives way
CLOSER = 6  # px that a figure's column gives up
LITTLE = "<0.001"  # the widest text of a small figure
MEASURED = 40  # names that are measured exactly, after all were measured by their letters


class ColumnWidths:
    """Widths of a model's columns, measured once and kept."""

    def __init__(self, model: LayerModel, cells: CellPainter) -> None:
        self._model, self._cells = model, cells
        self._wants: dict[int, int] = {}
        self._spare: dict[int, int] = {}  # of what it wants, px that a column of figures can do without

    def forget(self) -> None:
        """Something in the columns has changed."""
        self._wants.clear()

    def share(self, width: int, wanted: list[int]) -> dict[int, int]:
        """Figures get what they need; kind and output what they need while the name has room; the name the rest.

        A column for which there is no room at all is not in the result.
        """
        self._wants.update({i: self._wanted(i) for i in wanted if i not in self._wants})
        self._wants[0] = max(LEAST_NAME, self._wanted(0))  # of the rows that are open at present
        widths = {i: self._wants[i] for i in wanted}
        tree = self._model.tree
        if tree is not None and not tree.shapes:
            widths.pop(columns.KEYS.index("output"), None)  # weights alone have no outputs
        if tree is not None and tree.blind:  # that the operations are unknown is said in one column
            for key in ("macs_share", "activation_bytes"):
                widths.pop(columns.KEYS.index(key), None)
        wanted = [i for i in wanted if i in widths]
        texts = [i for i in widths if columns.KEYS[i] in ("kind", "output")]
        figures = [i for i in wanted if columns.KEYS[i] in columns.NUMERIC]
        room = width - sum(widths[i] for i in figures)
        kind, output = columns.KEYS.index("kind"), columns.KEYS.index("output")
        short = min(widths[0], MOST_TEXT) + widths.get(kind, 0) - room
        for i in figures:  # they stand a little closer rather than that a name is cut
            less = min(self._spare.get(i, 0), max(0, short))
            widths[i] -= less
            room, short = room + less, short - less
        room -= min(widths[0], MOST_TEXT)
        if output in widths and widths[output] + (LEAST_TEXT if kind in widths else 0) > room:
            texts.remove(output)  # two cut texts say less than one whole
            del widths[output]
        if kind in widths and kind in texts and room - widths.get(output, 0) < LEAST_TEXT - SLACK:
            texts.remove(kind)
            del widths[kind]
        if kind in widths:
            widths[kind] = min(widths[kind], max(LEAST_TEXT, room - widths.get(output, 0)))
        room += min(widths[0], MOST_TEXT)
        least = LEAST_NAME if room >= LEAST_NAME else min(widths[0], MOST_TEXT)  # it scrolls in any case
        widths[0] = max(least, room - sum(widths[i] for i in texts))
        return widths

    def _wanted(self, column: int) -> int:
        """Width of a column's header and of its widest text (the total for figures)."""
        tree, key = self._model.tree, columns.KEYS[column]
        assert tree is not None
        plain, bold = self._cells.metrics
        if key == "layer":
            return self._names(plain, bold)
        name, _, unit = str(self._model.headerData(column, Qt.Orientation.Horizontal)).partition("\n")
        small = QFontMetrics(themes.font(-1))
        head = max(bold.horizontalAdvance(name), small.horizontalAdvance(unit)) + 14
        if key in columns.NUMERIC:
            one = self._model.column(column)
            largest = float(np.nanmax(one.values, initial=0.0))
            texts = [
                (bold, columns.text(one, 0, key)),
                (plain, numbers.cell(largest, one.prefix) if key != "params_share" else ""),
            ]
            digits = plain.horizontalAdvance("0.000") if not key.endswith("share") else 0
            figures = max(*(metrics.horizontalAdvance(text) for metrics, text in texts), digits)
            wanted = max(LEAST_SECTION, max(figures, head - 14) + 18)
            least = max(LEAST_SECTION, max(figures, plain.horizontalAdvance(LITTLE)) + 12)
            self._spare[column] = max(0, min(CLOSER, wanted - max(least, head + 4)))
            return wanted
        texts_of = set(tree.kind_codes[0]) if key == "kind" else {numbers.dims(one) for one in tree.shapes}
        return min(
            MOST_TEXT, max([head, LEAST_SECTION, *(plain.horizontalAdvance(text) + 16 for text in texts_of)])
        )

    def _names(self, plain: QFontMetrics, bold: QFontMetrics) -> int:
        """The widest of the names in the present rows: by letters first, the longest of those then by pixels."""
        tree, rows = self._model.tree, self._model.rows
        assert tree is not None
        if not len(rows.nodes):
            return LEAST_NAME
        texts = tree.names if rows.flat else tree.labels
        letters = np.array([len(texts[node]) for node in rows.nodes.tolist()])
        levels = np.zeros(len(rows.nodes)) if rows.flat else tree.depth[rows.nodes] * self._cells.indent
        about = letters * plain.averageCharWidth() + levels
        longest = np.argpartition(-about, min(MEASURED, len(about) - 1))[:MEASURED]
        widest = 0
        for node in rows.nodes[longest].tolist():
            metrics = plain if tree.leaf[node] else bold
            width = metrics.horizontalAdvance(texts[node]) + self._cells.indent * rows.level(node)
            if chip := self._cells.chip_text(node):
                width += plain.horizontalAdvance(chip) + 16
            widest = max(widest, width)
        return widest + CHEVRON + 14
