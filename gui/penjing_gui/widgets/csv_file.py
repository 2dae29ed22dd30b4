"""A table of figures as a CSV file, written whole or not at all. May be called on any thread."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from penjing.spec.files import write_atomic
from penjing_gui.widgets.data_table import TableData

_ROWS = 20_000  # written at a time


def write_csv(path: Path, table: TableData) -> None:
    """Write the columns under their titles, figures exactly; what is not a number is an empty cell. Raises OSError."""
    columns = [np.asarray(column, dtype=np.float64) for column in table.columns]

    def fill(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.headers)
            for start in range(0, len(table), _ROWS):
                chunk = [column[start : start + _ROWS].tolist() for column in columns]
                writer.writerows(zip(*[map(exact, values) for values in chunk], strict=True))

    write_atomic(path, fill)


def exact(value: float) -> str:
    """The shortest text that is read back as the same number; whole ones without a point, NaN as nothing."""
    if value != value:
        return ""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
