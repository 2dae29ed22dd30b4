"""Makes files that are hostile, broken or good into a folder. Nothing binary is kept; every payload leaves a canary.

`make(folder)` returns the references to open, by name. What each has to say is in `expected.json`, which
`python tests/corpus/record.py` writes anew (to be read by a person before it is kept).
"""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

CANARY = "canary"
Maker = Callable[[Path], None]
HOSTILE: dict[str, tuple[str, Maker]] = {}
GOOD: dict[str, tuple[str, Maker]] = {}
INPUTS = {
    "good_pickle.pt": "4",
    "good_script.ts": "4",
    "script_call.ts": "4",
}  # --input, where a file says none
FOLDERS = ("hf_auto_map", "hf_layers", "hf_backbone", "hf_hub", "hf_pipe", "hf_device", "hf_cycle")
PREFIXES = {"factory.py": "py:{path}:make", **dict.fromkeys(FOLDERS, "hf:{path}")}


def hostile(name: str, *more: str) -> Callable[[Maker], Maker]:
    """Register a maker for a hostile or broken file, and under further names."""

    def register(maker: Maker) -> Maker:
        for one in (name, *more):
            HOSTILE[one] = (one, maker)
        return maker

    return register


def good(name: str, *more: str) -> Callable[[Maker], Maker]:
    """Register a maker for a file that opens."""

    def register(maker: Maker) -> Maker:
        for one in (name, *more):
            GOOD[one] = (one, maker)
        return maker

    return register


class Call:
    """Pickles to a call of `function`."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def canary(path: Path) -> str:
    """The file that a payload in `path` would leave."""
    return str(path.parent / f"{CANARY}-{path.name}")


def touch(path: Path) -> str:
    """A shell command that leaves it."""
    return f"touch '{canary(path)}'"


def writing(path: Path) -> str:
    """An expression that leaves it."""
    return f"open({canary(path)!r}, 'w')"


def network() -> nn.Module:
    """The good network: 4 → 8 → 2."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)).eval()


# Pickles


@hostile("os_system.pt")
def _os_system(path: Path) -> None:
    torch.save({"w": torch.ones(2), "x": Call(os.system, touch(path))}, path)


@hostile("os_system_legacy.pt")
def _os_system_legacy(path: Path) -> None:
    torch.save([Call(os.system, touch(path))], path, _use_new_zipfile_serialization=False)


@hostile("os_system_protocol_4.pt")
def _protocol_4(path: Path) -> None:
    torch.save([Call(os.system, touch(path))], path, pickle_protocol=4)


@hostile("eval.pt")
def _eval(path: Path) -> None:
    torch.save(Call(eval, writing(path)), path)


@hostile("exec.pt")
def _exec(path: Path) -> None:
    torch.save(Call(exec, writing(path)), path)


@hostile("getattr_chain.pt")
def _chain(path: Path) -> None:
    import importlib

    system = Call(getattr, Call(importlib.import_module, "os"), "system")
    torch.save(Call(map, system, [touch(path)]), path)


@hostile("partial.pt")
def _partial(path: Path) -> None:
    import functools

    torch.save(functools.partial(os.system, touch(path)), path)


@hostile("subprocess.pt")
def _subprocess(path: Path) -> None:
    import subprocess

    torch.save(Call(subprocess.check_output, ["touch", canary(path)]), path)


@hostile("run_path.pt")
def _run_path(path: Path) -> None:
    import runpy

    path.with_suffix(".payload").write_text(writing(path))
    torch.save(Call(runpy.run_path, str(path.with_suffix(".payload"))), path)


@hostile("path_touch.pt")
def _path_touch(path: Path) -> None:
    torch.save(Call(Path.touch, Path(canary(path))), path)


@hostile("module_and_call.pt")
def _module_and_call(path: Path) -> None:
    model = network()
    model.extra = Call(os.system, touch(path))  # type: ignore[assignment]
    torch.save(model, path)


@hostile("nested.pt")
def _nested(path: Path) -> None:
    inner = pickle.dumps(Call(os.system, touch(path)))
    torch.save(Call(pickle.loads, inner), path)


@hostile("nested_zip.pt")
def _nested_zip(path: Path) -> None:
    inner = io.BytesIO()
    torch.save(Call(os.system, touch(path)), inner)
    torch.save(Call(torch.load, Call(io.BytesIO, inner.getvalue())), path)


@hostile("hub.pt")
def _hub(path: Path) -> None:
    torch.save(Call(torch.hub.load, str(path.parent), "model", "local"), path)


@hostile("fx.pt")
def _fx(path: Path) -> None:
    torch.save(torch.fx.symbolic_trace(network()), path)


def _zipped_pickle(path: Path, data: bytes) -> None:
    """A torch archive whose pickle is `data`."""
    torch.save({}, path)
    _replace(path, {"data.pkl": data})


def _replace(path: Path, changed: dict[str, bytes | None]) -> None:
    """Write an archive again with other bytes for entries that end in a name; None drops one."""
    with zipfile.ZipFile(path) as archive:
        entries = [(one, archive.read(one)) for one in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries:
            end = next((one for one in changed if name.endswith(one)), None)
            new = data if end is None else changed[end]
            if new is not None:
                archive.writestr(name, new)


@hostile("alias.pt")
def _alias(path: Path) -> None:
    # torchvision.extension imports os: the name looks like torchvision's.
    text = touch(path).encode()
    module, name = b"torchvision.extension", b"os.system"
    data = b"\x80\x04" + _short(module) + _short(name) + b"\x93" + _short(text) + b"\x85R."
    _zipped_pickle(path, data)


def _short(text: bytes) -> bytes:
    return b"X" + struct.pack("<I", len(text)) + text


@hostile("computed_name.pt")
def _computed(path: Path) -> None:
    # The module's name is what a call returns: _codecs.encode("posix", "ascii").
    made = b"c_codecs\nencode\n" + _short(b"posix") + _short(b"ascii") + b"\x86R"
    _zipped_pickle(
        path, b"\x80\x04" + made + _short(b"system") + b"\x93" + _short(touch(path).encode()) + b"\x85R."
    )


@hostile("memo_name.pt")
def _memo(path: Path) -> None:
    # The names come out of the memo, in the other order.
    data = _short(b"system") + b"q\x01" + b"0" + _short(b"posix") + b"q\x02" + b"0" + b"h\x02h\x01\x93"
    _zipped_pickle(path, b"\x80\x04" + data + _short(touch(path).encode()) + b"\x85R.")


@hostile("extension.pt")
def _extension(path: Path) -> None:
    _zipped_pickle(path, b"\x80\x02\x82\x01.")


@hostile("reserving.pt")
def _reserving(path: Path) -> None:
    _zipped_pickle(path, b"\x80\x02}r" + struct.pack("<I", 2**31) + b".")


@hostile("main_class.pt")
def _main_class(path: Path) -> None:
    _zipped_pickle(path, b"\x80\x02c__main__\nNet\n)\x81.")


@hostile("absent_class.pt")
def _absent_class(path: Path) -> None:
    _zipped_pickle(path, b"\x80\x02cnowhere.nets\nNet\n)\x81.")


@hostile("disguised.safetensors", "disguised.onnx", "disguised.npz", "disguised.json", "disguised.pkl")
def _disguised(path: Path) -> None:
    path.write_bytes(pickle.dumps(Call(os.system, touch(path))))


@hostile("protocol_0.pt")
def _protocol_0(path: Path) -> None:
    path.write_bytes(pickle.dumps(Call(os.system, touch(path)), protocol=0))


@hostile("torch_zip.safetensors", "torch_zip.onnx", "torch_zip.npz")
def _torch_zip(path: Path) -> None:
    torch.save(Call(os.system, touch(path)), path)


# TorchScript and .pt2


class Saving(nn.Module):
    """Leaves a canary when TorchScript loads it: `__setstate__` runs then."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self.linear = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x)  # type: ignore[no-any-return]

    @torch.jit.export
    def __getstate__(self) -> tuple[str, torch.Tensor, bool]:
        return self.place, self.linear.weight, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[str, torch.Tensor, bool]) -> None:
        torch.save(state[1], state[0])
        self.place = state[0]
        self.training = state[2]


@hostile("script_call.ts")
def _script_call(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(Saving(canary(path))), str(path))


@hostile("script_pickle.ts")
def _script_pickle(path: Path) -> None:
    _good_script(path)
    _replace(path, {"data.pkl": pickle.dumps(Call(os.system, touch(path)), protocol=2)})


@hostile("script_without_data.ts")
def _script_without_data(path: Path) -> None:
    _good_script(path)
    _replace(path, {"data.pkl": None})


@hostile("script_short_storage.ts")
def _script_short(path: Path) -> None:
    _good_script(path)
    _replace(path, {"data/0": b"\0\0\0\0"})


def _configured(path: Path, configuration: str, key: str, data: bytes) -> None:
    """A `.pt2` with one more entry in a configuration, which says that it is pickled."""
    _good_exported(path)
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if one.endswith(configuration))
        value = json.loads(archive.read(name))
    value["config"][key] = {"path_name": key, "is_param": True, "use_pickle": True, "tensor_meta": None}
    _replace(path, {configuration: json.dumps(value).encode()})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{name.rpartition('/')[0]}/{key}", data)


def _saved(value: Any) -> bytes:
    stream = io.BytesIO()
    torch.save(value, stream)
    return stream.getvalue()


@hostile("pickled_weights.pt2")
def _pickled_weights(path: Path) -> None:
    _configured(path, "weights_config.json", "trap", _saved(Call(os.system, touch(path))))


@hostile("pickled_constants.pt2")
def _pickled_constants(path: Path) -> None:
    _configured(path, "constants_config.json", "trap", _saved(Call(os.system, touch(path))))


@hostile("pickled_samples.pt2")
def _pickled_samples(path: Path) -> None:
    _good_exported(path)
    _replace(path, {"sample_inputs/model.pt": _saved(Call(os.system, touch(path)))})


@hostile("expression.pt2")
def _expression(path: Path) -> None:
    _good_exported(path)
    with zipfile.ZipFile(path) as archive:
        value = json.loads(
            archive.read(next(one for one in archive.namelist() if one.endswith("model.json")))
        )
    graph = value["graph_module"]
    given = next(one["user_input"] for one in graph["signature"]["input_specs"] if "user_input" in one)
    sizes = graph["graph"]["tensor_values"][given["arg"]["as_tensor"]["name"]]["sizes"]
    sizes[0] = {"as_expr": {"expr_str": f"__import__('os').system({touch(path)!r})", "hint": None}}
    _replace(path, {"model.json": json.dumps(value).encode()})


@hostile("short_weight.pt2")
def _short_weight(path: Path) -> None:
    _good_exported(path)
    _replace(path, {"weights/weight_0": b"\0\0\0\0"})


# Archives, headers, and things that are no files


@hostile("bomb.pt")
def _bomb(path: Path) -> None:
    torch.save({"w": torch.zeros(4)}, path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("archive/data/1", "w", force_zip64=True) as file:
            for _ in range(100):
                file.write(bytes(2**20))


@hostile("bomb.ts")
def _bomb_script(path: Path) -> None:
    _good_script(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good_script/data/9", bytes(100 * 2**20))


@hostile("torn.pt")
def _torn(path: Path) -> None:
    torch.save({"w": torch.zeros(10_000)}, path)
    path.write_bytes(path.read_bytes()[:9_000])


@hostile("torn_legacy.pt")
def _torn_legacy(path: Path) -> None:
    torch.save({"w": torch.zeros(1000)}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes()[:300])


@hostile("no_tensors.pt")
def _no_tensors(path: Path) -> None:
    torch.save([1, 2, 3], path)


@hostile("header_too_long.safetensors")
def _header_long(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 2**40) + b'{"a": {}}')


@hostile("header_torn.safetensors")
def _header_torn(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 5000) + b'{"a": {"dtype": "F32", ')


@hostile("header_no_json.safetensors")
def _header_no_json(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 10) + b'{"a": nope' + bytes(100))


@hostile("offsets.safetensors")
def _offsets(path: Path) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [1000], "data_offsets": [0, 4000]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(10))


@hostile("deep.safetensors")
def _deep(path: Path) -> None:
    header = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    path.write_bytes(struct.pack("<Q", len(header)) + header)


@hostile("empty.pt", "empty.safetensors", "empty.onnx")
def _empty(path: Path) -> None:
    path.write_bytes(b"")


@hostile("folder.pt")
def _folder(path: Path) -> None:
    path.mkdir()


@hostile("missing.pt")
def _missing(path: Path) -> None:
    del path


@hostile("cycle.pt")
def _cycle(path: Path) -> None:
    other = path.with_name("cycle-back.pt")
    path.symlink_to(other.name)
    other.symlink_to(path.name)


@hostile("dangling.pt")
def _dangling(path: Path) -> None:
    path.symlink_to("nowhere.pt")


if hasattr(os, "mkfifo"):

    @hostile("pipe.pt")
    def _pipe(path: Path) -> None:
        os.mkfifo(path)


if hasattr(os, "geteuid") and os.geteuid() != 0:

    @hostile("unreadable.pt")
    def _unreadable(path: Path) -> None:
        torch.save(network().state_dict(), path)
        path.chmod(0)


@hostile("page.pt")
def _page(path: Path) -> None:
    path.write_text("<!DOCTYPE html><html>404</html>")


@hostile("pointer.safetensors")
def _pointer(path: Path) -> None:
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")


@hostile("file.py")
def _python(path: Path) -> None:
    path.write_text(writing(path) + "\n")


@hostile("factory.py")
def _factory(path: Path) -> None:
    path.write_text(f"{writing(path)}\ndef make():\n    raise SystemExit\n")


@hostile("hf_auto_map")
def _auto_map(path: Path) -> None:
    path.mkdir()
    configuration = {"model_type": "bert", "auto_map": {"AutoModel": "modeling.Net"}}
    (path / "config.json").write_text(json.dumps(configuration))
    (path / "modeling.py").write_text(writing(path) + "\n")


# Tensors that are not what they seem


def _rebuilt(name: str, size: tuple[int, ...], stride: tuple[int, ...], state: Any = None) -> bytes:
    """A pickle of one tensor over a storage of four numbers, by hand."""
    import torch._utils

    class Storage:
        pass

    class Pickler(pickle.Pickler):
        def persistent_id(self, one: Any) -> Any:
            return ("storage", torch.FloatStorage, "0", "cpu", 4) if isinstance(one, Storage) else None

    parts = (Storage(), 0, size, stride, False, {})
    call = Call(torch._utils._rebuild_tensor_v2, *parts)
    if state is not None:
        call = Call(
            torch._tensor._rebuild_from_type_v2, torch._utils._rebuild_tensor_v2, torch.Tensor, parts, state
        )
    stream = io.BytesIO()
    Pickler(stream, 2).dump({name: call})
    return stream.getvalue()


def _archive(path: Path, pickled: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/byteorder", "little")
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/data/0", bytes(16))


@hostile("beyond_storage.pt")
def _beyond_storage(path: Path) -> None:
    _archive(path, _rebuilt("w", (1_000_000,), (1,)))


@hostile("swollen.pt")
def _swollen(path: Path) -> None:
    _archive(path, _rebuilt("w", (50_000, 50_000), (0, 0)))


@hostile("overflow.pt")
def _overflow(path: Path) -> None:
    _archive(path, _rebuilt("w", (2**62, 4), (1, 1)))


@hostile("shadowed.pt")
def _shadowed(path: Path) -> None:
    _archive(path, _rebuilt("w", (2, 2), (2, 1), {"numel": 1, "element_size": 3, "detach": 4, "stride": 5}))


@hostile("reserved_bytes.pt")
def _reserved_bytes(path: Path) -> None:
    torch.save({"w": Call(bytearray, 10**12)}, path)


@hostile("deep_key.pt")
def _deep_key(path: Path) -> None:
    _archive(path, b"\x80\x02})" + b"\x85" * 2_000_000 + b"K\x01s.")  # hashed in native recursion


@hostile("deep_frozen.pt")
def _deep_frozen(path: Path) -> None:
    _archive(path, b"\x80\x04}" + b"(" * 100_000 + b"\x91" * 100_000 + b"K\x01s.")


@hostile("sparse.pt", "sparse_csr.pt")
def _sparse(path: Path) -> None:
    weight = torch.eye(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save({"w": weight.to_sparse_csr() if "csr" in path.name else weight.to_sparse()}, path)


@hostile("on_meta.pt")
def _on_meta(path: Path) -> None:
    torch.save({"w": torch.empty(3, device="meta")}, path)


@hostile("no_text.pt")
def _no_text(path: Path) -> None:
    torch.save({"\ud800": torch.zeros(3)}, path)


@hostile("overlapping.safetensors", "overflowing.safetensors", "negative.safetensors")
def _lying_header(path: Path) -> None:
    entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    headers: dict[str, Any] = {
        "overlapping": {"a": entry, "b": entry},
        "overflowing": {"a": {**entry, "shape": [2**62, 8]}},
        "negative": {"a": {**entry, "shape": [-2]}},
    }
    data = json.dumps(headers[path.stem]).encode()
    path.write_bytes(struct.pack("<Q", len(data)) + data + bytes(8))


def _huggingface(path: Path, **values: Any) -> None:
    path.mkdir()
    small = {"hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": 16}
    usual = {"model_type": "bert", "architectures": ["BertModel"], "intermediate_size": 8, **small}
    (path / "config.json").write_text(json.dumps(usual | values))


@hostile("hf_layers")
def _layers(path: Path) -> None:
    _huggingface(path, num_hidden_layers=10**9)


@hostile("hf_backbone", "hf_hub")
def _backbone(path: Path) -> None:
    named = "hf-hub:somebody/something" if path.name == "hf_hub" else str(path)
    _huggingface(
        path, model_type="detr", architectures=["DetrModel"], backbone=named, use_pretrained_backbone=True
    )


if hasattr(os, "mkfifo"):

    @hostile("hf_pipe")
    def _hf_pipe(path: Path) -> None:
        _huggingface(path)
        os.mkfifo(path / "tokenizer_config.json")


@hostile("hf_device")
def _hf_device(path: Path) -> None:
    _huggingface(path)
    (path / "tokenizer_config.json").symlink_to("/dev/zero")


@hostile("hf_cycle")
def _hf_cycle(path: Path) -> None:
    _huggingface(path)
    (path / "tokenizer_config.json").symlink_to("tokenizer_config.json")


# ONNX


def _graph(external: str | None = None) -> Any:
    import onnx

    weight = onnx.helper.make_tensor("w", onnx.TensorProto.FLOAT, [4, 2], [0.5] * 8)
    if external is not None:
        weight.ClearField("float_data")
        weight.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (("location", external), ("offset", "0"), ("length", "32")):
            entry = weight.external_data.add()
            entry.key, entry.value = key, value
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMul", ["x", "w"], ["y"], name="product")],
        "good",
        [value("x", onnx.TensorProto.FLOAT, ["batch", 4])],
        [value("y", onnx.TensorProto.FLOAT, ["batch", 2])],
        [weight],
    )
    return onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 18)], producer_name="test"
    )


def _write_graph(path: Path, external: str | None = None) -> None:
    path.write_bytes(_graph(external).SerializeToString())


@hostile("external_above.onnx")
def _external_above(path: Path) -> None:
    _write_graph(path, "../secret.bin")


@hostile("external_absolute.onnx")
def _external_absolute(path: Path) -> None:
    _write_graph(path, "/etc/passwd")


@hostile("external_backslash.onnx")
def _external_backslash(path: Path) -> None:
    _write_graph(path, "..\\secret.bin")


@hostile("external_link.onnx")
def _external_link(path: Path) -> None:
    (path.parent / "linked.bin").symlink_to("/etc/passwd")
    _write_graph(path, "linked.bin")


@hostile("external_linked_folder.onnx")
def _external_linked_folder(path: Path) -> None:
    (path.parent / "linked").symlink_to("/etc")
    _write_graph(path, "linked/passwd")


@hostile("external_missing.onnx")
def _external_missing(path: Path) -> None:
    _write_graph(path, "gone.bin")


def _calling(path: Path, *bodies: list[str]) -> None:
    """A graph that calls the first of some functions, each of which calls others of them by name."""
    import onnx

    sets = [onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid("own", 1)]
    functions = []
    for number, called in enumerate(bodies):
        nodes = [
            onnx.helper.make_node(name, [f"v{at}"], [f"v{at + 1}"], domain="" if name == "Relu" else "own")
            for at, name in enumerate(called)
        ]
        functions.append(
            onnx.helper.make_function("own", f"F{number}", ["v0"], [f"v{len(nodes)}"], nodes, sets)
        )
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("F0", ["x"], ["y"], domain="own", name="call")],
        "calls",
        [value("x", onnx.TensorProto.FLOAT, ["batch", 4])],
        [value("y", onnx.TensorProto.FLOAT, ["batch", 4])],
    )
    model = onnx.helper.make_model(graph, opset_imports=sets, functions=functions, producer_name="test")
    path.write_bytes(model.SerializeToString())


@hostile("calls_itself.onnx")
def _calls_itself(path: Path) -> None:
    _calling(path, ["F0"])


@hostile("calls_doubling.onnx")
def _calls_doubling(path: Path) -> None:
    _calling(path, *([f"F{number + 1}"] * 2 for number in range(40)), ["Relu"])


@hostile("many_nodes.onnx")
def _many_nodes(path: Path) -> None:
    import onnx

    count, make = 30_000, onnx.helper.make_node
    nodes = [make("Relu", ["x"], [f"t{number}"], name="same") for number in range(count)]
    nodes.append(make("Sum", [f"t{number}" for number in range(count)], ["y"], name="same"))
    value = onnx.helper.make_tensor_value_info
    ends = [[value(name, onnx.TensorProto.FLOAT, ["batch", 4])] for name in "xy"]
    model = onnx.helper.make_model(onnx.helper.make_graph(nodes, "many", *ends), producer_name="test")
    path.write_bytes(model.SerializeToString())


@hostile("no_nodes.onnx")
def _no_nodes(path: Path) -> None:
    import onnx

    graph = onnx.helper.make_graph([], "empty", [], [])
    path.write_bytes(onnx.helper.make_model(graph, producer_name="test").SerializeToString())


@hostile("torn.onnx")
def _torn_onnx(path: Path) -> None:
    _write_graph(path)
    path.write_bytes(path.read_bytes()[:-20])


# Good files, whose weights are `network()`'s


@good(
    "good.pt", "模型.pt", "モデル.pt", "모델.pt", "модель.pt", "μοντέλο.pt", "نموذج.pt", "דגם.pt", "मॉडल.pt",
    "แบบจำลอง.pt", "მოდელი.pt", "🌱 tree.pt", " spaced name .pt", "quote'\".pt", "dollar$(id).pt", "no_suffix",
    "named_like.onnx",
)  # fmt: skip
def _good_state(path: Path) -> None:
    torch.save(network().state_dict(), path)


@good("good_legacy.pt")
def _good_legacy(path: Path) -> None:
    torch.save(network().state_dict(), path, _use_new_zipfile_serialization=False)


@good("good.safetensors", "safetensors_named.pt", "重み.safetensors")
def _good_safetensors(path: Path) -> None:
    from safetensors.torch import save_file

    save_file(network().state_dict(), path)


@good("good_checkpoint.pt")
def _good_checkpoint(path: Path) -> None:
    state = {f"module.{name}": one for name, one in network().state_dict().items()}
    torch.save({"epoch": 3, "state_dict": state, "best": 0.9}, path)


@good("good_pickle.pt")
def _good_pickle(path: Path) -> None:
    torch.save(network(), path)


@good("good_namespace.pt")
def _good_namespace(path: Path) -> None:
    import argparse

    torch.save({"model": network().state_dict(), "args": argparse.Namespace(lr=0.1)}, path)


@good("good_script.ts")
def _good_script(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(network()), str(path))


@good("good.pt2")
def _good_exported(path: Path) -> None:
    batch = torch.export.Dim("batch", min=1)
    program = torch.export.export(network(), (torch.zeros(2, 4),), dynamic_shapes=({0: batch},))
    stream = io.BytesIO()
    torch.export.save(program, stream)
    path.write_bytes(stream.getvalue())


@good("good.onnx")
def _good_onnx(path: Path) -> None:
    _write_graph(path)


@good("good_external.onnx")
def _good_external(path: Path) -> None:
    (path.parent / "good.bin").write_bytes(struct.pack("<8f", *[0.5] * 8))
    _write_graph(path, "good.bin")


def make(folder: Path) -> dict[str, str]:
    """Write everything into `folder`; the reference of each by name."""
    found = {}
    for name, (file, maker) in {**HOSTILE, **GOOD}.items():
        maker(folder / file)
        found[name] = PREFIXES.get(name, "{path}").format(path=folder / file)
    return found
