"""Whose weights are these: a state dict's names and shapes matched against the index of architectures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from penjing.models import index
from penjing.models.index import Index, Shape

MOST = 10  # matches told, besides those tied with the best
LEAST = 0.25  # score below which a likeness is chance
_PREFIXES = (
    "module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "encoder.", "student.", "_model.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """One architecture that a state dict may be of.

    `by_name` is the share of tensors that agree in name and shape, `by_shape` in shape alone, both of all tensors
    that either of the two has; `score` is their mean. `classes` is the state dict's number of classes where the
    architecture leaves it open, `tied` whether another match has the same score.
    """

    reference: str
    score: float
    by_name: float
    by_shape: float
    classes: int | None
    tied: bool

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "reference": self.reference, "score": round(self.score, 4), "by_name": round(self.by_name, 4),
            "by_shape": round(self.by_shape, 4), "classes": self.classes, "tied": self.tied,
        }  # fmt: skip


def identify(state: Mapping[str, Shape], known: Index | None = None) -> list[Match]:
    """The architectures most like a state dict of these shapes, best first; empty where none is.

    torchvision stands before timm where they are tied.
    """
    known = known or index.shipped()
    tensors: dict[str, Shape] = {name: tuple(shape) for name, shape in state.items() if index.counts(name)}
    if not tensors:
        return []
    shaped = _same_shapes(tensors, known)
    best, chosen = np.zeros(len(known.references)), tensors
    for variant in _variants(tensors):
        named = _same_names(variant, known)
        if named.max(initial=0) > best.max(initial=0):
            best, chosen = named, variant
    total = len(tensors) + known.sizes
    by_name = best / np.maximum(1, total - best)
    rough = (by_name + shaped / np.maximum(1, total - shaped)) / 2
    found = []
    # A head is left out of `shaped`: it can move a score by little, so more than are told are looked at.
    for number in np.argsort(-rough, kind="stable")[: 4 * MOST].tolist():
        by_shape, classes = _in_full(known.tensors(number), chosen)
        score = (float(by_name[number]) + by_shape) / 2
        if score >= LEAST:
            for reference in known.references[number]:
                found.append((reference, score, float(by_name[number]), by_shape, classes))
    found.sort(key=lambda one: (-round(one[1], 9), not one[0].startswith("torchvision:"), len(one[0])))
    ties = Counter(round(one[1], 9) for one in found)
    return [
        Match(*one, tied=ties[round(one[1], 9)] > 1)
        for place, one in enumerate(found)
        if place < MOST or one[1] > found[0][1] - 1e-9
    ]


def identify_file(path: Path) -> list[Match]:
    """As `identify`, from a file of weights; of safetensors and their indices the headers alone are read.

    Raises `Failure` as reading weights does.
    """
    return identify(shapes_of(path))


def shapes_of(path: Path) -> dict[str, tuple[int, ...]]:
    """Shapes by name of the tensors in a file of weights, without their numbers where the format allows it."""
    from penjing.models.weights import read_weights

    return {name: tuple(one.shape) for name, one in read_weights(path, meta=True).state.items()}


def _variants(tensors: Mapping[str, Shape]) -> Iterator[dict[str, Shape]]:
    """The tensors as they are called, and without each prefix, one on another, that most of them have."""
    current = dict(tensors)
    yield current
    while True:
        for prefix in _PREFIXES:
            under = {
                name.removeprefix(prefix): one for name, one in current.items() if name.startswith(prefix)
            }
            if 2 * len(under) > len(current):
                current = under
                yield current
                break
        else:
            return


def _same_names(tensors: Mapping[str, Shape], known: Index) -> np.ndarray[Any, Any]:
    """By architecture, how many tensors agree in name and shape."""
    lines = [index.entry(name, shape) for name, shape in tensors.items()]
    lines += [index.open_entry(name, shape) for name, shape in tensors.items() if shape]
    wanted = np.zeros(len(known.table), dtype=bool)
    wanted[index.ids(known.table, lines)] = True
    return np.bincount(known.holders[wanted[known.entries]], minlength=len(known.references))


def _same_shapes(tensors: Mapping[str, Shape], known: Index) -> np.ndarray[Any, Any]:
    """By architecture, how many tensors find one of the same shape; heads are left out."""
    here = np.zeros(len(known.shapes), dtype=np.int64)
    for shape in tensors.values():
        number = known.shapes.get(index.sizes(shape))
        if number is not None:
            here[number] += 1
    shared = np.minimum(known.shape_counts, here[known.shape_numbers])
    return np.bincount(known.shape_holders, weights=shared, minlength=len(known.references))


def _in_full(entries: list[str], tensors: Mapping[str, Shape]) -> tuple[float, int | None]:
    """The share that agrees in shape, heads too, and the number of classes."""
    own = Counter(index.sizes(shape) for shape in tensors.values())
    heads = []
    shared = 0
    for line in entries:
        name, _, shape = line.rpartition(" ")
        if shape.startswith(index.ANY):
            heads.append((name, shape))
        elif own[shape]:
            own[shape] -= 1
            shared += 1
    found: set[int] = set()
    for name, shape in heads:
        mine = tensors.get(name)
        if mine and index.open_sizes(mine) == shape:
            found.add(int(mine[0]))
            left = index.sizes(mine)
        else:
            left = next((one for one, many in own.items() if many and _opened(one) == shape), "")
        if own[left] > 0 and left:
            own[left] -= 1
            shared += 1
    classes = found.pop() if len(found) == 1 else None
    return shared / max(1, len(tensors) + len(entries) - shared), classes


def _opened(shape: str) -> str:
    return index.ANY + (shape[shape.index(",") :] if "," in shape else "")
