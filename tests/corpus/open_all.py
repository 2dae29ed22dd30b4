"""Opens every reference of the corpus in this process, and writes down what runs meanwhile. A script for a child.

`python open_all.py REQUEST.json REPLY.json`: the request is a list of `[name, reference, trust, inputs]`. What would be
an execution is written down and refused: other programs, sockets, and files opened for writing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True

import onnx.shape_inference  # noqa: E402 - before the watch: imports read and map files of their own
import torch  # noqa: E402
import torch._export.serde.serialize  # noqa: E402
import torch.export  # noqa: E402
import torch.export.pt2_archive._package  # noqa: E402
import torchvision  # noqa: E402
import torchvision.extension  # noqa: E402
from safetensors import safe_open  # noqa: E402

from corpus.watching import Watch  # noqa: E402
from penjing.models.open import open_model  # noqa: E402
from penjing.models.weights import read_state, state_sha256  # noqa: E402
from penjing.runs.counting import table_of  # noqa: E402
from penjing.spec.messages import Failure  # noqa: E402
from penjing.spec.references import parse_input  # noqa: E402

LOADED = (onnx, torch, torchvision, safe_open)
watch = Watch()


def outcome(reference: str, trust: bool, inputs: list[str]) -> dict[str, Any]:
    """How one reference opens."""
    if reference.startswith("unsafe:"):  # for the control alone
        try:
            torch.load(reference.removeprefix("unsafe:"), weights_only=False)
        except PermissionError:
            return {"opens": "refused by the watch"}
    try:
        model = open_model(reference, None, [parse_input(one) for one in inputs], trust)
        table = table_of(model)
    except Failure as failure:
        return failure.to_json()
    state = None
    if model.module is not None:
        state = state_sha256(model.module.state_dict())
    elif model.format != "onnx" and not trust:
        state = state_sha256(read_state(Path(reference)))
    return {
        "opens": model.format,
        "network": model.module is not None,
        "params": table.totals.params,
        "macs": table.totals.macs if table.totals.complete else None,
        "state": state,
    }


def main() -> None:
    """Open what the request lists."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.addaudithook(watch)
    found = {}
    for name, reference, trust, inputs in request:
        watch.current = name
        found[name] = outcome(reference, trust, inputs)
        watch.current = ""
    reply = json.dumps({"outcomes": found, "executions": watch.seen}, ensure_ascii=False)
    Path(sys.argv[2]).write_text(reply, encoding="utf-8")


if __name__ == "__main__":
    main()
