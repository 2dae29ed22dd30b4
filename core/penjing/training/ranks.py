"""Ranks: processes that train one network together, each on its share of every batch (DistributedDataParallel).

Rank 0 leads. It alone decides: each step begins with a small tensor from it, which says what the others do next and
at which learning rate. Between those they wait, however long it validates, writes or is paused. Commands, which are
rarer and larger, are sent as objects. A rank that fails leaves word in the launcher's store before its connections
close; the others find them closed at their next exchange, and then the word.

A process that was not started by torchrun is the one rank of one: every method then does nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.distributed_c10d import Store
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from penjing.spec.launch import launched_rank, launched_size
from penjing.spec.messages import Failure
from penjing.training.seeds import capture_generators

PATIENCE = timedelta(days=30)
"""Longer than any validation or pause: that a rank is gone is told by its connections, not by the time."""

Order = Literal["step", "generators", "leave"]
_ORDERS: tuple[Order, ...] = ("step", "generators", "leave")
_WORD, _LEAD = "penjing/word", "penjing/lead"


@dataclass(slots=True)
class Ranks:
    """This process among those that train together: `rank` of `size`."""

    rank: int = 0
    size: int = 1
    store: Store | None = None
    lead_pid: int = field(default_factory=os.getpid)
    _training: bool = False  # the others wait for orders, not for commands
    _exchanging: bool = False  # rank 0 is in the midst of what the others take part in
    _dismissed: bool = False

    @property
    def leads(self) -> bool:
        """Whether this is rank 0 of several that are still there."""
        return self.size > 1 and self.rank == 0 and not self._dismissed

    # The network

    def wrap(self, module: nn.Module) -> nn.Module:
        """`module` for the forward passes of training: all ranks begin with rank 0's weights and buffers.

        Gradients become the ranks' mean. Every rank's batch norms see its own samples; the running statistics kept
        are rank 0's. Buckets of gradients stay as they are at first (`find_unused_parameters`): rebuilt after the
        first step, a resumed run would add three or more ranks up in another order. And a network may have
        parameters that its loss does not depend on.
        """
        if self.size == 1:
            return module
        device = next(module.parameters()).device
        with self.exchange():
            return DistributedDataParallel(
                module,
                device_ids=[device.index or torch.cuda.current_device()] if device.type == "cuda" else None,
                find_unused_parameters=True,
            )

    @contextmanager
    def part(self, wrapped: nn.Module, last: bool) -> Iterator[None]:
        """Around one part of a step, forward and backward: gradients are exchanged in the last."""
        if not isinstance(wrapped, DistributedDataParallel):
            yield
            return
        with self.exchange(), nullcontext() if last else wrapped.no_sync():
            yield

    def summed(self, values: Mapping[str, float]) -> dict[str, float]:
        """Each value's sum over all ranks, on all ranks. It ends a step's exchanges."""
        if self.size == 1:
            return dict(values)
        numbers = torch.tensor(list(values.values()), dtype=torch.float64)
        with self.exchange():
            dist.all_reduce(numbers)
        self._exchanging = False
        return dict(zip(values, numbers.tolist(), strict=True))

    # Rank 0 says

    def begin(self, rate: float) -> None:
        """Order the next step, at this learning rate."""
        if self.leads:
            self._order("step", rate)
            self._exchanging = True

    def gathered(self) -> list[dict[str, Any]]:
        """The generators' states of the ranks from 1 on."""
        states: list[Any] = [None] * self.size
        self._order("generators")
        with self.exchange():
            dist.gather_object(None, states)
        return states[1:]

    def command(self, command: Mapping[str, Any] | None) -> None:
        """Send a command; None ends the others. After `train` they take orders, until `leave`."""
        if not self.leads:
            return
        with self.exchange():
            dist.broadcast_object_list([command], src=0)
        self._training = command is not None and command["do"] == "train"

    def leave(self) -> None:
        """A round of training is over: the others wait for a command again."""
        if self.leads and self._training:
            self._order("leave")
            self._training = False

    def dismiss(self) -> None:
        """End the others, who are needed no more. Raises `Failure` where one of them is gone already."""
        if self.leads and not self._exchanging:
            self.leave()
            self.command(None)
            self._dismissed = True

    def _order(self, order: Order, rate: float = 0.0) -> None:
        with self.exchange():
            dist.broadcast(torch.tensor([_ORDERS.index(order), rate], dtype=torch.float64), 0)

    # The others hear

    def commanded(self) -> dict[str, Any] | None:
        """Wait for rank 0's next command."""
        box: list[Any] = [None]
        with self.exchange():
            dist.broadcast_object_list(box, src=0)
        command: dict[str, Any] | None = box[0]
        return command

    def ordered(self) -> tuple[Order, float]:
        """Wait for rank 0's next order and the learning rate that belongs to it."""
        told = torch.zeros(2, dtype=torch.float64)
        with self.exchange():
            dist.broadcast(told, 0)
        kind, rate = told.tolist()
        return _ORDERS[int(kind)], rate

    def give_generators(self) -> None:
        """The answer to `generators`."""
        with self.exchange():
            dist.gather_object(capture_generators(), None)

    # Losses

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Around whatever the ranks do together: raises `Failure` where one of them is gone.

        The failure is what that rank left word of, else `runs.rank_lost`.
        """
        if self.size == 1:
            yield
            return
        try:
            yield
        except RuntimeError as error:
            if not _connection(error):
                raise
            raise self.word() or Failure("runs.rank_lost", ranks=self.size) from error

    def leave_word(self, failure: Failure) -> None:
        """Tell the others why this rank is about to end. The first word counts."""
        if self.store is not None and not self._dismissed:
            with suppress(RuntimeError):  # the launcher is gone too
                self.store.compare_set(_WORD, "", _text(failure))

    def word(self) -> Failure | None:
        """What a rank left word of, or None."""
        import json

        if self.store is None:
            return None
        try:
            if not self.store.check([_WORD]):
                return None
            return Failure.from_json(json.loads(self.store.get(_WORD)))
        except (RuntimeError, ValueError):
            return None


def _text(failure: Failure) -> str:
    import json

    return json.dumps(failure.to_json())


def _connection(error: RuntimeError) -> bool:
    """Whether the error comes from the exchange and not from the network that is trained."""
    text = str(error)
    return isinstance(error, dist.DistError) or "gloo" in text or "NCCL" in text


@contextmanager
def joined() -> Iterator[Ranks]:
    """This process's place among the ranks that torchrun started; alone where it did not.

    Rank 0 ends the others when it leaves, whatever it leaves for.
    """
    if launched_size() == 1:
        yield Ranks()
        return
    ranks = _join()
    try:
        yield ranks
    except BaseException as error:
        with suppress(Failure):
            ranks.dismiss()
        if not ranks._dismissed:
            ranks.leave_word(
                error if isinstance(error, Failure) else Failure("runs.rank_lost", ranks=ranks.size)
            )
        raise
    else:
        with suppress(Failure):
            ranks.dismiss()
    finally:
        with suppress(RuntimeError):
            dist.destroy_process_group()


def _join() -> Ranks:
    store, rank, size = next(rendezvous("env://"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    if rank == 0:
        store.set(_LEAD, str(os.getpid()))
    backend = "gloo"
    if torch.cuda.is_available() and local < torch.cuda.device_count() and dist.is_nccl_available():
        torch.cuda.set_device(local)
        backend = "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=PATIENCE)
    return Ranks(launched_rank(), size, store, int(store.get(_LEAD)))
