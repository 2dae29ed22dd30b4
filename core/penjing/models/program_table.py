"""The cost table of a program that carries its own graph (TorchScript, `.pt2`): its operators, watched as it runs.

Such a graph has no modules to hook. An operator belongs to the layer whose weight it takes; one that takes none is
work of the model's own. MACs are half of what torch's operator formulas (`torch.utils.flop_counter`) give.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

from penjing.spec.costs import SELF, CostTable, Row, sum_totals
from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec

# Operators with weights that multiply nothing; any other without a formula makes its layer's MACs unknown.
_FREE = ("embedding", "norm", "add", "sub", "mul", "div", "detach", "clone", "copy", "view", "t", "transpose",
         "expand", "permute", "reshape", "slice", "select", "unsqueeze", "squeeze", "prelu", "to", "alias", "cat",
         "rsqrt", "index", "unbind", "split", "where", "sqrt", "eq", "as_strided", "resolve", "pow", "neg")  # fmt: skip


@dataclass
class _Work:
    macs: int = 0
    unknown: bool = False
    calls: int = 0
    activation_bytes: int = 0
    shape: tuple[int, ...] | None = None


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, owners: Mapping[int, str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.work: dict[str, _Work] = {}
        self.peak = 0
        self._owners = owners
        self._live: dict[int, tuple[StorageWeakRef, int]] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        given = [one for one in tree_leaves((args, kwargs)) if isinstance(one, torch.Tensor)]
        made = [one for one in tree_leaves(result) if isinstance(one, torch.Tensor)]
        owner = next((self._owners[one.data_ptr()] for one in given if one.data_ptr() in self._owners), None)
        formula = flop_registry.get(func) or flop_registry.get(func.overloadpacket)
        name = func.overloadpacket.__name__.strip("_")
        fresh = [one for one in made if self._keep(one)]
        if owner is None and formula is None and not fresh:
            return result
        work = self.work.setdefault(SELF if owner is None else owner, _Work())
        work.calls += formula is not None or owner is None
        if formula is not None:
            work.macs += int(formula(*args, **kwargs, out_val=result)) // 2
        elif owner is not None and not any(one in name for one in _FREE):
            work.unknown = True
        work.activation_bytes += sum(one.numel() * one.element_size() for one in fresh)
        if fresh:
            work.shape = tuple(made[0].shape)
        return result

    def _keep(self, one: torch.Tensor) -> bool:
        """Note a tensor that takes memory of its own; False for one that is a view of what is there."""
        storage = one.untyped_storage()
        if one.data_ptr() in self._owners or not storage.nbytes():
            return False
        key = storage._cdata
        self._live = {name: pair for name, pair in self._live.items() if not _gone(pair[0])}
        if key in self._live:
            return False
        self._live[key] = StorageWeakRef(storage), storage.nbytes()  # type: ignore[no-untyped-call]
        self.peak = max(self.peak, sum(size for _, size in self._live.values()))
        return True


def program_table(
    run: Callable[..., Any],
    weights: Mapping[str, torch.Tensor],
    parameters: Set[str],
    kinds: Mapping[str, str],
    inputs: Sequence[InputSpec],
    model: str,
    format: str,
    batch: int = 1,
) -> CostTable:
    """Run the program once on zeros and add up. Consent has been given: this runs the file's own graph.

    `weights` are its tensors by name, `parameters` the names of those that are no buffers, `kinds` its layers' classes
    by name. `batch` is the batch that it was made for. Raises `Failure` (exit code 2) where the input does not fit.
    """
    owners = {one.data_ptr(): name.rpartition(".")[0] or SELF for name, one in weights.items() if one.numel()}
    watch = _Watch(owners)
    args = [torch.zeros(batch, *one.shape, dtype=getattr(torch, one.dtype)) for one in inputs]
    try:
        with _plainly(), contextlib.redirect_stdout(sys.stderr), watch:
            run(*args)
    except Exception as error:  # whatever a graph raises on what is not for it
        lines = str(error).strip().splitlines() or [type(error).__name__]
        shape = "; ".join(map(str, inputs))
        raise bad_input(
            "models.program_does_not_run", path=model, shape=shape, error=lines[-1][:240]
        ) from error
    for name in owners.values():
        watch.work.setdefault(name, _Work())
    seen: set[int] = set()
    trained = {name: one for name, one in weights.items() if name in parameters}
    rows = tuple(_row(name, one, trained, kinds, batch, seen) for name, one in watch.work.items())
    containers = {name: kind for name, kind in kinds.items() if name not in watch.work}
    return CostTable(model, format, tuple(inputs), rows, sum_totals(rows, watch.peak // batch), containers)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Without gradients; attention and recurrent layers as the products that they are, not as one operator each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # switching oneDNN off warns of devices that are not here
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=False):
            yield


def _row(
    name: str,
    work: _Work,
    weights: Mapping[str, torch.Tensor],
    kinds: Mapping[str, str],
    batch: int,
    seen: set[int],
) -> Row:
    own = []
    for key, one in weights.items():
        if (key.rpartition(".")[0] or SELF) == name and one.data_ptr() not in seen:
            own.append(one)
            seen.add(one.data_ptr())
    params = sum(one.numel() for one in own)
    return Row(
        name=name,
        kind=kinds.get("" if name == SELF else name, "Layer"),
        params=params,
        trainable_params=0,  # a fixed graph is not trained
        macs=None if work.unknown else work.macs // batch,
        calls=max(1, work.calls),
        weight_bytes=sum(one.numel() * one.element_size() for one in own),
        activation_bytes=work.activation_bytes // batch,
        output_shape=_sample(work.shape, batch),
    )


def _sample(shape: tuple[int, ...] | None, batch: int) -> tuple[int, ...] | None:
    return shape[1:] if shape is not None and len(shape) > 1 and shape[0] == batch else shape


def _gone(reference: StorageWeakRef) -> bool:
    return bool(reference.expired())  # type: ignore[no-untyped-call]
