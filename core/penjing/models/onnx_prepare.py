"""An ONNX graph made ready for its conversion to PyTorch: the same numbers, in the forms that the converter takes.

Names are made plain, since the converter writes them into Python code. What comes out depends on the file alone, so
that a run that goes on, and an export that is loaded, have the same layers.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from math import prod
from typing import Any

from torch import fx, nn

from penjing.models.onnx_functions import unfolds

OPSET = 17
"""The newest opset whose operators the converter knows."""
_BATCH = 1009
_LONGEST = 80  # characters of a layer's name
_LAYERS = {
    "BatchNormalization", "Conv", "ConvTranspose", "Gemm", "InstanceNormalization", "LayerNormalization", "PRelu",
}  # fmt: skip
"""Operators that the converter can make a layer with parameters of."""


def prepare(model: Any) -> Any:
    """A copy of the graph, with its weights in it, that the converter can be given."""
    import onnx
    from onnx.inliner import inline_local_functions

    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    if copy.functions and unfolds(copy):
        copy = inline_local_functions(copy)
    if unconvertible(copy):
        copy = _older(copy)
    _fold(copy.graph)
    _flatten(copy)
    _drop_unused(copy.graph)
    _allow_no_zeros(copy.graph)
    _rename(copy.graph)
    _strip(copy)
    return copy


def unconvertible(model: Any) -> list[str]:
    """Operators without a converter, each once, as `Split (opset 18)`."""
    from onnx2torch.node_converters import get_converter

    opsets = {one.domain: one.version for one in model.opset_import}
    found: dict[str, None] = {}
    for node in model.graph.node:
        opset = opsets.get(node.domain, 0)
        try:
            known = not node.domain and get_converter(node.op_type, opset) is not None
        except NotImplementedError:
            known = False
        if not known:
            found[f"{node.domain + '.' if node.domain else ''}{node.op_type} (opset {opset})"] = None
    return list(found)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a graph: how many several nodes take, their elements, and those of operators that are layers.

    Elements count once for each node that takes them. A batch norm's running mean and variance are none: they are
    buffers in PyTorch too.
    """

    shared: int
    elements: int
    in_layers: int


def weights_of(graph: Any) -> Weights:
    """Count a graph's weights, those in constants and behind copies too."""
    import onnx

    floats = {
        onnx.TensorProto.FLOAT,
        onnx.TensorProto.DOUBLE,
        onnx.TensorProto.FLOAT16,
        onnx.TensorProto.BFLOAT16,
    }
    initial = {one.name: one for one in graph.initializer if one.data_type in floats}
    stands_for: dict[str, str] = {}
    taken: dict[str, int] = {}
    total = in_layers = 0
    for node in graph.node:
        inputs = [stands_for.get(name, name) for name in node.input]
        if node.op_type == "Identity" and inputs and inputs[0] in initial:
            stands_for |= dict.fromkeys(node.output, inputs[0])
            continue
        if node.op_type == "Constant":
            tensors = [one.t for one in node.attribute if one.name == "value" and one.t.data_type in floats]
            initial |= dict(zip(node.output, tensors, strict=False))
        for name in inputs[:3] if node.op_type == "BatchNormalization" else inputs:
            if name in initial:
                taken[name] = taken.get(name, 0) + 1
                total += _elements(initial[name])
                in_layers += _elements(initial[name]) if node.op_type in _LAYERS else 0
    shared = sum(count > 1 and _elements(initial[name]) > 1 for name, count in taken.items())
    return Weights(shared, total, in_layers)


def _elements(tensor: Any) -> int:
    return prod(int(size) for size in tensor.dims)


def _older(model: Any) -> Any:
    """The graph in an opset that the converter knows, or as it is where ONNX has no way back."""
    from onnx.version_converter import convert_version

    if max((one.version for one in model.opset_import if not one.domain), default=0) <= OPSET:
        return model
    try:
        return convert_version(model, OPSET)
    except Exception:  # an operator that has no older form: it is named later
        return model


def _fold(graph: Any) -> None:
    """Constants as initializers, and initializers in place of copies of them: exporters keep equal ones once."""
    import onnx

    initial = {one.name for one in graph.initializer}
    outputs = {one.name for one in graph.output}
    stands_for: dict[str, str] = {}
    kept = []
    for node in graph.node:
        node.input[:] = [stands_for.get(name, name) for name in node.input]
        free = len(node.output) == 1 and node.output[0] not in outputs
        if node.op_type == "Identity" and free and len(node.input) == 1 and node.input[0] in initial:
            stands_for[node.output[0]] = node.input[0]
        elif node.op_type == "Constant" and free and [one.name for one in node.attribute] == ["value"]:
            tensor = onnx.TensorProto()
            tensor.CopyFrom(node.attribute[0].t)
            tensor.name = node.output[0]
            graph.initializer.append(tensor)
            initial.add(tensor.name)
        else:
            kept.append(node)
    nodes = [_copied(one) for one in kept]
    del graph.node[:]
    graph.node.extend(nodes)


def _copied(node: Any) -> Any:
    import onnx

    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    return copy


def _flatten(model: Any) -> None:
    """Reshapes that flatten a sample, as what they are: their numbers would fix the batch, and the channels before.

    Where the last of two sizes holds all of a sample, the first can be nothing but the batch. Sizes that the graph
    computes are found for a batch that no layer is likely to have by itself.
    """
    import onnx
    from onnx.version_converter import convert_version

    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.value_info[:]
    for one in probe.graph.input:
        dims = one.type.tensor_type.shape.dim
        if len(dims) and not dims[0].dim_value:
            dims[0].dim_value = _BATCH
    try:
        if max(one.version for one in probe.opset_import) < OPSET:  # whose inference follows shapes further
            probe = convert_version(probe, OPSET)
        graph = onnx.shape_inference.infer_shapes(probe, data_prop=True).graph
    except Exception:  # the converter says what is wrong with it
        return
    sizes: dict[str, list[int]] = {}
    for one in (*graph.input, *graph.value_info, *graph.output):
        sizes[one.name] = [int(dim.dim_value) for dim in one.type.tensor_type.shape.dim]
    for node in model.graph.node:
        if node.op_type != "Reshape" or node.domain:
            continue
        given, made = sizes.get(node.input[0], []), sizes.get(node.output[0], [])
        if len(given) > 1 and len(made) == 2 and 0 < made[1] == prod(given[1:]):
            plain = onnx.helper.make_node("Flatten", node.input[:1], node.output, name=node.name, axis=1)
            node.CopyFrom(plain)


def _drop_unused(graph: Any) -> None:
    """Take away nodes that nothing takes anything from, such as the arithmetic of shapes that are not asked for."""
    needed = {one.name for one in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(_copied(node))
    del graph.node[:]
    graph.node.extend(reversed(kept))


def _allow_no_zeros(graph: Any) -> None:
    """Take `allowzero` from reshapes whose shape has no zero: it says nothing there, and has no converter."""
    from onnx.numpy_helper import to_array

    initial = {one.name: one for one in graph.initializer}
    for node in graph.node:
        shape = initial.get(node.input[1]) if node.op_type == "Reshape" and len(node.input) > 1 else None
        if shape is not None and (to_array(shape) != 0).all():
            kept = [one for one in node.attribute if one.name != "allowzero"]
            if len(kept) < len(node.attribute):
                plain = _copied(node)
                del plain.attribute[:]
                plain.attribute.extend(kept)
                node.CopyFrom(plain)


def _rename(graph: Any) -> None:
    """Name every node after its weight where that has a layer's name, else after itself: a plain, unique identifier."""
    initial = {one.name for one in graph.initializer}
    plain = nn.Module()
    taken = {"self", *(one.name for one in (*graph.input, *graph.initializer))}
    for number, node in enumerate(graph.node):
        weight = node.input[1] if len(node.input) > 1 and node.input[1] in initial else ""
        wanted = weight.removesuffix(".weight") if weight.endswith(".weight") else _place(node)
        stem = re.sub(r"[^A-Za-z0-9]+", "_", wanted).strip("_")[:_LONGEST] or node.op_type.lower()
        if (
            not stem[0].isalpha()
            or stem.startswith(("onnx_initializer", "input_"))
            or keyword.iskeyword(stem)
        ):
            stem = f"layer_{stem}"
        stem = re.sub(r"[^A-Za-z0-9_]", "_", stem)
        if stem == "initializers" or hasattr(plain, stem) or hasattr(fx.GraphModule, stem):
            stem = f"layer_{stem}"
        name = stem
        while name in taken:
            name = f"{stem}_{number}"
            stem += "_"
        taken.add(name)
        node.name = name


def _place(node: Any) -> str:
    """The module that a node was exported from: `layer1.0.conv1` of torch's `/layer1/layer1.0/conv1/Conv`."""
    parts = [one for one in node.name.split("/") if one]
    kept = [
        one for one, after in zip(parts, [*parts[1:], ""], strict=False) if not after.startswith(f"{one}.")
    ]
    if len(kept) > 1 and kept[-1] == node.op_type:
        kept.pop()
    return ".".join(kept)


def _strip(model: Any) -> None:
    """Take away what tells of the machine that exported it, and nothing of the network."""
    del model.metadata_props[:]
    model.ClearField("doc_string")
    model.graph.ClearField("doc_string")
    del model.graph.value_info[:]  # found again by shape inference
    for one in (*model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output):
        one.ClearField("doc_string")
        if hasattr(one, "metadata_props"):
            del one.metadata_props[:]
