"""What is open and what was asked for: plain values that the window's parts hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from penjing.spec.messages import Message
from penjing.spec.references import InputSpec


@dataclass(frozen=True, slots=True)
class OpenModel:
    """The open model, as the session worker describes it. `input` is without the batch axis."""

    reference: str
    title: str
    weights: str
    format: str
    sha256: str
    input: tuple[InputSpec, ...]
    task: str | None
    outputs: int | None
    data: str | None
    warnings: tuple[Message, ...]
    weights_file: str | None = None
    trusted: bool = False
    network: bool = True  # False for a file that can only be looked at
    view: tuple[Message, ...] = ()  # what such a file is, and what to do

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> OpenModel:
        """From the reply of `open`."""
        return OpenModel(
            reference=value["reference"],
            title=value["title"],
            weights=value["weights"],
            format=value["format"],
            sha256=value["sha256"],
            input=tuple(InputSpec(tuple(one["shape"]), one["dtype"]) for one in value["input"]),
            task=value.get("task"),
            outputs=value.get("outputs"),
            data=value.get("data"),
            warnings=tuple(Message.from_json(one) for one in value.get("warnings", ())),
            network=bool(value.get("network", True)),
            view=tuple(Message.from_json(one) for one in value.get("view", ())),
        )

    @property
    def program(self) -> bool:
        """Whether it is the weights of a program whose own graph can be shown with trust."""
        return not self.network and not self.trusted and self.format in ("torchscript", "pt2")

    def recipe(self) -> dict[str, Any]:
        """The `model` section of a recipe for this model."""
        return {
            "reference": self.reference,
            "weights": self.weights_file,
            "sha256": self.sha256,
            "input": [spec.to_json() for spec in self.input],
        }


@dataclass(frozen=True, slots=True)
class Busy:
    """Something under way: its message, how far it is (0 to 1, None unknown), seconds left (None unknown)."""

    code: str
    params: Mapping[str, Any]
    fraction: float | None = None
    eta: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked to be opened. Trust is in the bytes of that SHA-256, where there is one."""

    reference: str
    weights: str | None
    inputs: tuple[str, ...]
    trust: bool
    sha256: str | None = None
