"""The layer table as a Qt item model over a layer tree; sorting and filtering happen in here, with NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from penjing_gui import numbers, theme
from penjing_gui.inspect import columns, order
from penjing_gui.inspect.layer_tree import Bools, Floats, Ints, LayerTree
from penjing_gui.widgets.heat_delegate import HEAT_ROLE, QUIET_ROLE

Index = QModelIndex | QPersistentModelIndex
NAME_ROLE = Qt.ItemDataRole.UserRole + 10

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class LayerModel(QAbstractItemModel):
    """One root row with the totals, below it modules and layers. An index's id is the tree's node."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tree: LayerTree | None = None
        self._factor = 2
        self._unit = "FLOPs"
        self._text, self._kind, self._with_costless = "", "", False
        self._sort: tuple[int, bool] | None = None
        self._visible: Bools = np.zeros(0, dtype=np.bool_)
        self._children: list[Ints] = []
        self._place: Ints = np.zeros(0, dtype=np.int64)
        self._columns: dict[str, columns.Column] = {}
        self._bold: QFont | None = None

    # What is shown

    def set_tree(self, tree: LayerTree | None) -> None:
        """Show another model's costs, or nothing."""
        self.beginResetModel()
        self.tree = tree
        self._columns.clear()
        self._arrange()
        self.endResetModel()

    def set_unit(self, factor: int, name: str) -> None:
        """Show FLOPs (factor 2) or MACs (factor 1)."""
        self._factor, self._unit = factor, name
        self._columns.clear()
        if self.tree is not None:
            first, last = columns.KEYS.index("macs"), columns.KEYS.index("macs_share")
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, first, last)
            self._all_changed()

    def set_filter(self, text: str, kind: str, with_costless: bool) -> None:
        """Show only layers whose name or kind holds `text` and whose kind is `kind` ("" for all)."""
        self.beginResetModel()
        self._text, self._kind, self._with_costless = text, kind, with_costless
        self._arrange()
        self.endResetModel()

    def retheme(self) -> None:
        """Forget what was made from the application's font."""
        self._bold = None
        self._all_changed()

    def sort(self, column: int, sort_order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the children of each module by a column; column −1 is the order of first call."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        self._sort = None if column < 0 else (column, sort_order == Qt.SortOrder.DescendingOrder)
        self._arrange()
        after = [self.index_of(int(old.internalId()), old.column()) for old in before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        if self.tree is None:
            self._visible, self._children = np.zeros(0, dtype=np.bool_), []
            return
        self._visible = order.shown(self.tree, self._text, self._kind, self._with_costless)
        key, descending = None, False
        if self._sort is not None:
            key, descending = self._sort_key(self._sort[0]), self._sort[1]
        self._children = order.children(self.tree, self._visible, key, descending)
        self._place = np.zeros(len(self.tree), dtype=np.int64)
        for below in self._children:
            self._place[below] = np.arange(len(below))

    def _sort_key(self, column: int) -> Floats | Ints:
        assert self.tree is not None
        key = columns.KEYS[column]
        if key in columns.NUMERIC:
            return self.column(column).values
        if key == "layer":
            return order.text_rank(self.tree.labels)
        if key == "kind":
            return order.text_rank(self.tree.kinds)
        shapes = [row.output_shape if row else None for row in self.tree.rows]
        return np.array([math.prod(shape) if shape else np.nan for shape in shapes], dtype=np.float64)

    def _all_changed(self) -> None:
        # Every view repaints what it shows; there is no cheaper way to say it for a whole tree.
        self.layoutAboutToBeChanged.emit()
        self.layoutChanged.emit()

    # Questions about what is shown

    def column(self, index: int) -> columns.Column:
        """The numbers of a numeric column."""
        assert self.tree is not None
        key = columns.KEYS[index]
        if key not in self._columns:
            self._columns[key] = columns.column(self.tree, key, self._factor)
        return self._columns[key]

    def visible(self) -> Bools:
        """Which nodes of the tree are shown."""
        return self._visible

    def shown_layers(self) -> list[int]:
        """Nodes of the layers shown, from top to bottom."""
        if self.tree is None:
            return []
        found: list[int] = []
        stack = [0]
        while stack:
            node = stack.pop()
            if self.tree.leaf[node]:
                found.append(node)
            stack.extend(int(child) for child in self._children[node][::-1])
        return found

    def counts(self) -> tuple[int, int, int]:
        """Layers shown, layers in all, and layers without cost."""
        if self.tree is None:
            return 0, 0, 0
        leaf = self.tree.leaf
        return int((self._visible & leaf).sum()), int(leaf.sum()), int(self.tree.costless.sum())

    def kinds(self) -> list[str]:
        """The kinds of layer, in alphabetical order."""
        if self.tree is None:
            return []
        return sorted({kind for kind, leaf in zip(self.tree.kinds, self.tree.leaf, strict=True) if leaf})

    def index_of(self, node: int, column: int = 0) -> QModelIndex:
        """The index of a node; none where it is filtered out."""
        if self.tree is None or not 0 <= node < len(self.tree) or not self._visible[node]:
            return QModelIndex()
        return self.createIndex(int(self._place[node]), column, node)

    def index_by_name(self, name: str) -> QModelIndex:
        """The index of a layer or module by its qualified name; none where it is filtered out or unknown."""
        return self.index_of(self.tree.find(name)) if self.tree is not None else QModelIndex()

    # The interface of Qt

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The index of a child by its place."""
        if self.tree is None or not 0 <= column < len(columns.KEYS) or row < 0:
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(0, column, 0) if row == 0 else QModelIndex()
        below = self._children[parent.internalId()]
        return self.createIndex(row, column, int(below[row])) if row < len(below) else QModelIndex()

    def parent(self, child: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The module above."""
        if self.tree is None or not child.isValid() or child.internalId() == 0:
            return QModelIndex()
        return self.index_of(int(self.tree.parent[child.internalId()]))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows are below."""
        if self.tree is None:
            return 0
        if not parent.isValid():
            return 1
        return len(self._children[parent.internalId()]) if parent.column() == 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All columns, shown or not."""
        return len(columns.KEYS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Digits, share for the heat, font, alignment, and the exact figure as tooltip."""
        if self.tree is None or not index.isValid():
            return None
        node, key = int(index.internalId()), columns.KEYS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._display(node, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if key in columns.NUMERIC else _LEFT
        if role == HEAT_ROLE:
            if not self.tree.leaf[node] or columns.cost_of(key) is None or key == "weight_bytes":
                return None
            share = float(self.column(index.column()).share[node])
            return None if math.isnan(share) else share
        if role == QUIET_ROLE:
            return key in ("kind", "output") or (key == "layer" and self._is_quiet(node))
        if role == Qt.ItemDataRole.FontRole:
            return self._font() if not self.tree.leaf[node] and key not in ("kind", "output") else None
        if role == NAME_ROLE:
            return self.tree.names[node]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(node, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(node, index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Two lines: the name and the unit."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(columns.KEYS):
            return None
        key = columns.KEYS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self.title(section, brief=True)}\n{self.unit(section)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if key in columns.NUMERIC else _LEFT
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            unit = self.unit(section)
            return f"{self.title(section)} ({unit})" if unit else self.title(section)
        return None

    def title(self, section: int, brief: bool = False) -> str:
        """A column's name."""
        share = self.tr("Share")
        names: dict[str, tuple[str, str]] = {
            "layer": (self.tr("Layer"), self.tr("Layer")),
            "kind": (self.tr("Kind"), self.tr("Kind")),
            "output": (self.tr("Output"), self.tr("Output")),
            "params": (self.tr("Params"), self.tr("Parameters")),
            "params_share": (share, self.tr("Share of parameters")),
            "macs": (self._unit, self._unit),
            "macs_share": (share, self.tr("Share of {unit}").format(unit=self._unit)),
            "activation_bytes": (self.tr("Activ."), self.tr("Activations")),
            "weight_bytes": (self.tr("Weights"), self.tr("Weights")),
            "calls": (self.tr("Calls"), self.tr("Calls")),
            "latency_ms": (self.tr("Latency"), self.tr("Latency")),
        }
        return names[columns.KEYS[section]][0 if brief else 1]

    def unit(self, section: int) -> str:
        """A column's unit, "" where it has none."""
        key = columns.KEYS[section]
        if key == "output":
            return "C×H×W" if self._spatial() else ""
        return self.column(section).unit if key in columns.NUMERIC and self.tree is not None else ""

    def _spatial(self) -> bool:
        rows = self.tree.rows if self.tree is not None else ()
        return any(
            row is not None and row.output_shape is not None and len(row.output_shape) == 3 for row in rows
        )

    # Cells

    def _display(self, node: int, column: int) -> str:
        assert self.tree is not None
        key = columns.KEYS[column]
        if key == "layer":
            return self.tree.labels[node]
        if key == "kind":
            return self.tree.kinds[node]
        if key == "output":
            return columns.output(self.tree, node)
        return columns.text(self.column(column), node, key)

    def _is_quiet(self, node: int) -> bool:
        """Layers with neither parameters nor MACs stand back."""
        assert self.tree is not None
        return bool(
            self.tree.leaf[node] and self.tree.own["params"][node] == 0 and self.tree.own["macs"][node] == 0
        )

    def _font(self) -> QFont:
        if self._bold is None:
            self._bold = theme.font(0, semibold=True)
        return self._bold

    def _tooltip(self, node: int, column: int) -> str:
        assert self.tree is not None
        key = columns.KEYS[column]
        name = self.tree.names[node] or self.tree.labels[node]
        if key not in columns.NUMERIC:
            return f"{name} · {self.tree.kinds[node]}" if key == "layer" else self._display(node, column)
        value = float(self.column(column).values[node])
        if math.isnan(value):
            if key == "latency_ms":
                return self.tr("{name}: not measured").format(name=name)
            return self.tr("{name}: not counted").format(name=name) if key != "calls" else ""
        if key.endswith("_share"):
            figure = numbers.percent(value, 4)
        elif key == "latency_ms":
            figure = numbers.milliseconds(value)
        else:
            figure = numbers.integer(int(value))
        text = f"{name}: {self.title(column)} {figure}"
        if key in ("macs", "macs_share") and self.tree.unknown[node]:
            text += "\n" + self.tr("Layers not counted: {count}").format(count=int(self.tree.unknown[node]))
        return text

    def _spoken(self, node: int, column: int) -> str:
        shown = self._display(node, column)
        if columns.KEYS[column] not in columns.NUMERIC:
            return shown
        return f"{self.title(column)} {shown} {self.unit(column)}".strip()
