"""The loader: workers change nothing but the time, and no death hangs or leaves anything behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch

from leaks import children
from penjing.data.items import Batch, Split, TensorSplit
from penjing.data.loading import Augment, Loader
from penjing.data.open import open_data
from penjing.spec.messages import FAILED, Failure
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec
from pictures import make_letters

AUGMENT = Augment(7, 2)
OWNER = """
import sys, time
import torch
from penjing.data.loading import Loader
from penjing.data.open import open_data

if __name__ == "__main__":
    train = open_data(sys.argv[1]).train
    loader = Loader(train, 1)
    next(loader.batches(torch.arange(len(train)).split(2)))
    print("reading", flush=True)
    time.sleep(60)
"""


def train_split(folder: Path) -> Split:
    make_letters(folder, count=60, size=16, letters="ABC")
    data = open_data(DataRecipe(reference=str(folder), augmentation="strong"))
    return data.for_model((InputSpec((1, 16, 16)),), None).train


def same(one: list[Batch], other: list[Batch]) -> bool:
    assert len(one) == len(other)
    return all(
        torch.equal(a.inputs[0], b.inputs[0]) and torch.equal(a.targets, b.targets)
        for a, b in zip(one, other, strict=True)
    )


def test_three_workers_read_the_same_bytes_and_a_killed_one_is_told_of(tmp_path: Path) -> None:
    train = train_split(tmp_path / "letters")
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(1)).split(4)
    here = list(Loader(train).batches(order, AUGMENT))
    torch.manual_seed(3)
    random.seed(3)
    state, python = torch.get_rng_state(), random.getstate()
    handler = signal.getsignal(signal.SIGCHLD)
    loader = Loader(train, 3)
    try:
        assert same(list(loader.batches(order, AUGMENT)), here)
        assert torch.equal(torch.get_rng_state(), state)
        assert random.getstate() == python
        assert signal.getsignal(signal.SIGCHLD) == handler
        workers = children()
        assert len(workers) == 3
        # A pass that is given up, and another that is begun anew with the same workers.
        given_up = loader.batches(order[::-1], Augment(8, 0))
        next(given_up)
        assert same(list(loader.batches(order, AUGMENT)), here)
        with pytest.raises(RuntimeError, match="another pass"):
            next(given_up)
        assert same(list(loader.batches(order)), list(Loader(train).batches(order)))
        assert sorted(one.pid for one in children()) == sorted(one.pid for one in workers)

        reading = loader.batches(order * 50, AUGMENT)
        next(reading)
        workers[1].kill()
        started = time.monotonic()
        with pytest.raises(Failure) as caught:
            list(reading)
        assert time.monotonic() - started < 60
        assert (caught.value.message.code, caught.value.exit_code) == ("data.worker_died", FAILED)
        psutil.wait_procs(workers, timeout=60)
        assert not any(one.is_running() for one in workers)
    finally:
        loader.close()


def test_one_worker_names_a_picture_that_is_lost_and_goes_on(tmp_path: Path) -> None:
    train = train_split(tmp_path / "letters")
    order = torch.arange(len(train)).split(5)
    here = list(Loader(train).batches(order, AUGMENT))
    file = train.path(7)  # type: ignore[attr-defined]
    content = file.read_bytes()
    file.write_bytes(content[:40])
    loader = Loader(train, 1)
    try:
        with pytest.raises(Failure) as caught:
            list(loader.batches(order, AUGMENT))
        assert caught.value.message.code == "data.picture_unreadable"
        assert caught.value.message.params["path"] == str(file)
        file.write_bytes(content)
        assert same(list(loader.batches(order, AUGMENT)), here)
        (worker,) = children()
    finally:
        loader.close()
    assert not worker.is_running()
    loader.close()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_workers_end_with_their_owner_and_not_of_an_interrupt(tmp_path: Path) -> None:
    folder = make_letters(tmp_path / "letters", count=60, size=16, letters="ABC")
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    with subprocess.Popen(
        [sys.executable, str(script), str(folder)], stdout=subprocess.PIPE, text=True
    ) as owner:
        try:
            assert owner.stdout is not None
            assert owner.stdout.readline() == "reading\n"
            helpers = psutil.Process(owner.pid).children()
            (worker,) = (one for one in helpers if "spawn_main" in " ".join(one.cmdline()))
            worker.send_signal(signal.SIGINT)  # as the terminal's Ctrl+C reaches everybody in the group
            time.sleep(0.3)
            assert worker.is_running()
        finally:
            owner.kill()
        psutil.wait_procs(helpers, timeout=60)
        assert [one for one in helpers if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def test_what_lies_in_memory_is_read_in_place() -> None:
    split = TensorSplit(torch.arange(12.0).reshape(6, 2), torch.arange(6))
    loader = Loader(split, 4)
    batches = list(loader.batches([torch.tensor([3, 1]), torch.tensor([0])], AUGMENT))
    assert children() == []
    assert batches[0].inputs[0].tolist() == [[6, 7], [2, 3]]
    assert [batch.targets.tolist() for batch in batches] == [[3, 1], [0]]
