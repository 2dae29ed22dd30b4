"""The data summary: balance, targets, samples as they are, and what it warns of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

import text_examples
from penjing.data.open import open_data
from penjing.data.summary import summary
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec
from penjing_resources.messages import LANGUAGES, render


@dataclass(frozen=True)
class Model:
    input: tuple[InputSpec, ...]
    outputs: int | None = None
    preprocessing: Preprocessing | None = None


def summed(
    folder: Path | None, reference: Path | str, model: Model | None = None, **settings: Any
) -> dict[str, Any]:
    recipe = DataRecipe(reference=str(reference), **settings)
    value = summary(open_data(recipe), recipe, folder, model)
    for one in value["warnings"]:
        for language in LANGUAGES:
            assert "{" not in render(one["code"], one["params"], language)
    return json.loads(json.dumps(value, allow_nan=False))  # type: ignore[no-any-return]


def said(value: dict[str, Any]) -> dict[str, Any]:
    return {one["code"].partition(".")[2]: one["params"] for one in value["warnings"]}


def test_the_digits(tmp_path: Path) -> None:
    value = summed(tmp_path, "sample:digits")
    assert (value["kind"], value["task"], value["classes"]) == ("sample", "classification", 10)
    assert value["input"] == [{"shape": [1, 8, 8], "dtype": "float32"}]
    whole = np.sum([value["balance"][name] for name in ("train", "validation", "test")], axis=0)
    assert whole.tolist() == np.bincount(load_digits().target).tolist()
    assert {name: sum(counts) for name, counts in value["balance"].items()} == value["sizes"]
    assert len(value["samples"]) == 24
    assert {one["label"] for one in value["samples"]} == set("0123456789")
    data = open_data("sample:digits")
    for one in value["samples"]:
        assert one["split"] == "train"
        picture = np.asarray(Image.open(one["picture"]))
        assert Path(one["picture"]).parent == tmp_path
        assert picture.shape == (96, 96)
        shown = picture[6::12, 6::12] / 255
        expected = data.train.x[one["index"], 0].numpy()  # type: ignore[attr-defined]
        assert np.abs(shown - (expected - expected.min()) / np.ptp(expected)).max() < 0.003
    assert summed(None, "sample:digits")["samples"][0]["picture"] is None


def test_a_table_shows_its_columns_and_rows(tmp_path: Path) -> None:
    value = summed(tmp_path, text_examples.table(tmp_path))
    columns = {one["name"]: one for one in value["columns"]}
    assert (columns["paper"]["kind"], columns["digit"]["kind"]) == ("category", "target")
    assert columns["paper"]["categories"] == ["lined", "plain", "squared"]
    assert 0 < columns["p34"]["missing"] < 120
    assert columns["p22"]["max"] == 16
    row = value["samples"][0]["row"]
    assert list(row) == list(columns)
    assert str(row["digit"]) == value["samples"][0]["label"]
    assert any(cell is None for one in value["samples"] for cell in one["row"].values())
    assert said(value)["target_taken"] == {"column": "digit"}


def test_a_regressions_targets_are_described(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "".join(f"{i},{i / 4}\n" for i in range(200)))
    value = summed(None, path)
    target = value["target"]
    assert value["balance"] is None
    assert sum(target["histogram"]["counts"]) == value["sizes"]["train"] == 140
    assert target["histogram"]["edges"][0] == target["min"] >= 0
    assert target["histogram"]["edges"][-1] == pytest.approx(target["max"])
    rows = [one["row"]["y"] for one in value["samples"]]
    assert len(rows) == 24
    assert target["min"] <= min(rows)


def test_imbalance_and_missing_classes(tmp_path: Path) -> None:
    y = np.array([0] * 300 + [1] * 20 + [3] * 4)
    np.savez(tmp_path / "a.npz", x=np.arange(len(y) * 2.0).reshape(-1, 2), y=y)
    value = summed(tmp_path, tmp_path / "a.npz")
    told = said(value)
    assert told["class_missing"]["classes"] in ("2", "2, 3")
    splits = [one["params"]["split"] for one in value["warnings"] if one["code"] == "data.class_missing"]
    assert splits == ["train", "validation", "test"]
    train = value["balance"]["train"]
    assert told["imbalanced"] == {"most": "0", "most_count": train[0], "least": "3", "least_count": train[3]}
    y = np.array([0] * 60 + [1] * 6)  # ten to one is borne
    np.savez(tmp_path / "b.npz", x=np.random.RandomState(0).randn(66, 2), y=y)
    value = summed(tmp_path, tmp_path / "b.npz")
    train = value["balance"]["train"]
    assert ("imbalanced" in said(value)) == (train[0] > 10 * train[1])
    assert all(one["picture"] is None for one in value["samples"])


def test_one_class_alone_is_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.arange(60.0).reshape(-1, 2), y=np.full(30, 1))
    told = said(summed(tmp_path, tmp_path / "a.npz"))
    assert told["one_class"]["name"] == "1"


def test_the_same_text_in_two_splits_is_told(tmp_path: Path) -> None:
    from datasets import Dataset, DatasetDict

    rows = {"text": [f"word {i}" for i in range(60)], "label": [i % 2 for i in range(60)]}
    test = {"text": ["word 3", "word 9", "else"], "label": [1, 1, 0]}
    DatasetDict({"train": Dataset.from_dict(rows), "test": Dataset.from_dict(test)}).save_to_disk(
        tmp_path / "t"
    )
    tokenizer = str(text_examples.tokenizer(tmp_path))
    value = summed(tmp_path, f"hf:{tmp_path / 't'}", tokenizer=tokenizer)
    told = said(value)["duplicate_across_splits"]
    assert told["count"] == 2
    assert told["second"] == "test 0"
    assert value["samples"][0]["text"].startswith("word ")
    once = summed(tmp_path, f"hf:{text_examples.text_set(tmp_path)}", tokenizer=tokenizer)
    assert once["warnings"] == []


def test_the_same_sample_with_two_classes_is_told(tmp_path: Path) -> None:
    rows = "".join(f"{i // 2},{i // 2 % 7},{i % 2 if i < 8 else i // 2 % 2}\n" for i in range(80))
    (tmp_path / "twice.csv").write_text("a,b,y\n" + rows)
    told = said(summed(tmp_path, tmp_path / "twice.csv"))
    assert 0 < told["labels_contradict"]["count"] <= 4
    assert told["labels_contradict"]["second"] == told["labels_contradict"]["first"] + 1
    assert "duplicate_across_splits" not in told
    (tmp_path / "agreed.csv").write_text(
        "a,b,y\n" + "".join(f"{i // 2},{i // 2 % 7},{i // 2 % 2}\n" for i in range(80))
    )
    assert "labels_contradict" not in said(summed(tmp_path, tmp_path / "agreed.csv"))


def test_what_does_not_fit_the_open_model_is_told(tmp_path: Path) -> None:
    pictures = InputSpec((1, 8, 8))
    assert said(summed(None, "sample:digits", Model((pictures,), 10))) == {}
    assert said(summed(None, "sample:digits", Model((pictures,), 12)))["outputs_spare"]["outputs"] == 12
    assert said(summed(None, "sample:digits", Model((pictures,), 7)))["label_out_of_range"]["label"] == 9
    np.savez(tmp_path / "one.npz", x=np.arange(60.0).reshape(-1, 2), y=np.arange(30) % 3 + 1)
    rows = Model((InputSpec((2,)),), 3)
    assert said(summed(None, tmp_path / "one.npz", rows))["labels_from_above"]["first"] == 1
    told = said(summed(None, "sample:digits", Model((InputSpec((3, 8, 8)),), 10)))
    assert told["input_differs"]["model"] == "3,8,8"
    table = text_examples.table(tmp_path)
    told = said(summed(None, table, Model((InputSpec((64,)),), 10)))
    assert (told["input_differs"]["data"], told["input_differs"]["model"]) == ("67", "64")
    told = said(summed(None, table, Model((InputSpec((67,)),), 10), target="p22", task="regression"))
    assert told == {"output_does_not_fit": {"outputs": 10, "wanted": 1}}


def test_texts_are_cut_for_the_open_model(tmp_path: Path) -> None:
    tokenizer = str(text_examples.tokenizer(tmp_path))
    reference = f"hf:{text_examples.text_set(tmp_path)}"
    value = summed(None, reference, Model((InputSpec((12,), "int64"),), 3), tokenizer=tokenizer)
    assert said(value)["texts_cut"]["length"] == 12
    assert value["input"] == [{"shape": [12], "dtype": "int64"}]


def test_it_can_be_stopped(tmp_path: Path) -> None:
    recipe = DataRecipe(reference="sample:digits")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        summary(open_data(recipe), recipe, tmp_path, None, stop)


def test_none_and_unlabelled_data_have_little_to_say(tmp_path: Path) -> None:
    value = summed(tmp_path, "none")
    assert (value["task"], value["samples"], value["balance"]) == ("none", [], None)
    value = summed(tmp_path, text_examples.table(tmp_path), labels=False, target="digit")
    assert (value["labelled"], value["balance"], value["samples"][0]["label"]) == (False, None, "")


def test_the_session_answers_it_with_progress_pictures_and_cancel(tmp_path: Path) -> None:
    from penjing.runs.session import Cancelled
    from penjing.runs.session_methods import Session

    class Ear:
        """Takes what a call would send; cancels after so many reports."""

        def __init__(self, most: int = 10**6) -> None:
            self.heard: list[str] = []
            self.most = most

        def check(self) -> None:
            if len(self.heard) > self.most:
                raise Cancelled

        def progress(self, done: float, total: float, code: str, **params: Any) -> None:
            self.heard.append(render(code, params))
            self.check()

    session, ear = Session(tmp_path), Ear()
    session.method("open")({"reference": "sample:digits-cnn"}, ear)  # type: ignore[misc, arg-type]
    data = session.method("data")
    assert data is not None
    value = data({"reference": "sample:digits"}, ear)  # type: ignore[arg-type]
    assert "reading sample:digits" in ear.heard
    assert value["warnings"] == []
    assert all(Path(one["picture"]).read_bytes().startswith(b"\x89PNG") for one in value["samples"])
    with pytest.raises(Cancelled):
        data({"reference": "sample:digits"}, Ear(3))  # type: ignore[arg-type]
    table = text_examples.table(tmp_path)
    value = data({"reference": str(table), "target": "digit", "split_seed": 4}, ear)  # type: ignore[arg-type]
    assert "input_differs" in said(value)
