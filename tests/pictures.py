"""Picture folders for tests, runs and benchmarks: letters drawn from the fonts at hand, a class folder each.

By hand: `python tests/pictures.py FOLDER --count 5000 --size 32`.
"""

from __future__ import annotations

import argparse
import random
import string
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PLACES = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
FAMILIES = ("DejaVu", "Liberation", "FreeSans", "FreeSerif", "FreeMono", "Arial", "Times", "Courier")
_DRAWN = 2  # letters are drawn this many times as large as they are kept


def make_letters(
    folder: Path,
    count: int = 5000,
    size: int = 32,
    seed: int = 0,
    letters: str = string.ascii_uppercase,
    extension: str = "png",
) -> Path:
    """Fill `folder` with `count` grey pictures of `size` × `size`, `folder/A/00000.png` and so on; returns `folder`.

    Classes are as even as can be. Font, rotation, size, place and noise are drawn from `seed`.
    """
    random_ = random.Random(seed)
    noise = np.random.RandomState(seed)
    glyphs = {letter: _glyphs(letter, size * _DRAWN) for letter in letters}
    for letter in letters:
        (folder / letter).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        letter = letters[number % len(letters)]
        glyph = random_.choice(glyphs[letter])
        picture = _moved(glyph, size, random_)
        values = np.asarray(picture, dtype=np.float32) + noise.normal(0, 12, (size, size))
        name = folder / letter / f"{number:05d}.{extension}"
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(name)
    return folder


def _glyphs(letter: str, size: int) -> list[Image.Image]:
    """The letter in the middle of a black square, once in each font."""
    found = []
    for font in _fonts(size * 2 // 3):
        picture = Image.new("L", (size, size), 0)
        ImageDraw.Draw(picture).text((size / 2, size / 2), letter, fill=255, font=font, anchor="mm")
        found.append(picture)
    return found


def _fonts(size: int) -> list[ImageFont.FreeTypeFont | ImageFont.ImageFont]:
    """Pillow's own font, and up to eight plain ones of the machine."""
    fonts: list[ImageFont.FreeTypeFont | ImageFont.ImageFont] = [ImageFont.load_default(size)]
    files = [file for place in PLACES for file in sorted(Path(place).rglob("*.ttf"))]
    for file in [one for one in files if one.name.startswith(FAMILIES)][:8]:
        fonts.append(ImageFont.truetype(str(file), size))
    return fonts


def _moved(glyph: Image.Image, size: int, random_: random.Random) -> Image.Image:
    """Turned by up to 15 degrees, moved by up to a tenth, scaled by up to a fifth; paper and ink are drawn too."""
    large = glyph.width
    turned = glyph.rotate(random_.uniform(-15, 15), Image.Resampling.BILINEAR)
    side = large / random_.uniform(0.85, 1.2)
    shift = large / 10
    left = (large - side) / 2 + random_.uniform(-shift, shift)
    top = (large - side) / 2 + random_.uniform(-shift, shift)
    placed = turned.transform(
        (size, size),
        Image.Transform.EXTENT,
        (left, top, left + side, top + side),
        Image.Resampling.BILINEAR,
    )
    paper, ink = random_.uniform(0, 70), random_.uniform(150, 255)
    return placed.point([round(paper + (ink - paper) * value / 255) for value in range(256)])


def main() -> None:
    """Make a folder from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    make_letters(options.folder, options.count, options.size, options.seed)


if __name__ == "__main__":
    main()
