"""MACs of one operator call, from torch's own formulas (`torch.utils.flop_counter`) and a few of ours.

Torch counts two FLOPs a multiply-accumulate, without biases, normalisation and activations: so does the
literature.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch._ops import OpOverload
from torch.utils.flop_counter import flop_registry

_aten = torch.ops.aten


def _vector(*args: Any, **_: Any) -> int:
    """MACs of matrix × vector or vector × vector: one an element of the first operand."""
    return int(args[0].numel())


def _added_vector(*args: Any, **_: Any) -> int:
    """MACs of addmv: one an element of the matrix."""
    return int(args[1].numel())


def _trilinear(*args: Any, **_: Any) -> int:
    """MACs of `nn.Bilinear`: samples × outputs × both input widths, over the axes that are expanded."""
    shapes = [list(one.shape) for one in args[:3]]
    for shape, axes in zip(shapes, args[3:6], strict=True):
        for axis in sorted(axes):
            shape.insert(axis, 1)
    return math.prod(max(sizes) for sizes in zip(*shapes, strict=True))


def _deformable(*args: Any, out: Any) -> int:
    """MACs of a deformable convolution: those of the plain one (arXiv 1703.06211); sampling is not
    counted.
    """
    weight: torch.Tensor = args[1]
    return int(out.numel() * math.prod(weight.shape[1:]))


def _attention(*args: Any, **_: Any) -> int:
    """MACs of attention in one kernel: scores, and values weighted by them."""
    query, key, value = (one.shape for one in args[:3])
    return int(math.prod(query[:-1]) * key[-2] * (query[-1] + value[-1]))


def _matrices(*args: Any, **_: Any) -> int:
    """MACs of a product of matrices: one an element of the first and a column of the second."""
    return int(args[0].numel() * args[1].shape[-1])


def _added_matrices(*args: Any, **_: Any) -> int:
    """The same where something is added to the product."""
    return _matrices(*args[1:3])


_OURS: dict[Any, Callable[..., int]] = {
    _aten.mv: _vector,
    _aten.dot: _vector,
    _aten.vdot: _vector,
    _aten.addmv: _added_vector,
    _aten._trilinear: _trilinear,
    _aten._scaled_dot_product_flash_attention_for_cpu: _attention,
    _aten._scaled_dot_product_fused_attention_overrideable: _attention,
    _aten._int_mm: _matrices,
    _aten.addbmm: _added_matrices,
    _aten._addmm_activation: _added_matrices,
}
# Operators that multiply and for which there is no formula: better no figure than a wrong one.
_UNKNOWN = frozenset(
    {
        "_transformer_encoder_layer_fwd", "_native_multi_head_attention", "mkldnn_rnn_layer", "_cudnn_rnn",
        "_cdist_forward", "_fft_r2c", "_fft_c2c", "_fft_c2r", "_sparse_addmm", "_sparse_mm",
        "quantized_lstm", "quantized_gru", "linalg_lu", "linalg_qr", "_linalg_svd", "_linalg_eigh",
        "linalg_eig", "linalg_cholesky_ex", "linalg_inv_ex", "linalg_ldl_factor_ex", "linalg_lstsq",
        "linalg_lu_factor_ex", "linalg_lu_solve", "linalg_matrix_exp", "linalg_householder_product",
        "linalg_solve_triangular", "_linalg_det", "_linalg_slogdet", "_linalg_solve_ex", "_linalg_eigvals",
        "cholesky_inverse", "cholesky_solve", "geqrf", "ormqr", "triangular_solve", "_spsolve", "hspmm",
        "_sparse_sparse_matmul", "_sparse_mm_reduce_impl", "sparse_sampled_addmm", "_grouped_mm",
        "_scaled_grouped_mm", "_weight_int8pack_mm", "_weight_int4pack_mm", "_weight_int4pack_mm_for_cpu",
        "_dyn_quant_matmul_4bit",
    }
)  # fmt: skip


# What is known of an operator, by `id` (its hash is worked out in Python); forgotten when a formula is added.
_known: dict[int, tuple[OpOverload, Callable[..., Any] | int | None]] = {}
_formulas = 0


def macs_of(func: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any], out: Any) -> int | None:
    """MACs of one call; 0 for an operator without any, None where they cannot be told."""
    global _formulas
    if len(flop_registry) != _formulas:
        _known.clear()
        _formulas = len(flop_registry)
    known = _known.get(id(func))
    if known is None:
        known = _known[id(func)] = (func, _formula(func))
    formula = known[1]
    if formula is None or isinstance(formula, int):
        return formula
    if any(isinstance(one, torch.Tensor) and one.layout is not torch.strided for one in args):
        return None  # sparse: most of the formula's products are not made
    return int(formula(args, kwargs, out))


def _formula(func: OpOverload) -> Callable[..., Any] | int | None:
    """How MACs are told from arguments, keywords and result; or their number, None where it cannot be told."""
    packet = func._overloadpacket
    formula = flop_registry.get(packet)
    if formula is not None:
        raw = getattr(formula, "__wrapped__", None)

        def counted(args: tuple[Any, ...], kwargs: Mapping[str, Any], out: Any) -> int:
            if raw is None or kwargs:
                return int(formula(*args, **kwargs, out_val=out)) // 2
            # torch's own way to the shapes is slow
            return int(raw(*map(_shape, args), out_shape=_shape(out))) // 2

        return counted
    ours = _OURS.get(packet)
    if ours is not None:
        return lambda args, kwargs, out: ours(*args, **kwargs)
    if func.namespace == "torchvision":
        return (
            (lambda args, kwargs, out: _deformable(*args, out=out))
            if packet.__name__ == "deform_conv2d"
            else 0
        )
    if func.namespace not in ("aten", "prim", "prims", "profiler") or packet.__name__ in _UNKNOWN:
        return None
    return 0


def _shape(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.shape
    return [_shape(one) for one in value] if type(value) in (list, tuple) else value


def has_formula(func: OpOverload) -> bool:
    """Whether `func` is counted as it is, rather than through what it is made of."""
    return func._overloadpacket in flop_registry or func._overloadpacket in _OURS
