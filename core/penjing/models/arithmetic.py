"""Whether an expression of sizes in an exported program is arithmetic, before torch evaluates it."""

from __future__ import annotations

import ast
import re

_NODES = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Name, ast.Load, ast.Constant, ast.operator,
    ast.unaryop, ast.boolop, ast.cmpop, ast.Call, ast.keyword, ast.Tuple,
)  # fmt: skip
_EVALUATE = (
    "S",
    "Lambda",
    "Function",
    "Piecewise",
    "ImageSet",
    "ConditionSet",
)  # these take code, or strings of it
_MOST = 10_000


def is_arithmetic(text: str) -> bool:
    """Numbers, symbols, operators, and SymPy's functions by name (`Symbol('s0', integer=True)`, `FloorDiv(s0, 2)`)."""
    if len(text) > _MOST:
        return False
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(_plain(one) for one in ast.walk(tree))


def _plain(node: ast.AST) -> bool:
    if not isinstance(node, _NODES):
        return False
    if isinstance(node, ast.Call):
        called = node.func
        return isinstance(called, ast.Name) and called.id[:1].isupper() and called.id not in _EVALUATE
    if isinstance(node, ast.Name):
        return "__" not in node.id
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.fullmatch(r"\w{1,100}", node.value) is not None and "__" not in node.value
    return not isinstance(node, ast.Constant) or isinstance(node.value, (int, float, bool, type(None)))
