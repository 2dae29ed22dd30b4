"""`proof.npz`: seeded inputs and the live model's outputs, against which artefacts are checked later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from penjing.spec.references import InputSpec

BATCHES = (1, 8)
SEED = 20_240_229


def example_inputs(module: nn.Module, inputs: Sequence[InputSpec], batch: int) -> tuple[torch.Tensor, ...]:
    """Seeded inputs: normal for floats, indices that every embedding of the model has for integers."""
    generator = torch.Generator().manual_seed(SEED + batch)
    indices = [layer.num_embeddings for layer in module.modules() if isinstance(layer, nn.Embedding)]
    return tuple(_example(spec, batch, min(indices, default=2), generator) for spec in inputs)


def _example(spec: InputSpec, batch: int, indices: int, generator: torch.Generator) -> torch.Tensor:
    shape, dtype = (batch, *spec.shape), getattr(torch, spec.dtype)
    if dtype.is_floating_point:
        return torch.randn(shape, generator=generator).to(dtype)
    return torch.randint(2 if dtype == torch.bool else indices, shape, generator=generator).to(dtype)


def flatten(outputs: Any) -> list[torch.Tensor]:
    """The tensors in a model's outputs, in order."""
    leaves, _ = torch.utils._pytree.tree_flatten(outputs)
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]


def record(module: nn.Module, inputs: Sequence[InputSpec]) -> dict[str, np.ndarray[Any, Any]]:
    """Arrays `input_BATCH_INDEX` and `output_BATCH_INDEX` for each batch size; bfloat16 as float32."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for batch in BATCHES:
        example = example_inputs(module, inputs, batch)
        with torch.no_grad():
            outputs = flatten(module(*example))
        for kind, tensors in (("input", example), ("output", outputs)):
            for index, tensor in enumerate(tensors):
                plain = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
                arrays[f"{kind}_{batch}_{index}"] = plain.cpu().numpy()
    return arrays


def write(arrays: dict[str, np.ndarray[Any, Any]], path: Path) -> None:
    """Write the arrays; the same arrays give the same bytes."""
    np.savez(path, **arrays)  # type: ignore[arg-type]
