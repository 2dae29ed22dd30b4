"""Samples of the training split for a reader: pictures as small PNGs, rows, texts. The test split stays closed."""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from penjing.data.items import Split, TensorSplit
from penjing.data.open import OpenedData
from penjing.spec.files import write_bytes

MOST = 24
SIDE = 96  # pixels of a small picture at most
_LONG = 300  # characters of a text


def samples(data: OpenedData, folder: Path | None, tick: Callable[[int, int], None]) -> list[dict[str, Any]]:
    """Up to 24 training samples, spread over the classes; pictures are written into `folder`, where there is one."""
    found = []
    rows = chosen(data)
    for done, index in enumerate(rows):
        tick(done, len(rows))
        content = _content(data, index, folder)
        found.append({"split": "train", "index": index, "label": _label(data, index), **content})
    return found


def chosen(data: OpenedData, most: int = MOST) -> list[int]:
    """Training samples to look at: the first of each class in turn, or evenly spaced over a regression."""
    targets = data.train.targets
    total = len(targets)
    if data.task != "classification" or not data.labelled:
        return sorted({round(i * (total - 1) / max(1, most - 1)) for i in range(min(most, total))})
    order = torch.argsort(targets, stable=True)
    counts = torch.bincount(targets)
    rank = torch.arange(total) - torch.repeat_interleave(counts.cumsum(0) - counts, counts)
    # Round after round, one of each class, so that small classes are not left out.
    place = torch.argsort(rank, stable=True)[:most]
    return [int(index) for index in order[place]]


def _label(data: OpenedData, index: int) -> str:
    if not data.labelled:
        return ""
    value = data.train.targets[index]
    if data.task == "classification":
        label = int(value)
        return data.class_names[label] if label < len(data.class_names) else str(label)
    return ", ".join(f"{float(one):.6g}" for one in value.reshape(-1)[:4])


def _content(data: OpenedData, index: int, folder: Path | None) -> dict[str, Any]:
    split = data.train
    text, row, picture = None, None, None
    rows, texts, path = (getattr(split, name, None) for name in ("rows", "texts", "path"))
    if rows is not None:
        row = {str(name): _plain(value) for name, value in rows.iloc[index].items()}
    elif data.kind == "text":
        text = (
            texts[index] if texts else " ".join(map(str, split.inputs(torch.tensor([index]))[0][0].tolist()))
        )
        text = text if len(text) <= _LONG else text[:_LONG] + "…"
    elif callable(path):
        picture = _from_file(path(index), folder) if folder is not None else None
    elif isinstance(split, TensorSplit):
        picture = _from_array(split.x[index], folder) if folder is not None else None
    return {"text": text, "row": row, "picture": picture}


def _plain(value: Any) -> Any:
    """A cell as JSON knows it; None where it is missing."""
    if hasattr(value, "item") and not isinstance(value, np.ndarray):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    if text in ("<NA>", "NaT", "nan"):
        return None
    return text if len(text) <= _LONG else text[:_LONG] + "…"


def _from_file(path: Path, folder: Path) -> str | None:
    """A small PNG of a picture's file; None where it can no longer be read."""
    from penjing.data.pictures_decode import opened

    with contextlib.suppress(Exception):  # Pillow raises many kinds; what is amiss is listed elsewhere
        picture = opened(path, 3)
        picture.thumbnail((SIDE, SIDE))
        return _written(picture, folder)
    return None


def is_picture(shape: tuple[int, ...]) -> bool:
    """Whether a sample's shape is a grey or colour picture's: (height, width) or (channels, height, width)."""
    sides = shape[1:] if len(shape) == 3 else shape
    return len(sides) == 2 and min(sides) >= 4 and (len(shape) == 2 or shape[0] in (1, 3))


def _from_array(x: torch.Tensor, folder: Path) -> str | None:
    """A small PNG of an array of a picture's shape, its range of values scaled to black and white."""
    from PIL import Image

    if not is_picture(tuple(x.shape)):
        return None
    values = x.to(torch.float32)
    low, high = float(values.min()), float(values.max())
    grey = ((values - low) / (high - low or 1.0) * 255).round().to(torch.uint8).numpy()
    if grey.ndim == 3:
        grey = grey[0] if len(grey) == 1 else np.ascontiguousarray(grey.transpose(1, 2, 0))
    picture = Image.fromarray(grey)
    if max(picture.size) > SIDE:
        picture.thumbnail((SIDE, SIDE))
    else:
        times = max(1, SIDE // max(picture.size))
        picture = picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
    return _written(picture, folder)


def _written(picture: Any, folder: Path) -> str:
    """Write a picture under the name of what it shows, once, and return where."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    content = stream.getvalue()
    path = folder / f"sample-{hashlib.sha256(content).hexdigest()[:16]}.png"
    if not path.exists():
        write_bytes(path, content)
    return str(path)


def hashes(split: Split, tick: Callable[[int, int], None]) -> list[bytes] | None:
    """Exact hashes of a split's samples; None where opening the data has looked for duplicates already."""
    given = getattr(split, "hashes", None)
    if given is not None:
        return list(given)
    if not isinstance(split, TensorSplit):
        return None
    digests = []
    for index in range(len(split)):
        if index % 1024 == 0:
            tick(index, len(split))
        digest = hashlib.sha256()
        for tensor in split.tensors:
            digest.update(tensor[index].contiguous().numpy().tobytes())
        digests.append(digest.digest())
    return digests
