"""Folders of pictures: what is found, what is skipped, and what a model is given."""

from __future__ import annotations

import pickle
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from penjing.data import pictures_scan, pictures_split
from penjing.data.augmentation import augment
from penjing.data.fit import check
from penjing.data.open import OpenedData, open_data
from penjing.data.pictures_files import natural
from penjing.spec.folders import home
from penjing.spec.messages import USAGE, Failure
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec
from penjing_resources.messages import LANGUAGES, render
from pictures import make_letters

GREY = (InputSpec((1, 16, 16)),)


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    return make_letters(tmp_path / "letters", count=60, size=16, letters="ABC")


def opened(folder: Path, **settings: object) -> OpenedData:
    return open_data(DataRecipe(reference=str(folder), **settings))  # type: ignore[arg-type]


def codes(data: OpenedData) -> list[str]:
    for message in data.warnings:
        for language in LANGUAGES:
            assert "{" not in render(message.code, message.params, language)
    return [message.code for message in data.warnings]


def refused(folder: Path, **settings: object) -> str:
    with pytest.raises(Failure) as caught:
        opened(folder, **settings)
    assert caught.value.exit_code == USAGE
    return caught.value.message.code


def test_class_folders_are_read_in_their_natural_order(tmp_path: Path) -> None:
    made = make_letters(tmp_path / "made", count=60, size=16, letters="ABC")
    root = tmp_path / "root"
    for old, new in (("A", "class10"), ("B", "class2"), ("C", "class1/deep/down")):
        shutil.copytree(made / old, root / new)
    (root / ".hidden").mkdir()
    shutil.copy(made / "A" / "00000.png", root / ".hidden")
    shutil.copy(made / "A" / "00000.png", root / "class2" / ".00000.png")
    (root / "class2" / "notes.txt").write_text("no picture")
    (root / "class2" / "again").symlink_to(root / "class2")  # a folder within itself
    data = opened(root)
    assert data.class_names == ("class1", "class2", "class10")
    assert (data.kind, data.task, data.classes, data.labelled) == ("pictures", "classification", 3, True)
    assert data.sizes == {"train": 42, "validation": 9, "test": 9}
    assert (codes(data), data.skipped) == ([], ())
    seen = []
    for part in (data.train, data.validation, data.test):
        assert not part.in_memory
        assert torch.bincount(part.targets, minlength=3).tolist() == [len(part) // 3] * 3
        (x,) = part.for_model(GREY, None).inputs(torch.arange(len(part)))
        for index in range(len(part)):
            file = part.path(index)
            assert file.is_relative_to(root / data.class_names[int(part.targets[index])])
            assert np.array_equal(x[index, 0].numpy(), np.asarray(Image.open(file), np.float32) / 255)
            seen.append(file.name)
    assert sorted(seen) == sorted(path.name for path in made.rglob("*.png"))


def test_natural_order_holds_for_names_of_all_kinds() -> None:
    assert sorted(["b", "10", "a2", "A10", "9", "a"], key=natural) == ["9", "10", "a", "a2", "A10", "b"]


def test_split_folders_are_kept_and_missing_ones_split_off(letters: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(letters, root / "train")
    for name in "AB":
        (root / "valid" / name).mkdir(parents=True)
        for file in sorted((root / "train" / name).iterdir())[:4]:
            file.rename(root / "valid" / name / file.name)
    data = opened(root)
    assert data.sizes == {"train": 44, "validation": 8, "test": 8}
    assert codes(data) == ["data.split_off"]
    assert data.warnings[0].params == {"split": "test", "count": 8}
    assert {path.parts[-3] for path in map(data.validation.path, range(8))} == {"valid"}
    assert {path.parts[-3] for path in map(data.test.path, range(8))} == {"train"}
    assert set(data.validation.targets.tolist()) == {0, 1}
    (root / "test" / "D").mkdir(parents=True)
    shutil.copy(root / "train" / "A" / "00024.png", root / "test" / "D" / "same.png")
    data = opened(root)
    assert data.sizes == {"train": 52, "validation": 8, "test": 1}
    assert (data.class_names, data.test.targets.tolist()) == (("A", "B", "C", "D"), [3])
    assert codes(data) == ["data.duplicate_across_splits"]
    assert data.warnings[0].params == {"count": 1, "first": "train/A/00024.png", "second": "test/D/same.png"}


def test_train_is_a_class_unless_it_stands_for_a_split(letters: Path) -> None:
    (letters / "A").rename(letters / "train")
    data = opened(letters)
    assert (data.class_names, codes(data)) == (("B", "C", "train"), [])
    (letters / "inner").mkdir()
    for name in "BC":
        (letters / name).rename(letters / "inner" / name)
    (letters / "train").rename(letters / "inner" / "A")
    (letters / "inner").rename(letters / "Train")
    assert opened(letters).class_names == ("A", "B", "C")
    shutil.copytree(letters / "Train", letters / "VAL")
    shutil.copytree(letters / "Train" / "A", letters / "extra")
    data = opened(letters)
    assert (data.class_names, len(data.validation)) == (("A", "B", "C"), 60)
    assert codes(data) == ["data.folders_ignored", "data.split_off", "data.duplicate_across_splits"]


def test_what_cannot_be_read_is_skipped_and_listed(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = (letters / "A" / "00000.png").read_bytes()
    (letters / "A" / "torn.png").write_bytes(good[: len(good) // 2])
    (letters / "B" / "text.jpg").write_text("not a picture")
    (letters / "B" / "empty.gif").touch()
    (letters / "C" / "script.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    Image.new("L", (40, 40)).save(letters / "C" / "bomb.bmp")
    (letters / "D").mkdir()
    shutil.copy(letters / "A" / "00000.png", letters / "loose.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    data = opened(letters)
    assert sum(data.sizes.values()) == 60
    bad = ["A/torn.png", "B/empty.gif", "B/text.jpg", "C/bomb.bmp", "C/script.png"]
    assert sorted(one.path for one in data.skipped) == bad
    problems = {one.path: one.problem for one in data.skipped}
    assert "truncated" in problems["A/torn.png"]
    assert problems["C/bomb.bmp"] == "1600 pixels, more than 1000"
    assert "0x" not in "".join(problems.values())
    assert codes(data) == ["data.skipped", "data.loose_pictures", "data.class_empty"]
    assert (data.warnings[0].params["count"], data.warnings[0].params["total"]) == (5, 65)
    said = render(data.warnings[0].code, data.warnings[0].params, "zh_CN")
    assert said.endswith("文件不完整"), "not in the decoder's English"
    assert (data.warnings[2].params["classes"], data.classes) == ("D", 4)


def test_pictures_without_labels(letters: Path) -> None:
    data = opened(letters, labels=False)
    assert (data.labelled, data.classes, data.class_names, data.task) == (False, None, (), "classification")
    assert data.train.targets.tolist() == [0] * 42
    flat = letters / "A"
    data = opened(flat)
    assert (data.labelled, data.sizes) == (False, {"train": 14, "validation": 3, "test": 3})
    fitted = data.for_model((InputSpec((3, 8, 8)),), None)
    check(fitted, (InputSpec((3, 8, 8)),), 2)
    assert fitted.train.first(4).inputs[0].shape == (4, 3, 8, 8)


def test_folders_that_cannot_be_used_are_refused(letters: Path, tmp_path: Path) -> None:
    (tmp_path / "empty" / "class").mkdir(parents=True)
    assert refused(tmp_path / "empty") == "data.no_pictures"
    assert refused(letters, task="regression") == "data.pictures_regression"
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert refused(loop) == "data.not_found"
    few = make_letters(tmp_path / "few", count=9, size=8, letters="AB")
    assert refused(few) == "data.too_few"
    torn = make_letters(tmp_path / "torn", count=20, size=8, letters="AB")
    for one in torn.rglob("*.png"):
        one.write_bytes(one.read_bytes()[:60])
    assert refused(torn) == "data.too_few_readable"
    assert refused(letters, mean=(0.1, 0.2)) == "data.normalisation_channels"
    data = opened(letters, mean=(0.1, 0.2, 0.3), std=(1.0,))
    for inputs in ((InputSpec((64,)),), (InputSpec((4, 8, 8)),), GREY * 2, GREY):
        with pytest.raises(Failure) as caught:
            data.for_model(inputs, None)
        assert caught.value.exit_code == USAGE
        for language in LANGUAGES:
            assert "{" not in render(caught.value.message.code, caught.value.message.params, language)


def test_a_models_own_preprocessing_is_that_of_torchvision(tmp_path: Path) -> None:
    from torchvision.transforms._presets import ImageClassification

    root = tmp_path / "colour"
    noise = np.random.RandomState(0)
    for number in range(12):
        (root / "ab"[number % 2]).mkdir(parents=True, exist_ok=True)
        pixels = noise.randint(0, 256, (40 + number, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((60, 50)).save(root / "ab"[number % 2] / f"{number}.png")
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    data = opened(root).for_model((InputSpec((3, 24, 24)),), Preprocessing((24, 24), 32, mean, std))
    assert data.inputs == (InputSpec((3, 24, 24)),)
    assert codes(data) == []
    reference = ImageClassification(crop_size=24, resize_size=32, mean=mean, std=std)
    (x,) = data.train.inputs(torch.arange(len(data.train)))
    for index in range(len(data.train)):
        torch.testing.assert_close(x[index], reference(Image.open(data.train.path(index))))
    # The recipe's word goes before the model's; the proportion of resizing to cropping stays.
    data = opened(root, size=(12, 12), mean=(0.5,)).for_model(
        (InputSpec((3, 24, 24)),), Preprocessing((24, 24), 32)
    )
    assert data.train.preprocessing == Preprocessing((12, 12), 16, (0.5,) * 3, (1.0,) * 3)
    assert data.inputs == (InputSpec((3, 12, 12)),)
    with pytest.raises(Failure) as caught:
        check(data, (InputSpec((3, 24, 24)),), 2)
    assert caught.value.message.code == "data.input_differs"
    # A model that says nothing gets its input's shape, and a note is made of that. Grey is made from colour.
    data = opened(root).for_model(GREY, None)
    assert data.train.preprocessing == Preprocessing((16, 16), None, (0.0,), (1.0,))
    assert codes(data) == ["data.not_normalised"]
    assert codes(data.for_model(GREY, None)) == ["data.not_normalised"]


def test_sixteen_bits_a_pixel_are_scaled(letters: Path) -> None:
    deep = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    for file in (letters / "A").iterdir():
        Image.fromarray(deep).save(file)
    (x,) = opened(letters / "A").train.inputs(torch.arange(1))
    np.testing.assert_allclose(x[0, 0].numpy(), deep / 65535, atol=1 / 255)


def test_what_is_kept_in_memory_changes_no_byte(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train = opened(letters, augmentation="light").for_model(GREY, None).train
    everything = torch.arange(len(train)).flip(0)
    small = len(pickle.dumps(train))
    first, plain = train.augmented(everything, 3, 1), train.inputs(everything)
    again = train.augmented(everything, 3, 1)  # out of memory now
    for file in map(train.path, range(len(train))):
        assert file.exists()
    assert len(pickle.dumps(train)) == small
    monkeypatch.setattr(pictures_split, "CACHE_CAP", 0)
    copy = pickle.loads(pickle.dumps(train))
    assert torch.equal(copy.augmented(everything, 3, 1)[0], first[0])
    assert torch.equal(first[0], again[0])
    assert torch.equal(copy.inputs(everything)[0], plain[0])
    assert copy.inputs(everything[:0])[0].shape == (0, 1, 16, 16)


@pytest.mark.parametrize(("level", "channels"), [("light", 1), ("strong", 1), ("strong", 3)])
def test_augmentation_depends_on_seed_epoch_and_index_alone(level: str, channels: int) -> None:
    pixels = (
        torch.arange(6 * channels * 18 * 12)
        .mul(37)
        .remainder(251)
        .to(torch.uint8)
        .reshape(6, channels, 18, 12)
    )
    kept = pixels.clone()
    index = torch.tensor([4, 9, 2, 7, 1, 30])
    torch.manual_seed(1)
    random.seed(1)
    before, python, numpy = torch.get_rng_state(), random.getstate(), np.random.get_state()
    whole = augment(pixels, index, level, 5, 2)  # type: ignore[arg-type]
    order = torch.tensor([3, 0, 5])
    torch.rand(3)
    some = augment(pixels[order], index[order], level, 5, 2)  # type: ignore[arg-type]
    assert torch.equal(some, whole[order])
    assert torch.equal(pixels, kept)
    assert (whole.shape, whole.dtype) == (pixels.shape, torch.uint8)
    assert not torch.equal(augment(pixels, index, level, 5, 3), whole)  # type: ignore[arg-type]
    assert not torch.equal(augment(pixels, index, level, 6, 2), whole)  # type: ignore[arg-type]
    assert not torch.equal(augment(pixels, index + 1, level, 5, 2), whole)  # type: ignore[arg-type]
    torch.manual_seed(1)
    augment(pixels, index, level, 5, 2)  # type: ignore[arg-type]
    assert torch.equal(torch.get_rng_state(), before)
    assert random.getstate() == python
    assert all(np.array_equal(one, other) for one, other in zip(np.random.get_state(), numpy, strict=True))


def test_light_mirrors_nothing_and_strong_does() -> None:
    picture = torch.zeros(200, 1, 32, 32, dtype=torch.uint8)
    picture[..., :16] = 255  # bright on the left
    index = torch.arange(200)
    means = {}
    for level in ("light", "strong"):
        changed = augment(picture, index, level, 0, 0).float()  # type: ignore[arg-type]
        left = changed[..., :16].mean((1, 2, 3)) > changed[..., 16:].mean((1, 2, 3))
        means[level] = float(left.float().mean())
        # What is moved in from the edge goes on as the edge was.
        assert level != "light" or set(changed[..., 0].unique().tolist()) == {255.0}
        columns = (changed[:, 0, 16] > 127).sum(-1)
        assert level != "light" or (
            columns.min() >= 11 and columns.max() <= 21 and columns.unique().numel() > 4
        )
    assert means["light"] == 1.0
    assert 0.35 < means["strong"] < 0.65


def test_a_second_opening_reads_no_picture(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(letters)
    read: list[int] = []
    real = pictures_scan.decoded

    def counted(content: bytes) -> Image.Image:
        read.append(len(content))
        return real(content)

    monkeypatch.setattr(pictures_scan, "decoded", counted)
    assert opened(letters).fingerprint == first.fingerprint
    assert read == []
    moved = letters.rename(letters.parent / "elsewhere")
    assert opened(moved).fingerprint == first.fingerprint
    file = moved / "A" / "00000.png"
    Image.new("L", (16, 16), 7).save(file)
    read.clear()
    assert opened(moved).fingerprint != first.fingerprint
    assert len(read) == 1
    file.rename(moved / "B" / "00000.png")
    other = opened(moved).fingerprint
    assert opened(moved, labels=False).fingerprint != other
    for cache in (home() / "cache").iterdir():
        cache.write_text("{}")
    assert opened(moved).fingerprint == other


def test_reading_tells_how_far_it_is_and_can_be_ended(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures_scan, "_AT_ONCE", 10)
    told: list[tuple[int, int]] = []

    def until(done: int, total: int) -> None:
        told.append((done, total))
        if done == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_data(str(letters), until)
    assert told == [(0, 60), (10, 60), (20, 60), (30, 60)]
    told.clear()
    open_data(str(letters), lambda done, total: told.append((done, total)))
    assert told == [(30, 60), (40, 60), (50, 60), (60, 60)]


def test_a_picture_that_is_lost_after_the_opening_is_named(letters: Path) -> None:
    data = opened(letters)
    data.train.path(3).write_text("gone")
    with pytest.raises(Failure) as caught:
        data.train.inputs(torch.tensor([2, 3]))
    assert caught.value.message.code == "data.picture_unreadable"
    assert caught.value.message.params["path"] == str(data.train.path(3))
