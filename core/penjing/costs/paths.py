"""The path by which a module is being called: the name its row has in a cost table."""

from __future__ import annotations

import torch
from torch import nn

from penjing.spec.costs import SELF

_UNNAMED = ("",)


class Paths:
    """A stack of the qualified names of the modules that are being called; the root's is ""."""

    def __init__(self, root: nn.Module) -> None:
        self._names: dict[int, list[str]] = {}
        for name, one in walk(root):
            self._names.setdefault(id(one), []).append(name)
        self.stack: list[str] = [""]

    def enter(self, module: nn.Module) -> str:
        """Push `module` and return its name: of several, the one under its caller, else the first."""
        names = self._names.get(id(module), _UNNAMED)
        if len(names) == 1:
            self.stack.append(names[0])
            return names[0]
        caller = self.stack[-1]
        prefix = f"{caller}." if caller else ""
        name = next((one for one in names if one.startswith(prefix)), names[0])
        self.stack.append(name)
        return name

    def leave(self) -> str:
        """Pop the module that was entered last and return its name."""
        return self.stack.pop()


def walk(root: nn.Module, name: str = "") -> list[tuple[str, nn.Module]]:
    """Every module within and its qualified name, in order; one that stands in several places, under each of them."""
    found = [(name, root)]
    prefix = f"{name}." if name else ""
    for key, one in root._modules.items():
        if one is not None:
            if one._modules:
                found += walk(one, prefix + key)
            else:
                found.append((prefix + key, one))
    return found


def each(root: nn.Module) -> list[nn.Module]:
    """Every module within once, in the order of `root.modules()`."""
    found = {id(root): root}
    _find(root, found)
    return list(found.values())


def _find(module: nn.Module, found: dict[int, nn.Module]) -> None:
    for one in module._modules.values():
        if one is not None and id(one) not in found:
            found[id(one)] = one
            if one._modules:
                _find(one, found)


def owned(root: nn.Module) -> list[torch.Tensor]:
    """Every parameter and buffer within."""
    return [
        one
        for module in each(root)
        for tensors in (module._parameters, module._buffers)
        for one in tensors.values()
        if one is not None
    ]


def is_leaf(module: nn.Module) -> bool:
    """Whether a module has no modules within."""
    within = module._modules
    return not within or all(one is None for one in within.values())


def own_row(name: str) -> str:
    """The name of the row for a module's own work outside its leaves."""
    return f"{name}.{SELF}" if name else SELF


def row_name(name: str, module: nn.Module) -> str:
    """The name of the row of a module called by `name`."""
    return (name or SELF) if is_leaf(module) else own_row(name)
