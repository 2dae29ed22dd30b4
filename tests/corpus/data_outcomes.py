"""The data corpus made and opened in a child process. As a script it writes `data_expected.json` anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from corpus import data_make
from corpus.register import CANARY
from penjing_resources.messages import render

FOLDER = Path(__file__).parent
EXPECTED = FOLDER / "data_expected.json"
# Codes whose reason is in a library's words, which change with its version.
BORROWED = {
    "data.damaged": "error",
    "data.tokenizer_unreadable": "problem",
    "data.tokenizer_fails": "problem",
}


def outcomes(folder: Path) -> dict[str, Any]:
    """What every recipe came to; executions, canaries, what changed, seconds of computing, and the most memory."""
    corpus, home = folder / "corpus", folder / "home"
    corpus.mkdir()
    recipes = data_make.make(corpus)
    before = _listing(corpus)
    asked, answered = folder / "request.json", folder / "reply.json"
    asked.write_text(json.dumps(list(recipes.items())), encoding="utf-8")
    path = os.pathsep.join([str(FOLDER.parent), os.environ.get("PYTHONPATH", "")])
    own = {
        "PYTHONPATH": path,
        "OMP_NUM_THREADS": "1",
        "PENJING_HOME": str(home),
        "HF_HOME": str(folder / "hf"),
    }
    done = subprocess.run(
        [sys.executable, str(FOLDER / "data_open.py"), str(asked), str(answered)],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(answered.read_text(encoding="utf-8"))
    found["outcomes"] = {name: _comparable(one, corpus) for name, one in found["outcomes"].items()}
    found["canaries"] = sorted(one.name for one in folder.rglob(f"{CANARY}*"))
    found["changed"] = sorted(before ^ _listing(corpus))
    found["left"] = sorted(str(one.relative_to(folder)) for one in home.rglob("*") if one.is_file())
    found["library"] = sorted(str(one) for one in (folder / "hf").rglob("*") if one.is_file())
    return found


def _listing(folder: Path) -> set[tuple[str, int]]:
    return {(str(one.relative_to(folder)), one.lstat().st_size) for one in folder.rglob("*")}


def _comparable(outcome: dict[str, Any], corpus: Path) -> dict[str, Any]:
    if "opens" in outcome:
        return outcome
    params = dict(outcome["params"])
    borrowed = BORROWED.get(outcome["code"])
    if borrowed is not None:
        params[borrowed] = "…"
    if outcome["code"] == "data.no_memory":
        params["free"] = "…"
    line = render(outcome["code"], params)
    value = {"exit_code": outcome["exit_code"], "code": outcome["code"], "params": params, "line": line}
    text = json.dumps(value, ensure_ascii=False)
    found: dict[str, Any] = json.loads(text.replace(json.dumps(str(corpus))[1:-1], "FOLDER"))
    return found


def main() -> None:
    """Write what the corpus comes to today: read the difference before it is kept."""
    with tempfile.TemporaryDirectory() as folder:
        found = outcomes(Path(folder))
    assert found["executions"] == [] and found["canaries"] == [] and found["changed"] == [], found
    text = json.dumps(found["outcomes"], ensure_ascii=False, indent=1)
    EXPECTED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
