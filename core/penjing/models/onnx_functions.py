"""Functions within an ONNX model: whether they unfold to something that ends."""

from __future__ import annotations

from typing import Any

_MOST = 1_000_000  # nodes, with every function's in place of each call


def unfolds(model: Any) -> bool:
    """Whether the model's functions call neither themselves nor one another without end, and stay of a bearable size.

    Shape inference walks through every call. Forty functions that each call the next one twice are 10^12 of them.
    """
    bodies = {(one.domain, one.name): list(one.node) for one in model.functions}
    sizes: dict[tuple[str, str], int] = {}
    open_now: set[tuple[str, str]] = set()

    def size(key: tuple[str, str]) -> int:
        if key in open_now or len(open_now) > 100:
            return _MOST + 1
        if key not in sizes:
            open_now.add(key)
            sizes[key] = total(bodies[key])
            open_now.discard(key)
        return sizes[key]

    def total(nodes: list[Any]) -> int:
        found = 0
        for node in nodes:
            key = node.domain, node.op_type
            found += size(key) if key in bodies else 1
            for one in node.attribute:
                for graph in (one.g, *one.graphs):
                    found += total(list(graph.node))
            if found > _MOST:
                break
        return found

    return not bodies or total(list(model.graph.node)) <= _MOST
