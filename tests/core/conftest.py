"""What tests of the core share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Torch computes in one thread, as reproducible figures ask for."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def own_generators(one_thread: None) -> Iterator[None]:
    """In one thread too; what is drawn does not touch the generators of the next test."""
    from penjing.training.seeds import capture_generators, restore_generators

    state = capture_generators()
    yield
    restore_generators(state)
