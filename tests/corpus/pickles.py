"""Pickles that call something, in many guises."""

from __future__ import annotations

import io
import os
import pickle
import struct
from pathlib import Path

import torch

from corpus.register import Call, canary, hostile, network, replaced, touch, writing


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
    replaced(path, {"data.pkl": data})


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
