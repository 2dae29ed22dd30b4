"""Tables: how files are read, what columns are, what is fitted and on what, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
import torch
from sklearn.preprocessing import StandardScaler

import text_examples
from penjing.data.columns import features, natural
from penjing.data.fit import check
from penjing.data.open import OpenedData, open_data
from penjing.data.tables_load import fit_table, load
from penjing.spec.messages import Failure
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec
from sentences import line


def refused(path: Path, **settings: Any) -> str:
    with pytest.raises(Failure) as caught:
        open_data(DataRecipe(reference=str(path), **settings))
    return line(caught.value)


def opened(path: Path, **settings: Any) -> OpenedData:
    return open_data(DataRecipe(reference=str(path), **settings))


def codes(data: OpenedData) -> dict[str, Any]:
    return {one.code.partition(".")[2]: dict(one.params) for one in data.warnings}


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def lines(head: str, row: str, count: int = 40) -> str:
    return (
        head
        + "\n"
        + "".join(row.format(i=i, even=i % 2, word="ab"[i % 2], x=i / 7) + "\n" for i in range(count))
    )


def everything(data: OpenedData) -> torch.Tensor:
    return torch.cat(
        [part.inputs(torch.arange(len(part)))[0] for part in (data.train, data.validation, data.test)]
    )


def test_a_table_is_standardised_by_its_training_rows_alone(tmp_path: Path) -> None:
    path = text_examples.table(tmp_path)
    recipe = fit_table(DataRecipe(reference=str(path)))
    data = open_data(recipe)
    assert (data.task, data.classes, data.class_names) == ("classification", 10, tuple("0123456789"))
    assert data.inputs == (InputSpec((text_examples.FEATURES,)),)
    assert (recipe.target, recipe.task) == ("digit", "classification")
    frame = pandas.read_csv(path)
    train = load(recipe).parts["train"]
    pixels = [name for name in frame.columns if name.startswith("p") and name != "paper"]
    scaler = StandardScaler().fit(frame.loc[train, pixels])
    expected = np.nan_to_num(scaler.transform(frame.loc[train, pixels]))  # a missing one is the mean
    assert torch.allclose(data.train.x[:, :64], torch.from_numpy(expected).float(), atol=1e-5)
    assert recipe.table is not None
    assert [one.name for one in recipe.table] == [*pixels, "paper"]
    assert recipe.table[-1].categories == ("lined", "plain", "squared")
    blank = torch.from_numpy(frame["paper"].isna().to_numpy()[train])
    assert data.train.x[:, 64:].sum(1).eq((~blank).float()).all()


def test_rows_that_are_not_for_training_have_no_part_in_the_fit(tmp_path: Path) -> None:
    path = text_examples.table(tmp_path)
    recipe = fit_table(DataRecipe(reference=str(path)))
    frame = pandas.read_csv(path)
    rows = load(recipe).parts
    changed = frame.copy()
    held_out = np.concatenate([rows["validation"], rows["test"]])
    changed.loc[held_out, "p22"] = 1e6
    changed.loc[held_out[:5], "paper"] = "golden"
    changed.to_csv(path, index=False)
    assert fit_table(DataRecipe(reference=str(path))).table == recipe.table
    # A recipe that was fitted once stays as it is, whatever happens to the file; the fingerprint tells.
    changed.loc[rows["train"], "p22"] = 3.5
    changed.to_csv(path, index=False)
    again = fit_table(recipe)
    assert again is recipe
    data = open_data(again)
    column = next(one for one in recipe.table or () if one.name == "p22")
    at = features(recipe.table or ()).index("p22")
    found = load(recipe).parts["train"]
    values = changed["p22"].to_numpy()[found]
    expected = torch.from_numpy((values - column.mean) / column.std).float()
    assert torch.allclose(data.train.x[:, at], expected)
    assert fit_table(DataRecipe(reference=str(path))).table != recipe.table
    assert data.fingerprint != load(DataRecipe(reference=str(text_examples.table(tmp_path)))).fingerprint


def test_a_recipe_is_fitted_without_torch(tmp_path: Path) -> None:
    path = text_examples.table(tmp_path)
    code = (
        "import sys; from penjing.data.tables_load import fit_table; from penjing.spec.recipe import DataRecipe;"
        f"recipe = fit_table(DataRecipe(reference={str(path)!r})); print(len(recipe.table), 'torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["65", "False"]


def test_csv_and_parquet_are_the_same_table(tmp_path: Path) -> None:
    csv = opened(text_examples.table(tmp_path))
    parquet = opened(text_examples.table(tmp_path, "digits.parquet"))
    assert torch.equal(csv.train.x, parquet.train.x)
    assert torch.equal(csv.test.y, parquet.test.y)
    assert csv.fingerprint == parquet.fingerprint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, mark: str) -> None:
    text = lines("长度,颜色,类", "{x:.3f},{word},好{even}").replace(",", mark)
    data = opened(write(tmp_path / "t.csv", text, encoding))
    assert data.class_names == ("好0", "好1")
    assert data.inputs == (InputSpec((3,)),)
    assert features(load(DataRecipe(reference=str(tmp_path / "t.csv"))).fitted) == [
        "长度",
        "颜色=a",
        "颜色=b",
    ]


def test_quoted_fields_hold_what_they_like(tmp_path: Path) -> None:
    text = (
        lines('x, "note, or so",y', '{x}, "a, {word}\r\nb",{even}')
        .replace("\n", "\r\n")
        .replace("\r\r", "\r")
    )
    data = opened(write(tmp_path / "t.csv", "\r\n" + text + "\r\n"))
    assert data.inputs == (InputSpec((3,)),)
    assert sum(data.sizes.values()) == 40
    assert "damaged" in refused(write(tmp_path / "u.csv", "x,y\n" + "1" * 200_000 + ",2\n"))


def test_a_decimal_comma_is_read_where_semicolons_separate(tmp_path: Path) -> None:
    data = opened(write(tmp_path / "t.csv", lines("x;y", "{i},5;{i},25")))
    assert data.task == "regression"
    targets = torch.cat([data.train.y, data.validation.y, data.test.y])
    assert sorted(targets.tolist()) == [i + 0.25 for i in range(40)]


@pytest.mark.parametrize(
    ("row", "task", "classes"),
    [
        ("{x},{word}", "classification", 2),
        ("{x},{even}", "classification", 2),
        ("{x},{i}", "regression", None),
        ("{x},{x}", "regression", None),
        ("{x},1{even}.0", "regression", None),
    ],
)
def test_the_task_is_told_by_the_target(tmp_path: Path, row: str, task: str, classes: int | None) -> None:
    data = opened(write(tmp_path / "t.csv", lines("x,y", row)))
    assert (data.task, data.classes) == (task, classes)
    assert codes(data)["target_taken"] == {"column": "y"}
    wanted = torch.int64 if classes else torch.float32
    assert data.train.y.dtype == wanted
    assert opened(tmp_path / "t.csv", target="x").task == "regression"


def test_classes_are_in_natural_order_whatever_they_are_called(tmp_path: Path) -> None:
    names = ["b10", "b2", "a"]
    text = "x,y\n" + "".join(f"{i},{names[i % 3]}\n" for i in range(30))
    data = opened(write(tmp_path / "t.csv", text))
    assert data.class_names == ("a", "b2", "b10")
    assert int(data.train.y[0]) == ("a", "b2", "b10").index(names[int(load(
        DataRecipe(reference=str(tmp_path / "t.csv"))).parts["train"][0]) % 3])  # fmt: skip
    assert sorted(["10", "9", "-1", "2.5"], key=natural) == ["-1", "2.5", "9", "10"]


def test_missing_infinite_and_useless_values(tmp_path: Path) -> None:
    rows = ["id,x,same,note,when,y"]
    for i in range(80):
        x = "" if i % 8 == 0 else "inf" if i % 8 == 1 else str(i)
        target = "" if i == 5 else str(i % 2)
        rows.append(f"{i * 3},{x},7,words of row {i},2024-01-01 00:{i % 60:02}:{i // 60},{target}")
    data = opened(write(tmp_path / "t.csv", "\n".join(rows)))
    said = codes(data)
    assert said["columns_ignored"]["columns"] == "id, note, when"
    assert said["rows_without_target"] == {"count": 1, "column": "y"}
    assert sum(data.sizes.values()) == 79
    x = everything(data)
    assert x.isfinite().all()
    assert x[:, 1].eq(0).all()  # a constant stays where it is
    assert int((x[:, 0] == 0).sum()) >= 20
    # Classes stay whole numbers, though pandas reads a column with a gap as floats.
    assert data.class_names == ("0", "1")


def test_columns_are_what_a_person_says_they_are(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", lines("a,b,y", "{even},{i},{word}"))
    assert opened(path).inputs == (InputSpec((2,)),)
    data = opened(path, columns={"a": "category", "b": "ignore"})
    assert data.inputs == (InputSpec((2,)),)
    assert "columns_ignored" not in codes(data)
    assert everything(data).sum(1).eq(1).all()
    assert "no column z" in refused(path, columns={"z": "number"})
    assert "does not hold numbers" in refused(path, target="b", columns={"y": "number"})


def test_unlabelled_rows_have_features_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", lines("a,b,y", "{even},{i},{word}"))
    data = opened(path, labels=False)
    assert (data.labelled, data.classes, data.inputs) == (False, None, (InputSpec((4,)),))
    data = opened(path, labels=False, target="y")
    assert (data.labelled, data.inputs, int(data.train.y.sum())) == (False, (InputSpec((2,)),), 0)


def test_every_refusal_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    good = lines("x,y", "{i},{word}")
    assert "line 42" in refused(write(path, good + "1,2,3\n"))
    assert "line 42" in refused(write(path, good + "1\n"))
    assert "no header" in refused(write(path, lines("1,2", "{i},{even}")))
    assert "two columns called x" in refused(write(path, lines("x,x,y", "{i},{i},{word}")))
    assert "is empty" in refused(write(path, ""))
    assert "is empty" in refused(write(path, "\n \n"))
    assert "only one column" in refused(write(path, "x\n" + "1\n" * 20))
    assert "only 3 samples" in refused(write(path, lines("x,y", "{i},{word}", 3)))
    assert "only 0 samples" in refused(write(path, "x,y\n"))
    assert "no text has" in refused(write(path, "x,y\n\0\0\0\n"))
    assert "neither UTF-8" in refused(
        write(path, "") if path.write_bytes(b"x,y\n\xff\xff\n") is None else path
    )
    assert "nowhere" in refused(tmp_path / "nowhere.csv")
    assert "not found" in refused(Path("https://example.org/t.csv"))
    assert "damaged" in refused(write(tmp_path / "t.parquet", "no parquet"))
    write(path, good)
    assert "its columns are x, y" in refused(path, target="z")
    assert "is not a number" in refused(path, task="regression")
    assert "has 40 classes" in refused(path, target="x", task="classification")
    assert "no two different" in refused(write(path, "x,y\n" + "1,a\n" * 20))
    assert "every row has 2.5" in refused(write(path, "x,y\n" + "1,2.5\n" * 20))
    told = refused(write(path, "x,y\n" + "1,\n" * 36 + "1,2\n" * 4), target="y")
    assert "only 4 rows with a value of y: 36 have none" in told
    free = "t,y\n" + "".join(f"words {i},{i % 2}\n" for i in range(80))
    assert "no column to predict from" in refused(write(path, free))
    folder = tmp_path / "f.csv"
    folder.mkdir()
    assert "is a folder" in refused(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="files with holes are POSIX's")
def test_a_file_too_large_is_told_the_limit_of_its_kind(tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("wb") as file:
        file.truncate(5 * 10**9)
    assert "would take 5.0 GB in memory: at most 4.3 GB are read" in refused(tmp_path / "t.csv")


def test_a_recipe_meets_a_class_it_does_not_know(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", lines("x,y", "{x},{word}"))
    recipe = fit_table(DataRecipe(reference=str(path)))
    write(path, lines("x,y", "{x},{word}") + "1,c\n")
    with pytest.raises(Failure) as caught:
        open_data(recipe)
    assert "the class c" in line(caught.value)
    write(path, lines("z,y", "{x},{word}"))
    with pytest.raises(Failure) as caught:
        open_data(recipe)
    assert "no column x" in line(caught.value)


def test_a_model_of_another_width_is_told_the_number_of_features(tmp_path: Path) -> None:
    data = opened(text_examples.table(tmp_path))
    check(data, [InputSpec((67,))], 10)
    with pytest.raises(Failure) as caught:
        check(data, [InputSpec((64,))], 10)
    assert "samples are 67 and the model takes 64" in line(caught.value)


def test_parquet_types_are_taken_as_they_are(tmp_path: Path) -> None:
    from decimal import Decimal

    frame = pandas.DataFrame(
        {
            "price": [Decimal(i) / 4 for i in range(40)],
            "shop": pandas.Categorical([f"s{i % 3}" for i in range(40)]),
            "day": pandas.date_range("2024-01-01", periods=40),
            "tags": [[i] for i in range(40)],
            "count": pandas.array([None if i == 3 else i for i in range(40)], dtype="Int64"),
            "open": [i % 2 == 0 for i in range(40)],
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    data = opened(tmp_path / "t.parquet")
    assert data.class_names == ("False", "True")
    fitted = load(DataRecipe(reference=str(tmp_path / "t.parquet"))).fitted
    assert features(fitted) == ["price", "shop=s0", "shop=s1", "shop=s2", "count"]
    assert codes(data)["columns_ignored"]["columns"] == "day, tags"


def test_a_recipe_keeps_its_classes_where_one_no_longer_occurs(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    recipe = fit_table(
        DataRecipe(reference=str(write(path, "x,y\n" + "".join(f"{i},{'abc'[i % 3]}\n" for i in range(60)))))
    )
    write(path, lines("x,y", "{i},{word}").replace(",a\n", ",c\n"))
    data = open_data(recipe)
    assert (data.classes, data.class_names) == (3, ("a", "b", "c"))
    assert set(data.train.y.tolist()) == {1, 2}


def features_of(data: OpenedData) -> list[set[tuple[float, ...]]]:
    return [{tuple(row) for row in part.batch(torch.arange(len(part))).inputs[0].tolist()} for part in
            (data.train, data.validation, data.test)]  # fmt: skip


def test_rows_that_differ_in_the_target_alone_stay_in_one_split(tmp_path: Path) -> None:
    random = np.random.RandomState(0)
    a, b, y = random.randint(0, 9, 300), random.randint(0, 9, 300), random.randint(0, 2, 300)
    rows = zip(a, b, y, strict=True)
    text = "a,b,y\n" + "".join(f"{one / 2},{two / 2},{label}\n" for one, two, label in rows)
    path = write(tmp_path / "same.csv", text)
    for seed in range(3):
        data = opened(path, split_seed=seed)
        parts = features_of(data)
        assert sum(map(len, parts)) == len(set.union(*parts)) == len(set(zip(a, b, strict=True)))
        assert sum(data.sizes.values()) == 300
        assert min(data.sizes.values()) > 20
    turned = opened(write(tmp_path / "turned.csv", text.replace(",0\n", ",2\n")))
    assert turned.fingerprint != opened(path).fingerprint
