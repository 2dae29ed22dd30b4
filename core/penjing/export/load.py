"""An artefact loaded again through its own `load_model.py`, as anyone without Penjing would."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

import torch
from torch import nn

from penjing.export.standalone import sources_alone
from penjing.spec.messages import Failure, bad_input


def load_artefact(folder: Path) -> nn.Module:
    """The model of an export's folder, in eval mode. The random state is left as it is.

    Raises `Failure`: exit code 2 where the folder has no `load_model.py`, 1 where it does not load.
    """
    script = folder / "load_model.py"
    if not script.is_file():
        raise bad_input("export.no_loader", folder=str(folder))
    name = f"_penjing_artefact_{hashlib.sha256(str(script.resolve()).encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, script)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded  # data classes look their module up
    written = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # nothing but the export belongs into its folder
    try:
        with torch.random.fork_rng(devices=[]), sources_alone(folder):
            # From the text: a byte-code cache could be of a former export with the same time and size.
            exec(compile(script.read_text(encoding="utf-8"), str(script), "exec"), loaded.__dict__)
            network = loaded.load()
    except Exception as error:  # the script runs the model's own code
        problem = (
            f"{type(error).__name__}, {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        )
        raise Failure("export.not_loaded", folder=str(folder), problem=problem[:300]) from error
    finally:
        sys.dont_write_bytecode = written
    assert isinstance(network, nn.Module)
    return network
