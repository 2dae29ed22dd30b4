"""The dry run: which channels of a model can be removed, which cannot, and why."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from penjing.pruning import coupling, deadline, trial
from penjing.pruning.coupling import Coupling
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Failure, Message


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a dry run found. `ok` is True where something can be pruned; else `blockers` say why nothing
    can."""

    groups: tuple[CoupledGroup, ...]
    ok: bool
    blockers: tuple[Message, ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The document of `penjing prunable --json`."""
        return {
            "groups": [group.to_json() for group in self.groups],
            "ok": self.ok,
            "blockers": [blocker.to_json() for blocker in self.blockers],
            "seconds": round(self.seconds, 3),
        }


def find_groups(
    module: nn.Module,
    example_inputs: tuple[torch.Tensor, ...],
    time_limit_s: float = 60,
    meanwhile: Callable[[], None] | None = None,
) -> Grouping:
    """Every coupled group of the module, in order of execution, each tried on a copy before it is called
    prunable.

    `example_inputs` have a batch axis of 1 or more. The module is left as it was: training flags, gradients
    and batch-norm statistics too. Never raises for what the model does: that becomes a blocker. `meanwhile` is called
    all the while; it may read the module, and must not change or run it.
    """
    start = time.monotonic()
    try:
        groups = tuple(
            one.group for one in couplings(module, example_inputs, time_limit_s, meanwhile=meanwhile)
        )
        blockers: tuple[Message, ...] = ()
        if not any(group.prunable for group in groups):
            blockers = (Message("pruning.nothing_prunable"),)
    except Failure as failure:
        groups, blockers = (), (failure.message,)
    return Grouping(groups, not blockers, blockers, time.monotonic() - start)


def couplings(
    module: nn.Module,
    example_inputs: tuple[torch.Tensor, ...],
    time_limit_s: float = 60,
    tried: bool = True,
    meanwhile: Callable[[], None] | None = None,
) -> list[Coupling]:
    """The groups with their indices; without `tried`, groups that a trial would lock count as prunable.

    Raises `Failure` where the model cannot be read, or not in time.
    """
    with coupling.traceable(module):
        try:
            deadline.call(lambda: _run(module, example_inputs), math.inf, meanwhile)
        except Exception as error:  # the model's own code may raise anything
            raise Failure("pruning.forward_failed", problem=_line(error)) from error
        try:
            return deadline.call(lambda: _find(module, example_inputs, tried), time_limit_s, meanwhile)
        except deadline.OutOfTimeError:
            raise Failure("pruning.graph_timeout", seconds=time_limit_s) from None
        except Exception as error:  # Torch-Pruning raises whatever it stumbles over
            raise Failure("pruning.graph_failed", problem=_line(error)) from error


def _run(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
    with torch.no_grad():
        module(*inputs)


def _find(module: nn.Module, inputs: tuple[torch.Tensor, ...], tried: bool) -> list[Coupling]:
    with torch.enable_grad():  # the grad mode is a thread's own
        found = coupling.find(module, inputs)
        some = [one for one in found if one.group.prunable] if tried else []
        # Apart, so that those whose figures can be compared are.
        verdicts = _judge(module, inputs, [one for one in some if not trial.mixes(module, one)])
        verdicts |= _judge(module, inputs, [one for one in some if trial.mixes(module, one)])
    reasons = {
        "output": "pruning.reason_output",
        "fails": "pruning.reason_fails",
        "differs": "pruning.reason_entangled",
    }
    return [
        one
        if (verdict := verdicts.get(one.group.id, "ok")) == "ok"
        else replace(one, group=replace(one.group, prunable=False, reason=reasons[verdict]))
        for one in found
    ]


def _judge(
    module: nn.Module, inputs: tuple[torch.Tensor, ...], some: Sequence[Coupling]
) -> dict[str, trial.Verdict]:
    """The groups that do not pass, each with its verdict: all at once first, then halves of what did not
    pass."""
    some = [one for one in some if one.group.channels > 1]
    if not some:
        return {}
    verdict = trial.attempt(module, inputs, some)
    if verdict == "ok":
        return {}
    if len(some) == 1:
        return {some[0].group.id: verdict}
    middle = len(some) // 2
    return _judge(module, inputs, some[:middle]) | _judge(module, inputs, some[middle:])


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__
