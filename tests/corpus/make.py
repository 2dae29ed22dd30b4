"""Makes files that are hostile, broken or good into a folder. Nothing binary is kept; every payload leaves a canary.

`make(folder)` returns the references to open, by name. What each has to say is in `expected.json`, which
`python tests/corpus/record.py` writes anew (to be read by a person before it is kept). Data sets and tokenizers are
made by `data_make.py`.
"""

from __future__ import annotations

from pathlib import Path

from corpus import archives, exported, folders, graphs, pickles, programs, sound, tensors
from corpus.register import CANARY, GOOD, HOSTILE, network

__all__ = ["CANARY", "GOOD", "HOSTILE", "INPUTS", "KINDS", "make", "network"]

# Each lists its makers when it is imported.
KINDS = (pickles, programs, exported, archives, tensors, folders, graphs, sound)
INPUTS = {
    "good_pickle.pt": "4",
    "good_script.ts": "4",
    "script_call.ts": "4",
}  # --input, where a file says none
FOLDERS = ("hf_auto_map", "hf_layers", "hf_backbone", "hf_hub", "hf_pipe", "hf_device", "hf_cycle")
PREFIXES = {"factory.py": "py:{path}:make", **dict.fromkeys(FOLDERS, "hf:{path}")}


def make(folder: Path) -> dict[str, str]:
    """Write everything into `folder`; the reference of each by name."""
    found = {}
    for name, (file, maker) in {**HOSTILE, **GOOD}.items():
        maker(folder / file)
        found[name] = PREFIXES.get(name, "{path}").format(path=folder / file)
    return found
