"""A checkpoint as training scripts save it -> the state dict within, and what was taken off to get there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import torch

from penjing.spec.messages import Message

State = dict[str, torch.Tensor]

# Keys under which weights stand, in order of preference: averaged weights are the ones that were evaluated.
AVERAGED = ("state_dict_ema", "model_ema", "ema_state_dict", "params_ema", "ema")
PLAIN = (
    "state_dict", "model_state_dict", "model_state", "model", "module", "network", "net", "weights", "params",
)  # fmt: skip
_DEPTH = 4  # {"ema": {"module": {…}}} is seen in the wild, more is not
_ALWAYS = ("module.", "_orig_mod.")  # DataParallel and torch.compile; no architecture has a layer so called
_WHERE_IT_FITS = ("model.", "net.", "network.", "backbone.", "encoder.", "student.", "_model.")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A state dict, and what a person should know of how it was found."""

    state: State
    notes: tuple[Message, ...] = ()


def unwrap(value: object, wanted: Collection[str] = ()) -> Unwrapped | None:
    """The state dict within `value`; None where there is none.

    `wanted` are the names of the model's own tensors: a prefix that an architecture may have itself, as `model.`, is
    taken off only where more names fit without it.
    """
    found = _within(value, (), _DEPTH)
    if found is None:
        return None
    trail, state, plain = found
    notes = []
    if trail:
        averaged = any(key in AVERAGED for key in trail)
        code = "models.taken_averaged" if averaged else "models.taken_from"
        notes.append(Message(code, {"key": " → ".join(trail)}))
    if plain:
        notes.append(Message("models.left_out_values", {"count": len(plain), "names": _listed(plain)}))
    prefixes: list[str] = []
    left: list[str] = []
    while (prefix := _prefix(state, wanted)) is not None:
        prefixes.append(prefix)
        left += [name for name in state if not name.startswith(prefix)]
        state = {name.removeprefix(prefix): one for name, one in state.items() if name.startswith(prefix)}
    if prefixes:
        notes.append(Message("models.prefix_removed", {"prefix": "".join(prefixes), "count": len(state)}))
    if left:
        notes.append(Message("models.left_out_tensors", {"count": len(left), "names": _listed(left)}))
    return Unwrapped(state, tuple(notes))


def _within(
    value: object, trail: tuple[str, ...], depth: int
) -> tuple[tuple[str, ...], State, list[str]] | None:
    """The keys that lead to a state dict, it, and the names of what stands in it without being a tensor."""
    if not isinstance(value, Mapping) or not value or not depth:
        return None
    names = [name for name in value if isinstance(name, str)]
    tensors = {name: value[name] for name in names if isinstance(value[name], torch.Tensor)}
    if len(tensors) == len(value):
        return trail, tensors, []
    for key in (*AVERAGED, *PLAIN):
        if key in value and not isinstance(value[key], torch.Tensor):
            found = _within(value[key], (*trail, key), depth - 1)
            if found is not None:
                return found
    others = [name for name in names if name not in tensors]
    scalars = all(value[name] is None or isinstance(value[name], (bool, int, float, str)) for name in others)
    # Among weights a counter or a version may stand; among a trainer's figures, a loss that is a tensor.
    if len(names) == len(value) and scalars and len(tensors) > len(others):
        return trail, tensors, others
    return None


def _prefix(state: State, wanted: Collection[str]) -> str | None:
    """A prefix to take off next."""
    for prefix in _ALWAYS:
        if state and all(name.startswith(prefix) for name in state):
            return prefix
    own = set(wanted)
    fitting = sum(name in own for name in state)
    for prefix in (*_ALWAYS, *_WHERE_IT_FITS):
        without = sum(name.startswith(prefix) and name.removeprefix(prefix) in own for name in state)
        if without > fitting:
            return prefix
    return None


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f", … (+{more})" if more > 0 else "")
