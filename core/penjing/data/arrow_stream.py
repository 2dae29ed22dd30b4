"""An Arrow stream's file looked at before anything in it is used: sizes, lengths and offsets as they are claimed.

Arrow's own reader believes them: an offset beyond a buffer would be read all the same. It checks them on demand.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from penjing.spec.messages import bad_input

_RECORD_BATCH, _DICTIONARY = 3, 2  # kinds of a message (format/Message.fbs of Apache Arrow)
_ROWS_A_BYTE = 64


def check(path: Path) -> int:
    """Check one file and return its number of rows. Raises `Failure` (exit code 2).

    Compressed streams are refused: what they unpack to is not known beforehand, and `datasets` writes none.
    """
    import pyarrow
    from pyarrow import ipc

    try:
        with pyarrow.memory_map(str(path)) as source:
            reader = ipc.MessageReader.open_stream(source)
            while (message := _next(reader)) is not None:
                if _is_compressed(message.metadata.to_pybytes()):
                    raise bad_input("data.arrow_compressed", path=str(path))
        rows = 0
        with pyarrow.memory_map(str(path)) as source, ipc.open_stream(source) as stream:
            for batch in stream:
                batch.validate(full=True)
                rows += batch.num_rows
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, struct.error, MemoryError) as error:
        line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".;: ")
        raise bad_input("data.damaged", path=str(path), error=line) from error
    size = path.stat().st_size
    if rows > _ROWS_A_BYTE * size:  # columns of nothing take no room, whatever their length
        raise bad_input("data.arrow_rows", path=str(path), rows=rows, size=size)
    return rows


def _next(reader: Any) -> Any:
    try:
        return reader.read_next_message()
    except StopIteration:
        return None


def _is_compressed(metadata: bytes) -> bool:
    """Whether a message holds compressed buffers, by its flatbuffer: `RecordBatch.compression` is its fourth field."""
    (root,) = struct.unpack_from("<I", metadata, 0)
    kind_at, header_at = _field(metadata, root, 1), _field(metadata, root, 2)
    kind = metadata[kind_at] if kind_at else 0
    if kind not in (_RECORD_BATCH, _DICTIONARY) or not header_at:
        return False
    table = _table(metadata, header_at)
    if kind == _DICTIONARY:
        data_at = _field(metadata, table, 1)
        if not data_at:
            return False
        table = _table(metadata, data_at)
    return _field(metadata, table, 3) != 0


def _field(data: bytes, table: int, number: int) -> int:
    """Where a table's field lies; 0 where it is left out."""
    (back,) = struct.unpack_from("<i", data, table)
    (length,) = struct.unpack_from("<H", data, table - back)
    slot = 4 + 2 * number
    if slot + 2 > length:
        return 0
    (offset,) = struct.unpack_from("<H", data, table - back + slot)
    return table + offset if offset else 0


def _table(data: bytes, at: int) -> int:
    (offset,) = struct.unpack_from("<I", data, at)
    return int(at + offset)
