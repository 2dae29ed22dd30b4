"""Texts: folders that `datasets` saved, local tokenizers, and ids as a model takes them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

import text_examples
from penjing.data.open import OpenedData, open_data
from penjing.data.text_tokens import open_tokenizer, with_tokenizer
from penjing.spec.messages import Failure
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec
from sentences import line

IDS = (InputSpec((text_examples.LENGTH,), "int64"),)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the text set, the same in two splits, and the tokenizer."""
    folder = tmp_path_factory.mktemp("text")
    text_examples.text_set(folder)
    text_examples.text_set(folder, "two", splits=True)
    text_examples.tokenizer(folder)
    return folder


def save(path: Path, **columns: Sequence[Any]) -> Path:
    from datasets import Dataset

    Dataset.from_dict(columns).save_to_disk(str(path))
    return path


def opened(path: Path, tokenizer: Path | None = None, **settings: Any) -> OpenedData:
    chosen = str(tokenizer) if tokenizer is not None else None
    return open_data(DataRecipe(reference=f"hf:{path}", tokenizer=chosen, **settings))


def refused(path: Path, tokenizer: Path | None = None, **settings: Any) -> str:
    with pytest.raises(Failure) as caught:
        opened(path, tokenizer, **settings)
    return line(caught.value)


def codes(data: OpenedData) -> dict[str, Any]:
    return {one.code.partition(".")[2]: dict(one.params) for one in data.warnings}


def test_texts_become_ids_as_transformers_would_make_them(made: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    data = opened(made / "topics", made / "tokenizer")
    assert (data.kind, data.task, data.classes) == ("text", "classification", 3)
    assert data.class_names == text_examples.TOPICS
    assert data.sizes == {"train": 454, "validation": 97, "test": 97}
    fitted = data.for_model((*IDS, *IDS), None)
    ids, mask = fitted.train.first(20).inputs
    known = PreTrainedTokenizerFast(
        tokenizer_file=str(made / "tokenizer" / "tokenizer.json"), pad_token="[PAD]"
    )
    texts = list(data.train.texts[:20])  # type: ignore[attr-defined]
    expected = known(texts, padding="max_length", max_length=24, truncation=True, return_tensors="pt")
    assert torch.equal(ids, expected["input_ids"])
    assert torch.equal(mask, expected["attention_mask"])
    (alone,) = data.for_model(IDS, None).train.first(20).inputs
    assert torch.equal(alone, ids)
    topics = dict(text_examples.sentences())
    assert [text_examples.TOPICS[int(one)] for one in data.train.targets[:20]] == [
        topics[one] for one in texts
    ]


def test_long_texts_are_cut_and_keep_their_marks(made: Path) -> None:
    data = opened(made / "topics", made / "tokenizer")
    fitted = data.for_model((InputSpec((12,), "int64"),), None)
    (ids,) = fitted.train.inputs(torch.arange(len(fitted.train)))
    full = data.for_model((InputSpec((64,), "int64"),), None)
    lengths = (full.train.inputs(torch.arange(len(full.train)))[0] != 0).sum(1)
    told = codes(fitted)["texts_cut"]
    assert told["count"] == int((lengths > 12).sum()) > 0
    assert told["share"] == round(100 * told["count"] / 454, 1)
    assert "texts_cut" not in codes(full)
    assert ids[lengths > 12, -1].eq(3).all()  # [SEP]
    short = opened(made / "topics", made / "tokenizer", max_length=8).for_model(IDS, None)
    assert short.train.first(50).inputs[0][:, 8:].eq(0).all()
    assert short.train.first(50).inputs[0][:, 7].eq(3).all()


def test_given_splits_are_kept_and_missing_ones_split_off(made: Path) -> None:
    data = opened(made / "two", made / "tokenizer")
    assert data.sizes == {"train": 425, "validation": 75, "test": 148}
    given = {text for text, _ in text_examples.sentences()[500:]}
    assert set(data.test.texts) == given  # type: ignore[attr-defined]
    again = opened(made / "two", made / "tokenizer", split_seed=1)
    assert set(again.test.texts) == given  # type: ignore[attr-defined]
    assert again.validation.texts != data.validation.texts  # type: ignore[attr-defined]
    assert again.fingerprint == data.fingerprint


def test_ids_that_were_made_before_need_no_tokenizer(tmp_path: Path) -> None:
    rows = [[5 + i % 3] * (3 + i % 7) for i in range(40)]
    path = save(tmp_path / "ids", input_ids=rows, label=[i % 2 for i in range(40)])
    data = opened(path)
    ids, mask = data.for_model((InputSpec((6,), "int64"),) * 2, None).train.first(40).inputs
    assert ids.shape == mask.shape == (28, 6)
    assert ids.bool().eq(mask.bool()).all()
    assert sorted(mask.sum(1).unique().tolist()) == [3, 4, 5, 6]


def test_columns_and_tasks_are_found_or_named(tmp_path: Path, made: Path) -> None:
    text = [f"word {i}" for i in range(60)]
    tokenizer = made / "tokenizer"
    path = save(tmp_path / "a", title=text, body=text, stars=[float(i) / 3 for i in range(60)])
    assert "no column of labels" in refused(path, tokenizer)
    data = opened(path, tokenizer, target="stars")
    assert (data.task, data.train.targets.dtype) == ("regression", torch.float32)
    assert "not text" in refused(path, tokenizer, target="stars", text="stars")
    assert "no column z" in refused(path, tokenizer, target="stars", text="z")
    path = save(tmp_path / "b", first=text, second=text, label=["a", "b"] * 30)
    assert "no column of text" in refused(path, tokenizer)
    data = opened(path, tokenizer, text="second")
    assert data.class_names == ("a", "b")
    # Labels that are kept back, and texts that are not there, are left out.
    some = [None if i < 2 else one for i, one in enumerate(text)]
    path = save(tmp_path / "c", text=some, label=[-1 if i > 55 else i % 2 for i in range(60)])
    data = opened(path, tokenizer)
    assert codes(data)["texts_left_out"] == {"count": 6}
    assert sum(data.sizes.values()) == 54
    data = opened(path, tokenizer, labels=False)
    assert (data.labelled, data.classes) == (False, None)


def test_what_does_not_open_is_refused_in_one_line(tmp_path: Path, made: Path) -> None:
    topics, tokenizer = made / "topics", made / "tokenizer"
    assert "--tokenizer" in refused(topics)
    assert "not found" in refused(tmp_path / "nowhere", tokenizer)
    assert "not a saved data set" in refused(tmp_path, tokenizer)
    assert "no tokenizer in" in refused(topics, tmp_path)
    torn = tmp_path / "torn"
    shutil.copytree(topics, torn)
    next(torn.glob("*.arrow")).write_bytes(b"no arrow")
    assert "damaged" in refused(torn, tokenizer)
    own = tmp_path / "own"
    shutil.copytree(tokenizer, own)
    (own / "tokenizer_config.json").write_text(json.dumps({"auto_map": {"AutoTokenizer": ["x.py", None]}}))
    assert "code" in refused(topics, own)
    (own / "tokenizer_config.json").unlink()
    (own / "tokenizer.json").write_text("{}")
    assert "cannot be read" in refused(topics, own)
    data = opened(topics, tokenizer)
    for inputs in ((InputSpec((3, 8, 8)),), (InputSpec((24,)),), IDS * 3, (*IDS, InputSpec((9,), "int64"))):
        with pytest.raises(Failure) as caught:
            data.for_model(inputs, None)
        assert "do not fit this model" in line(caught.value)
    with pytest.raises(Failure) as caught:
        opened(topics, tokenizer, max_length=30).for_model(IDS, None)
    assert "30 tokens" in line(caught.value)


def test_paths_of_the_machine_that_saved_a_tokenizer_are_no_matter(tmp_path: Path, made: Path) -> None:
    named = {"special_tokens_map_file": "/home/a/special_tokens_map.json"}
    whole = tmp_path / "whole"
    shutil.copytree(made / "tokenizer", whole)
    (whole / "tokenizer_config.json").write_text(json.dumps({**named, "tokenizer_file": "/home/a/t.json"}))
    assert open_tokenizer(whole).pad == open_tokenizer(made / "tokenizer").pad
    older = tmp_path / "older"
    older.mkdir()
    (older / "vocab.txt").write_text("[UNK]\n[PAD]\na\n")
    (older / "tokenizer_config.json").write_text(json.dumps({**named, "tokenizer_class": "BertTokenizer"}))
    assert open_tokenizer(older).pad == 1


def test_the_tokenizer_beside_a_models_weights_is_taken(made: Path) -> None:
    recipe = DataRecipe(reference=f"hf:{made / 'topics'}")
    assert with_tokenizer(recipe, f"hf:{made / 'tokenizer'}").tokenizer == str(made / "tokenizer")
    assert with_tokenizer(recipe, f"hf:{made / 'topics'}") is recipe
    assert with_tokenizer(recipe, "torchvision:resnet18") is recipe
    other = DataRecipe(reference="sample:digits")
    assert with_tokenizer(other, f"hf:{made / 'tokenizer'}") is other


def test_reading_writes_nothing_beside_the_data(made: Path, tmp_path: Path) -> None:
    before = sorted((one.name, one.stat().st_mtime_ns) for one in (made / "topics").iterdir())
    opened(made / "topics", made / "tokenizer").for_model(IDS, None)
    assert sorted((one.name, one.stat().st_mtime_ns) for one in (made / "topics").iterdir()) == before
