"""A zoo's architecture with the weights of a file, built for the number of classes that these have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from penjing.models.heads import head_differs
from penjing.models.skeleton import skeleton
from penjing.models.weights import State, fit, read_weights
from penjing.spec.messages import Message

Build = Callable[[Mapping[str, Any]], nn.Module]


@dataclass(frozen=True, slots=True)
class Adopted:
    """The module with its weights, what its builder was called with, and what a person should know."""

    module: nn.Module
    kwargs: dict[str, Any]
    notes: tuple[Message, ...]


def adopt(
    name: str,
    build: Build,
    kwargs: Mapping[str, Any],
    path: Path,
    classes: Callable[[nn.Module], int | None],
    heads: Sequence[str] = (),
    leave_out: Sequence[str] = (),
    outputs: int | None = None,
) -> Adopted:
    """Build the architecture for the weights in `path` and load them.

    `classes` tells a module's number of classes, `heads` are the names of its classifiers where these may be absent
    (`num_classes=0`), `leave_out` are prefixes of weights that the module does not use. Where `outputs` are wanted and
    the weights have another number, the classifier alone is new, as `build` draws it. Raises `Failure` as reading and
    fitting do: nothing else is ever loaded half.
    """
    plan = sketch(lambda: build(kwargs))
    own, usual = plan.state_dict(), classes(plan)
    found = read_weights(path, own)
    state = {key: one for key, one in found.state.items() if not key.startswith(tuple(leave_out))}
    notes, wanted = list(found.notes), dict(kwargs)
    count = None if "num_classes" in kwargs else _classes(own, state, usual, heads)
    theirs = usual if count is None else count
    if outputs is not None and outputs != theirs:
        wanted["num_classes"] = outputs
        module = build(wanted)
        new = _head(module.state_dict(), state, outputs, heads)
        notes.append(
            Message(
                "models.new_head",
                {"name": name, "file": path.name, "outputs": outputs, "before": theirs or 0},
            )
        )
        fit(module, {**state, **new}, path)
        return Adopted(module, wanted, tuple(notes))
    if count is not None:
        wanted["num_classes"] = count
        notes.append(
            Message(
                "models.classes_from_weights",
                {"name": name, "file": path.name, "classes": count, "usual": usual or 0},
            )
        )
    module = build(wanted)
    fit(module, state, path)
    return Adopted(module, wanted, tuple(notes))


def sketch(build: Callable[[], nn.Module]) -> nn.Module:
    """What `build` makes, without memory where its constructor allows that."""
    try:
        return skeleton(build)
    except RuntimeError:  # a constructor that runs a part of its network, or reads its weights
        return build().eval()


def _head(own: State, state: State, outputs: int, heads: Sequence[str]) -> State:
    """The classifier's tensors of a model with another number of `outputs` than the weights."""
    differs = head_differs(own, state, outputs)
    if differs is not None:
        return {name: own[name] for name in differs[0]}
    within = tuple(f"{head}." for head in heads if head)
    return {name: one for name, one in own.items() if within and name.startswith(within)}


def _classes(
    own: Mapping[str, torch.Tensor], state: State, usual: int | None, heads: Sequence[str]
) -> int | None:
    """The weights' number of classes where it is not the model's own; 0 where they have no classifier."""
    differs = head_differs(own, state, usual)
    if differs is not None:
        return differs[1]
    within = tuple(f"{head}." for head in heads if head)
    if not within:
        return None
    mine = [name for name in own if name.startswith(within)]
    theirs = [name for name in state if name.startswith(within)]
    if usual and mine and not theirs and all(name in state for name in own if name not in mine):
        return 0
    weight = state.get(f"{heads[0]}.weight")
    if not usual and theirs and not mine and weight is not None and weight.dim():
        return int(weight.shape[0])
    return None
