"""The pane of the layer table: search, kind, range, layers without cost, columns, and the sum of what is selected."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import numbers
from penjing_gui.icons import icon
from penjing_gui.inspect import columns, controls, maps
from penjing_gui.inspect.layer_model import LayerModel
from penjing_gui.inspect.layer_rows import Filter
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.layer_view import LayerView
from penjing_gui.inspect.maps import Unit
from penjing_gui.inspect.range_row import RangeRow
from penjing_gui.inspect.table_export import TableExport
from penjing_gui.theme import Theme
from penjing_gui.widgets.color_strip import ColorStrip
from penjing_gui.widgets.cost_bar import least_share, least_text
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import set_ink
from penjing_gui.widgets.pane import Pane

MOST_SAID = 130  # px that how many layers have no cost takes in any case


class LayersPane(Pane):
    """Every layer and what it costs. `picked` names the row the person went to."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(self.tr("Layers"), "inspect.layers", theme)
        self._tree: LayerTree | None = None
        self._unit = Unit("FLOPs", 2)
        self._with_costless = False
        self.legend = ColorStrip(theme, self.tr("share of total, %"), "≤ 0.1", "100")
        self.add_tool(self.legend)
        self.model = LayerModel(self)
        self.view = LayerView(self.model, theme)
        self.view.setAccessibleName(self.tr("Layers and what they cost"))
        self.view.picked.connect(self.picked)
        self.view.chosen.connect(self._say_note)
        self.export = TableExport(self, theme)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tool_row(theme))
        self.range = RangeRow(self.model, theme)
        self.range.changed.connect(self._filter)
        self.range.hide()
        layout.addWidget(self.range)
        layout.addWidget(self.view, 1)
        self.set_body(body)
        self._colour(theme)

    def _tool_row(self, theme: Theme) -> QWidget:
        row = QWidget()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Name or kind"))
        self.search.setAccessibleName(self.tr("Search layers by name or kind"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedHeight(max(controls.FIELD, self.search.fontMetrics().height() + 8))
        self.search.setMinimumWidth(84)
        self.search.setMaximumWidth(210)
        self._glass = QAction(self)
        self.search.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._to_first)
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Kind of layer"))
        self.kind.setFixedHeight(self.search.height())
        self.kind.setMinimumWidth(92)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(9)
        self.kind.addItem(self.tr("All kinds"), "")
        self.kind.currentIndexChanged.connect(self._filter)
        self.range_button = controls.text_button(self.tr("Range"), theme)
        self.range_button.setCheckable(True)
        self.range_button.setToolTip(self.tr("Only layers whose cost is in a range"))
        self.range_button.toggled.connect(self._show_range)
        self.hidden = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.hidden.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.toggle = controls.text_button(self.tr("Show"), theme)
        self.toggle.clicked.connect(self._toggle_costless)
        self.columns_button = controls.icon_button("columns", self.tr("Choose columns"), theme)
        self.columns_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.columns_menu = QMenu(self.columns_button)
        self.columns_menu.setAccessibleName(self.tr("Choose columns"))
        self.columns_menu.aboutToShow.connect(self._fill_columns_menu)
        self.columns_menu.triggered.connect(self._column_toggled)
        self.columns_button.setMenu(self.columns_menu)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.setSpacing(6)
        layout.addWidget(self.search, 100)
        layout.addWidget(self.kind)
        layout.addWidget(self.range_button)
        layout.addWidget(self.hidden)
        layout.addWidget(self.toggle)
        layout.addStretch(1)
        for button in (self.columns_button, self.export.copy_button, self.export.save_button):
            layout.addWidget(button)
        return row

    # What is shown

    def set_tree(self, tree: LayerTree | None, unit: Unit) -> None:
        """Show a model's layers. What was open, searched and sorted stays where the layers are the same."""
        same = tree is not None and self._tree is not None and tree.names == self._tree.names
        self._tree = tree
        self._unit = unit
        if not same:
            for widget in (self.search, self.kind, self.range):
                widget.blockSignals(True)
            self.search.clear()
            self.range.clear()
            self.range_button.setChecked(False)
        self.model.set_tree(tree)
        self.model.set_unit(unit.factor, unit.name)
        if not same:
            self.kind.clear()
            self.kind.addItem(self.tr("All kinds"), "")
            for kind in self.model.kinds():
                self.kind.addItem(kind, kind)
            self.kind.view().setMinimumWidth(self.kind.view().sizeHintForColumn(0) + 24)
            for widget in (self.search, self.kind, self.range):
                widget.blockSignals(False)
        least = least_share(self.model.counts()[0])
        self.view.cells.set_least(least)
        self.legend.set_scale(self.tr("share of total, %"), least_text(least), "100")
        self.range.fill()
        self.view.fit_columns()
        self._say_counts()

    def set_unit(self, unit: Unit) -> None:
        """Show FLOPs or MACs."""
        self._unit = unit
        self.model.set_unit(unit.factor, unit.name)
        self.range.fill()
        if self.model.rows.filter.ranged:
            self._filter()
        self.view.fit_columns()
        self._say_counts()

    def show_selected(self, name: str) -> None:
        """Select the row of that name; a search or filter that hides it is lifted."""
        tree = self._tree
        node = tree.find(name) if tree is not None else -1
        if tree is not None and node > 0 and not self.model.visible()[node]:
            if tree.leaf[node] and tree.costless[node] and not self._with_costless:
                self._toggle_costless()
            if not self.model.visible()[node]:
                self.search.clear()
                self.kind.setCurrentIndex(0)
                self.range.clear()
        self.view.show_selected(name)

    @property
    def unit(self) -> Unit:
        """The unit of operations shown."""
        return self._unit

    def _filter(self, *_: object) -> None:
        low, high = self.range.bounds()
        kind = str(self.kind.currentData() or "")
        wanted = Filter(self.search.text(), kind, self._with_costless, self.range.key, low, high)
        if low is None and high is None:
            wanted = Filter(self.search.text(), kind, self._with_costless)
        self.model.set_filter(wanted)
        self.view.fit_columns()
        self._say_counts()

    def _show_range(self, shown: bool) -> None:
        self.range.setVisible(shown)
        if shown:
            self.range.focus()
        else:
            self.range.clear()

    def _toggle_costless(self) -> None:
        self._with_costless = not self._with_costless
        self._filter()

    def _to_first(self) -> None:
        """Enter in the search: go to the first layer found."""
        layers = self.model.shown_layers()
        if layers:
            self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.view.setCurrentIndex(self.model.index_of(layers[0]))

    def _say_note(self) -> None:
        """How many layers are shown; of several selected rows what they cost together."""
        if self._tree is None:
            self.set_note("")
            return
        shown, all_layers, _ = self.model.counts()
        note = self.tr("{shown} of {all} shown").format(shown=f"{shown:,}", all=f"{all_layers:,}")
        self.view.setAccessibleDescription(note)
        nodes = self.view.selected_nodes()
        if len(nodes) > 1:
            note = f"{self.selection_sum(nodes.tolist())} · {note}"
        self.legend.setVisible(len(nodes) < 2)  # the sum needs the room
        self.set_note(note)

    def selection_sum(self, nodes: list[int]) -> str:
        """What these rows cost together; a layer counts once, also where its module is selected too."""
        tree = self._tree
        assert tree is not None
        layers = self.model.rows.spread(nodes)
        said = self.tr("1 layer selected") if len(layers) == 1 else self.tr("{count} layers selected")
        parts = [said.format(count=f"{len(layers):,}")]
        for cost in ("params", "macs", "activation_bytes", "latency_ms"):
            values = tree.own[cost][layers]
            total = float(values[values == values].sum())
            if total or cost in ("params", "macs"):
                figure = maps.cost_text(cost, total, self._unit)
                said = self.tr("{size} activations") if cost == "activation_bytes" else "{size}"
                parts.append(said.format(size=figure))
        return " · ".join(parts)

    def _say_counts(self) -> None:
        _, _, costless = self.model.counts()
        self._say_note()
        self.hidden.setVisible(costless > 0)
        self.toggle.setVisible(costless > 0)
        button = self.tr("Hide") if self._with_costless else self.tr("Show")
        text = self.tr("{count} without cost").format(count=numbers.integer(costless))
        self.hidden.setText(text)
        self.hidden.setMinimumWidth(min(self.hidden.fontMetrics().horizontalAdvance(text) + 2, MOST_SAID))
        self.hidden.setToolTip(
            self.tr(
                "No parameters, no {unit}, output of the same shape as the input: activations, dropout."
            ).format(unit=self._unit.name)
        )
        self.toggle.setText(button)
        self.toggle.setAccessibleName(f"{button}: {text}")

    # Columns

    def _fill_columns_menu(self) -> None:
        self.columns_menu.clear()
        for place in range(1, len(columns.KEYS)):
            if not columns.offered(self._tree, columns.KEYS[place]):
                continue
            action = self.columns_menu.addAction(self.model.title(place))
            action.setCheckable(True)
            action.setChecked(self.view.shows(place))
            action.setData(place)
        self.columns_menu.addSeparator()
        flat = self.columns_menu.addAction(self.tr("One list, without modules"))
        flat.setCheckable(True)
        flat.setChecked(self.model.rows.flat)
        flat.setData("flat")
        for text, what in ((self.tr("Open all modules"), "open"), (self.tr("Close all modules"), "close")):
            action = self.columns_menu.addAction(text)
            action.setEnabled(not self.model.rows.flat)
            action.setData(what)

    def _column_toggled(self, action: QAction) -> None:
        what = action.data()
        if what == "flat":
            self.set_flat(action.isChecked())
        elif what in ("open", "close"):
            self.view.set_all_open(what == "open")
        else:
            self.view.show_column(int(what), action.isChecked())

    def set_flat(self, flat: bool) -> None:
        """Layers in one list, so that an order is one over the whole model, or in their modules."""
        self.model.set_flat(flat)
        self.view.fit_columns()

    def show_own_columns(self) -> None:
        """Show the columns of a person's own figures: those that there are."""
        for key in columns.OWN:
            self.view.show_column(columns.KEYS.index(key), columns.offered(self._tree, key))

    def show_column(self, key: columns.Key, shown: bool = True) -> None:
        """Show a column that may be hidden, or hide it again."""
        self.view.show_column(columns.KEYS.index(key), shown)

    # Theme

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        self._colour(theme)

    def _colour(self, theme: Theme) -> None:
        self.view.set_theme(theme)
        self.legend.apply_theme(theme)
        set_ink(self.hidden, theme.text2)
        controls.ink(self.toggle, theme)
        controls.ink(self.range_button, theme)
        self.range.apply_theme(theme)
        self.export.apply_theme(theme)
        self._glass.setIcon(icon("find", theme))
        self.columns_button.setIcon(icon("columns", theme))
