"""The recipe of a run, to be read: it is fixed while the run goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from penjing_gui import theme as themes
from penjing_gui.compress.recipe_rows import Section
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import FormRows
from penjing_gui.widgets.ink import label


class Line(QWidget):
    """A thin horizontal line with room above and below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setFixedHeight(13)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line."""
        painter = QPainter(self)
        painter.setPen(self.theme.line)
        painter.drawLine(0, 6, self.width(), 6)


class RecipeView(QWidget):
    """Titled sections of rows. They are built anew only when the sections differ in more than their values."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sections: tuple[Section, ...] = ()
        self._forms: list[FormRows] = []
        self._titles: list[QLabel] = []
        self._lines: list[Line] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 8, 12, 8)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        for form in self._forms:
            form.apply_theme(theme)
        for line in self._lines:
            line.theme = theme
            line.update()

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Show these sections."""
        if tuple(sections) == self._sections:
            return
        shape = [(s.title, [(key, text) for key, text, _ in s.rows]) for s in sections]
        old = [(s.title, [(key, text) for key, text, _ in s.rows]) for s in self._sections]
        self._sections = tuple(sections)
        if shape != old:
            self._build()
        for section, form in zip(sections, self._forms, strict=True):
            for key, _, value in section.rows:
                form.set_value(key, value, value)

    def _build(self) -> None:
        for widget in (*self._forms, *self._titles, *self._lines):
            self._layout.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._forms, self._titles, self._lines = [], [], []
        at = 0
        for index, section in enumerate(self._sections):
            if index:
                self._lines.append(Line(self._theme, self))
                self._layout.insertWidget(at, self._lines[-1])
                at += 1
            title = label(section.title, self, font=themes.font(semibold=True))
            form = FormRows(self._theme, label_width=84, row_height=21, parent=self)
            for key, text, value in section.rows:
                form.add_row(key, text, value)
            self._titles.append(title)
            self._forms.append(form)
            self._layout.insertWidget(at, title)
            self._layout.insertWidget(at + 1, form)
            at += 2
