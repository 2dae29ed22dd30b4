"""The strip above the panes: the device, the limits, the input."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QDoubleValidator, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from penjing.advice import devices
from penjing.advice.devices import DeviceProfile
from penjing.advice.limits import Limits
from penjing.spec.references import InputSpec
from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink

_GAP, _ROW, _PAD = 12, 24, 6
_FILE = "…"  # the item that opens a file


class LimitField(QLineEdit):
    """A number above zero, or nothing. `scale` turns what is typed into the limit's own unit."""

    def __init__(self, name: str, limit: str, scale: float = 1.0, zero: bool = False) -> None:
        super().__init__()
        self.limit, self._scale, self._zero = limit, scale, zero
        validator = QDoubleValidator(0.0, 1e12 if scale == 1.0 else 1 / scale, 6, self)
        validator.setNotation(QDoubleValidator.Notation.StandardNotation)
        validator.setLocale(self.locale().c())
        self.setValidator(validator)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedSize(58, _ROW)
        self.setAccessibleName(name)

    def limit_value(self) -> float | None:
        """What is typed, or None. Zero counts where a limit of zero means something."""
        try:
            value = float(self.text())
        except ValueError:
            return None
        return value * self._scale if value > 0 or self._zero else None


class DecideStrip(QWidget):
    """Device, limits and input. It flows into a second line where the window is narrow."""

    device_changed = Signal(object)  # DeviceProfile
    limits_changed = Signal(object)  # Limits
    file_wanted = Signal()
    measure_wanted = Signal()

    def __init__(self, theme: Theme, language: str) -> None:
        super().__init__()
        self._theme, self._language = theme, language
        self.setAccessibleName(self.tr("Device and limits"))
        self.device = devices.load("phone")
        self.limits = Limits()
        self._from_files: dict[str, DeviceProfile] = {}
        self._device_icon = QLabel()
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("Device"))
        self.box.setFixedHeight(_ROW)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(14)
        self._filled = False
        self.box.setToolTip(self.tr("What the compressed model has to run on"))
        self.measure = QPushButton(self.tr("Measure"))
        self.measure.setFixedHeight(_ROW)
        self.measure.setAccessibleName(self.tr("Measure this machine"))
        self.measure.setToolTip(self.tr("Times this machine's arithmetic and memory; takes a few seconds"))
        self.strict = QCheckBox(self.tr("Strict limits"))
        self.strict.setAccessibleName(self.tr("Strict limits"))
        self.strict.setToolTip(
            self.tr("Treat size and compute as strictly limited, whatever the budgets say")
        )
        self.fields = (
            LimitField(self.tr("Largest weights, MB"), "max_size_mb"),
            LimitField(self.tr("Longest latency, ms"), "max_latency_ms"),
            LimitField(self.tr("Most energy, mJ"), "max_energy_mj"),
            LimitField(self.tr("Largest accuracy drop, points"), "max_accuracy_drop", 0.01, zero=True),
            LimitField(self.tr("Longest training, h"), "training_hours"),
        )
        shown = (
            self.tr("Weights, MB"), self.tr("Latency, ms"), self.tr("Energy, mJ"),
            self.tr("Accuracy drop, points"), self.tr("Training, h"),
        )  # fmt: skip
        self._labels: list[QLabel] = []
        self._device_title = label(self.tr("Device"), font=themes.font(semibold=True))
        self._limits_title = label(self.tr("Limits"), font=themes.font(semibold=True))
        self._input = label(selectable=True)
        self._groups = [
            self._together(self._device_icon, self._device_title, self.box, self.measure),
            self._limits_title,
        ]
        for name, field in zip(shown, self.fields, strict=True):
            field.setPlaceholderText(self.tr("not set"))
            field.textChanged.connect(self._typed)
            self._groups.append(self._together(self._grey(name), field))
        self._limits_title.setParent(self)
        self.strict.setParent(self)
        self._groups += [self.strict, self._together(self._grey(self.tr("Input")), self._input)]
        self.strict.toggled.connect(self._typed)
        self.box.activated.connect(self._chosen)
        self.measure.clicked.connect(self.measure_wanted)
        self.measure.hide()
        self.apply_theme(theme)
        self._show_budgets()

    def _grey(self, text: str) -> QLabel:
        result = label(text)
        self._labels.append(result)
        return result

    def _together(self, *widgets: QWidget) -> QWidget:
        group = QWidget(self)
        row = QHBoxLayout(group)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in widgets:
            row.addWidget(widget)
        return group

    def showEvent(self, event: QShowEvent) -> None:
        """The profiles are read when the strip is first seen, not when the window starts."""
        super().showEvent(event)
        self.fill()

    def fill(self) -> None:
        """Offer the shipped profiles and a file."""
        if self._filled:
            return
        self._filled = True
        for name in devices.names():
            self.box.addItem(devices.load(name).title(self._language), name)
        self.box.addItem(self.tr("From a file…"), _FILE)
        self.keep_device()
        metrics = self.box.fontMetrics()
        names = [self.box.itemText(index) for index in range(self.box.count())]
        self.box.view().setMinimumWidth(max(map(metrics.horizontalAdvance, names)) + 32)

    # what is chosen

    def set_device(self, device: DeviceProfile) -> None:
        """Choose a device; one from a file gets an item of its own."""
        self.fill()
        index = self.box.findData(device.name)
        if index < 0:
            index = self.box.count() - 1
            self.box.insertItem(index, device.title(self._language), device.name)
        self.box.setCurrentIndex(index)
        self.device = device
        self.measure.setVisible(device.name == devices.THIS_MACHINE)
        self._show_budgets()
        self._flow()
        self.device_changed.emit(device)

    def keep_device(self) -> None:
        """Show the device that is used (after a file was not taken)."""
        self.box.setCurrentIndex(self.box.findData(self.device.name))

    def set_input(self, inputs: tuple[InputSpec, ...]) -> None:
        """Show the model's input."""
        self._input.setText(", ".join(numbers.dims(one.shape, spaced=True) for one in inputs) or numbers.DASH)
        self._flow()

    def _chosen(self) -> None:
        name = self.box.currentData()
        if name == _FILE:
            self.file_wanted.emit()
        elif name in devices.SHIPPED and name != self.device.name:
            self.set_device(devices.load(name))
        elif name != self.device.name:
            self.set_device(self._from_files[name])

    def add_file(self, path: Path) -> None:
        """Choose the profile in a file. Raises `Failure`."""
        device = devices.load(str(path))
        if device.name in devices.SHIPPED:
            device = replace(device, name=str(path))
        self._from_files[device.name] = device
        self.set_device(device)

    def _typed(self) -> None:
        values = {field.limit: field.limit_value() for field in self.fields}
        limits = Limits(**values, strict=self.strict.isChecked())
        if limits != self.limits:
            self.limits = limits
            self.limits_changed.emit(limits)

    def _show_budgets(self) -> None:
        """The device's own budget for weights stands in the empty field."""
        self.fields[0].setPlaceholderText(f"{self.device.weight_budget_mb:,g}")
        self.fields[0].setToolTip(self.tr("Empty: the device's own budget"))

    # flow

    def _flow(self) -> None:
        """Place the groups from left to right, in as many lines as they need; the last one at the right end."""
        width = max(200, self.width())
        # Where they do not fit on one line the two titles go first, then the input.
        for titles, inputs in ((True, True), (False, True), (False, False)):
            self._device_title.setVisible(titles)
            self._limits_title.setVisible(titles)
            self._groups[-1].setVisible(inputs)
            groups = [group for group in self._groups if titles or group is not self._limits_title]
            groups = groups if inputs else groups[:-1]
            needed = 2 * _PAD + sum(group.sizeHint().width() + _GAP for group in groups) - _GAP
            if needed <= width:
                break
        x, y = _PAD, _PAD
        line = max(_ROW, self.fontMetrics().height() + 8)
        for group in groups:
            size = group.sizeHint()
            if x > _PAD and x + size.width() > width - _PAD:
                x, y = _PAD, y + line + _PAD
            left = max(x, width - _PAD - size.width()) if group is self._groups[-1] else x
            group.setGeometry(QRect(left, y, size.width(), line))
            x += size.width() + _GAP
        height = y + line + _PAD
        if height != self.minimumHeight() or height != self.maximumHeight():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow again."""
        super().resizeEvent(event)
        self._flow()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(900, self.maximumHeight() if self.maximumHeight() < 1000 else _ROW + 2 * _PAD)

    def minimumSizeHint(self) -> QSize:
        """It may be narrow."""
        return QSize(300, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chrome's colour and a line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.window)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), self._theme.line)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self._device_icon.setPixmap(icon("device", theme).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        for one in self._labels:
            set_ink(one, theme.text2)
        self.update()
