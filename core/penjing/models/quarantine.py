"""The quarantine: a file that may run code is opened once, in a limited child process, and saved as plain weights.

The child has a time limit, a memory limit that this process watches, no network and no other programs
(`penjing.models.confinement`), and no way to change files outside one folder. What comes out is
`model.safetensors` and `manifest.json`, which says what they were made from.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from penjing.models import carriers, formats
from penjing.models.confinement import confine
from penjing.models.pickle_file import consent, weights_of
from penjing.models.pickle_names import unsafe_globals
from penjing.spec.files import sha256_file, write_json
from penjing.spec.messages import FAILED, Failure, bad_input
from penjing.spec.workers import command, environment

WEIGHTS, MANIFEST, REPLY = "model.safetensors", "manifest.json", "reply.json"
SECONDS = 300.0
MEMORY = 8 * 2**30
_TOOLS = ("penjing", "torch", "safetensors", "numpy")


def convert(
    path: Path,
    out: Path,
    trust: bool = False,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    tick: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Save the weights in `path` into the folder `out`, which exists and is empty; return the manifest.

    `tick` is called often meanwhile, and may raise to give up: the child is then ended.
    Raises `Failure`: exit code 3 where code may run and there is no `trust`, 2 for a file without weights, 1 where the
    child took too long or too much memory, or ended otherwise.
    """
    kind, names = referenced(path)
    sha256 = sha256_file(path)
    if names:
        consent(path, names, trust, sha256)
    with tempfile.TemporaryDirectory(prefix="penjing-") as name:
        folder = Path(name)
        _run_child(path, folder, trust, seconds, memory, tick)
        reply = json.loads((folder / REPLY).read_text(encoding="utf-8"))
        if "failure" in reply:
            raise Failure.from_json(reply["failure"])
        if sha256_file(path) != sha256:
            raise bad_input("models.changed_meanwhile", path=str(path))
        shutil.copyfile(folder / WEIGHTS, out / WEIGHTS)
    manifest = {
        "version": 1,
        "source": {"file": path.name, "format": kind, "bytes": path.stat().st_size, "sha256": sha256},
        "referred_to": list(names),
        "weights": {
            "file": WEIGHTS,
            "tensors": reply["tensors"],
            "bytes": (out / WEIGHTS).stat().st_size,
            "sha256": sha256_file(out / WEIGHTS),
        },
        "notes": reply["notes"],
        "versions": _versions(),
    }
    write_json(out / MANIFEST, manifest)
    return manifest


def referenced(path: Path) -> tuple[formats.Kind, Sequence[str]]:
    """The kind of a file that holds weights, and the code that it refers to. Raises `Failure` for any other file."""
    kind = formats.recognise(path)
    if kind in ("torch", "torch-legacy"):
        return kind, unsafe_globals(path)
    if kind in ("torchscript", "pt2"):
        carriers.read(path, meta=True)  # says where its weights are pickled
        return kind, ()
    if kind == "safetensors":
        return kind, ()
    raise formats.refusal(path, kind)


def work(path: Path, folder: Path, trust: bool, seconds: float) -> None:
    """The child's part: read the weights in `path`, save them into `folder`, and leave word there."""
    from safetensors.torch import save_file

    _, names = referenced(path)
    confine(folder, seconds, 4 * path.stat().st_size + 2**26)
    try:
        state, notes = weights_of(path, names, trust)
        save_file({name: one.detach().contiguous().clone() for name, one in state.items()}, folder / WEIGHTS)
        reply: dict[str, Any] = {"tensors": len(state), "notes": [one.to_json() for one in notes]}
    except Failure as failure:
        reply = {"failure": failure.to_json()}
    except (Exception, SystemExit) as error:  # the file's own code can raise anything
        problem = (str(error).strip().splitlines() or [""])[0][:200]
        error_text = f"{type(error).__name__}: {problem}"
        reply = {"failure": Failure("models.convert_failed", path=str(path), error=error_text).to_json()}
    (folder / REPLY).write_text(json.dumps(reply), encoding="utf-8")


def _run_child(
    path: Path, folder: Path, trust: bool, seconds: float, memory: int, tick: Callable[[], None] | None
) -> None:
    import psutil

    arguments = ["convert-worker", str(path.absolute()), str(folder), "--seconds", str(seconds)]
    log = folder / "log.txt"
    with log.open("wb") as output:
        child = subprocess.Popen(
            command(*arguments, *(["--trust"] if trust else [])),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**environment(), "TMPDIR": str(folder), "TEMP": str(folder), "OMP_NUM_THREADS": "1"},
            close_fds=True,
        )
        try:
            watched = psutil.Process(child.pid)
            _watch(child, lambda: _memory(watched), path, seconds, memory, tick)
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
    if not (folder / REPLY).is_file():
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        reason = lines[-1][:200] if lines else f"exit code {child.returncode}"
        raise Failure("models.convert_failed", FAILED, path=str(path), error=reason)


def _watch(
    child: subprocess.Popen[bytes],
    used: Callable[[], int],
    path: Path,
    seconds: float,
    memory: int,
    tick: Callable[[], None] | None,
) -> None:
    end = time.monotonic() + seconds
    while child.poll() is None:
        if tick is not None:
            tick()
        if time.monotonic() > end:
            raise Failure("models.convert_too_long", FAILED, path=str(path), seconds=seconds)
        if used() > memory:
            raise Failure("models.convert_too_large", FAILED, path=str(path), memory=memory / 2**30)
        try:
            child.wait(0.05)
        except subprocess.TimeoutExpired:
            continue


def _memory(process: Any) -> int:
    import psutil

    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it has ended
        return 0


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for tool in _TOOLS:
        try:
            found[tool] = version(tool)
        except PackageNotFoundError:
            continue
    return found
