"""A table's file -> a data frame: `.csv` (encoding, separator and decimal mark are found out) and `.parquet`.

No torch, and nothing but local files: no addresses, no pickles. All errors are `Failure`s with exit code 2.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penjing.data import room
from penjing.spec.messages import bad_input

if TYPE_CHECKING:
    from pandas import DataFrame

SUFFIXES = (".csv", ".parquet")
SEPARATORS = (",", ";", "\t")
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "#N/A", "?")
_CAP = 4 * 2**30  # bytes of a file, or unpacked: a small Parquet file may claim to hold any amount
_UNPACKED = 4  # times a CSV's bytes: its text, and the frame that is made of it
_MOST_COLUMNS = 20_000
_MOST_CELLS = 2**31
_FEWEST_ROWS = 10


def is_table(path: Path) -> bool:
    """Whether a file's name says that it is a table."""
    return path.suffix.lower() in SUFFIXES


def read(path: Path) -> DataFrame:
    """All rows, with column names as text. Raises `Failure`."""
    if path.is_dir():
        raise bad_input("data.table_folder", path=str(path))
    if not path.is_file():
        raise bad_input("data.not_found", path=str(path))
    size = path.stat().st_size
    if size > _CAP:
        raise room.too_large(path, size, _CAP)
    frame = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    names = [str(name) for name in frame.columns]
    frame.columns = names
    _check_twice(path, names)
    if len(names) < 2:
        raise bad_input("data.table_one_column", path=str(path), name=names[0] if names else "–")
    if len(frame) < _FEWEST_ROWS:
        raise bad_input("data.too_few", path=str(path), count=len(frame))
    return frame


def _csv(path: Path) -> DataFrame:
    import pandas

    room.check(path, _UNPACKED * path.stat().st_size)
    text = _decoded(path)
    head = _head(text)
    if not head:
        raise bad_input("data.table_empty", path=str(path))
    separator = _separator(head)
    names = _checked(path, text, separator)
    comma = separator == ";" and any(re.search(r"(^|;)\s*-?\d+,\d+\s*(;|$)", line) for line in head[1:])
    try:
        return pandas.read_csv(
            io.StringIO(text),
            sep=separator,
            header=0,
            names=names,
            index_col=False,
            decimal="," if comma else ".",
            na_values=list(MISSING),
            keep_default_na=False,
            skipinitialspace=True,
            low_memory=False,
        )
    except (ValueError, pandas.errors.ParserError, MemoryError, OverflowError) as error:
        raise _damaged(path, error) from error


def _decoded(path: Path) -> str:
    """The text: UTF-8 with or without a mark, UTF-16 with one, or else the Chinese national encoding."""
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:4096]:
        raise bad_input("data.table_not_text", path=str(path))
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise bad_input("data.table_encoding", path=str(path))


def _head(text: str, lines: int = 50) -> list[str]:
    """The first lines that hold something."""
    found = []
    for line in io.StringIO(text):
        if line.strip():
            found.append(line.rstrip("\r\n"))
        if len(found) == lines:
            break
    return found


def _separator(head: list[str]) -> str:
    """The mark that cuts most lines into the same number of fields, more than one."""

    def score(mark: str) -> tuple[int, int]:
        try:
            widths = Counter(
                len(row) for row in csv.reader(head, delimiter=mark, skipinitialspace=True) if row
            )
        except csv.Error:
            return 0, 0
        width, lines = widths.most_common(1)[0]
        return (lines, width) if width > 1 else (0, 0)

    return max(SEPARATORS, key=score)


def _check_header(path: Path, names: list[str]) -> None:
    if len(names) > _MOST_COLUMNS:
        raise bad_input("data.table_wide", path=str(path), count=len(names), most=_MOST_COLUMNS)
    if names and all(_is_number(name) for name in names):
        raise bad_input("data.table_no_header", path=str(path), first=", ".join(names[:3]))
    names[:] = [name.strip() or f"column {at + 1}" for at, name in enumerate(names)]
    _check_twice(path, names)


def _check_twice(path: Path, names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise bad_input("data.table_twice", path=str(path), name=twice[0])


def _checked(path: Path, text: str, separator: str) -> list[str]:
    """The column names. Raises where a line has more or fewer fields: pandas would fill up short ones in silence."""
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    names: list[str] = []
    try:
        for row in reader:
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if not names:
                names = row
                _check_header(path, names)
            elif len(row) != len(names):
                raise bad_input(
                    "data.table_ragged",
                    path=str(path),
                    line=reader.line_num,
                    fields=len(row),
                    width=len(names),
                )
    except csv.Error as error:
        raise _damaged(path, error) from error
    return names


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _parquet(path: Path) -> DataFrame:
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            texts = [one.name for one in file.schema_arrow if _is_text(one.type)]
        # Texts that repeat lie in the file once: how long they are all together is added up before they are laid out.
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            meta = file.metadata
            size = sum(meta.row_group(at).total_byte_size for at in range(meta.num_row_groups))
            if size > _CAP:
                raise room.too_large(path, size, _CAP)
            schema = file.schema_arrow
            cells = meta.num_rows * len(schema)
            if cells > _MOST_CELLS:  # values that repeat take no room in the file
                raise room.too_large(path, 8 * cells, 8 * _MOST_CELLS)
            if len(schema) > _MOST_COLUMNS:
                raise bad_input("data.table_wide", path=str(path), count=len(schema), most=_MOST_COLUMNS)
            room.check(path, 8 * cells)
            table = file.read()
        table.validate(full=True)
        room.check(path, sum(_laid_out(column) for column in table.columns))
        # What pandas wrote beside the columns (its index, its types) is not looked at.
        table = table.replace_schema_metadata(None)
        for at, field in enumerate(table.schema):
            if pyarrow.types.is_decimal(field.type):
                table = table.set_column(at, field.name, table.column(at).cast(pyarrow.float64()))
            elif pyarrow.types.is_dictionary(field.type):
                table = table.set_column(at, field.name, table.column(at).cast(field.type.value_type))
        return table.to_pandas(ignore_metadata=True)
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        raise _damaged(path, error) from error


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return any(
        test(kind)
        for test in (types.is_string, types.is_binary, types.is_large_string, types.is_large_binary)
    )


def _laid_out(column: Any) -> int:
    """Bytes that a column's texts take once each row has its own."""
    from pyarrow import compute, types

    size = 0
    for chunk in column.chunks:
        if types.is_dictionary(chunk.type) and _is_text(chunk.type.value_type):
            lengths = compute.cast(compute.binary_length(chunk.dictionary), "int64")
            size += compute.sum(lengths.take(chunk.indices)).as_py() or 0
    return size


def _damaged(path: Path, error: BaseException) -> Exception:
    line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".;: ")
    return bad_input("data.damaged", path=str(path), error=line)
