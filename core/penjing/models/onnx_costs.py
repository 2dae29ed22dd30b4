"""Multiply-accumulates of ONNX operators by formula, for one sample (a batch of one).

Operators of the standard that multiply nothing count 0, as in a PyTorch table; recurrent layers, attention and
whatever comes from another domain are not known where no formula stands here.
"""

from __future__ import annotations

import math
from typing import Any

Shape = tuple[int, ...]
_STANDARD = ("", "ai.onnx")
# Operators whose work is in graphs or functions of their own, or in formulas that are not here.
_UNKNOWN = ("If", "Loop", "Scan", "SequenceMap", "Attention", "DeformConv", "DFT", "STFT", "Det")


def macs_of(node: Any, shapes: dict[str, Shape]) -> int | None:
    """What a node multiplies and adds; None where that is not known."""
    kind = node.op_type
    if node.domain not in _STANDARD or kind in _UNKNOWN:
        return None
    formula = _FORMULAS.get(kind)
    if formula is None:
        return 0
    try:
        return int(formula(node, shapes))
    except (KeyError, IndexError, ZeroDivisionError):
        return None  # a shape that is not known


def _convolution(node: Any, shapes: dict[str, Shape]) -> int:
    weight, out = shapes[node.input[_weight_at(node)]], shapes[node.output[0]]
    return math.prod(out) * math.prod(weight[1:])


def _transposed(node: Any, shapes: dict[str, Shape]) -> int:
    given, weight = shapes[node.input[0]], shapes[node.input[1]]
    return math.prod(given) * math.prod(weight[1:])


def _product(node: Any, shapes: dict[str, Shape]) -> int:
    """Every number of the result is a sum over the last axis of the first factor."""
    return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]


def _gemm(node: Any, shapes: dict[str, Shape]) -> int:
    turned = any(one.name == "transA" and one.i for one in node.attribute)
    return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][0 if turned else 1]


def _recurrent(node: Any, shapes: dict[str, Shape]) -> int:
    """W and R of every direction, at every step: (directions, gates × hidden, inputs or hidden)."""
    steps, batch, _ = shapes[node.input[0]]
    if any(one.name == "layout" and one.i for one in node.attribute):
        steps, batch = batch, steps
    return steps * batch * (math.prod(shapes[node.input[1]]) + math.prod(shapes[node.input[2]]))


def _einsum(node: Any, shapes: dict[str, Shape]) -> int:
    equation = next(one.s.decode() for one in node.attribute if one.name == "equation").replace(" ", "")
    terms = equation.partition("->")[0].split(",")
    sizes: dict[str, int] = {}
    for term, name in zip(terms, node.input, strict=True):
        sizes |= dict(zip(term, shapes[name], strict=True))
    return math.prod(sizes.values()) if len(terms) > 1 else 0


def _weight_at(node: Any) -> int:
    return 3 if node.op_type == "QLinearConv" else 1


_FORMULAS = {
    "Conv": _convolution,
    "ConvInteger": _convolution,
    "QLinearConv": _convolution,
    "ConvTranspose": _transposed,
    "MatMul": _product,
    "MatMulInteger": _product,
    "QLinearMatMul": _product,
    "Gemm": _gemm,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "RNN": _recurrent,
    "Einsum": _einsum,
}
