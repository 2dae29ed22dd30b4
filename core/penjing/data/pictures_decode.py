"""A picture's file -> pixels, grey or colour. Only common raster formats, and none that claims to be gigantic."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

MOST_BYTES = 512 * 2**20  # of a picture's file: a sparse file may claim to hold any amount
FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF", "PPM")


def decoded(content: bytes) -> Image.Image:
    """The first frame, whole. Raises whatever Pillow raises, and `DecompressionBombError` at its warning's limit."""
    picture = Image.open(io.BytesIO(content), formats=FORMATS)
    pixels, limit = picture.width * picture.height, Image.MAX_IMAGE_PIXELS
    if limit is not None and pixels > limit:
        raise Image.DecompressionBombError(f"{pixels} pixels, more than {limit}")
    picture.load()
    return picture


def content_of(path: Path) -> bytes:
    """The bytes of a picture's file. Raises `OSError`, `ValueError` for one that is larger than any picture."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MOST_BYTES:
            raise ValueError(f"{size} bytes, more than {MOST_BYTES}")
        return file.read()


def opened(path: Path, channels: int) -> Image.Image:
    """The picture at `path`, grey where `channels` is 1, else RGB. Raises whatever Pillow raises.

    Sixteen bits a pixel are scaled to eight (Pillow alone would cut them off). Transparency is dropped, and no
    picture is turned by its EXIF data, as in torchvision's `ImageFolder`.
    """
    picture = decoded(content_of(path))
    if picture.mode.startswith("I"):
        values = np.asarray(picture).astype(np.int64) // 257
        picture = Image.fromarray(values.clip(0, 255).astype(np.uint8))
    wanted = "L" if channels == 1 else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)
