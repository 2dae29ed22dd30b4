"""Where an opened model came from, and how plain torch can build its architecture again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import nn

from penjing.spec.messages import Message
from penjing.spec.references import InputSpec, ModelReference


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A recipe for the architecture (not the weights) in terms of plain torch.

    `imports` are lines of Python that `expression` needs. `code` is the text of the file that defines
    `factory` ("" where `imports` bring it). For kind "py", `file` is that file's absolute path, and its
    folder has to be importable while it is loaded.
    """

    kind: Literal["sample", "torchvision", "py"]
    factory: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    code: str = ""
    file: str | None = None

    @property
    def expression(self) -> str:
        """A Python expression that builds the module: `DigitsCNN(width=1.0, classes=10)`."""
        return f"{self.factory}({', '.join(f'{name}={value!r}' for name, value in self.kwargs.items())})"


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model ready to be counted, pruned or trained: in eval mode, on the CPU.

    `sha256` is of the state dict (`penjing.models.weights.state_sha256`). `outputs` is the number of
    features of the last linear layer or convolution, None where there is none. `task` is known for the
    sample and for zoo classifiers only. `warnings` are things a person should be told before relying on
    figures.
    """

    module: nn.Module
    reference: ModelReference
    title: str
    format: str
    input: tuple[InputSpec, ...]
    sha256: str
    weights_label: str
    source: ModelSource
    task: str | None = None
    outputs: int | None = None
    suggested_data: str | None = None
    warnings: tuple[Message, ...] = ()
