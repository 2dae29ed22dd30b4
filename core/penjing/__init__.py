"""Penjing: make a trained PyTorch network smaller, offline, by pruning or knowledge distillation.

Importing this package is cheap: torch is imported only when one of the functions is called.
"""

from __future__ import annotations

__version__ = "0.1.0"
