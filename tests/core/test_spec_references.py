"""Model, data and input references: what the contract allows, and how the rest is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penjing.spec.messages import Failure
from penjing.spec.references import DTYPES, InputSpec, parse_data, parse_input, parse_model

NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True)
IDENTIFIERS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "kind", "target", "factory", "title"),
    [
        ("torchvision:vgg16", "torchvision", "vgg16", None, "vgg16"),
        ("timm:resnet18.a1_in1k", "timm", "resnet18.a1_in1k", None, "resnet18.a1_in1k"),
        ("hf:models/bert", "hf", "models/bert", None, "bert"),
        ("sample:digits-cnn", "sample", "digits-cnn", None, "digits-cnn"),
        ("py:nets/mine.py:build", "py", "nets/mine.py", "build", "build"),
        (r"py:C:\nets\mine.py:build", "py", r"C:\nets\mine.py", "build", "build"),
        ("nets/mine.v2.pth", "path", "nets/mine.v2.pth", None, "mine.v2"),
        (r"C:\nets\mine.onnx", "path", r"C:\nets\mine.onnx", None, "mine"),
        ("folder/", "path", "folder/", None, "folder"),
        ("  sample:digits-cnn \n", "sample", "digits-cnn", None, "digits-cnn"),
    ],
)
def test_a_model_reference_is_told_by_its_prefix(
    text: str, kind: str, target: str, factory: str | None, title: str
) -> None:
    reference = parse_model(text)
    assert (reference.kind, reference.target, reference.factory) == (kind, target, factory)
    assert reference.title == title
    assert str(reference) == text.strip()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "models.reference_empty"),
        ("   ", "models.reference_empty"),
        ("torchvision:", "models.reference_unnamed"),
        ("sample:", "models.reference_unnamed"),
        ("py:mine.py", "models.reference_py"),
        ("py:mine.py:", "models.reference_py"),
        ("py:mine.py:not a name", "models.reference_py"),
        ("py::build", "models.reference_py"),
    ],
)
def test_a_malformed_model_reference_is_bad_usage(text: str, code: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_model(text)
    assert caught.value.message.code == code
    assert caught.value.exit_code == 2


@given(prefix=st.sampled_from(["torchvision", "timm", "hf", "sample"]), name=NAMES)
def test_parsing_a_model_reference_loses_nothing(prefix: str, name: str) -> None:
    assert str(parse_model(f"{prefix}:{name}")) == f"{prefix}:{name}"


@given(file=NAMES, factory=IDENTIFIERS)
def test_parsing_a_file_and_its_factory_loses_nothing(file: str, factory: str) -> None:
    reference = parse_model(f"py:{file}.py:{factory}")
    assert (reference.target, reference.factory) == (f"{file}.py", factory)


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("sample:digits", "sample", "digits"),
        ("hf:sets/sst2", "hf", "sets/sst2"),
        ("none", "none", "none"),
        ("pictures/", "path", "pictures/"),
        (r"D:\sets\digits.npz", "path", r"D:\sets\digits.npz"),
    ],
)
def test_a_data_reference_is_told_by_its_prefix(text: str, kind: str, target: str) -> None:
    reference = parse_data(text)
    assert (reference.kind, reference.target, str(reference)) == (kind, target, text)


@pytest.mark.parametrize(
    ("text", "code"), [("", "data.reference_empty"), ("sample:", "data.reference_unnamed")]
)
def test_a_malformed_data_reference_is_bad_usage(text: str, code: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_data(text)
    assert (caught.value.message.code, caught.value.exit_code) == (code, 2)


def test_an_input_is_one_sample_and_is_printed_with_a_batch_axis() -> None:
    spec = parse_input("3,224,224")
    assert spec == InputSpec((3, 224, 224), "float32")
    assert spec.numel == 150_528
    assert spec.to_json() == {"shape": [3, 224, 224], "dtype": "float32"}
    assert spec.to_json(batch=True) == {"shape": [1, 3, 224, 224], "dtype": "float32"}
    assert parse_input("128:int64") == InputSpec((128,), "int64")
    assert parse_input(" 3 × 224x224 ") == spec


@given(
    shape=st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=6).map(tuple),
    dtype=st.sampled_from(DTYPES),
)
def test_an_input_survives_its_own_text(shape: tuple[int, ...], dtype: str) -> None:
    assert parse_input(str(InputSpec(shape, dtype))) == InputSpec(shape, dtype)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "models.input_malformed"),
        (":int64", "models.input_malformed"),
        ("3,,224", "models.input_malformed"),
        ("3,-1", "models.input_malformed"),
        ("0,8", "models.input_malformed"),
        ("3.5", "models.input_malformed"),
        ("2147483648", "models.input_malformed"),
        ("three", "models.input_malformed"),
        ("3,8:complex64", "models.input_dtype"),
    ],
)
def test_a_malformed_input_is_bad_usage(text: str, code: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_input(text)
    assert (caught.value.message.code, caught.value.exit_code) == (code, 2)
