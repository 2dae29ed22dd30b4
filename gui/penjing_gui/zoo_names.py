"""Names of architectures for completion: those of the index that comes with Penjing. No torch."""

from __future__ import annotations

import functools
import lzma
from importlib.resources import files

INDEX = "architectures.txt.xz"  # its form: `penjing.models.index`


@functools.cache
def references() -> tuple[str, ...]:
    """`torchvision:…` and `timm:…` by name. The first call takes some 0.2 s: make it beside the window."""
    data = lzma.decompress((files("penjing_resources") / INDEX).read_bytes())
    found: list[str] = []
    start = 0
    while start < len(data):
        end = data.index(b"\n", start)
        found += data[start:end].decode().split()
        start = data.find(b"\n\n", end) + 2
        if start < 2:
            break
    # torchvision's first: there are fewer of them, and they are better known.
    return tuple(sorted(found, key=lambda one: (not one.startswith("torchvision:"), one)))
