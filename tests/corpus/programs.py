"""TorchScript with calls in it."""

from __future__ import annotations

import os
import pickle
import warnings
from pathlib import Path

import torch
from torch import nn

from corpus.register import Call, canary, hostile, replaced, touch
from corpus.sound import good_script


class Saving(nn.Module):
    """Leaves a canary when TorchScript loads it: `__setstate__` runs then."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self.linear = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x)  # type: ignore[no-any-return]

    @torch.jit.export
    def __getstate__(self) -> tuple[str, torch.Tensor, bool]:
        return self.place, self.linear.weight, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[str, torch.Tensor, bool]) -> None:
        torch.save(state[1], state[0])
        self.place = state[0]
        self.training = state[2]


@hostile("script_call.ts")
def _script_call(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(Saving(canary(path))), str(path))


@hostile("script_pickle.ts")
def _script_pickle(path: Path) -> None:
    good_script(path)
    replaced(path, {"data.pkl": pickle.dumps(Call(os.system, touch(path)), protocol=2)})


@hostile("script_without_data.ts")
def _script_without_data(path: Path) -> None:
    good_script(path)
    replaced(path, {"data.pkl": None})


@hostile("script_short_storage.ts")
def _script_short(path: Path) -> None:
    good_script(path)
    replaced(path, {"data/0": b"\0\0\0\0"})
