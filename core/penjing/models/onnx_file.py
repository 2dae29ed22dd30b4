"""ONNX: inspected from the graph itself. Nothing is converted and nothing is run (see `onnx_network` for that).

A row is a node, with the initializers that it alone brings as its parameters. MACs come from formulas
(`penjing.models.onnx_costs`) on the shapes that the ONNX checker's own shape inference finds. Weights in other files
are not read, and a model that names one outside its own folder is refused.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from penjing.models.onnx_costs import Shape, macs_of
from penjing.models.onnx_functions import unfolds
from penjing.models.source import OpenedModel
from penjing.models.weights_view import viewed
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.messages import Failure, Message, bad_input
from penjing.spec.references import DTYPES, InputSpec, ModelReference

_MOST_BYTES = 2**31 - 1  # what protobuf reads
_STRUCTURE = ("Constant", "Identity")


def open_onnx(parsed: ModelReference, path: Path, inputs: tuple[InputSpec, ...]) -> OpenedModel:
    """The cost table of an ONNX graph. `inputs` replaces the shapes that it gives for its inputs.

    Raises `Failure` (exit code 2) for a damaged file, and for external data outside the file's folder.
    """
    model = read(path)
    try:
        return _opened(parsed, path, model, inputs)
    except Failure:
        raise
    except Exception as error:  # a graph that contradicts itself
        raise _damaged(path, error) from error


def read(path: Path) -> Any:
    """What the file holds, without weights in files beside it. Raises `Failure` (exit code 2)."""
    import onnx

    if path.stat().st_size > _MOST_BYTES:
        raise bad_input("models.onnx_damaged", path=str(path), error="> 2 GB")
    try:
        model = onnx.load_model(str(path), load_external_data=False)
    except Exception as error:  # protobuf raises its own kinds
        raise _damaged(path, error) from error
    check_external(path, model)
    return model


def bring_in(path: Path, model: Any) -> None:
    """Read the weights in files beside it. Raises `Failure` (exit code 2)."""
    from onnx.external_data_helper import load_external_data_for_model

    try:
        load_external_data_for_model(model, str(path.parent))
        if model.ByteSize() > _MOST_BYTES:
            raise ValueError("> 2 GB")
    except Exception as error:  # lengths and places that the data does not have
        raise _damaged(path, error) from error


def check_external(path: Path, model: Any) -> None:
    """Raise `Failure` (exit code 2) for a tensor kept outside the model's folder, by its name or by a symbolic link."""
    from onnx.external_data_helper import _get_all_tensors, uses_external_data

    folder = path.parent.resolve()
    for tensor in _get_all_tensors(model):
        if not uses_external_data(tensor):
            continue
        place = next((one.value for one in tensor.external_data if one.key == "location"), "")
        parts = PurePosixPath(place.replace("\\", "/")).parts
        plain = bool(parts) and ".." not in parts and not PurePosixPath(place).is_absolute()
        if not plain or PureWindowsPath(place).drive or PureWindowsPath(place).root or "\0" in place:
            raise bad_input("models.onnx_outside", path=str(path), place=place)
        file = path.parent
        for part in parts:
            file = file / part
            if file.is_symlink():
                raise bad_input("models.onnx_outside", path=str(path), place=place)
        if not file.resolve().is_relative_to(folder):
            raise bad_input("models.onnx_outside", path=str(path), place=place)
        if not file.is_file():
            raise bad_input("models.onnx_data_missing", path=str(path), place=place)


def _opened(parsed: ModelReference, path: Path, model: Any, inputs: tuple[InputSpec, ...]) -> OpenedModel:
    import onnx

    graph = model.graph
    initial = {one.name: one for one in graph.initializer}
    named = [one for one in graph.input if one.name not in initial]
    given = inputs or _inputs(named)
    batch = _batch(named)  # a graph may be fixed to one
    if given and len(given) == len(named):
        for one, spec in zip(named, given, strict=True):
            _set_shape(one, (batch, *spec.shape))
    if not unfolds(model):
        del model.functions[:]  # their nodes stay, uncounted
    try:
        graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    except Exception:  # shapes that cannot be inferred leave nodes uncounted, which the table says
        graph = model.graph
    shapes, sizes = _shapes(graph)
    rows, edges = _rows(graph, shapes, sizes, batch)
    if not rows:
        raise bad_input("models.onnx_without_nodes", path=str(path))
    totals = sum_totals(rows, _peak(graph, sizes) // batch)
    table = CostTable(str(parsed), "onnx", given, rows, totals, {"": graph.name or "Graph"}, edges)
    warnings = [Message("models.onnx_inspect_only")]
    if totals.uncounted:
        warnings.append(Message("models.onnx_uncounted", {"count": len(totals.uncounted)}))
    return viewed(parsed, path, table, tuple(warnings))


def _rows(
    graph: Any, shapes: dict[str, Shape], sizes: dict[str, int], batch: int
) -> tuple[tuple[Row, ...], tuple[tuple[str, str], ...]]:
    initial = {one.name: one for one in graph.initializer}
    counted: set[str] = set()
    names: set[str] = set()
    makers: dict[str, str] = {}
    rows, edges = [], []
    for number, node in enumerate(graph.node):
        if node.op_type in _STRUCTURE and not any(one in initial for one in node.input):
            for one in node.output:
                if node.input and node.input[0] in makers:
                    makers[one] = makers[node.input[0]]
            continue
        name = node.name or f"{node.op_type}_{number}"
        if name in names:
            name = f"{name}'{number}"
            while name in names:
                name += "'"
        names.add(name)
        own = [initial[one] for one in dict.fromkeys(node.input) if one in initial and one not in counted]
        counted.update(one.name for one in own)
        made = shapes.get(node.output[0]) if node.output else None
        rows.append(
            Row(
                name=name,
                kind=node.op_type,
                params=sum(_count(tuple(one.dims)) for one in own if _is_parameter(one, node)),
                trainable_params=0,  # the graph itself is not trained
                macs=None if (macs := macs_of(node, shapes)) is None else macs // batch,
                weight_bytes=sum(sizes.get(one.name, 0) for one in own),
                activation_bytes=sum(sizes.get(one, 0) for one in node.output) // batch,
                output_shape=_sample(made, batch),
            )
        )
        edges += [(makers[one], name) for one in dict.fromkeys(node.input) if one in makers]
        makers |= dict.fromkeys(node.output, name)
    return tuple(rows), tuple(edges)


def _shapes(graph: Any) -> tuple[dict[str, Shape], dict[str, int]]:
    """Shapes and bytes of every value that has a known shape."""
    shapes: dict[str, Shape] = {}
    sizes: dict[str, int] = {}
    for one in graph.initializer:
        shapes[one.name] = tuple(one.dims)
        sizes[one.name] = _count(tuple(one.dims)) * _width(one.data_type)
    for one in (*graph.input, *graph.value_info, *graph.output):
        kind = one.type.tensor_type
        if one.name in shapes or not kind.HasField("shape"):
            continue
        dims = [dim.dim_value if dim.HasField("dim_value") else None for dim in kind.shape.dim]
        if None not in dims:
            shapes[one.name] = tuple(int(dim or 0) for dim in dims)
            sizes[one.name] = _count(shapes[one.name]) * _width(kind.elem_type)
    return shapes, sizes


def _peak(graph: Any, sizes: dict[str, int]) -> int:
    """The most bytes of values that are alive at once, each from the node that makes it to the last that takes it."""
    initial = {one.name for one in graph.initializer}
    last = {one: number for number, node in enumerate(graph.node) for one in node.input}
    last |= {one.name: len(graph.node) for one in graph.output}
    ends: dict[int, list[str]] = {}
    for name, number in last.items():
        ends.setdefault(number, []).append(name)
    alive = {one.name: sizes.get(one.name, 0) for one in graph.input if one.name not in initial}
    ends.setdefault(0, []).extend(one for one in alive if one not in last)
    now = peak = sum(alive.values())
    for number, node in enumerate(graph.node):
        made = {one: sizes.get(one, 0) for one in node.output if one and one not in alive}
        alive |= made
        now += sum(made.values())
        peak = max(peak, now)
        unused = [one for one in made if last.get(one, -1) <= number]
        for one in (*unused, *ends.get(number, ())):
            now -= alive.pop(one, 0)
    return peak


def _inputs(named: list[Any]) -> tuple[InputSpec, ...]:
    """What the graph says that it takes, one sample of it; () where a size other than the batch is open."""
    import onnx

    found = []
    for one in named:
        kind = one.type.tensor_type
        dims = [int(dim.dim_value) for dim in kind.shape.dim][1:]
        try:
            dtype = onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type).name
        except KeyError:
            return ()
        if not dims or min(dims) < 1 or dtype not in DTYPES:
            return ()
        found.append(InputSpec(tuple(dims), dtype))
    return tuple(found)


def _set_shape(one: Any, shape: Shape) -> None:
    """Set the sizes that the graph leaves open, its batch among them."""
    dims = one.type.tensor_type.shape.dim
    for dim, size in zip(dims, shape, strict=False):
        dim.ClearField("dim_param")
        dim.dim_value = size


def _sample(shape: Shape | None, batch: int) -> Shape | None:
    return shape[1:] if shape and len(shape) > 1 and shape[0] == batch else shape


def _batch(named: list[Any]) -> int:
    """The batch that a graph is fixed to; 1 where it takes any."""
    return fixed_batch(named) or 1


def fixed_batch(named: list[Any]) -> int:
    """The batch that a graph is fixed to; 0 where it takes any."""
    for one in named:
        dims = one.type.tensor_type.shape.dim
        if len(dims) and dims[0].dim_value > 0:
            return int(dims[0].dim_value)
    return 0


def _count(shape: Shape) -> int:
    total = 1
    for size in shape:
        total *= int(size)
    return total


def _is_parameter(tensor: Any, node: Any) -> bool:
    """Whether an initializer is a parameter: not a shape or an axis, nor a batch norm's mean and variance."""
    import onnx

    if tensor.data_type in (onnx.TensorProto.INT64, onnx.TensorProto.INT32, onnx.TensorProto.BOOL):
        return False
    return node.op_type != "BatchNormalization" or tensor.name not in node.input[3:]


def _width(kind: int) -> int:
    import onnx

    try:
        return int(onnx.helper.tensor_dtype_to_np_dtype(kind).itemsize)
    except KeyError:
        return 0


def _damaged(path: Path, error: Exception) -> Failure:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return bad_input("models.onnx_damaged", path=str(path), error=lines[0][:200])
