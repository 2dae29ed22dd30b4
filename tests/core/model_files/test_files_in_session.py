"""The session answers for files without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from onnx_examples import transformer
from penjing.spec.messages import Failure


class Ear:
    """Stands where the session's worker does: nothing is cancelled, and progress is not listened to."""

    cancelled: frozenset[int] = frozenset()

    def send(self, message: object) -> None:
        del message


@pytest.mark.parametrize("kind", ["state", "onnx"])
def test_the_session_answers_for_a_file_without_a_network(kind: str, tmp_path: Path) -> None:
    from penjing.runs.session import Call
    from penjing.runs.session_methods import Session

    path, network = tmp_path / "file.bin", nn.Sequential(nn.Linear(4, 3)).eval()
    if kind == "state":
        torch.save(network.state_dict(), path)
    else:
        transformer(path)
    session, call = Session(tmp_path), Call(1, Ear())  # type: ignore[arg-type]

    def ask(name: str, /, **params: object) -> dict[str, object]:
        method = session.method(name)
        assert method is not None
        return method(params, call)

    opened = ask("open", reference=str(path))
    assert (opened["network"], opened["sha256"]) == (False, "")
    costs = ask("costs")
    rows = costs["layers"]
    assert isinstance(rows, list) and len(rows) == (2 if kind == "state" else 5)
    layer = ask("layer", name=rows[0]["name"])
    assert (layer["name"], layer["histogram"], layer["kernels"]) == (rows[0]["name"], None, None)
    for name in ("prunable", "latency", "roofline"):
        with pytest.raises(Failure) as caught:
            ask(name)
        assert caught.value.message.code == "models.not_a_network"
