"""The pane of the layer table: search, kind filter, layers without cost, columns, copy and save as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from penjing.spec.files import write_bytes
from penjing_gui.icons import icon
from penjing_gui.inspect import columns, controls
from penjing_gui.inspect.csv_rows import csv_rows
from penjing_gui.inspect.layer_model import NAME_ROLE, LayerModel
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.layer_view import LayerView
from penjing_gui.inspect.maps import Unit
from penjing_gui.theme import Theme
from penjing_gui.widgets.color_strip import ColorStrip
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import set_ink
from penjing_gui.widgets.pane import Pane


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
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tool_row(theme))
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
        self.search.setMinimumWidth(90)
        self.search.setMaximumWidth(210)
        self._glass = QAction(self)
        self.search.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._to_first)
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Kind of layer"))
        self.kind.setFixedHeight(self.search.height())
        self.kind.setMinimumWidth(72)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(9)
        self.kind.addItem(self.tr("All kinds"), "")
        self.kind.currentIndexChanged.connect(self._filter)
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
        self.copy_button = controls.icon_button("copy", self.tr("Copy as CSV"), theme)
        self.copy_button.clicked.connect(self.copy_csv)
        self.save_button = controls.icon_button("save", self.tr("Save as CSV…"), theme)
        self.save_button.clicked.connect(self.save_csv)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.setSpacing(8)
        layout.addWidget(self.search, 100)
        layout.addWidget(self.kind)
        layout.addWidget(self.hidden)
        layout.addWidget(self.toggle)
        layout.addStretch(1)
        for button in (self.columns_button, self.copy_button, self.save_button):
            layout.addWidget(button)
        return row

    # What is shown

    def set_tree(self, tree: LayerTree | None, unit: Unit) -> None:
        """Show a model's layers. What was open, searched and sorted stays where the layers are the same."""
        same = tree is not None and self._tree is not None and tree.names == self._tree.names
        self._tree = tree
        if not same:
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
            self.model.set_filter("", "", self._with_costless)
        self.model.set_tree(tree)
        self.set_unit(unit)
        kinds = self.model.kinds()
        if not same:
            self.kind.blockSignals(True)
            self.kind.clear()
            self.kind.addItem(self.tr("All kinds"), "")
            for kind in kinds:
                self.kind.addItem(kind, kind)
            self.kind.view().setMinimumWidth(self.kind.view().sizeHintForColumn(0) + 24)
            self.kind.blockSignals(False)
            self.view.open_at_first()
        else:
            self.view.open_again(bool(self.search.text()))
        self._say_counts()

    def set_unit(self, unit: Unit) -> None:
        """Show FLOPs or MACs."""
        self._unit = unit
        self.model.set_unit(unit.factor, unit.name)
        self.view.fit_columns()

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
        self.view.show_selected(name)

    def _filter(self, *_: object) -> None:
        name = str(self.view.currentIndex().data(NAME_ROLE) or "")
        text, kind = self.search.text(), str(self.kind.currentData() or "")
        self.model.set_filter(text, kind, self._with_costless)
        self.view.open_again(everything=bool(text or kind))
        self.view.show_selected(name)
        self._say_counts()

    def _toggle_costless(self) -> None:
        self._with_costless = not self._with_costless
        self._filter()

    def _to_first(self) -> None:
        """Enter in the search: go to the first layer found."""
        layers = self.model.shown_layers()
        if layers:
            self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.view.setCurrentIndex(self.model.index_of(layers[0]))

    def _say_counts(self) -> None:
        shown, all_layers, costless = self.model.counts()
        note = self.tr("{shown} of {all} shown").format(shown=shown, all=all_layers)
        self.set_note(note if self._tree is not None else "")
        self.hidden.setVisible(costless > 0)
        self.toggle.setVisible(costless > 0)
        if self._with_costless:
            text = (
                self.tr("1 layer without cost shown")
                if costless == 1
                else self.tr("{count} layers without cost shown")
            )
            button = self.tr("Hide")
        else:
            text = (
                self.tr("1 layer without cost hidden")
                if costless == 1
                else self.tr("{count} layers without cost hidden")
            )
            button = self.tr("Show")
        text = text.format(count=costless)
        self.hidden.setText(text)
        self.hidden.setToolTip(
            self.tr(
                "No parameters, no {unit}, output of the same shape as the input: activations, dropout."
            ).format(unit=self._unit.name)
        )
        self.toggle.setText(button)
        self.toggle.setAccessibleName(f"{button}: {text}")
        self.view.setAccessibleDescription(note)

    # Columns

    def _fill_columns_menu(self) -> None:
        self.columns_menu.clear()
        for place in range(1, len(columns.KEYS)):
            action = self.columns_menu.addAction(self.model.title(place))
            action.setCheckable(True)
            action.setChecked(self.view.shows(place))
            action.setData(place)

    def _column_toggled(self, action: QAction) -> None:
        self.view.show_column(int(action.data()), action.isChecked())

    def show_column(self, key: columns.Key) -> None:
        """Show a column that may be hidden."""
        self.view.show_column(columns.KEYS.index(key), True)

    # CSV

    def csv_text(self) -> str:
        """The layers shown as CSV, with exact numbers."""
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(
            csv_rows(self.model, self._unit.name, self._unit.factor)
        )
        return buffer.getvalue()

    def copy_csv(self) -> None:
        """Put the layers shown on the clipboard."""
        if self._tree is None:
            return
        QGuiApplication.clipboard().setText(self.csv_text())
        place = self.copy_button.mapToGlobal(QPoint(0, self.copy_button.height()))
        count = self.model.counts()[0]
        said = self.tr("1 layer copied") if count == 1 else self.tr("{count} layers copied")
        QToolTip.showText(place, said.format(count=count), self.copy_button)

    def save_csv(self) -> None:
        """Ask for a file and write the layers shown into it."""
        if self._tree is None:
            return
        suggested = f"{self._tree.labels[0]}-costs.csv"
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save as CSV"), suggested, self.tr("CSV files (*.csv)")
        )
        if path:
            self.write_csv(Path(path))

    def write_csv(self, path: Path) -> None:
        """Write the layers shown; what goes wrong is said in the pane."""
        try:
            write_bytes(path, self.csv_text().encode("utf-8-sig"))
        except OSError as error:
            self.show_failure(
                (
                    self.tr("{file} could not be written").format(file=path.name),
                    error.strerror or str(error),
                    self.tr("Choose another folder"),
                )
            )

    # Theme

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        self._colour(theme)

    def _colour(self, theme: Theme) -> None:
        self.view.set_theme(theme)
        self.model.retheme()
        self.legend.apply_theme(theme)
        set_ink(self.hidden, theme.text2)
        controls.ink(self.toggle, theme)
        self._glass.setIcon(icon("find", theme))
        for button, name in (
            (self.columns_button, "columns"),
            (self.copy_button, "copy"),
            (self.save_button, "save"),
        ):
            button.setIcon(icon(name, theme))
