"""Criteria, coupled groups, and removal of channels.

The package can be called: `penjing.pruning(model, ratio, …)` is the founding document's function of that name, and
a package and a function cannot both stand under one name otherwise.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any


class _CallablePackage(types.ModuleType):
    """This package's own type: a module that passes a call on to `penjing.functions.pruning`."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return importlib.import_module("penjing.functions").pruning(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
