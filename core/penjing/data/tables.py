"""Tables as opened data: one float32 vector a row, its columns as the recipe's fit has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from penjing.data import columns
from penjing.data.items import TensorSplit
from penjing.data.open import OpenedData
from penjing.data.tables_load import Table, load
from penjing.spec.messages import bad_input
from penjing.spec.recipe import ColumnRecipe, DataRecipe
from penjing.spec.references import InputSpec, parse_data

if TYPE_CHECKING:
    from pandas import DataFrame


class TableSplit(TensorSplit):
    """Rows of a table: `rows` as the file has them, `hashes` that tell them apart, and the columns `fitted`."""

    def __init__(self, table: Table, chosen: Any, path: str) -> None:
        self.rows: DataFrame = table.frame.iloc[chosen]
        self.hashes = tuple(table.hashes[row] for row in chosen)
        self.target = table.target
        self.fitted = table.fitted
        super().__init__(
            torch.from_numpy(columns.encode(self.rows, table.fitted, path)),
            torch.from_numpy(table.labels[chosen]),
        )


def open_table(recipe: DataRecipe) -> OpenedData:
    """Open a `.csv` or `.parquet`. What is fitted is the recipe's, or else this table's training rows'."""
    table = load(recipe)
    path = str(Path(parse_data(recipe.reference).target).expanduser())
    splits = {name: TableSplit(table, rows, path) for name, rows in table.parts.items()}
    for name, split in splits.items():
        if not bool(split.x.isfinite().all()):
            raise bad_input("data.table_scale", path=path, split=name)
    labelled = recipe.labels and table.target is not None
    return OpenedData(
        reference=recipe.reference,
        kind="table",
        task=table.task,
        classes=len(table.class_names) or None,
        inputs=(InputSpec((len(columns.features(table.fitted)),)),),
        train=splits["train"],
        validation=splits["validation"],
        test=splits["test"],
        class_names=table.class_names,
        labelled=labelled,
        fingerprint=table.fingerprint,
        warnings=table.warnings,
    )


def described(split: TableSplit, fitted: tuple[ColumnRecipe, ...]) -> list[dict[str, Any]]:
    """Every column of the training rows for a reader: its kind, what is missing, and its figures or categories."""
    used = {one.name: one for one in fitted}
    found = []
    for name in split.rows.columns:
        series = split.rows[name]
        one = used.get(name)
        kind = "target" if name == split.target else one.kind if one is not None else "ignore"
        value: dict[str, Any] = {
            "name": str(name),
            "kind": kind,
            "missing": int(series.isna().sum()),
            "distinct": _distinct(series),
            "mean": None,
            "std": None,
            "min": None,
            "max": None,
            "categories": list(one.categories) if one is not None else [],
        }
        if kind != "category" and columns.is_number(series):
            numbers = columns.numbers(series)
            numbers = numbers[numbers == numbers]
            if kind == "number":
                value["missing"] = len(series) - len(numbers)
            if len(numbers):
                value |= {
                    "mean": float(numbers.mean()),
                    "std": float(numbers.std()),
                    "min": float(numbers.min()),
                    "max": float(numbers.max()),
                }
        found.append(value)
    return found


def _distinct(series: Any) -> int:
    try:
        return int(series.nunique())
    except TypeError:  # lists
        return int(series.map(str).nunique())
