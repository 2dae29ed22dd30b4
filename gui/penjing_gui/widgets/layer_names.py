"""Short labels for layers that stand side by side, and the modules that hold several of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, takewhile

_SHORT = (
    (re.compile(r"\bdownsample(\.\d+)?\b"), "ds"),
    (re.compile(r"\bconv(\d*)\b"), r"c\1"),
    (re.compile(r"\blayers?\."), ""),
)


def short_name(name: str) -> str:
    """A layer's name with the usual words shortened: `0.downsample.0` is `0.ds`, `1.conv2` is `1.c2`."""
    for pattern, short in _SHORT:
        name = pattern.sub(short, name)
    return name


def short_label(module: str, rest: str) -> str:
    """What stands under a column: names within a module, or of several parts, are shortened."""
    return short_name(rest) if module or "." in rest else rest


def label_layers(names: Sequence[str]) -> list[tuple[str, str]]:
    """(module, rest of the name) of each layer, in order.

    Neighbours in the same top-level module share it as a bracket and are labelled by the rest of their names;
    a layer that has no such neighbour has no module and its own name.
    """
    common = _common_prefix(names)
    rest = [name[len(common) :] for name in names]
    result: list[tuple[str, str]] = []
    for head, members in groupby(rest, key=lambda name: name.partition(".")[0] if "." in name else ""):
        together = list(members)
        if head and len(together) > 1:
            result.extend((head, name[len(head) + 1 :]) for name in together)
        else:
            result.extend(("", name) for name in together)
    return result


def _common_prefix(names: Sequence[str]) -> str:
    """The modules that all layers are in, with the final dot, where there are at least three layers."""
    if len(names) < 3:
        return ""
    # What the first and the last in order share, all between them do.
    first, last = (name.split(".")[:-1] for name in (min(names), max(names)))
    shared = [one for one, _ in takewhile(lambda two: two[0] == two[1], zip(first, last, strict=False))]
    return "".join(f"{part}." for part in shared[:-1])  # one level stays, as the bracket
