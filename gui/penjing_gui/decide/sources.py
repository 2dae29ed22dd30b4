"""Where every figure of a device profile comes from."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from penjing.advice.devices import FIGURES, DeviceProfile
from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label


def _name(figure: str) -> str:
    names = {
        "weight_budget_mb": QCoreApplication.translate("Sources", "Weights, MB"),
        "activation_budget_mb": QCoreApplication.translate("Sources", "Activations, MB"),
        "macs_per_s": QCoreApplication.translate("Sources", "Speed, G MACs/s"),
        "bytes_per_s": QCoreApplication.translate("Sources", "Memory bandwidth, GB/s"),
        "precision": QCoreApplication.translate("Sources", "Precision"),
        "sparsity": QCoreApplication.translate("Sources", "Sparsity it exploits"),
        "energy_per_mac_pj": QCoreApplication.translate("Sources", "Energy a MAC, pJ"),
        "energy_per_byte_pj": QCoreApplication.translate("Sources", "Energy a byte, pJ"),
    }
    return names[figure]


def _value(device: DeviceProfile, figure: str) -> str:
    value = getattr(device, figure)
    if figure == "sparsity":
        return ", ".join(value)
    if figure == "precision":
        return str(value)
    return numbers.figure(value / 1e9) if figure.endswith("per_s") else f"{value:,g}"


class SourcesDialog(QDialog):
    """Figure, value, and source; estimates say so."""

    def __init__(self, device: DeviceProfile, theme: Theme, language: str, parent: QWidget) -> None:
        super().__init__(parent)
        title = self.tr("Sources: {device}").format(device=device.title(language))
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for row, figure in enumerate(FIGURES):
            source = device.sources[figure]
            text = source.text(language)
            if source.estimate:
                text = self.tr("{source} (estimate)").format(source=text)
            grid.addWidget(label(_name(figure), self, colour=theme.text2), row, 0)
            value = label(_value(device, figure), self, font=themes.font(semibold=True), right=True)
            grid.addWidget(value, row, 1)
            grid.addWidget(label(text, self, wrap=True, selectable=True), row, 2)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(grid)
        layout.addWidget(buttons)
        self.resize(720, 360)
