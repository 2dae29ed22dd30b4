"""The path by which a module is being called: the name its row has in a cost table."""

from __future__ import annotations

from torch import nn

from penjing.spec.costs import SELF


class Paths:
    """A stack of the qualified names of the modules that are being called; the root's is ""."""

    def __init__(self, root: nn.Module) -> None:
        self._names: dict[int, list[str]] = {}
        for name, one in root.named_modules(remove_duplicate=False):
            self._names.setdefault(id(one), []).append(name)
        self.stack: list[str] = [""]

    def enter(self, module: nn.Module) -> str:
        """Push `module` and return its name: of several, the one under its caller, else the first."""
        names = self._names.get(id(module), [""])
        caller = self.stack[-1]
        prefix = f"{caller}." if caller else ""
        name = next((one for one in names if one.startswith(prefix)), names[0])
        self.stack.append(name)
        return name

    def leave(self) -> str:
        """Pop the module that was entered last and return its name."""
        return self.stack.pop()


def is_leaf(module: nn.Module) -> bool:
    """Whether a module has no modules within."""
    return next(module.children(), None) is None


def own_row(name: str) -> str:
    """The name of the row for a module's own work outside its leaves."""
    return f"{name}.{SELF}" if name else SELF


def row_name(name: str, module: nn.Module) -> str:
    """The name of the row of a module called by `name`."""
    return (name or SELF) if is_leaf(module) else own_row(name)
