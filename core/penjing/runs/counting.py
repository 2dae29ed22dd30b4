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
        return model, _counted(model, warn)
    except Failure:
        if not any(parameter.is_meta for parameter in model.module.parameters()):
            raise
    # It cannot run on meta tensors: counted in earnest, which says so.
    model = open_model(reference, weights, inputs, trust)
    return model, _counted(model, warn)


def _counted(model: OpenedModel, warn: Callable[[Message], None] | None) -> CostTable:
    return count(model.module, model.input, str(model.reference), model.format, warn)
