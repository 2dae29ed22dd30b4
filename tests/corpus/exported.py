"""`.pt2` with calls in it: pickles, expressions, operators, and compiled code."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

from corpus.register import Call, hostile, replaced, saved, touch
from corpus.sound import good_exported

_META = {
    "dtype": 7, "sizes": [], "requires_grad": False, "device": {"type": "cpu", "index": None}, "strides": [],
    "storage_offset": {"as_int": 0}, "layout": 7,
}  # fmt: skip


def _configured(path: Path, configuration: str, key: str, data: bytes, pickled: bool = True) -> None:
    """A `.pt2` with one more entry in a configuration, which says whether it is pickled."""
    good_exported(path)
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if one.endswith(configuration))
        value = json.loads(archive.read(name))
    value["config"][key] = {"path_name": key, "is_param": True, "use_pickle": pickled, "tensor_meta": _META}
    replaced(path, {configuration: json.dumps(value).encode()})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{name.rpartition('/')[0]}/{key}", data)


@hostile("pickled_weights.pt2")
def _pickled_weights(path: Path) -> None:
    _configured(path, "weights_config.json", "trap", saved(Call(os.system, touch(path))))


@hostile("pickled_constants.pt2")
def _pickled_constants(path: Path) -> None:
    _configured(path, "constants_config.json", "trap", saved(Call(os.system, touch(path))))


@hostile("pickled_samples.pt2")
def _pickled_samples(path: Path) -> None:
    good_exported(path)
    replaced(path, {"sample_inputs/model.pt": saved(Call(os.system, touch(path)))})


def _program(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if one.endswith("model.json"))
        value: dict[str, Any] = json.loads(archive.read(name))
    return value


@hostile("expression.pt2")
def _expression(path: Path) -> None:
    good_exported(path)
    value = _program(path)
    graph = value["graph_module"]
    given = next(one["user_input"] for one in graph["signature"]["input_specs"] if "user_input" in one)
    sizes = graph["graph"]["tensor_values"][given["arg"]["as_tensor"]["name"]]["sizes"]
    sizes[0] = {"as_expr": {"expr_str": f"__import__('os').system({touch(path)!r})", "hint": None}}
    replaced(path, {"model.json": json.dumps(value).encode()})


@hostile("short_weight.pt2")
def _short_weight(path: Path) -> None:
    good_exported(path)
    replaced(path, {"weights/weight_0": b"\0\0\0\0"})


@hostile("operator.pt2")
def _operator(path: Path) -> None:
    good_exported(path)
    value = _program(path)
    node = value["graph_module"]["graph"]["nodes"][0]
    node["target"] = "torch.cuda.os.system"  # torch looks names up through all that its modules import
    node["inputs"] = [{"name": "command", "arg": {"as_string": touch(path)}, "kind": 1}]
    replaced(path, {"model.json": json.dumps(value).encode()})


def _added(path: Path, entries: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        top = archive.namelist()[0].partition("/")[0]
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two entries of one name are meant
        for name, data in entries.items():
            archive.writestr(f"{top}/{name}", data)


@hostile("other_program.pt2")
def _other_program(path: Path) -> None:
    good_exported(path)
    value = _program(path)
    value["range_constraints"] = {f"__import__('os').system({touch(path)!r})": {"min_val": 0, "max_val": 9}}
    sizes = next(iter(value["graph_module"]["graph"]["tensor_values"].values()))["sizes"]
    sizes[0] = {"as_expr": {"expr_str": f"__import__('os').system({touch(path)!r})", "hint": None}}
    _added(path, {"models/other": json.dumps(value).encode()})


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)  # torch first looks at them as float32


@hostile("opaque_object.pt2", "custom_object.pt2")
def _object(path: Path) -> None:
    """torch unpickles these by their names, whatever the configuration says."""
    call = Call(os.system, touch(path))
    if path.stem == "opaque_object":
        _configured(
            path, "constants_config.json", "opaque_obj_0", _padded(pickle.dumps(call, protocol=0)), False
        )
    else:
        _configured(path, "constants_config.json", "custom_obj_0", _padded(saved(call)), False)


@hostile("said_twice.pt2")
def _said_twice(path: Path) -> None:
    _configured(path, "weights_config.json", "weight_9", saved(Call(os.system, touch(path))))
    entry = {"path_name": "weight_9", "is_param": True, "use_pickle": False, "tensor_meta": _META}
    _added(path, {"data/weights/other_weights_config.json": json.dumps({"config": {"w": entry}}).encode()})


@hostile("two_of_a_name.pt2")
def _two_of_a_name(path: Path) -> None:
    good_exported(path)
    _added(path, {"data/sample_inputs/model.pt": saved(Call(os.system, touch(path)))})


def _library(path: Path) -> bytes:
    """A shared library that leaves a canary when it is loaded; where there is no compiler, only its first bytes."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return b"\x7fELF" + bytes(100)
    command = json.dumps(touch(path), ensure_ascii=False)
    source = (
        f"#include <stdlib.h>\n__attribute__((constructor)) static void run(void) {{ system({command}); }}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "trap.c").write_text(source, encoding="utf-8")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", "trap.so", "trap.c"], cwd=folder, check=True)
        return (Path(folder) / "trap.so").read_bytes()


def _compiled(path: Path, name: str) -> dict[str, bytes]:
    metadata = json.dumps({"AOTI_DEVICE_KEY": "cpu"}).encode()
    return {f"{name}.so": _library(path), f"{name}_metadata.json": metadata}


@hostile("compiled_beside.pt2")
def _compiled_beside(path: Path) -> None:
    good_exported(path)
    _added(path, _compiled(path, "data/aotinductor/model/trap.wrapper"))


@hostile("compiled_alone.pt2")
def _compiled_alone(path: Path) -> None:
    parts = {"archive_format": b"pt2", "archive_version": b"0", "byteorder": b"little"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (parts | _compiled(path, "data/aotinductor/model/trap.wrapper")).items():
            archive.writestr(f"model/{name}", data)


@hostile("compiled_elsewhere.pt2")
def _compiled_elsewhere(path: Path) -> None:
    good_exported(path)
    _added(path, {"extra/readme.txt": _library(path)})
