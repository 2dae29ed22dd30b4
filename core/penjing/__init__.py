"""Penjing: make a trained PyTorch network smaller, offline, by pruning or knowledge distillation.

The founding document's three functions are here, `knowledge_distillation`, `pruning` and
`select_compression_technique`, and `inspect` besides. They do what the commands do. Importing this package is
cheap: torch is imported when one of them is called.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from penjing.functions import inspect, knowledge_distillation, select_compression_technique

__version__ = "0.1.0"
__all__ = ["inspect", "knowledge_distillation", "pruning", "select_compression_technique"]


def __getattr__(name: str) -> Any:
    """The functions, when first asked for; `pruning` is the package of that name, which can be called."""
    if name == "pruning":
        return importlib.import_module("penjing.pruning")
    if name in __all__:
        return getattr(importlib.import_module("penjing.functions"), name)
    raise AttributeError(f"module 'penjing' has no attribute {name!r}")
