"""What lies beside a file is no module of the next test."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def own_modules() -> Iterator[None]:
    """Classes that lie beside a file are forgotten again."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("beside"):
            del sys.modules[name]
