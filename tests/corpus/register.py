"""What the makers of the corpus share: where they are listed, and payloads that leave a canary."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

CANARY = "canary"
Maker = Callable[[Path], None]
HOSTILE: dict[str, tuple[str, Maker]] = {}
GOOD: dict[str, tuple[str, Maker]] = {}


def hostile(name: str, *more: str) -> Callable[[Maker], Maker]:
    """Register a maker for a hostile or broken file, and under further names."""

    def register(maker: Maker) -> Maker:
        for one in (name, *more):
            HOSTILE[one] = (one, maker)
        return maker

    return register


def good(name: str, *more: str) -> Callable[[Maker], Maker]:
    """Register a maker for a file that opens."""

    def register(maker: Maker) -> Maker:
        for one in (name, *more):
            GOOD[one] = (one, maker)
        return maker

    return register


class Call:
    """Pickles to a call of `function`."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def canary(path: Path) -> str:
    """The file that a payload in `path` would leave."""
    return str(path.parent / f"{CANARY}-{path.name}")


def touch(path: Path) -> str:
    """A shell command that leaves it."""
    return f"touch '{canary(path)}'"


def writing(path: Path) -> str:
    """An expression that leaves it."""
    return f"open({canary(path)!r}, 'w')"


def network() -> nn.Module:
    """The good network: 4 → 8 → 2."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)).eval()


def replaced(path: Path, changed: dict[str, bytes | None]) -> None:
    """Write an archive again with other bytes for entries that end in a name; None drops one."""
    with zipfile.ZipFile(path) as archive:
        entries = [(one, archive.read(one)) for one in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries:
            end = next((one for one in changed if name.endswith(one)), None)
            new = data if end is None else changed[end]
            if new is not None:
                archive.writestr(name, new)


def saved(value: Any) -> bytes:
    stream = io.BytesIO()
    torch.save(value, stream)
    return stream.getvalue()
