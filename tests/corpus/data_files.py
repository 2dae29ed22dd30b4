"""Pictures, tables and arrays, made hostile or broken."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from corpus.data_register import file
from corpus.register import Call, touch, writing


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *chunks: bytes) -> bytes:
    rows = zlib.compress(bytes(min((width + 1) * height, 10**7)))
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


@file("pictures")
def _pictures(path: Path) -> None:
    """Twelve good pictures, and beside them what only is called so."""
    for name in ("a", "b"):
        (path / name).mkdir(parents=True)
        for number in range(6):
            (path / name / f"{number}.png").write_bytes(_png(8 + number, 8))
    odd = path / "a"
    (odd / "bomb.png").write_bytes(_png(50_000, 50_000))
    (odd / "claims.png").write_bytes(_png(2**31 - 1, 2**31 - 1))
    (odd / "text.png").write_bytes(_png(8, 8, _chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(20 * 2**20)))))
    (odd / "empty.png").write_bytes(b"")
    (odd / "script.png").write_text(f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({touch(path)}) run\n")
    (odd / "page.jpg").write_text(f'<svg onload="{writing(path)}"/>')
    (odd / "pickle.png").write_bytes(pickle.dumps(Call(os.system, touch(path))))
    tags = [
        (256, 4, 1, 60_000),
        (257, 4, 1, 60_000),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
    ]
    tags += [(278, 4, 1, 60_000), (279, 4, 1, 2**32 - 1)]
    directory = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    (odd / "huge.tif").write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + directory + bytes(4))
    with (odd / "sparse.png").open("wb") as sparse:
        sparse.truncate(2**40)
    (odd / "device.png").symlink_to("/dev/zero")
    (odd / "circle.png").symlink_to("circle.png")
    (odd / "again").symlink_to("..", target_is_directory=True)
    if hasattr(os, "mkfifo"):
        os.mkfifo(odd / "pipe.png")


@file("wide.csv", "long_name.csv", "nul.csv", "quote.csv", "pickle.csv", "pickle.parquet", "garbage.parquet")
def _texts(path: Path) -> None:
    rows = "".join(f"{i},{i % 7},{i % 2}\n" for i in range(3000))
    made = {
        "wide.csv": lambda: ",".join(f"c{i}" for i in range(10**6)).encode() + b"\n" + b"1,2\n" * 20,
        "long_name.csv": lambda: b"a," + b"n" * 2_000_000 + b",y\n" + rows.encode(),
        "nul.csv": lambda: b"a,b,y\n" + rows.encode() + b"1,\x00\x00,1\n",
        "quote.csv": lambda: b'a,b,y\n1,"' + rows.encode() * 20,
        "garbage.parquet": lambda: b"PAR1" + b"\xff" * 4000 + struct.pack("<I", 2**31 - 1) + b"PAR1",
    }
    path.write_bytes(made.get(path.name, lambda: pickle.dumps(Call(os.system, touch(path))))())


def _parquet(path: Path, **columns: Any) -> None:
    import pyarrow
    from pyarrow import parquet

    count = len(next(iter(columns.values()))) if columns else 40
    table = pyarrow.table({"a": [i / 3 for i in range(count)], **columns, "y": [i % 2 for i in range(count)]})
    marks = {"pandas": pickle.dumps(Call(os.system, touch(path)), protocol=0)}
    parquet.write_table(table.replace_schema_metadata(marks), path)


@file("metadata.parquet")
def _metadata(path: Path) -> None:
    _parquet(path)


@file("nested.parquet")
def _nested(path: Path) -> None:
    value: Any = 1
    for _ in range(30):
        value = [{"more": value}]
    _parquet(path, deep=[value] * 40)


@file("repeated.parquet")
def _repeated(path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    count = 300_000
    text = pyarrow.DictionaryArray.from_arrays(pyarrow.array(np.zeros(count, np.int32)), ["a" * 2**20])
    table = pyarrow.table({"text": text, "a": np.arange(count), "y": np.arange(count) % 2})
    parquet.write_table(table, path)


@file("extension.parquet")
def _extension(path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    marks = {
        "ARROW:extension:name": "arrow.py_extension_type",
        "ARROW:extension:metadata": pickle.dumps(Call(os.system, touch(path)), protocol=0),
    }
    schema = pyarrow.schema([pyarrow.field("a", pyarrow.float64(), metadata=marks), ("y", pyarrow.int64())])
    columns = [[i / 3 for i in range(40)], [i % 2 for i in range(40)]]
    parquet.write_table(pyarrow.table(columns, schema=schema), path)


@file("claims.npz")
def _claims(path: Path) -> None:
    """An archive whose directory says of each of its arrays that it unpacks to 4 GB."""
    np.savez(path, x=np.zeros((40, 2)), y=np.arange(40) % 2, a=np.zeros(9), b=np.zeros(9), c=np.zeros(9))
    data = bytearray(path.read_bytes())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 2**32 - 2)
    path.write_bytes(bytes(data))


@file("shape.npz")
def _shape(path: Path) -> None:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "<f8", "fortran_order": False, "shape": (10**13, 2)}
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", stream.getvalue() + bytes(80))


@file("objects.npz")
def _objects(path: Path) -> None:
    np.savez(path, x=np.array([Call(os.system, touch(path))] * 12, dtype=object), y=np.arange(12))
