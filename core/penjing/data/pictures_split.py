"""A split whose samples are picture files: read, resized and normalised as a model wants them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from penjing.data.augmentation import Level, augment
from penjing.data.items import Inputs, Split
from penjing.spec.messages import Failure, Message, bad_input
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.references import InputSpec

CACHE_CAP = 256 * 2**20  # bytes of resized pictures that a split may keep in memory


@dataclass(frozen=True, slots=True)
class Wish:
    """What the recipe says of size and normalisation, and of augmentation; None: as the model wants it."""

    reference: str
    size: tuple[int, int] | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    augmentation: Level = "none"


class PictureSplit(Split):
    """Pictures `paths` under `root`, with their targets.

    Where all of them, resized, stay under `CACHE_CAP` (over all processes that read ahead), they are kept once
    read. What a batch holds does not depend on that, and what is kept is never pickled.
    """

    in_memory = False
    preprocessing: Preprocessing

    def __init__(
        self,
        root: str,
        paths: Sequence[str],
        targets: Tensor,
        wish: Wish,
        preprocessing: Preprocessing,
        notes: tuple[Message, ...] = (),
    ) -> None:
        self.root = root
        self.paths = tuple(paths)
        self.targets = targets
        self.preprocessing = preprocessing
        self.notes = notes
        self._wish = wish
        self._kept: tuple[Tensor, Tensor] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kept": None}

    def path(self, index: int) -> Path:
        """The file of one sample."""
        return Path(self.root, self.paths[index])

    @property
    def specs(self) -> tuple[InputSpec, ...]:
        """The shape of one sample as it is given."""
        return (InputSpec((self.preprocessing.channels, *self.preprocessing.size)),)

    def inputs(self, indices: Tensor) -> Inputs:
        """The pictures as they are evaluated: (batch, channels, height, width), float32, normalised."""
        return (self._normalised(self.pixels(indices)),)

    def augmented(self, indices: Tensor, seed: int, epoch: int) -> Inputs:
        """The same as training sees them, changed as the recipe's augmentation says."""
        pixels = augment(self.pixels(indices), indices, self._wish.augmentation, seed, epoch)
        return (self._normalised(pixels),)

    def for_model(self, inputs: Sequence[InputSpec], preprocessing: Preprocessing | None) -> PictureSplit:
        """The same pictures in the model's size, channels and normalisation. Raises `Failure` (exit code 2)."""
        if not inputs and preprocessing is None:
            return self
        found = resolved(self._wish, inputs, preprocessing)
        notes = self.notes
        if preprocessing is None and self._wish.mean is None and self._wish.std is None:
            notes = (*notes, Message("data.not_normalised", {"size": "×".join(map(str, found.size))}))
        return PictureSplit(self.root, self.paths, self.targets, self._wish, found, notes)

    def pixels(self, indices: Tensor) -> Tensor:
        """The resized pictures, (batch, channels, height, width), uint8."""
        kept = self._cache()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="PIL")
            if kept is None:
                shape = (len(indices), self.preprocessing.channels, *self.preprocessing.size)
                pictures = torch.empty(shape, dtype=torch.uint8)
                for place, index in enumerate(indices.tolist()):
                    pictures[place] = self._read(index)
                return pictures
            pictures, known = kept
            for index in indices[~known[indices]].tolist():
                pictures[index] = self._read(index)
                known[index] = True
            return pictures[indices]

    def _cache(self) -> tuple[Tensor, Tensor] | None:
        if self._kept is None:
            shape = (len(self), self.preprocessing.channels, *self.preprocessing.size)
            worker = torch.utils.data.get_worker_info()
            readers = 1 if worker is None else worker.num_workers
            if torch.Size(shape).numel() * readers > CACHE_CAP:
                return None
            self._kept = (torch.empty(shape, dtype=torch.uint8), torch.zeros(len(self), dtype=torch.bool))
        return self._kept

    def _read(self, index: int) -> Tensor:
        from penjing.data.pictures_resize import pixels

        path = self.path(index)
        try:
            return pixels(path, self.preprocessing)
        except Exception as error:  # the file was whole when the folder was looked through
            text = str(error).partition(" <_io")[0].strip() or type(error).__name__
            shown = str(path).encode("utf-8", "replace").decode()
            raise Failure("data.picture_unreadable", path=shown, error=text) from None

    def _normalised(self, pixels: Tensor) -> Tensor:
        mean = torch.tensor(self.preprocessing.mean).reshape(-1, 1, 1)
        std = torch.tensor(self.preprocessing.std).reshape(-1, 1, 1)
        return pixels.to(torch.float32).div_(255).sub_(mean).div_(std)


def resolved(wish: Wish, inputs: Sequence[InputSpec], preprocessing: Preprocessing | None) -> Preprocessing:
    """How pictures are read: the recipe's word first, then the model's metadata, then its input's shape.

    A model of another size than its metadata's keeps their proportion of resizing to cropping.
    """
    if len(inputs) > 1:
        raise bad_input("data.several_inputs", reference=wish.reference, count=len(inputs))
    shape = inputs[0].shape if inputs else None
    if shape is not None and (len(shape) != 3 or shape[0] not in (1, 3)):
        raise bad_input("data.pictures_do_not_fit", reference=wish.reference, model=str(inputs[0]))
    channels = shape[0] if shape else (preprocessing.channels if preprocessing else 3)
    known = preprocessing or Preprocessing(shape[1:] if shape else (1, 1))
    size = wish.size or (shape[1:] if shape else known.size)
    resize = known.resize
    if resize is not None and tuple(size) != tuple(known.size):
        resize = round(resize * min(size) / min(known.size))
    for name in ("mean", "std"):
        given = getattr(wish, name)
        if given is not None and len(given) not in (1, channels):
            raise bad_input("data.normalisation_channels", setting=name, count=len(given), channels=channels)
    return Preprocessing(
        (size[0], size[1]),
        resize,
        _channels(wish.mean or known.mean, channels),
        _channels(wish.std or known.std, channels),
        known.interpolation,
    )


def _channels(values: tuple[float, ...], channels: int) -> tuple[float, ...]:
    """One value a channel; a colour's three become their average for grey."""
    if len(values) == channels:
        return tuple(values)
    return (sum(values) / len(values),) * channels
