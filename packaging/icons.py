"""Draw the program's icon, from its one SVG, in the sizes and containers that desktops want.

Into `build/icons`: a `hicolor` tree for Linux, `penjing.ico` for Windows and `penjing.icns` for macOS. The
two containers hold PNG pictures; they are written here because Qt writes neither with more than one size.
"""

from __future__ import annotations

import argparse
import os
import shutil
import struct
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).parent.parent
DRAWING = ROOT / "resources" / "penjing_resources" / "icons" / "penjing.svg"
NAME = "penjing"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_TYPES = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}


def png(size: int) -> bytes:
    """The icon as a PNG picture of `size` pixels a side."""
    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(data.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """A Windows icon: a directory of 16-byte entries (a side of 256 is written as 0), then the pictures."""
    offset = 6 + 16 * len(ICO_SIZES)
    entries, body = b"", b""
    for size in ICO_SIZES:
        picture = pictures[size]
        entries += struct.pack(
            "<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset + len(body)
        )
        body += picture
    return struct.pack("<HHH", 0, 1, len(ICO_SIZES)) + entries + body


def icns(pictures: dict[int, bytes]) -> bytes:
    """A macOS icon: blocks of type, length (with the 8 bytes of its head) and picture."""
    blocks = b"".join(
        kind + struct.pack(">I", len(pictures[size]) + 8) + pictures[size]
        for kind, size in ICNS_TYPES.items()
    )
    return b"icns" + struct.pack(">I", len(blocks) + 8) + blocks


def main() -> None:
    """Draw everything into the folder given, or `build/icons`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "icons")
    out: Path = parser.parse_args().out
    application = QGuiApplication([])
    pictures = {size: png(size) for size in SIZES}
    for size, picture in pictures.items():
        folder = out / "hicolor" / f"{size}x{size}" / "apps"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{NAME}.png").write_bytes(picture)
    scalable = out / "hicolor" / "scalable" / "apps"
    scalable.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DRAWING, scalable / f"{NAME}.svg")
    (out / "penjing.ico").write_bytes(ico(pictures))
    (out / "penjing.icns").write_bytes(icns(pictures))
    application.quit()


if __name__ == "__main__":
    main()
