"""Opening data: the sample's splits, npz files, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from penjing.data.fit import check
from penjing.data.open import open_data
from penjing.data.splits import indices
from penjing.spec.messages import Failure
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec
from sentences import line


def refused(reference: object) -> str:
    with pytest.raises(Failure) as caught:
        open_data(str(reference))
    return line(caught.value)


def write(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_the_digits_are_split_once_and_for_all() -> None:
    data = open_data("sample:digits")
    assert data.sizes == {"train": 1200, "validation": 250, "test": 347}
    assert (data.task, data.classes, data.inputs) == ("classification", 10, (InputSpec((1, 8, 8)),))
    images, labels = load_digits(return_X_y=True)
    everything = torch.cat([data.train.x, data.validation.x, data.test.x]).reshape(-1, 64)
    # Every picture is in exactly one split, scaled to 0..1.
    assert sorted(map(tuple, everything.mul(16).tolist())) == sorted(map(tuple, images.tolist()))
    whole = np.bincount(labels) / len(labels)
    for part in (data.train, data.validation, data.test):
        assert np.abs(np.bincount(part.y.numpy()) - whole * len(part)).max() <= 1.5
    other = open_data(DataRecipe(reference="sample:digits", split_seed=5))
    assert torch.equal(other.test.x, data.test.x)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=12, max_size=60),
    st.integers(0, 2**32 - 1),
    st.integers(1, 10),
    st.booleans(),
)
def test_a_split_loses_and_repeats_nothing(labels: list[int], seed: int, first: int, stratify: bool) -> None:
    y = torch.tensor(labels)
    found = indices(y, [first, len(y) - first], seed, stratify)
    assert [len(part) for part in found] == [first, len(y) - first]
    assert sorted(torch.cat(found).tolist()) == list(range(len(y)))
    again = indices(y, [first, len(y) - first], seed, stratify)
    assert all(torch.equal(one, other) for one, other in zip(found, again, strict=True))


def test_an_npz_is_read_by_what_it_holds(tmp_path: Path) -> None:
    x = np.arange(20 * 4, dtype=np.uint8).reshape(20, 4)
    data = open_data(str(write(tmp_path / "a.npz", x=x, y=np.arange(20) % 2)))
    assert (data.task, data.classes, data.inputs) == ("classification", 2, (InputSpec((4,)),))
    assert sum(data.sizes.values()) == 20
    assert data.train.x.max() <= 79 / 255
    assert data.train.y.float().mean() == 0.5
    data = open_data(str(write(tmp_path / "b.npz", x=x.astype(float), y=np.linspace(0, 1, 20))))
    assert (data.task, data.classes, data.train.y.dtype) == ("regression", None, torch.float32)
    data = open_data(str(write(tmp_path / "c.npz", x=x.astype(int), y=np.zeros((20, 1), int))))
    assert data.inputs == (InputSpec((4,), "int64"),)


def test_data_that_cannot_be_used_is_refused_with_a_reason(tmp_path: Path) -> None:
    x, y = np.zeros((20, 4)), np.arange(20) % 4
    path = tmp_path / "d.npz"
    assert "no labels" in refused(write(path, x=x, z=y))
    assert "no array x" in refused(write(path, images=x, y=y))
    assert "pickle" in refused(write(path, x=x, y=np.array([{}] * 20, dtype=object)))
    assert "label -1 (sample 3)" in refused(write(path, x=x, y=np.where(np.arange(20) == 3, -1, 0)))
    assert "19" in refused(write(path, x=x, y=y[:19]))
    assert "20×2" in refused(write(path, x=x, y=np.zeros((20, 2), int)))
    assert "not finite" in refused(write(path, x=np.where(np.arange(80).reshape(20, 4) == 9, np.nan, 0), y=y))
    assert "<U" in refused(write(path, x=x, y=np.array(["a"] * 20)))
    assert "only 3" in refused(write(path, x=x[:3], y=y[:3]))
    write(path, x=x, y=y)
    torn = tmp_path / "torn.npz"
    torn.write_bytes(path.read_bytes()[:-400])
    assert "not an .npz" in refused(torn)
    flipped = bytearray(path.read_bytes())
    flipped[300] ^= 255
    torn.write_bytes(flipped)
    assert "damaged" in refused(torn)
    torn.write_text("x,y\n1,2\n")
    assert "not an .npz" in refused(torn)
    assert "not found" in refused(tmp_path / "none.npz")
    assert "no pictures" in refused(tmp_path)
    assert "sample:digits" in refused("sample:letters")
    assert refused("hf:folder")


def test_none_is_no_data() -> None:
    data = open_data("none")
    assert (data.task, data.inputs, data.sizes["train"]) == ("none", (), 0)
    check(data, [InputSpec((3,))], 2)


def test_data_and_model_have_to_fit() -> None:
    data = open_data("sample:digits")
    check(data, [InputSpec((1, 8, 8))], 10)
    for inputs, outputs, says in (
        ([InputSpec((3, 8, 8))], 10, "1,8,8"),
        ([InputSpec((1, 8, 8))], 9, "label 9"),
        ([InputSpec((1, 8, 8))] * 2, 10, "2 inputs"),
    ):
        with pytest.raises(Failure) as caught:
            check(data, inputs, outputs)
        assert says in line(caught.value)
