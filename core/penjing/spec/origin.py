"""Which exports were written here, remembered by their manifests' digest. No torch.

An export's `load_model.py` and `.pt2` are programs. Those that Penjing wrote itself run at once, wherever their folder
was copied to; a folder that came from elsewhere has a digest that is not in the list, which is `exports.txt` in
Penjing's home, a digest a line.
"""

from __future__ import annotations

import os
import re

from penjing.spec.folders import home

NAME = "exports.txt"


def remember(digest: str) -> None:
    """Keep the digest of a manifest that is being written. Where the home cannot be written to, nothing is kept."""
    if remembered(digest):
        return
    try:
        home().mkdir(parents=True, exist_ok=True)
        descriptor = os.open(home() / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, f"{digest}\n".encode())  # one append: several at once lose nothing
        finally:
            os.close(descriptor)
    except OSError:
        return


def remembered(digest: str) -> bool:
    """Whether a manifest with this digest was written here."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        return False
    try:
        return digest in (home() / NAME).read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False
