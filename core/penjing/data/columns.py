"""A table's columns: what each is, what is fitted on training rows, and rows as a model's inputs. No torch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from penjing.spec.messages import bad_input
from penjing.spec.recipe import ColumnRecipe

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Kind = Literal["number", "category", "ignore"]
Floats = np.ndarray[Any, np.dtype[np.float64]]
FEW_INTEGERS = 20  # whole numbers with no more values than this are classes
MOST_CATEGORIES = 50  # text with no more values than this is a category
_MOST_GIVEN = 1000  # categories of a column that was said to be one


def natural(name: str) -> list[tuple[int, float, str]]:
    """A key that sorts `2` before `10` and `b2` before `b10`."""
    if re.fullmatch(r"-?\d+(\.\d+)?", name):
        return [(0, float(name), "")]
    return [
        (0, float(part), "") if part.isdecimal() else (1, 0.0, part)
        for part in re.split(r"(\d+)", name)
        if part
    ]


def texts(series: Series[Any]) -> Series[Any]:
    """Values as they are called: whole numbers without a decimal point; missing ones are None."""
    import pandas

    if pandas.api.types.is_float_dtype(series.dtype):
        named = series.map(
            lambda value: str(int(value)) if np.isfinite(value) and value == int(value) else str(value),
            na_action="ignore",
        )
    else:
        named = series.map(lambda value: str(value).strip(), na_action="ignore")
    named = named.astype(object)
    return named.where(named.notna() & (named != ""), None)


def numbers(series: Series[Any]) -> Floats:
    """Values as float64; what is missing, infinite, or beyond float32 is NaN. Raises ValueError for text."""
    import pandas

    if pandas.api.types.is_datetime64_any_dtype(series.dtype):
        raise ValueError(str(series.dropna().iloc[0] if series.notna().any() else series.dtype))
    values = np.array(pandas.to_numeric(series, errors="raise").astype("float64"), dtype=np.float64)
    values[~(np.abs(values) <= np.finfo(np.float32).max)] = np.nan
    return values


def is_whole(series: Series[Any]) -> bool:
    """Whether a column holds whole numbers. pandas reads those with missing ones between them as floats."""
    import pandas

    if pandas.api.types.is_integer_dtype(series.dtype):
        return True
    if not pandas.api.types.is_float_dtype(series.dtype) or not series.isna().any():
        return False
    present = series.dropna()
    return bool(len(present) and np.isfinite(present).all() and (present == present.round()).all())


def is_number(series: Series[Any]) -> bool:
    """Whether a column's type is a number's (a bool is none)."""
    import pandas

    return bool(
        pandas.api.types.is_numeric_dtype(series.dtype) and not pandas.api.types.is_bool_dtype(series.dtype)
    )


def kind_of(series: Series[Any]) -> Kind:
    """What a column is, by its training rows.

    A number, unless it is called as identifiers are and no value comes twice. Text or a bool with at most 50 different
    values is a category. The rest (free text, dates, lists) is left out.
    """
    present = series.dropna()
    if present.empty:
        return "ignore"
    if is_number(series):
        named = re.fullmatch(
            r"(.*[_ ])?(id|index|uuid)|column 1|unnamed: 0|.*Id|.*ID", str(series.name), re.I
        )
        return "ignore" if named and is_whole(series) and present.is_unique else "number"
    try:
        distinct = present.nunique()
    except TypeError:  # lists and the like
        return "ignore"
    import pandas

    dated = pandas.api.types.is_datetime64_any_dtype(series.dtype)
    return "category" if distinct <= MOST_CATEGORIES and not dated else "ignore"


def kinds(frame: DataFrame, given: Mapping[str, Kind], path: str) -> dict[str, Kind]:
    """What each column of the training rows is; `given` goes first. Raises `Failure` for a column there is not."""
    for name in given:
        if name not in frame.columns:
            raise bad_input("data.table_no_column", path=path, name=name, columns=listed(list(frame.columns)))
    return {str(name): given.get(str(name)) or kind_of(frame[name]) for name in frame.columns}


def fit(frame: DataFrame, chosen: Mapping[str, Kind], path: str) -> tuple[ColumnRecipe, ...]:
    """What is kept of the training rows `frame`: mean and standard deviation, or categories, of each used column."""
    fitted = []
    for name, kind in chosen.items():
        if kind == "number":
            try:
                values = numbers(frame[name])
            except (ValueError, TypeError) as error:
                raise bad_input(
                    "data.table_not_a_number", path=path, name=name, problem=_line(error)
                ) from None
            values = values[~np.isnan(values)]
            if not len(values):
                continue
            std = float(values.std())
            small = std <= 1e-12 * float(np.abs(values).max())  # the rounding of a constant is no spread
            fitted.append(
                ColumnRecipe(name=name, kind="number", mean=float(values.mean()), std=1.0 if small else std)
            )
        elif kind == "category":
            found = sorted(set(texts(frame[name]).dropna()), key=natural)
            if len(found) > _MOST_GIVEN:
                raise bad_input(
                    "data.table_many_categories", path=path, name=name, count=len(found), most=_MOST_GIVEN
                )
            if found:
                fitted.append(ColumnRecipe(name=name, kind="category", categories=tuple(found)))
    if not fitted:
        raise bad_input("data.table_no_features", path=path)
    return tuple(fitted)


def features(columns: Sequence[ColumnRecipe]) -> list[str]:
    """The names of a model's inputs, in order: a number's own, `NAME=CATEGORY` for each category."""
    return [
        label
        for one in columns
        for label in (
            [one.name] if one.kind == "number" else [f"{one.name}={category}" for category in one.categories]
        )
    ]


def encode(
    frame: DataFrame, columns: Sequence[ColumnRecipe], path: str
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Rows as float32 (rows, features), by what was fitted. Raises `Failure` where a column is gone or is text."""
    out = np.zeros((len(frame), len(features(columns))), np.float32)
    at = 0
    for one in columns:
        if one.name not in frame.columns:
            raise bad_input(
                "data.table_no_column", path=path, name=one.name, columns=listed(list(frame.columns))
            )
        if one.kind == "number":
            try:
                values = numbers(frame[one.name])
            except (ValueError, TypeError) as error:
                raise bad_input(
                    "data.table_not_a_number", path=path, name=one.name, problem=_line(error)
                ) from None
            out[:, at] = np.where(np.isnan(values), 0.0, (values - one.mean) / one.std)
            at += 1
        else:
            place = {category: i for i, category in enumerate(one.categories)}
            found = texts(frame[one.name]).map(place).to_numpy(dtype=np.float64, na_value=np.nan)
            rows = np.flatnonzero(~np.isnan(found))
            out[rows, at + found[rows].astype(np.int64)] = 1.0
            at += len(one.categories)
    return out


def listed(names: Sequence[str], most: int = 8) -> str:
    """The first names for a message, and how many more there are."""
    shown = ", ".join(names[:most]) or "–"
    return shown + (f", … (+{len(names) - most})" if len(names) > most else "")


def _line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120].rstrip(".;: ")
