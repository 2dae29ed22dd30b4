"""The prebuilt index of architectures: names and shapes of the tensors of torchvision's and timm's models.

A text, compressed: for each set of tensors a line with the references that have exactly these, then a line a tensor
(`layer1.0.conv1.weight 64,64,1,1`), then an empty line. `*` stands for the number of classes, which may be any.
`packaging/architectures.py` makes it.
"""

from __future__ import annotations

import functools
import lzma
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

FILE = "architectures.txt.xz"
ANY = "*"  # the number of classes
Shape = Sequence[int]
Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Index:
    """Architectures by number, and where each entry (a name with a shape) and each shape occurs.

    `holders[i]` is the architecture of the i-th occurrence, `entries[i]` its entry by number in `lines` (`table` is the
    inverse). The same for shapes, in `shape_holders`, `shape_numbers` (by `shapes`) and `shape_counts`; class-dependent
    ones are left out.
    """

    references: list[tuple[str, ...]]
    sizes: Numbers
    lines: list[str]
    table: Mapping[str, int]
    entries: Numbers
    holders: Numbers
    shapes: Mapping[str, int]
    shape_numbers: Numbers
    shape_holders: Numbers
    shape_counts: Numbers

    def tensors(self, architecture: int) -> list[str]:
        """The entries of one architecture."""
        start, end = np.searchsorted(self.holders, [architecture, architecture + 1])
        return [self.lines[one] for one in self.entries[start:end].tolist()]


def entry(name: str, shape: Shape) -> str:
    """A tensor as the index writes it."""
    return f"{name} {sizes(shape)}"


def open_entry(name: str, shape: Shape) -> str:
    """The same tensor with its first axis, the number of classes, left open."""
    return f"{name} {open_sizes(shape)}"


def sizes(shape: Shape) -> str:
    """A shape as the index writes it: `64,3,7,7`; empty for a single number."""
    return ",".join(map(str, shape))


def open_sizes(shape: Shape) -> str:
    """A shape whose first axis is the number of classes."""
    return ",".join((ANY, *map(str, shape[1:])))


def counts(name: str) -> bool:
    """Whether a tensor tells anything: old checkpoints lack batch norm's counters."""
    return not name.endswith("num_batches_tracked")


def written(architectures: Mapping[str, Mapping[str, str]]) -> bytes:
    """The file, from shapes (as `sizes` writes them) by name by reference. The same input gives the same bytes."""
    blocks: dict[tuple[str, ...], list[str]] = {}
    for reference, tensors in architectures.items():
        lines = tuple(f"{name} {shape}" for name, shape in sorted(tensors.items()) if counts(name))
        blocks.setdefault(lines, []).append(reference)
    text = "".join(" ".join(names) + "\n" + "\n".join(lines) + "\n\n" for lines, names in blocks.items())
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


@functools.cache
def shipped() -> Index:
    """The index that comes with Penjing, read once a process (about a second)."""
    return read((files("penjing_resources") / FILE).read_bytes())


def read(data: bytes) -> Index:
    """The inverse of `written`."""
    references: list[tuple[str, ...]] = []
    table: dict[str, int] = {}
    entries: list[int] = []
    lengths: list[int] = []
    for block in lzma.decompress(data).decode().split("\n\n"):
        head, _, rest = block.partition("\n")
        if not head:
            continue
        references.append(tuple(head.split(" ")))
        lines = rest.split("\n") if rest else []
        lengths.append(len(lines))
        entries.extend([table.setdefault(line, len(table)) for line in lines])
    owners = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    flat = np.asarray(entries, dtype=np.int64)
    shapes: dict[str, int] = {}
    numbers = np.asarray([_number(shapes, line) for line in table], dtype=np.int64)[flat]
    kept = numbers >= 0
    pairs, pair_counts = np.unique(owners[kept] * max(1, len(shapes)) + numbers[kept], return_counts=True)
    return Index(
        references=references,
        sizes=np.asarray(lengths, dtype=np.int64),
        lines=list(table),
        table=table,
        entries=flat,
        holders=owners,
        shapes=shapes,
        shape_numbers=pairs % max(1, len(shapes)),
        shape_holders=pairs // max(1, len(shapes)),
        shape_counts=pair_counts.astype(np.int64),
    )


def _number(shapes: dict[str, int], line: str) -> int:
    shape = line.rpartition(" ")[2]
    return -1 if shape.startswith(ANY) else shapes.setdefault(shape, len(shapes))


def ids(table: Mapping[str, int], lines: Iterable[str]) -> list[int]:
    """The numbers of those lines that the index has."""
    return [table[line] for line in lines if line in table]
