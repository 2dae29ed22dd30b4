"""Small ONNX models, made by hand: what old exporters wrote, and what no converter takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

FLOAT = onnx.TensorProto.FLOAT


def convolutional(
    path: Path, opset: int = 17, batch: int | str = "n", name: str = "/stem/stem.0/Conv"
) -> Path:
    """A net for the digits with what exporters leave: a weight behind a copy, a constant, a shape that is computed."""
    kept, share = "kept", "shared"
    nodes = [
        helper.make_node("Identity", [share], ["copy"]),
        helper.make_node("Conv", ["x", "onnx::Conv_1", share], ["a"], name=name, pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "deep.weight", "copy"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node(
            "BatchNormalization",
            ["c", "scale", "shift", "mean", "var"],
            ["d"],
            name="/norm/BatchNormalization",
        ),
        helper.make_node("Relu", ["d"], ["e"]),
        helper.make_node("Shape", ["e"], ["f"]),
        helper.make_node("Gather", ["f", "zero"], ["g"], axis=0),
        helper.make_node("Unsqueeze", ["g", "axes"], ["h"]),
        helper.make_node("Constant", [], [kept], value=_tensor("", np.array([-1], np.int64))),
        helper.make_node("Concat", ["h", kept], ["i"], axis=0),
        helper.make_node("Reshape", ["e", "i"], ["j"]),
        helper.make_node("Gemm", ["j", "head.weight", "head.bias"], ["y"], transB=1),
    ]
    weights = _drawn(
        {"onnx::Conv_1": (16, 1, 3, 3), "shared": (16,), "deep.weight": (16, 16, 3, 3), "scale": (16,)}
    )
    weights |= _drawn({"shift": (16,), "mean": (16,), "head.weight": (10, 256), "head.bias": (10,)})
    weights |= {"var": np.full(16, 2, np.float32), "zero": np.array(0), "axes": np.array([0])}
    return write(path, nodes, weights, [batch, 1, 8, 8], [batch, 10], opset)


def transformer(path: Path, width: int = 96) -> Path:
    """A block whose weights are matrix products, as a transformer's are; the last layer alone is one."""
    nodes = [
        helper.make_node("Flatten", ["x"], ["a"]),
        helper.make_node("MatMul", ["a", "wide"], ["b"]),
        helper.make_node("Add", ["b", "shift"], ["c"]),
        helper.make_node("Softmax", ["c"], ["d"], axis=-1),
        helper.make_node("Gemm", ["d", "head"], ["y"]),
    ]
    weights = _drawn({"wide": (64, width), "shift": (width,), "head": (width, 10)})
    return write(path, nodes, weights, ["n", 1, 8, 8], ["n", 10])


def write(
    path: Path,
    nodes: Sequence[Any],
    weights: dict[str, np.ndarray[Any, Any]],
    takes: Sequence[int | str],
    makes: Sequence[int | str],
    opset: int = 17,
) -> Path:
    """Write a graph from `x` to `y`."""
    graph = helper.make_graph(
        list(nodes),
        "net",
        [helper.make_tensor_value_info("x", FLOAT, list(takes))],
        [helper.make_tensor_value_info("y", FLOAT, list(makes))],
        [_tensor(name, value) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def _tensor(name: str, value: np.ndarray[Any, Any]) -> Any:
    return numpy_helper.from_array(np.asarray(value), name)


def _drawn(shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray[Any, Any]]:
    """Weights of a bearable size, other ones for each name."""
    drawn = {}
    for name, shape in shapes.items():
        numbers = np.random.default_rng(sum(name.encode())).standard_normal(shape)
        drawn[name] = (numbers / max(1, int(np.prod(shape[1:]))) ** 0.5).astype(np.float32)
    return drawn
