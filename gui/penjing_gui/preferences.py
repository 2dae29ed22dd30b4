"""Preferences: language, theme, unit; and where Penjing keeps its data."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from penjing.spec.folders import home
from penjing_gui import theme as themes
from penjing_gui.settings import Settings
from penjing_gui.theme import Theme
from penjing_gui.trust_list import TrustList
from penjing_gui.widgets.ink import label


class PreferencesDialog(QDialog):
    """Lets the person choose; `chosen` gives language, theme and unit."""

    def __init__(self, settings: Settings, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Preferences"))
        self.setMinimumWidth(640)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        system = self.tr("As the system")
        self.language = self._choice(
            form,
            self.tr("Language"),
            [("system", system), ("en", "English"), ("zh_CN", "简体中文")],
            settings.language,
        )
        form.addRow(
            "",
            label(
                self.tr("Another language shows when Penjing is started again."),
                self,
                font=themes.font(-1),
                colour=theme.text2,
            ),
        )
        self.theme = self._choice(
            form,
            self.tr("Theme"),
            [("system", system), ("light", self.tr("Light")), ("dark", self.tr("Dark"))],
            settings.theme,
        )
        self.unit = self._choice(
            form, self.tr("Operations"), [("flops", "FLOPs"), ("macs", "MACs")], settings.unit
        )
        form.addRow(self.tr("Data folder"), label(str(home()), self, wrap=True, selectable=True))
        form.addRow(
            "",
            label(
                self.tr("Set PENJING_HOME to keep runs and settings elsewhere."),
                self,
                font=themes.font(-1),
                colour=theme.text2,
            ),
        )
        self.trusted = TrustList(theme, self)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(label(self.tr("Files that may run"), self, font=themes.font(semibold=True)))
        layout.addWidget(self.trusted, 1)
        layout.addWidget(buttons)

    def _choice(
        self, form: QFormLayout, text: str, options: list[tuple[str, str]], current: str
    ) -> QComboBox:
        box = QComboBox(self)
        for key, shown in options:
            box.addItem(shown, key)
        box.setCurrentIndex(max(0, box.findData(current)))
        box.setAccessibleName(text)
        form.addRow(text, box)
        return box

    def chosen(self) -> tuple[str, str, str]:
        """Language, theme and unit, by their keys."""
        return (
            str(self.language.currentData()),
            str(self.theme.currentData()),
            str(self.unit.currentData()),
        )
