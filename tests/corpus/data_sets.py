"""Folders that `datasets` saved, made hostile or broken: names, links, JSON, and Arrow streams."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

from corpus.data_register import TEXTS, copied, data
from corpus.register import Call, touch, writing


def _json(path: Path, name: str, **values: Any) -> None:
    file = path / name
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | values), encoding="utf-8")


def _arrow(path: Path) -> Path:
    return next(path.glob("*.arrow"))


def _stream(path: Path, table: Any, **options: Any) -> None:
    import pyarrow
    from pyarrow import ipc

    write = ipc.IpcWriteOptions(**options)
    with (
        pyarrow.OSFile(str(_arrow(path)), "wb") as sink,
        ipc.new_stream(sink, table.schema, options=write) as writer,
    ):
        writer.write_table(table)


def _table(**columns: Any) -> Any:
    import pyarrow

    return pyarrow.table({"text": TEXTS, "label": [i % 2 for i in range(len(TEXTS))], **columns})


@data("set_script", tokenizer="good_tokenizer")
def _script(path: Path) -> None:
    copied("good_set", path)
    for name in ("set_script.py", "dataset.py", "__init__.py"):
        (path / name).write_text(writing(path) + "\n")


@data("set_info_large", tokenizer="good_tokenizer")
def _info_large(path: Path) -> None:
    copied("good_set", path)
    _json(path, "dataset_info.json", description="a" * 40 * 2**20)


@data("set_info_deep", tokenizer="good_tokenizer")
def _info_deep(path: Path) -> None:
    copied("good_set", path)
    (path / "dataset_info.json").write_text('{"features":' + "[" * 200_000 + "]" * 200_000 + "}")


@data("set_state_deep", tokenizer="good_tokenizer")
def _state_deep(path: Path) -> None:
    copied("good_set", path)
    (path / "state.json").write_text('{"_data_files":' + "[" * 300 + "]" * 300 + "}")


@data("set_state_wrong", tokenizer="good_tokenizer")
def _state_wrong(path: Path) -> None:
    copied("good_set", path)
    _json(path, "state.json", _data_files=5)


@data("set_format", tokenizer="good_tokenizer")
def _format(path: Path) -> None:
    copied("good_set", path)
    _json(path, "state.json", _format_type="custom", _format_kwargs={"transform": "os.system"})


@data("set_feature_unknown", "set_feature_class", tokenizer="good_tokenizer")
def _feature(path: Path) -> None:
    copied("good_set", path)
    kind = "Nope" if path.name.endswith("unknown") else "Features"
    _json(path, "dataset_info.json", features={"text": {"_type": kind}, "label": {"_type": kind}})


@data("set_picture_labels", tokenizer="good_tokenizer")
def _picture_labels(path: Path) -> None:
    import pyarrow

    copied("good_set", path)
    kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    rows = [{"path": "/etc/passwd", "bytes": None}] * len(TEXTS)
    _stream(path, _table(label=pyarrow.array(rows, kind)))
    text = {"dtype": "string", "_type": "Value"}
    _json(path, "dataset_info.json", features={"text": text, "label": {"_type": "Image"}})


@data("set_above", "set_absolute", "set_backslash", tokenizer="good_tokenizer")
def _outside(path: Path) -> None:
    copied("good_set", path)
    named = {
        "set_above": "../good_set/data-00000-of-00001.arrow",
        "set_absolute": "/etc/passwd",
        "set_backslash": "..\\x.arrow",
    }
    _json(path, "state.json", _data_files=[{"filename": named[path.name]}])


@data("set_splits_above", tokenizer="good_tokenizer")
def _splits_above(path: Path) -> None:
    path.mkdir()
    (path / "dataset_dict.json").write_text(json.dumps({"splits": ["../good_set"]}))


@data("set_link", "set_link_circle", "set_device", tokenizer="good_tokenizer")
def _link(path: Path) -> None:
    copied("good_set", path)
    file = _arrow(path)
    shutil.move(file, path.with_suffix(".moved"))
    ends = {
        "set_link": str(path.with_suffix(".moved")),
        "set_link_circle": file.name,
        "set_device": "/dev/zero",
    }
    file.symlink_to(ends[path.name])


if hasattr(os, "mkfifo"):

    @data("set_pipe", tokenizer="good_tokenizer")
    def _pipe(path: Path) -> None:
        copied("good_set", path)
        _arrow(path).unlink()
        os.mkfifo(path / "data-00000-of-00001.arrow")


@data("set_torn", "set_garbage", "set_empty", tokenizer="good_tokenizer")
def _damaged(path: Path) -> None:
    copied("good_set", path)
    file = _arrow(path)
    whole = file.read_bytes()
    file.write_bytes({"set_torn": whole[:300], "set_garbage": b"\xff" * 5000, "set_empty": b""}[path.name])


@data("set_pickle", tokenizer="good_tokenizer")
def _pickle(path: Path) -> None:
    copied("good_set", path)
    _arrow(path).write_bytes(pickle.dumps(Call(os.system, touch(path))))


@data("set_bomb", tokenizer="good_tokenizer")
def _bomb(path: Path) -> None:
    copied("good_set", path)
    _stream(path, _table(more=["\0" * 2**20] * len(TEXTS)), compression="zstd")


@data("set_rows", tokenizer="good_tokenizer")
def _rows(path: Path) -> None:
    import pyarrow

    copied("good_set", path)
    _stream(path, pyarrow.table({"text": pyarrow.nulls(2**31 - 2), "label": pyarrow.nulls(2**31 - 2)}))


@data("set_offsets", tokenizer="good_tokenizer")
def _offsets(path: Path) -> None:
    copied("good_set", path)
    _stream(path, _table())
    data = bytearray(_arrow(path).read_bytes())
    # The text column's offsets are int32 from 0 on: the second one is made to lead far away.
    length = len(TEXTS[0]).to_bytes(4, "little")
    at = data.index(bytes(4) + length + (len(TEXTS[0]) + len(TEXTS[1])).to_bytes(4, "little"))
    data[at + 4 : at + 8] = (2**31 - 1).to_bytes(4, "little")
    _arrow(path).write_bytes(data)


@data("set_extension", tokenizer="good_tokenizer")
def _extension(path: Path) -> None:
    import pyarrow

    copied("good_set", path)
    table = _table()
    marks = {
        "ARROW:extension:name": "arrow.py_extension_type",
        "ARROW:extension:metadata": pickle.dumps(Call(os.system, touch(path)), protocol=0),
    }
    fields = [pyarrow.field("text", pyarrow.string(), metadata=marks), table.schema.field("label")]
    _stream(path, pyarrow.table(table.columns, schema=pyarrow.schema(fields)))
