"""One function a format: a module into safetensors, `.pt2` or ONNX, all with a free batch axis."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import nn
from torch.export import Dim, ExportedProgram

OPSET = 18
LARGEST_ONNX = 1_900_000_000  # bytes of weights in one file; a protobuf holds less than 2 GiB
BATCH = "batch"


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep what the exporters print, log and warn from a person's terminal."""
    disabled = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)


def write_safetensors(module: nn.Module, path: Path) -> None:
    """Write the state dict. The same weights give the same bytes; shared tensors are written once a name."""
    from safetensors.torch import save

    state = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in module.state_dict().items()}
    path.write_bytes(save(state))


def trace(module: nn.Module, example: Sequence[torch.Tensor]) -> ExportedProgram:
    """Export `module` with axis 0 of every input free. `example` needs a batch of at least two samples."""
    batch = Dim(BATCH, min=1)
    shapes = tuple({0: batch} for _ in example)
    with quietly(), torch.no_grad():
        program = torch.export.export(module, tuple(example), dynamic_shapes=shapes)
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # it names folders of this machine
    return program


def write_pt2(program: ExportedProgram, path: Path) -> None:
    """Write the program in torch's archive format."""
    with quietly():
        torch.export.save(program, path)


def write_onnx(program: ExportedProgram, outputs: int, path: Path) -> None:
    """Write ONNX with named inputs and outputs and the batch axis called "batch", and check it.

    Weights lie in the file itself below `LARGEST_ONNX`, else in `model.onnx.data` beside it.
    """
    import onnx

    inputs = len(program.graph_signature.user_inputs)
    size = sum(tensor.nbytes for tensor in program.state_dict.values())
    with quietly(), torch.no_grad():
        exported = torch.onnx.export(
            program,
            (),
            dynamo=True,
            opset_version=OPSET,
            verbose=False,
            input_names=_names("input", inputs),
            output_names=_names("output", outputs),
        )
        assert exported is not None
        exported.save(str(path), external_data=size > LARGEST_ONNX)
        model = onnx.load(str(path), load_external_data=False)
        _name_batch_axis(model)
        onnx.save(model, str(path))
        onnx.checker.check_model(str(path), full_check=True)


def _names(stem: str, count: int) -> list[str]:
    return [stem] if count == 1 else [f"{stem}_{index}" for index in range(count)]


def _name_batch_axis(model: object) -> None:
    """The exporter calls the free axis by a symbol of its own (`s77`): call it what it is."""
    graph = model.graph  # type: ignore[attr-defined]
    symbol = graph.input[0].type.tensor_type.shape.dim[0].dim_param
    if not symbol.isidentifier():
        return
    pattern = re.compile(rf"\b{re.escape(symbol)}\b")
    for value in (*graph.input, *graph.output, *graph.value_info):
        for axis in value.type.tensor_type.shape.dim:
            if axis.dim_param:
                axis.dim_param = pattern.sub(BATCH, axis.dim_param)
