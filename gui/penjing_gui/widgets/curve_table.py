"""What the live curves show as a table by step: to read, to copy and to write as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication

from penjing_gui.widgets.curve_figures import DrawnRun, Series
from penjing_gui.widgets.curve_quantities import quantity
from penjing_gui.widgets.data_table import TableData
from penjing_gui.widgets.loss_curves import entry

_UNITS = {"memory_bytes": "B", "samples_per_s": "samples/s"}
_SHARES = ("share",)


def header(name: str, run: str = "") -> str:
    """A column's title: the series' name as in the journal, its unit, and the run where there are several."""
    unit = _UNITS.get(name, "0 to 1" if quantity(name).kind in _SHARES else "")
    return name + (f" [{unit}]" if unit else "") + (f" ({run})" if run else "")


def curve_table(
    runs: Sequence[DrawnRun], terms: Callable[[DrawnRun], list[str]], shown: str, hidden: set[str]
) -> TableData:
    """One row a step with a column for each curve and run that is shown, unsmoothed; an empty cell has no value."""
    titles: list[str] = []
    series: list[Series] = []
    for run in runs:
        names = terms(run)
        names.sort(key=lambda name: name == "val_loss")
        if shown in run.data.series and entry(run, "quantity") not in hidden:
            names.append(shown)
        for name in names:
            titles.append(header(name, run.name if len(runs) > 1 else ""))
            series.append(run.data.series[name])
    steps = np.unique(np.concatenate([x for x, _ in series] or [np.empty(0)]))
    columns: list[Any] = [steps]
    for x, y in series:
        column = np.full(len(steps), np.nan)
        column[np.searchsorted(steps, x)] = y
        columns.append(column)
    translate = QCoreApplication.translate
    title = translate("LiveCurves", "Curves by step")
    return TableData(title, (translate("LiveCurves", "step"), *titles), tuple(columns))
