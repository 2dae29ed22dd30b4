"""A model's costs by its reference, with as little memory as the model allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from penjing.costs.count import count
from penjing.models.open import open_model
from penjing.models.source import OpenedModel
from penjing.spec.costs import CostTable
from penjing.spec.messages import Failure, Message
from penjing.spec.references import InputSpec


def costs_of(
    reference: str,
    weights: str | None = None,
    inputs: Sequence[InputSpec] = (),
    trust: bool = False,
    warn: Callable[[Message], None] | None = None,
) -> tuple[OpenedModel, CostTable]:
    """The model and its cost table. A zoo model without weights is made without memory where it can be counted so;
    what comes back has then no weights either. Raises `Failure` as opening and counting do.
    """
    model = open_model(reference, weights, inputs, trust, bare=True)
    try:
        return model, table_of(model, warn, spent=True)
    except Failure:
        if model.module is None or not any(one.is_meta for one in model.module.parameters()):
            raise
    # It cannot run on meta tensors: counted in earnest, which says so.
    model = open_model(reference, weights, inputs, trust)
    return model, table_of(model, warn)


def table_of(
    model: OpenedModel, warn: Callable[[Message], None] | None = None, spent: bool = False
) -> CostTable:
    """The cost table of an opened model: counted, or the one that its file came with. `spent`: see `count`."""
    if model.table is not None:
        return model.table
    return count(model.network(), model.input, str(model.reference), model.format, warn, spent)
