"""Two models' layers side by side as a table: totals first, sorted and filtered with NumPy inside the model."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from penjing_gui import numbers, theme
from penjing_gui.inspect import pair_columns, pair_csv
from penjing_gui.inspect.order import text_rank
from penjing_gui.inspect.pair_columns import COSTS, LATENCY, Compared, Floats, Pairs
from penjing_gui.widgets.heat_delegate import HEAT_ROLE, QUIET_ROLE

Index = QModelIndex | QPersistentModelIndex
NAME_ROLE = Qt.ItemDataRole.UserRole + 10
Show = Literal["all", "different", "first", "second"]
Part = Literal["first", "second", "change"]
PARTS: tuple[Part, ...] = ("first", "second", "change")
NAME, KIND, FIRST_COST = 0, 1, 2
_ROOT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def _unknown(cost: str) -> str:
    """What stands for a figure that is not known: not every layer can be timed, but every one can be counted."""
    return "" if cost == LATENCY else "?"


class PairModel(QAbstractTableModel):
    """Rows of `Pairs`. The totals stay on top whatever the order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pairs: Pairs | None = None
        self._factor, self._unit = 2, "FLOPs"
        self._percent = False
        self._text, self._show = "", "all"
        self._sort: tuple[int, bool] | None = None
        self._rows = np.zeros(0, dtype=np.int64)
        self._costs: dict[str, Compared] = {}
        self._bold: QFont | None = None

    # What is shown

    def set_pairs(self, pairs: Pairs | None) -> None:
        """Show another comparison, or nothing."""
        self.beginResetModel()
        self.pairs = pairs
        self._costs.clear()
        self._arrange()
        self.endResetModel()

    def set_unit(self, factor: int, name: str) -> None:
        """Show FLOPs (factor 2) or MACs (factor 1)."""
        self._factor, self._unit = factor, name
        self._costs.clear()
        self._all_changed()

    def set_percent(self, percent: bool) -> None:
        """Write changes as percent of the first, or as figures."""
        self._percent = percent
        self._all_changed()

    def set_filter(self, text: str, show: Show) -> None:
        """Only layers whose name or kind holds `text`: all, those that differ, those of one model alone."""
        self.beginResetModel()
        self._text, self._show = text, show
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, sort_order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column, unknown last; column −1 is the first model's order."""
        self.beginResetModel()
        self._sort = None if column < 0 else (column, sort_order == Qt.SortOrder.DescendingOrder)
        self._arrange()
        self.endResetModel()

    def retheme(self) -> None:
        """Forget what was made from the application's font."""
        self._bold = None
        self._all_changed()

    def _all_changed(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        if len(self._rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, self.columnCount() - 1))

    def _arrange(self) -> None:
        pairs = self.pairs
        if pairs is None:
            self._rows = np.zeros(0, dtype=np.int64)
            return
        wanted = np.ones(len(pairs.names), dtype=np.bool_)
        if self._show == "different":
            changed = np.any([self.cost(cost).different for cost in COSTS], axis=0)
            wanted = changed | ~pairs.in_first | ~pairs.in_second
        elif self._show == "first":
            wanted = ~pairs.in_second
        elif self._show == "second":
            wanted = ~pairs.in_first
        if text := self._text.strip().casefold():
            wanted = wanted & np.array(
                [text in self._name(row).casefold() or text in pairs.kinds[row].casefold()
                 for row in range(len(pairs.names))],
                dtype=np.bool_,
            )  # fmt: skip
        rows = np.flatnonzero(wanted[1:]) + 1
        if self._sort is not None:
            keys = self._sort_key(self._sort[0])[rows]
            keys = -keys if self._sort[1] else keys
            rows = rows[np.lexsort((rows, np.where(np.isnan(keys), np.inf, keys)))]
        self._rows = np.concatenate([[0], rows]).astype(np.int64)

    def _sort_key(self, column: int) -> Floats:
        pairs, found = self.pairs, self.cost_of(column)
        assert pairs is not None
        if found is None:
            return np.asarray(text_rank(pairs.names if column == NAME else pairs.kinds), dtype=np.float64)
        one, part = self.cost(found[0]), found[1]
        return {
            "first": one.first,
            "second": one.second,
            "change": one.relative if self._percent else one.delta,
        }[part]

    # Questions about what is shown

    @property
    def keys(self) -> tuple[str, ...]:
        """The costs that are shown, in order."""
        return tuple(self.pairs.costs) if self.pairs is not None else COSTS

    def cost_of(self, column: int) -> tuple[str, Part] | None:
        """Which cost a column shows, and which part of it; None for name and kind."""
        if column < FIRST_COST:
            return None
        return self.keys[(column - FIRST_COST) // 3], PARTS[(column - FIRST_COST) % 3]

    def cost(self, key: str) -> Compared:
        """A cost in the unit that is shown."""
        assert self.pairs is not None
        if key not in self._costs:
            self._costs[key] = pair_columns.scaled(
                self.pairs.costs[key], self._factor if key == "macs" else 1
            )
        return self._costs[key]

    def row_of(self, name: str) -> int:
        """The row of a layer by its name in the first model, −1 where it is not shown."""
        if self.pairs is None or not name or name not in self.pairs.names:
            return -1
        found = np.flatnonzero(self._rows == self.pairs.names.index(name))
        return int(found[0]) if found.size else -1

    def _name(self, row: int) -> str:
        """A layer's name; where the second calls it otherwise, both."""
        assert self.pairs is not None
        pair = self.pairs.pair(row)
        if pair is None:
            return self.tr("All layers")
        if pair.first is not None and pair.second is not None and pair.first.name != pair.second.name:
            return f"{pair.first.name} ↔ {pair.second.name}"
        return pair.name

    # The interface of Qt

    def rowCount(self, parent: Index = _ROOT) -> int:
        """The totals and the layers shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Name, kind, and three columns a cost."""
        return 0 if parent.isValid() else FIRST_COST + 3 * len(self.keys)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Two lines: the name, and which model and unit."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        found = self.cost_of(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if found is None else _RIGHT
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(filter(None, self.title(section)))
        return "\n".join(self.title(section, brief=True)) if role == Qt.ItemDataRole.DisplayRole else None

    def title(self, section: int, brief: bool = False) -> tuple[str, str]:
        """A column's name, and its model and unit."""
        found = self.cost_of(section)
        if found is None:
            return (self.tr("Layer") if section == NAME else self.tr("Kind"), "")
        cost, part = found
        names = {
            "params": (self.tr("Params"), self.tr("Parameters")),
            "macs": (self._unit, self._unit),
            "activation_bytes": (self.tr("Activ."), self.tr("Activations")),
            "weight_bytes": (self.tr("Weights"), self.tr("Weights")),
            LATENCY: (self.tr("Latency"), self.tr("Latency")),
        }
        name = names[cost][0 if brief else 1]
        unit = self.cost(cost).unit if self.pairs is not None else ""
        if part == "change":
            return (self.tr("Change") if brief else self.tr("Change of {cost}").format(cost=name),
                    "%" if self._percent else unit)  # fmt: skip
        return name, ", ".join(filter(None, ("A" if part == "first" else "B", unit)))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Digits, the change for the colour, font, alignment, and the exact figures as tooltip."""
        if self.pairs is None or not index.isValid():
            return None
        row, column = int(self._rows[index.row()]), index.column()
        found = self.cost_of(column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._display(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if found is None else _RIGHT
        if role == HEAT_ROLE:
            if found is None or found[1] != "change":
                return None
            one = self.cost(found[0])
            change = float(one.relative[row] if self._percent else one.delta[row] / one.largest)
            return None if math.isnan(change) else max(-1.0, min(1.0, change))
        if role == QUIET_ROLE:
            alone = row > 0 and not (self.pairs.in_first[row] and self.pairs.in_second[row])
            return column == KIND or (column == NAME and alone)
        if role == Qt.ItemDataRole.FontRole:
            if self._bold is None:
                self._bold = theme.font(0, semibold=True)
            return self._bold if row == 0 else None
        if role == NAME_ROLE:
            return self.pairs.names[row] if self.pairs.in_first[row] else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " ".join(filter(None, (*self.title(column), self._display(row, column))))
        return None

    # Cells

    def _display(self, row: int, column: int) -> str:
        assert self.pairs is not None
        found = self.cost_of(column)
        if found is None:
            return self._name(row) if column == NAME else self.pairs.kinds[row]
        cost, part = found
        one = self.cost(cost)
        if part == "change":
            return self._change(cost, row)
        there = self.pairs.in_first[row] if part == "first" else self.pairs.in_second[row]
        value = float((one.first if part == "first" else one.second)[row])
        if not there:
            return ""
        return _unknown(cost) if math.isnan(value) else numbers.cell(value, one.prefix)

    def _change(self, cost: str, row: int) -> str:
        assert self.pairs is not None
        one = self.cost(cost)
        delta, relative = float(one.delta[row]), float(one.relative[row])
        if math.isnan(delta):
            return _unknown(cost)
        if delta == 0:
            return numbers.DASH
        if not self._percent:
            text = numbers.cell(delta, one.prefix)
            return f"+{text}" if text[0].isdigit() else text
        if not self.pairs.in_first[row] or not one.first[row]:
            return self.tr("new")
        return numbers.signed_percent(relative).removesuffix(" %")

    def _tooltip(self, row: int, column: int) -> str:
        assert self.pairs is not None
        pair, name = self.pairs.pair(row), self._name(row)
        found = self.cost_of(column)
        if found is None:
            words = ""
            if pair is not None:
                words = {
                    "name": self.tr("in both models"),
                    "position": self.tr("other names, same place and kind"),
                }.get(pair.matched, self.tr("only in A") if pair.second is None else self.tr("only in B"))
            return " · ".join(filter(None, (name, self.pairs.kinds[row], words)))
        cost, one = found[0], self.cost(found[0])
        exact = [self._exact(cost, row, part) for part in PARTS[:2]]
        line = f"{self.title(column - (column - FIRST_COST) % 3)[0]}: A {exact[0]}, B {exact[1]}"
        relative, before = float(one.relative[row]), float(one.first[row])
        if before > 0 and not math.isnan(relative):
            line += f" ({numbers.signed_percent(relative)})"
        return f"{name}\n{line}"

    def _exact(self, cost: str, row: int, part: Part) -> str:
        """A figure of one model in full; the latency of the whole with its interval."""
        pairs, one = self.pairs, self.cost(cost)
        assert pairs is not None
        value = float((one.first if part == "first" else one.second)[row])
        if not (pairs.in_first if part == "first" else pairs.in_second)[row]:
            return numbers.DASH
        if math.isnan(value):
            return self.tr("not measured") if cost == LATENCY else self.tr("not counted")
        if cost != LATENCY:
            return numbers.integer(int(value))
        timing = pairs.timing
        if row > 0 or timing is None:
            return f"{value:.4g} ms"
        side = timing.first if part == "first" else timing.second
        return f"{value:.4g} ms {numbers.interval(*side.ci95, 3)}"

    # CSV

    def csv_rows(self) -> Iterable[list[str]]:
        """What is shown, in its order, with exact numbers: a header row, the totals, one row a layer."""
        if self.pairs is None:
            return []
        costs = {(self._unit.lower() if key == "macs" else key): self.cost(key) for key in self.keys}
        return pair_csv.rows(self.pairs, self._rows.tolist(), costs)
