"""ONNX as a PyTorch network, through onnx2torch, and never on its word alone.

The converter is no longer maintained. So what comes out is held against ONNX Runtime on the same inputs, for a batch
larger than the file's too, and against the file's weights: nearly all have to be parameters. Else the model stays a
graph to look at, and the message says why.
"""

from __future__ import annotations

import copy
import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from penjing.models import onnx_file
from penjing.models.heads import last_features
from penjing.models.onnx_prepare import prepare, unconvertible, weights_of
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import state_sha256
from penjing.spec.messages import Failure, Message, bad_input
from penjing.spec.offline import stay_silent
from penjing.spec.references import InputSpec

TOLERANCE = 1e-4  # relative and absolute, as for artefacts
LEAST_SHARE = 0.99
"""The share of the weights' elements that has to come back as parameters."""
_MOST_NAMED = 5
_FREE = 2  # samples in a batch whose size the graph leaves open
_LARGEST = 2**32  # bytes of activations that a check may take: a few bytes of ONNX can ask for any amount


def as_network(model: OpenedModel) -> OpenedModel:
    """The opened ONNX graph as a network that can be trained and pruned; any other model as it is.

    Raises `Failure` (exit code 2) where the library is not installed, and where the conversion fails or is not
    good enough.
    """
    if model.format != "onnx" or model.module is not None:
        return model
    path = Path(model.reference.target).expanduser()
    if importlib.util.find_spec("onnx2torch") is None:
        raise bad_input("models.onnx_extra_missing", path=str(path))
    if not model.input:
        raise bad_input("models.onnx_input_needed", path=str(path))
    original = onnx_file.read(path)
    _check_size(path, original, model)
    weights = weights_of(original.graph)
    _check_share(path, weights.in_layers, weights.elements)  # a large transformer converts for half a minute
    onnx_file.bring_in(path, original)
    graph = _prepared(path, original)
    module = _convert(path, graph)
    _check_share(path, sum(one.numel() for one in module.parameters()), weights.elements)
    _check(path, original, module, model.input)
    said = [Message("models.onnx_converted")]
    if weights.shared:
        said.append(Message("models.onnx_untied", {"count": weights.shared}))
    return replace(
        model,
        module=module,
        sha256=state_sha256(module.state_dict()),
        weights_label=path.name,
        source=ModelSource(
            "onnx",
            "_converted",
            imports=("import onnx", "import onnx2torch"),
            file=str(path.absolute()),
            sha256=hashlib.sha256(_bytes(graph)).hexdigest(),
        ),
        outputs=last_features(module),
        warnings=tuple(said),
        table=None,
    )


def trained_where_it_can_be(model: OpenedModel) -> OpenedModel:
    """An ONNX graph as a network where it converts; else the graph, with a warning that says why it does not."""
    try:
        return as_network(model)
    except Failure as failure:
        params = {**failure.message.params, "path": Path(model.reference.target).name}
        why = Message(
            "models.onnx_stays_a_graph", {"reason": Message(failure.message.code, params).to_json()}
        )
        kept = tuple(one for one in model.warnings if one.code != "models.onnx_inspect_only")
        return replace(model, warnings=(why, *kept))


def prepared_bytes(path: Path) -> bytes:
    """The graph that an ONNX file is converted from, as a file: the same bytes for the same file."""
    original = onnx_file.read(path)
    onnx_file.bring_in(path, original)
    return _bytes(_prepared(path, original))


def _bytes(graph: Any) -> bytes:
    return bytes(graph.SerializeToString(deterministic=True))


def _prepared(path: Path, original: Any) -> Any:
    try:
        graph = prepare(original)
    except Exception as error:  # a graph that contradicts itself
        raise _not_converted(path, error) from error
    missing = unconvertible(graph)
    if missing:
        more = f" (+{len(missing) - _MOST_NAMED})" if len(missing) > _MOST_NAMED else ""
        names = ", ".join(missing[:_MOST_NAMED]) + more
        raise bad_input("models.onnx_operators", path=str(path), operators=names)
    return graph


def _convert(path: Path, graph: Any) -> nn.Module:
    import onnx2torch

    try:
        module: nn.Module = onnx2torch.convert(copy.deepcopy(graph)).eval()
    except Exception as error:  # the converter raises whatever comes
        raise _not_converted(path, error) from error
    for one in module.parameters():
        one.data = one.data.contiguous()
    return module


def _check_size(path: Path, original: Any, model: OpenedModel) -> None:
    peak = model.table.totals.peak_activation_bytes if model.table is not None else 0
    needed = 2 * (onnx_file.fixed_batch(_named(original)) or _FREE) * peak
    if needed > _LARGEST:
        gigabytes = {"needed": round(needed / 2**30, 1), "most": _LARGEST // 2**30}
        raise bad_input("models.onnx_too_large", path=str(path), **gigabytes)


def _named(original: Any) -> list[Any]:
    """The inputs that a person gives: old graphs list their weights among them."""
    initial = {one.name for one in original.graph.initializer}
    return [one for one in original.graph.input if one.name not in initial]


def _check_share(path: Path, found: int, total: int) -> None:
    if not total or found < LEAST_SHARE * total:
        share = int(100 * found / total) if total else 0
        raise bad_input("models.onnx_weights_frozen", path=str(path), found=found, total=total, share=share)


def _check(path: Path, original: Any, module: nn.Module, inputs: tuple[InputSpec, ...]) -> None:
    """Run the file with ONNX Runtime and the network with torch, on two batches and on both as one."""
    named = _named(original)
    size = onnx_file.fixed_batch(named) or _FREE
    generator = torch.Generator().manual_seed(0)
    batches = [_example(inputs, size, generator) for _ in range(2)]
    try:
        expected = _by_runtime(original, [one.name for one in named], batches)
        with torch.no_grad():
            found = _flat(module(*batches[0]))
    except Exception as error:
        raise _not_converted(path, error) from error
    _compare(path, found, expected[0])
    try:
        with torch.no_grad():
            together = _flat(module(*(torch.cat(pair) for pair in zip(*batches, strict=True))))
        _compare(path, together, [torch.cat(pair) for pair in zip(*expected, strict=True)])
    except Exception as error:
        raise bad_input("models.onnx_batch_fixed", path=str(path), batch=size) from error


def _by_runtime(
    original: Any, names: list[str], batches: list[tuple[torch.Tensor, ...]]
) -> list[list[torch.Tensor]]:
    stay_silent()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(_bytes(original), options, providers=["CPUExecutionProvider"])
    return [
        [torch.as_tensor(one) for one in session.run(None, dict(zip(names, map(_array, batch), strict=True)))]
        for batch in batches
    ]


def _compare(path: Path, found: list[torch.Tensor], expected: list[torch.Tensor]) -> None:
    same = len(found) == len(expected) and all(
        a.shape == b.shape for a, b in zip(found, expected, strict=True)
    )
    if same and all(
        torch.allclose(a.double(), b.double(), rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        for a, b in zip(found, expected, strict=True)
    ):
        return
    largest = max(((a.double() - b.double()).abs().max().item() for a, b in zip(found, expected, strict=True)
                   if a.numel()), default=0.0) if same else None  # fmt: skip
    difference = "?" if largest is None else f"{largest:.2g}"
    raise bad_input("models.onnx_outputs_differ", path=str(path), difference=difference, tolerance=TOLERANCE)


def _example(
    inputs: tuple[InputSpec, ...], size: int, generator: torch.Generator
) -> tuple[torch.Tensor, ...]:
    """Normal numbers, and for whole numbers zeros and ones, which nearly every vocabulary has."""
    made = []
    for spec in inputs:
        dtype: torch.dtype = getattr(torch, spec.dtype)
        shape = (size, *spec.shape)
        if dtype.is_floating_point:
            made.append(torch.randn(shape, generator=generator).to(dtype))
        else:
            made.append(torch.randint(0, 2, shape, generator=generator).to(dtype))
    return tuple(made)


def _array(tensor: torch.Tensor) -> Any:
    return tensor.numpy()


def _flat(outputs: Any) -> list[torch.Tensor]:
    leaves, _ = torch.utils._pytree.tree_flatten(outputs)
    return [one for one in leaves if isinstance(one, torch.Tensor)]


def _not_converted(path: Path, error: Exception) -> Failure:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    problem = f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
    return bad_input("models.onnx_not_converted", path=str(path), problem=problem)
