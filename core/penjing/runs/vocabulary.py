"""Ids of tokens against the embedding that they go into: one too large would only be met in the midst of training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from penjing.data.items import Inputs, TensorSplit
from penjing.data.open import OpenedData
from penjing.spec.messages import bad_input


@contextmanager
def embeddings_met(network: nn.Module, inputs: Inputs) -> Iterator[dict[int, int]]:
    """While a pass goes on: for each of the `inputs` that is looked up in an embedding, how many rows that has."""
    found: dict[int, int] = {}

    def see(module: nn.Module, given: Sequence[object]) -> None:
        assert isinstance(module, nn.Embedding)
        for number, one in enumerate(inputs):
            if (
                given
                and isinstance(given[0], Tensor)
                and not one.is_floating_point()
                and given[0].shape == one.shape
                and torch.equal(given[0], one)
            ):
                found[number] = min(module.num_embeddings, found.get(number, module.num_embeddings))

    hooks = [
        module.register_forward_pre_hook(see)
        for module in network.modules()
        if isinstance(module, nn.Embedding)
    ]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


def check(data: OpenedData, rows: dict[int, int]) -> None:
    """Raise `Failure` (exit code 2) where an id of any split is not among the `rows` of its input's embedding."""
    for split in (data.train, data.validation, data.test):
        if not isinstance(split, TensorSplit):
            continue
        for number, count in rows.items():
            ids = split.tensors[number]
            if ids.numel() and not 0 <= int(ids.min()) <= int(ids.max()) < count:
                wrong = int(ids.max()) if int(ids.max()) >= count else int(ids.min())
                raise bad_input("data.ids_out_of_range", reference=data.reference, id=wrong, rows=count)
