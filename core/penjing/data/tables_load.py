"""A recipe's table with its target, its splits and what its columns are. No torch: recipes are fitted before it is
imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from penjing.data import columns, tables_read
from penjing.data.row_hashes import SHARES, fingerprint, hashes
from penjing.data.split_order import Rows
from penjing.data.split_store import split_rows
from penjing.spec.messages import Message, bad_input
from penjing.spec.recipe import ColumnRecipe, DataRecipe
from penjing.spec.references import parse_data

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Task = Literal["classification", "regression"]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that have a target, and their splits.

    `labels` are classes (int64) or values (float32), zeros where `target` is None; `fitted` are the used columns.
    `hashes` tell rows apart by all columns but the target: rows that differ in it alone are the same item. Which
    columns are used makes no difference, so that the splits stay while columns are chosen.
    """

    frame: DataFrame
    target: str | None
    task: Task
    class_names: tuple[str, ...]
    labels: np.ndarray[Any, Any]
    parts: dict[str, Rows]
    fitted: tuple[ColumnRecipe, ...]
    fingerprint: str
    hashes: tuple[bytes, ...]
    warnings: tuple[Message, ...]


def fit_table(recipe: DataRecipe) -> DataRecipe:
    """The recipe with what is fitted on the table's training rows alone; other data, and a fitted recipe, as they are.

    `table` holds the columns, `target_fit` the classes of a classification, or a regression's mean and deviation where
    it trains on standardised targets; `target` and `task` are written out.
    Raises `Failure` (exit code 2) where the table cannot be used.
    """
    parsed = parse_data(recipe.reference)
    if parsed.kind != "path" or recipe.table is not None:
        return recipe
    if not tables_read.is_table(Path(parsed.target)):
        return recipe
    table = load(recipe)
    return recipe.model_copy(
        update={
            "table": table.fitted,
            "target_fit": _target_fit(recipe, table),
            "target": table.target,
            "task": table.task,
        }
    )


def _target_fit(recipe: DataRecipe, table: Table) -> ColumnRecipe | None:
    name = table.target or ""
    if table.class_names:
        return ColumnRecipe(name=name, kind="category", categories=table.class_names)
    if table.target is None or not recipe.labels or recipe.target_scale == "none":
        return None
    values = table.labels[table.parts["train"]].astype(np.float64)
    return ColumnRecipe(name=name, kind="number", mean=float(values.mean()), std=float(values.std()) or 1.0)


def load(recipe: DataRecipe) -> Table:
    """Read the file, find target, task, classes and kinds, split, and fit unless the recipe holds a fit."""
    path = Path(parse_data(recipe.reference).target).expanduser()
    frame = tables_read.read(path)
    warnings: list[Message] = []
    target = _target(recipe, frame, path, warnings)
    if target is None or not recipe.labels:
        labels: np.ndarray[Any, Any] = np.zeros(len(frame), np.int64)
        task: Task = "regression" if recipe.task == "regression" else "classification"
        names: tuple[str, ...] = ()
        if task == "regression":
            labels = labels.astype(np.float32)
    else:
        frame = _with_target(frame, target, path, warnings)
        task = _task(recipe, frame[target])
        known = recipe.target_fit.categories if recipe.target_fit is not None else ()
        labels, names = (
            _classes(frame[target], known, path)
            if task == "classification"
            else (_values(frame, target, path), ())
        )
    whole = hashes(frame)
    inputs = frame.drop(columns=[target]) if target is not None else frame
    rows = hashes(inputs)
    # Where the target alone tells rows apart, splits are other ones than they used to be: such runs do not go on.
    mark = ("items by features",) if len(set(rows)) < len(set(whole)) else ()
    told = fingerprint(("\x1f".join(frame.columns), str(target), *mark, *(row.hex() for row in whole)))
    found = split_rows(rows, labels if names else None, SHARES, recipe.split_seed, told)
    split = dict(zip(("train", "validation", "test"), found, strict=True))
    if recipe.table is not None:
        fitted = recipe.table
    else:
        train = inputs.iloc[split["train"]]
        fitted = columns.fit(train, columns.kinds(train, recipe.columns, str(path)), str(path))
    used = {one.name for one in fitted}
    left_out = [name for name in inputs.columns if name not in used and recipe.columns.get(name) != "ignore"]
    if left_out:
        warnings.append(
            Message("data.columns_ignored", {"count": len(left_out), "columns": columns.listed(left_out)})
        )
    return Table(
        frame=frame,
        target=target,
        task=task,
        class_names=names,
        labels=labels,
        parts=split,
        fitted=fitted,
        fingerprint=told,
        hashes=rows,
        warnings=tuple(warnings),
    )


def _target(recipe: DataRecipe, frame: DataFrame, path: Path, warnings: list[Message]) -> str | None:
    """The target's column: the one that was named, or the last. Unlabelled data has one only where it is named."""
    if recipe.target is not None:
        if recipe.target not in frame.columns:
            raise bad_input(
                "data.table_no_target",
                path=str(path),
                name=recipe.target,
                columns=columns.listed(list(frame.columns)),
            )
        return recipe.target
    if not recipe.labels:
        return None
    target = str(frame.columns[-1])
    warnings.append(Message("data.target_taken", {"column": target}))
    return target


def _with_target(frame: DataFrame, target: str, path: Path, warnings: list[Message]) -> DataFrame:
    import pandas

    present = frame[target].notna()
    if pandas.api.types.is_float_dtype(frame[target].dtype):
        present &= np.isfinite(frame[target])
    missing = int((~present).sum())
    if missing:
        warnings.append(Message("data.rows_without_target", {"count": missing, "column": target}))
        whole = columns.is_whole(frame[target])  # told by the gaps, which go
        frame = frame[present].reset_index(drop=True)
        if whole:
            frame[target] = frame[target].astype("int64")
    if len(frame) < 10:
        raise bad_input(
            "data.table_target_missing", path=str(path), name=target, count=len(frame), missing=missing
        )
    return frame


def _task(recipe: DataRecipe, series: Series[Any]) -> Task:
    """Text, bools, and whole numbers of at most 20 different values are classes; other numbers are a regression."""
    if recipe.task != "auto":
        return recipe.task
    if not columns.is_number(series):
        return "classification"
    few = columns.is_whole(series) and series.nunique() <= columns.FEW_INTEGERS
    return "classification" if few else "regression"


def _classes(
    series: Series[Any], known: tuple[str, ...], path: Path
) -> tuple[np.ndarray[Any, Any], tuple[str, ...]]:
    """Labels 0 … C-1 in natural order of their names, or by the names that the recipe knows."""
    named = columns.texts(series)
    found = sorted(set(named.dropna()), key=columns.natural)
    column = str(series.name)
    if len(found) < 2:
        raise bad_input("data.table_one_class", path=str(path), name=column, value=found[0] if found else "–")
    if len(found) > max(20, len(named) // 2):
        raise bad_input(
            "data.table_many_classes", path=str(path), name=column, count=len(found), rows=len(named)
        )
    new = [name for name in found if name not in known] if known else []
    if new:
        raise bad_input("data.table_new_class", path=str(path), name=column, value=new[0])
    names = known or tuple(found)
    place = {name: i for i, name in enumerate(names)}
    return named.map(place).to_numpy(dtype=np.int64), names


def _values(frame: DataFrame, target: str, path: Path) -> np.ndarray[Any, Any]:
    try:
        values = columns.numbers(frame[target])
    except (ValueError, TypeError):
        example = str(frame[target].iloc[0])[:60]
        raise bad_input("data.table_target_text", path=str(path), name=target, example=example) from None
    if np.isnan(values).any():
        row = int(np.flatnonzero(np.isnan(values))[0])
        raise bad_input("data.table_target_large", path=str(path), name=target, row=row + 2)
    if (values == values[0]).all():
        raise bad_input("data.table_one_class", path=str(path), name=target, value=f"{values[0]:.6g}")
    return values.astype(np.float32)
