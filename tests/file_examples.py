"""Files of models made for tests, and how they fail to open."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import torch
from torch import nn

from penjing.models.open import open_model
from penjing.spec.messages import Failure
from penjing.spec.references import InputSpec

FOUR = [InputSpec((4,))]


def failure(reference: Path | str, **options: object) -> Failure:
    """Why a model does not open."""
    with pytest.raises(Failure) as caught:
        open_model(str(reference), **options)  # type: ignore[arg-type]
    return caught.value


def script(module: nn.Module, path: Path, *example: torch.Tensor) -> None:
    """Write a module as TorchScript, traced where there is an example."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript is deprecated, and still met
        made = torch.jit.trace(module, example) if example else torch.jit.script(module)
        torch.jit.save(made, str(path))
