"""Model and data references, and input shapes: the strings of the contract, parsed and checked."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

from penjing.spec.messages import bad_input

ModelKind = Literal["path", "torchvision", "timm", "hf", "py", "sample"]
DataKind = Literal["sample", "path", "hf", "none"]
DTYPES = ("float32", "float16", "bfloat16", "float64", "int64", "int32", "uint8", "bool")


@dataclass(frozen=True, slots=True)
class ModelReference:
    """`PATH`, `torchvision:NAME`, `timm:NAME`, `hf:DIRECTORY`, `py:FILE.py:FACTORY` or `sample:NAME`.

    `target` is what stands behind the prefix (for `py:` the file), `factory` the callable of a `py:` reference.
    """

    kind: ModelKind
    target: str
    factory: str | None = None

    def __str__(self) -> str:
        if self.kind == "path":
            return self.target
        tail = f":{self.factory}" if self.factory else ""
        return f"{self.kind}:{self.target}{tail}"

    @property
    def title(self) -> str:
        """A short name for window titles and run folders: `vgg16`, `digits-cnn`, a file's stem."""
        if self.kind == "py":
            return self.factory or self.target
        name = re.split(r"[/\\]", self.target.rstrip("/\\"))[-1]
        return name.rsplit(".", 1)[0] if self.kind == "path" and "." in name else name


def parse_model(text: str) -> ModelReference:
    """Parse a model reference. Raises `Failure` (exit code 2) for an empty or malformed one."""
    text = text.strip()
    if not text:
        raise bad_input("models.reference_empty")
    prefix, separator, rest = text.partition(":")
    if separator and prefix in ("torchvision", "timm", "hf", "sample"):
        if not rest:
            raise bad_input("models.reference_unnamed", reference=text)
        return ModelReference(prefix, rest)  # type: ignore[arg-type]
    if separator and prefix == "py":
        file, colon, factory = rest.rpartition(":")
        if not colon or not file or not factory.isidentifier():
            raise bad_input("models.reference_py", reference=text)
        return ModelReference("py", file, factory)
    return ModelReference("path", text)


@dataclass(frozen=True, slots=True)
class DataReference:
    """`sample:digits`, `hf:DIRECTORY`, a folder or file, or `none`."""

    kind: DataKind
    target: str

    def __str__(self) -> str:
        if self.kind in ("path", "none"):
            return self.target
        return f"{self.kind}:{self.target}"


def parse_data(text: str) -> DataReference:
    """Parse a data reference. Raises `Failure` (exit code 2) for an empty or malformed one."""
    text = text.strip()
    if not text:
        raise bad_input("data.reference_empty")
    if text == "none":
        return DataReference("none", "none")
    prefix, separator, rest = text.partition(":")
    if separator and prefix in ("sample", "hf"):
        if not rest:
            raise bad_input("data.reference_unnamed", reference=text)
        return DataReference(prefix, rest)  # type: ignore[arg-type]
    return DataReference("path", text)


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input of a model: the shape of ONE sample, without the batch axis, and its dtype by name."""

    shape: tuple[int, ...]
    dtype: str = "float32"

    @property
    def numel(self) -> int:
        """Elements in one sample."""
        return math.prod(self.shape)

    def __str__(self) -> str:
        return ",".join(map(str, self.shape)) + ("" if self.dtype == "float32" else f":{self.dtype}")

    def to_json(self, batch: bool = False) -> dict[str, Any]:
        """`{"shape", "dtype"}`; with `batch`, the shape starts with a batch axis of 1, as `inspect` prints it."""
        return {"shape": [1, *self.shape] if batch else list(self.shape), "dtype": self.dtype}


def parse_input(text: str) -> InputSpec:
    """Parse `3,224,224` or `128:int64`. Raises `Failure` (exit code 2) where it is not of that form."""
    sizes, _, dtype = text.strip().partition(":")
    dtype = dtype or "float32"
    parts = [part.strip() for part in re.split(r"[,x×]", sizes)] if sizes else []
    if not parts or not all(part.isdecimal() and 0 < int(part) < 2**31 for part in parts):
        raise bad_input("models.input_malformed", text=text)
    if dtype not in DTYPES:
        raise bad_input("models.input_dtype", text=text, dtype=dtype, known=", ".join(DTYPES))
    return InputSpec(tuple(int(part) for part in parts), dtype)
