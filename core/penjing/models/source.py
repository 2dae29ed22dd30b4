"""Where an opened model came from, and how plain torch can build its architecture again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from penjing.spec.costs import CostTable
from penjing.spec.messages import Message, bad_input
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.references import InputSpec, ModelReference

if TYPE_CHECKING:
    from torch import nn

_WITH_ARCHITECTURE = Message("models.remedy_architecture")
# What the files are that can be looked at and no more, and what to do, by `OpenedModel.format`.
VIEWS = {
    "state_dict": (Message("models.is_state_dict"), _WITH_ARCHITECTURE),
    "torchscript": (Message("models.is_torchscript"), _WITH_ARCHITECTURE),
    "pt2": (Message("models.is_pt2"), _WITH_ARCHITECTURE),
    "onnx": (Message("models.is_onnx"), Message("models.remedy_onnx")),
}


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A recipe for the architecture (not the weights) in terms of plain torch.

    `imports` are lines of Python that `expression` needs. `code` is the text of the file that defines
    `factory` ("" where `imports` bring it). For kind "py", `file` is that file's absolute path, and its
    folder has to be importable while it is loaded. For kind "pickle", `file` is the pickled module itself,
    `sha256` the SHA-256 of its bytes, and `neighbours` are files beside it that it needs. For kind "onnx", `file` is
    the ONNX file and `sha256` is of the graph that it was converted from. Kind "none" is of files that hold no
    architecture.
    """

    kind: Literal["sample", "torchvision", "timm", "hf", "py", "pickle", "onnx", "none"]
    factory: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    code: str = ""
    file: str | None = None
    sha256: str = ""
    neighbours: tuple[str, ...] = ()

    @property
    def expression(self) -> str:
        """A Python expression that builds the module: `DigitsCNN(width=1.0, classes=10)`."""
        return f"{self.factory}({', '.join(f'{name}={value!r}' for name, value in self.kwargs.items())})"


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model ready to be counted, pruned or trained: in eval mode, on the CPU.

    A file that can be looked at and no more (a state dict alone, TorchScript, `.pt2`, ONNX) has its cost `table` and no
    `module`; its `sha256` is then "", since its weights were not read. Whoever needs the module asks `network()`.

    `sha256` is of the state dict (`penjing.models.weights.state_sha256`). `outputs` is the number of
    features of the last linear layer or convolution, None where there is none. `task` is known for the
    sample and for zoo classifiers only. `warnings` are things a person should be told before relying on
    figures. `preprocessing` is how it wants pictures, where its metadata says so.
    """

    module: nn.Module | None
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
    preprocessing: Preprocessing | None = None
    table: CostTable | None = None

    def network(self) -> nn.Module:
        """The module. Raises `Failure` (exit code 2) for a file that can only be looked at: what it is, what to do."""
        if self.module is None:
            kind, remedy = VIEWS.get(self.format, VIEWS["state_dict"])
            raise bad_input(
                "models.not_a_network", path=str(self.reference), kind=kind.to_json(), remedy=remedy.to_json()
            )
        return self.module


def view_of(model: OpenedModel) -> tuple[Message, ...]:
    """What a file is that can only be looked at, and what to do; empty for a network."""
    return () if model.module is not None else VIEWS.get(model.format, VIEWS["state_dict"])
