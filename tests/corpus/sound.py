"""Good files, whose weights are `network()`'s."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import Any

import torch

from corpus.register import good, network


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


def write_graph(path: Path, external: str | None = None) -> None:
    path.write_bytes(_graph(external).SerializeToString())


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
def good_script(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(network()), str(path))


@good("good.pt2")
def good_exported(path: Path) -> None:
    batch = torch.export.Dim("batch", min=1)
    program = torch.export.export(network(), (torch.zeros(2, 4),), dynamic_shapes=({0: batch},))
    stream = io.BytesIO()
    torch.export.save(program, stream)
    path.write_bytes(stream.getvalue())


@good("good.onnx")
def _good_onnx(path: Path) -> None:
    write_graph(path)


@good("good_external.onnx")
def _good_external(path: Path) -> None:
    (path.parent / "good.bin").write_bytes(struct.pack("<8f", *[0.5] * 8))
    write_graph(path, "good.bin")
