"""Every operator of a pass told to somebody, as far down as torch's formulas reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from penjing.costs import shapes
from penjing.costs.formulas import has_formula

Account = Callable[[Any, tuple[Any, ...], dict[str, Any], Any], None]

# Operators known to be no composition of others, by `id`: their hash is worked out in Python.
_WHOLE: dict[int, Any] = {id(torch.ops.prim.device.default): torch.ops.prim.device.default}


class Operators(TorchDispatchMode):
    """Tells `account` of every operator, as far down as torch's formulas reach."""

    def __init__(self, account: Account) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._account = account

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here, and to say so takes time at every operator

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if id(func) not in _WHOLE:
            with self:  # an operator that is only a composition of others is counted through them
                parts = NotImplemented if has_formula(func) else func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
            _WHOLE[id(func)] = func
        out = shapes.run(func, args, kwargs)
        self._account(func, args, kwargs, out)
        return out
