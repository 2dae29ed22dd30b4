"""The layer table as a Qt item model: the rows of `LayerRows`, flat, so that a view never walks through all of them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from penjing_gui import numbers
from penjing_gui.inspect import columns
from penjing_gui.inspect.layer_rows import Filter, LayerRows
from penjing_gui.inspect.layer_tree import Bools, LayerTree
from penjing_gui.widgets.heat_delegate import HEAT_ROLE, QUIET_ROLE

Index = QModelIndex | QPersistentModelIndex
NAME_ROLE = Qt.ItemDataRole.UserRole + 10

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_ROOT = QModelIndex()


class Cell(NamedTuple):
    """What is painted in a cell. `share` is None for a cell without heat."""

    text: str
    share: float | None
    quiet: bool
    bold: bool
    right: bool


class LayerModel(QAbstractTableModel):
    """The totals in the first row, below them modules and layers; which are open is known here, not in the view."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = LayerRows()
        self._unit = "FLOPs"

    @property
    def tree(self) -> LayerTree | None:
        """The layers shown."""
        return self.rows.tree

    # What is shown

    def set_tree(self, tree: LayerTree | None) -> None:
        """Show another model's costs, or nothing; the same layers keep their order, filter and open modules."""
        before = self.rows
        rows = LayerRows(tree, before.factor)
        if tree is not None and before.tree is not None and before.tree.names == tree.names:
            rows.take_over(before)
        else:
            rows.filter = Filter(with_costless=before.filter.with_costless)
            rows.sorting, rows.flat = before.sorting, before.flat
            rows.look()
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def set_unit(self, factor: int, name: str) -> None:
        """Show FLOPs (factor 2) or MACs (factor 1)."""
        self._unit = name
        if self.rows.filter.ranged and self.rows.filter.cost == "macs" and factor != self.rows.factor:
            self.beginResetModel()
            self.rows.set_factor(factor)
            self.rows.look()
            self.endResetModel()
        self.rows.set_factor(factor)
        if self.tree is not None:
            first, last = columns.KEYS.index("macs"), columns.KEYS.index("macs_share")
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, first, last)
            if len(self.rows.nodes):
                last_row = len(self.rows.nodes) - 1
                self.dataChanged.emit(self.index(0, first), self.index(last_row, last))

    def set_filter(self, wanted: Filter) -> None:
        """Show only the layers that pass."""
        if wanted == self.rows.filter:
            return
        self.beginResetModel()
        self.rows.filter = wanted
        self.rows.look()
        self.endResetModel()

    def set_flat(self, flat: bool) -> None:
        """Layers in one list, or in their modules."""
        self.beginResetModel()
        self.rows.flat = flat
        self.rows.arrange()
        self.endResetModel()

    def sort(self, column: int, sort_order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the children of each module by a column; column −1 is the order of first call."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        nodes = [int(self.rows.nodes[old.row()]) for old in before]
        self.rows.sorting = None if column < 0 else (column, sort_order == Qt.SortOrder.DescendingOrder)
        self.rows.arrange()
        after = [self.index_of(node, old.column()) for node, old in zip(nodes, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def set_open(self, node: int, shown: bool) -> None:
        """Open or close a module."""
        if self.rows.has_below(node) and not self.rows.filter.narrows and self.rows.closed[node] == shown:
            self.rows.closed[node] = not shown
            self._rearrange()

    def set_all_open(self, shown: bool) -> None:
        """Open or close every module but the root."""
        self.rows.close_below(self.rowCount() + 1_000_000 if shown else 1)
        self._rearrange()

    def set_folded(self, node: int, folded: bool) -> None:
        """Fold identical blocks under the first of them, or show them all."""
        fold = self.rows.fold(node)
        if fold is not None and self.rows.is_folded(node) != folded:
            (self.rows.folded.add if folded else self.rows.folded.discard)(fold.first)
            self._rearrange()

    def reveal(self, node: int) -> None:
        """Open what hides a node."""
        if self.tree is not None and not self.rows.flat and self.rows.reveal(node):
            self._rearrange()

    def _rearrange(self) -> None:
        """Arrange anew. One block of rows that comes or goes is said as such, so that the rest stays as it is."""
        before = self.rows.nodes
        self.rows.arrange()
        after, place = self.rows.nodes, self.rows.place
        if len(before) == len(after):
            return
        shorter, longer = sorted((before, after), key=len)
        differs = np.flatnonzero(shorter != longer[: len(shorter)])
        head = int(differs[0]) if differs.size else len(shorter)
        more = len(longer) - len(shorter)
        whole = bool(np.array_equal(shorter[head:], longer[head + more :]))
        old = self.rows.place.copy()
        old[:] = -1
        old[before] = np.arange(len(before))
        self.rows.nodes, self.rows.place = before, old  # as it is until the view has been told
        if not whole:
            self.beginResetModel()
        elif longer is after:
            self.beginInsertRows(_ROOT, head, head + more - 1)
        else:
            self.beginRemoveRows(_ROOT, head, head + more - 1)
        self.rows.nodes, self.rows.place = after, place
        if not whole:
            self.endResetModel()
        elif longer is after:
            self.endInsertRows()
        else:
            self.endRemoveRows()

    # Questions about what is shown

    def column(self, index: int) -> columns.Column:
        """The numbers of a numeric column."""
        return self.rows.column(index)

    def visible(self) -> Bools:
        """Which nodes of the tree pass the filter."""
        return self.rows.visible

    def node(self, index: Index) -> int:
        """The node of an index, −1 for none."""
        return int(self.rows.nodes[index.row()]) if 0 <= index.row() < len(self.rows.nodes) else -1

    def shown_layers(self) -> list[int]:
        """Nodes of the layers that pass the filter, from top to bottom."""
        nodes: list[int] = self.rows.layers().tolist()
        return nodes

    def counts(self) -> tuple[int, int, int]:
        """Layers shown, layers in all, and layers without cost."""
        if self.tree is None:
            return 0, 0, 0
        leaf = self.tree.leaf
        return int((self.rows.visible & leaf).sum()), int(leaf.sum()), int(self.tree.costless.sum())

    def kinds(self) -> list[str]:
        """The kinds of layer, in alphabetical order."""
        if self.tree is None:
            return []
        kinds, codes = self.tree.kind_codes
        return sorted(kinds[code] for code in np.unique(codes[self.tree.leaf]).tolist())

    def index_of(self, node: int, column: int = 0) -> QModelIndex:
        """The index of a node; none where it has no row at present."""
        if self.tree is None or not 0 <= node < len(self.tree) or self.rows.place[node] < 0:
            return QModelIndex()
        return self.index(int(self.rows.place[node]), column)

    def index_by_name(self, name: str) -> QModelIndex:
        """The index of a layer or module by its qualified name; none where it has no row or is unknown."""
        return self.index_of(self.tree.find(name)) if self.tree is not None else QModelIndex()

    # The interface of Qt

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.rows.nodes)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """All columns, shown or not."""
        return 0 if parent.isValid() else len(columns.KEYS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Digits, share for the heat, alignment, and the exact figure as tooltip."""
        node = self.node(index)
        if self.tree is None or node < 0:
            return None
        place = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._display(node, place)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if columns.KEYS[place] in columns.NUMERIC else _LEFT
        if role == HEAT_ROLE:
            return self.cell(node, place).share
        if role == QUIET_ROLE:
            return self.cell(node, place).quiet
        if role == NAME_ROLE:
            return self.tree.names[node]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(node, place)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(node, place)
        return None

    def cell(self, node: int, place: int) -> Cell:
        """All that is painted in a cell."""
        return self.cells([node], place)[0]

    def cells(self, nodes: list[int], place: int) -> list[Cell]:
        """The cells of one column at once: a view asks for hundreds of cells at each step of a scroll."""
        tree = self.tree
        assert tree is not None
        key = columns.KEYS[place]
        leaves: list[bool] = tree.leaf[nodes].tolist()
        if key not in columns.NUMERIC:
            name = key == "layer"
            return [
                Cell(
                    self._display(node, place),
                    None,
                    not name or self._is_quiet(node),
                    name and not leaf,
                    False,
                )
                for node, leaf in zip(nodes, leaves, strict=True)
            ]
        one = self.rows.column(place)
        heated = key in columns.HEATED
        values, shares = one.values[nodes].tolist(), one.share[nodes].tolist()
        return [
            Cell(
                columns.written(value, one, key),
                share if leaf and heated and share == share else None,
                value != value,
                not leaf and value == value,
                True,
            )
            for value, share, leaf in zip(values, shares, leaves, strict=True)
        ]

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
            "ratio": (self.tr("MACs per"), self.tr("MACs per parameter")),
            "calls": (self.tr("Calls"), self.tr("Calls")),
            "latency_ms": (self.tr("Latency"), self.tr("Latency")),
        }
        key = columns.KEYS[section]
        if key in columns.OWN:
            found = columns.extra_of(self.tree, key) if self.tree is not None else None
            return found.title if found is not None else ""
        return names[key][0 if brief else 1]

    def unit(self, section: int) -> str:
        """A column's unit, "" where it has none."""
        key = columns.KEYS[section]
        if key == "output":
            return "C×H×W" if self._spatial() else ""
        if key == "ratio":
            return self.tr("param")
        return self.column(section).unit if key in columns.NUMERIC and self.tree is not None else ""

    def _spatial(self) -> bool:
        return self.tree is not None and self.tree.spatial

    # Cells

    def _display(self, node: int, column: int) -> str:
        assert self.tree is not None
        key = columns.KEYS[column]
        if key == "layer":
            return (
                (self.tree.names[node] or self.tree.labels[0]) if self.rows.flat else self.tree.labels[node]
            )
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

    def _tooltip(self, node: int, column: int) -> str:
        assert self.tree is not None
        key = columns.KEYS[column]
        name = self.tree.names[node] or self.tree.labels[node]
        if key not in columns.NUMERIC:
            return self._name_tip(node, name) if key == "layer" else self._display(node, column)
        value = float(self.column(column).values[node])
        if math.isnan(value):
            if key == "latency_ms":
                return self.tr("{name}: not measured").format(name=name)
            silent = key in ("calls", "ratio", *columns.OWN)
            return "" if silent else self.tr("{name}: not counted").format(name=name)
        if key.endswith("_share"):
            figure = numbers.percent(value, 4)
        elif key == "latency_ms":
            figure = numbers.milliseconds(value)
        elif key == "ratio":
            figure = f"{value:,.4g}"
        elif key in columns.OWN:
            figure = numbers.figure(value, 6)
        else:
            figure = numbers.integer(int(value))
        text = f"{name}: {self.title(column)} {figure}"
        if key in ("macs", "macs_share") and self.tree.unknown[node]:
            text += "\n" + self.tr("Layers not counted: {count}").format(count=int(self.tree.unknown[node]))
        return text

    def _name_tip(self, node: int, name: str) -> str:
        """The whole name and kind; of a block that stands for others, how many and which."""
        assert self.tree is not None
        text = f"{name} · {self.tree.kinds[node]}"
        if (fold := self.rows.fold(node)) is not None:
            said = self.tr("{count} blocks alike, {first} to {last}. The figures are those of one.")
            if fold.period > 1:
                said = self.tr(
                    "{count} times {period} in turn, {first} to {last}. The figures are those of one."
                )
            text += "\n" + said.format(
                count=fold.count,
                period=fold.period,
                first=self.tree.labels[fold.first],
                last=self.tree.labels[fold.nodes[-1]],
            )
        return text

    def _spoken(self, node: int, column: int) -> str:
        shown = self._display(node, column)
        if columns.KEYS[column] not in columns.NUMERIC:
            words = [shown]
            if columns.KEYS[column] == "layer" and self.rows.has_below(node):
                words.append(self.tr("open") if self.rows.is_open(node) else self.tr("closed"))
            if columns.KEYS[column] == "layer" and (fold := self.rows.fold(node)) is not None:
                words.append(f"× {fold.count}")
            return ", ".join(words)
        return f"{self.title(column)} {shown} {self.unit(column)}".strip()
