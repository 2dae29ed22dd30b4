"""Splits: made once by the seed, the same item never in two of them, kept by fingerprint."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penjing.data import split_store
from penjing.data.open import open_data
from penjing.data.split_store import split_items
from penjing.data.splits import indices, sizes_of
from penjing.spec.messages import Failure
from penjing.spec.recipe import DataRecipe

SHARES = (0.7, 0.15, 0.15)


def test_an_npz_is_split_as_it_always_was(tmp_path: Path) -> None:
    """The figures are those of the first version that read .npz files."""
    x = np.arange(20.0)[:, None]
    np.savez(tmp_path / "classes.npz", x=x, y=np.arange(20) % 2)
    data = open_data(str(tmp_path / "classes.npz"))
    assert data.validation.x[:, 0].tolist() == [3, 11, 16]
    assert data.test.x[:, 0].tolist() == [0, 12, 15]
    np.savez(tmp_path / "values.npz", x=x, y=np.arange(20) % 2 * 1.0)
    data = open_data(DataRecipe(reference=str(tmp_path / "values.npz"), split_seed=5))
    assert data.validation.x[:, 0].tolist() == [0, 6, 16]
    assert data.test.x[:, 0].tolist() == [3, 14, 15]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=10, max_size=80),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_the_same_item_is_in_one_part_alone(items: list[tuple[int, int]], seed: int, stratify: bool) -> None:
    hashes = [bytes([kind]) for kind, _ in items]
    labels = torch.tensor([label for _, label in items]) if stratify else None
    parts = split_items(hashes, labels, SHARES, seed, "shared")
    assert sorted(torch.cat(parts).tolist()) == list(range(len(items)))
    assert all(part.tolist() == sorted(part.tolist()) for part in parts)
    kinds = [{hashes[index] for index in part.tolist()} for part in parts]
    assert not (kinds[0] & kinds[1] or kinds[0] & kinds[2] or kinds[1] & kinds[2])
    again = split_items(hashes, labels, SHARES, seed, "shared")
    assert all(torch.equal(one, other) for one, other in zip(parts, again, strict=True))


def test_without_duplicates_every_part_has_its_share() -> None:
    labels = torch.arange(300) % 3
    hashes = [number.to_bytes(4, "big") for number in range(300)]
    parts = split_items(hashes, labels, SHARES, 4, "f")
    expected = indices(labels, sizes_of(300, SHARES), 4, stratify=True)
    assert all(torch.equal(one, other) for one, other in zip(parts, expected, strict=True))
    assert [torch.bincount(labels[part]).tolist() for part in parts] == [[70] * 3, [15] * 3, [15] * 3]


def test_splits_are_kept_and_made_anew_where_they_are_damaged(
    penjing_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = torch.arange(40) % 2
    hashes = [bytes([number]) for number in range(40)]
    first = split_items(hashes, labels, SHARES, 1, "abc")
    path = penjing_home / "splits" / "abc-1.npz"
    content = path.read_bytes()
    made: list[int] = []
    real = split_store._make

    def counted(*arguments: object) -> object:
        made.append(1)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(split_store, "_make", counted)
    again = split_items(hashes, labels, SHARES, 1, "abc")
    assert made == []
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))
    for damage in (content[:-200], b"", b"no zip", content.replace(b"part1", b"part9")):
        made.clear()
        path.write_bytes(damage)
        again = split_items(hashes, labels, SHARES, 1, "abc")
        assert made == [1]
        assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))
        split_items(hashes, labels, SHARES, 1, "abc")
        assert made == [1]
    made.clear()
    split_items(hashes, 1 - labels, SHARES, 1, "abc")  # other data under the same name
    split_items(hashes, 1 - labels, (0.5, 0.5), 1, "abc")
    assert made == [1, 1]


def test_splits_do_not_need_a_home_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PENJING_HOME", str(tmp_path / "file"))
    parts = split_items([bytes([number]) for number in range(20)], None, SHARES, 1, "abc")
    assert [len(part) for part in parts] == [14, 3, 3]


def test_rows_of_an_npz_that_are_the_same_stay_together(tmp_path: Path) -> None:
    x = np.random.RandomState(0).randint(0, 4, (200, 2))
    np.savez(tmp_path / "a.npz", x=x, y=x.sum(1))
    data = open_data(str(tmp_path / "a.npz"))
    rows = [set(map(tuple, part.x.tolist())) for part in (data.train, data.validation, data.test)]
    assert sum(map(len, rows)) == len(set.union(*rows)) == 16


def test_a_fingerprint_tells_data_apart_but_not_places(tmp_path: Path) -> None:
    x, y = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
    found = set()
    for number, (samples, labels) in enumerate(((x, y), (x + 1, y), (x, 1 - y), (x.astype("f4"), y))):
        np.savez(tmp_path / f"{number}.npz", x=samples, y=labels)
        found.add(open_data(str(tmp_path / f"{number}.npz")).fingerprint)
    assert len(found) == 4
    shutil.copy(tmp_path / "0.npz", tmp_path / "moved.npz")
    assert open_data(str(tmp_path / "moved.npz")).fingerprint in found
    assert all(len(one) == 64 for one in found)


def test_an_npz_may_go_without_labels_where_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.arange(40.0).reshape(20, 2))
    with pytest.raises(Failure, match=r"data\.no_labels"):
        open_data(str(path))
    data = open_data(DataRecipe(reference=str(path), labels=False))
    assert (data.labelled, data.task, data.classes) == (False, "classification", None)
    assert data.sizes == {"train": 14, "validation": 3, "test": 3}
    assert data.train.targets.tolist() == [0] * 14
    np.savez(path, x=np.arange(40.0).reshape(20, 2), y=np.full(20, -1))
    data = open_data(DataRecipe(reference=str(path), labels=False, task="regression"))
    assert (data.labelled, data.task, data.train.targets.dtype) == (False, "regression", torch.float32)


def test_the_task_of_an_npz_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.arange(40.0).reshape(20, 2), y=np.arange(20))
    data = open_data(DataRecipe(reference=str(path), task="regression"))
    assert (data.task, data.classes, data.train.targets.dtype) == ("regression", None, torch.float32)
    np.savez(path, x=np.arange(40.0).reshape(20, 2), y=np.arange(20) / 2)
    with pytest.raises(Failure, match=r"data\.labels_not_whole"):
        open_data(DataRecipe(reference=str(path), task="classification"))
