"""The corpus made and opened: in one child process without trust, in another with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from corpus import make
from penjing_resources.messages import render

FOLDER = Path(__file__).parent
EXPECTED = FOLDER / "expected.json"
# What these run when they are trusted is what a person agreed to.
PROGRAMS = ("factory.py", "script_call.ts")
# Codes whose reason is in a library's words, which change with its version.
BORROWED = ("models.torch_damaged", "models.safetensors_damaged", "models.onnx_damaged")


def outcomes(folder: Path) -> dict[str, Any]:
    """What every reference came to, by name and trust; the executions seen; the canaries left."""
    corpus = folder / "corpus"
    corpus.mkdir()
    references = make.make(corpus)
    found: dict[str, Any] = {"executions": [], "outcomes": {}}
    for trust in (False, True):
        request = [
            (name, reference, trust, [make.INPUTS[name]] if trust and name in make.INPUTS else [])
            for name, reference in references.items()
            if not (trust and name in PROGRAMS)
        ]
        reply = _child(folder, request)
        found["executions"] += reply["executions"]
        for name, outcome in reply["outcomes"].items():
            key = "trusted" if trust else "opened"
            found["outcomes"].setdefault(name, {})[key] = _comparable(outcome, corpus)
    found["canaries"] = sorted(one.name for one in corpus.glob(f"{make.CANARY}*"))
    return found


def control(folder: Path) -> dict[str, Any]:
    """What the watch sees where a hostile file is opened by plain `torch.load`, to know that it sees."""
    path = folder / "control.pt"
    make.HOSTILE["os_system.pt"][1](path)
    return dict(_child(folder, [("control", f"unsafe:{path}", False, [])]))


def _child(folder: Path, request: list[Any]) -> Any:
    asked, answered = folder / "request.json", folder / "reply.json"
    asked.write_text(json.dumps(request), encoding="utf-8")
    path = os.pathsep.join([str(FOLDER.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(FOLDER / "open_all.py"), str(asked), str(answered)],
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(answered.read_text(encoding="utf-8"))


def _comparable(outcome: dict[str, Any], corpus: Path) -> dict[str, Any]:
    """An outcome without what differs from machine to machine; a failure with its English line."""
    if "opens" in outcome:
        return outcome
    params = {name: one for name, one in outcome["params"].items() if name not in ("sha256", "globals")}
    if "sha256" in outcome["params"] and outcome["code"] == "models.py_needs_trust":
        params["sha256"] = "SHA-256"
    if outcome["code"] in BORROWED:
        params["error"] = "…"
    if outcome["code"] == "models.zip_bomb":  # compression differs by a few bytes
        params = {**params, "packed": round(params["packed"], 1), "unpacked": round(params["unpacked"])}
    value = {
        "exit_code": outcome["exit_code"],
        "code": outcome["code"],
        "params": params,
        "line": render(outcome["code"], params),
    }
    text = json.dumps(value, ensure_ascii=False)
    found: dict[str, Any] = json.loads(text.replace(json.dumps(str(corpus))[1:-1], "FOLDER"))
    return found
