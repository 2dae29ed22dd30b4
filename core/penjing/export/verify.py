"""Artefacts opened in a fresh process without Penjing and compared with their proof. No torch here."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from penjing.export import manifest as manifests
from penjing.export import origin, standalone
from penjing.spec.files import write_json
from penjing.spec.messages import bad_input

Progress = Callable[[int, int, str], None]
TIMEOUT = 600.0
_TICK = 0.2


def verify(
    folder: Path, progress: Progress | None = None, timeout: float = TIMEOUT, trust: bool | str = False
) -> dict[str, Any]:
    """Check a run's or an export's folder: the JSON of `penjing verify`.

    Each artefact's row has `file`, `format`, `bytes`, `sha256_ok`, `loads`, `opened_with`, `max_abs_diff`
    (None where it was not compared or not finite), `ok` and `reason` (a message, None where all is well). A
    damaged artefact is a row that is not ok, never an exception. `progress(done, total, file)` is called some
    five times a second; an exception from it cancels. `timeout` is in seconds, for all files.

    For a run's folder the outcome is kept there as `verify.json`, for the report.

    Programs of an export that was not written here run with `trust` alone: True, or their SHA-256 as the failure
    tells it.

    Raises `Failure`: exit code 2 where there is no export, 3 where programs would run without trust.
    """
    place = _find(folder)
    found = _verify(place, progress, timeout, trust)
    if place != folder:
        with contextlib.suppress(OSError):  # a run on a medium that cannot be written to is verified too
            write_json(folder / manifests.VERIFICATION, found)
    return found


def _verify(place: Path, progress: Progress | None, timeout: float, trust: bool | str) -> dict[str, Any]:
    manifest = manifests.read(place)
    problem = _problem(manifest)
    if manifest is None or problem is not None:
        return {"artefacts": [], "ok": False, "reason": problem, "folder": str(place)}
    origin.consent(place, manifest, trust)
    files = [entry["file"] for entry in manifest["artefacts"]]
    rows = _rows(place, files, progress, time.monotonic() + timeout)
    ordered = [rows[file] for file in files]
    reason = next((row["reason"] for row in ordered if not row["ok"]), None)
    for name in manifest["files"]:  # files that no artefact needs count too
        if reason is None and not standalone.unchanged(place, manifest, name):
            reason = standalone.reason("export.file_changed", file=name)
    return {
        "artefacts": ordered,
        "ok": reason is None and bool(ordered),
        "reason": reason,
        "folder": str(place),
        "tolerance": standalone.TOLERANCE,
        "batches": manifest["batches"],
        "weights_sha256": manifest.get("weights_sha256"),
        "digest": manifest["digest"],
    }


def _find(folder: Path) -> Path:
    if not folder.is_dir():
        raise bad_input("export.folder_missing", folder=str(folder))
    for place in (folder / "result", folder):
        if (place / manifests.NAME).is_file():
            return place
    raise bad_input("export.manifest_missing", folder=str(folder))


def _problem(manifest: dict[str, Any] | None) -> dict[str, Any] | None:
    """Why a manifest cannot be relied on, or None."""
    if manifest is None or not manifests.well_formed(manifest):
        return standalone.reason("export.manifest_damaged")
    if manifests.digest(manifest) != manifest.get("digest"):
        return standalone.reason("export.manifest_changed")
    if not manifest["artefacts"]:
        return standalone.reason("export.manifest_empty")
    return None


def _rows(
    folder: Path, files: Sequence[str], progress: Progress | None, end: float
) -> dict[str, dict[str, Any]]:
    """A row for every file; a process that dies or hangs on one is started again for the ones after it."""
    rows: dict[str, dict[str, Any]] = {}
    while waiting := [file for file in files if file not in rows]:
        opening = waiting[0]
        ended: dict[str, Any] | None = None
        with contextlib.closing(_process(folder, waiting, end)) as lines:
            for line in lines:
                if "opening" in line:
                    opening = line["opening"]
                elif "file" in line:
                    rows[line["file"]] = line
                elif "ended" in line:
                    ended = line["ended"]
                if progress:
                    progress(len(rows), len(files), opening)
        if opening not in rows:
            reason = ended or standalone.reason("export.process_ended", file=opening, problem="")
            rows[opening] = _lost(folder, opening, reason)
    return rows


def _lost(folder: Path, file: str, reason: dict[str, Any]) -> dict[str, Any]:
    path = folder / file
    return {
        "file": file, "format": path.suffix.lstrip("."), "opened_with": None,
        "bytes": path.stat().st_size if path.is_file() else None, "sha256_ok": None,
        "loads": False, "max_abs_diff": None, "ok": False,
        "reason": {"code": reason["code"], "params": {**reason["params"], "file": file}},
    }  # fmt: skip


def _process(folder: Path, files: Sequence[str], end: float) -> Generator[dict[str, Any], None, None]:
    """Run the script: its lines, `{}` at every tick without news, `{"ended": message}` at a bad end.

    Closing the generator kills the process.
    """
    script = str(Path(standalone.__file__).resolve())
    command = [sys.executable, "-P", "-X", "utf8", script, str(folder.resolve()), *files]
    lines: queue.Queue[bytes | None] = queue.Queue()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        reader = threading.Thread(target=_read, args=(process, lines), name="verify-reader", daemon=True)
        reader.start()
        try:
            while True:
                if time.monotonic() > end:
                    yield {"ended": standalone.reason("export.timed_out")}
                    return
                try:
                    line = lines.get(timeout=_TICK)
                except queue.Empty:
                    yield {}
                    continue
                if line is None:
                    break
                yield json.loads(line)
            if process.wait() != 0:
                yield {
                    "ended": standalone.reason(
                        "export.process_ended", problem=_last_line(errors, process.returncode)
                    )
                }
        finally:
            process.kill()
            process.wait()
            reader.join()
            assert process.stdout is not None
            process.stdout.close()


def _read(process: subprocess.Popen[bytes], lines: queue.Queue[bytes | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def _last_line(errors: Any, code: int) -> str:
    errors.seek(0)
    text = errors.read()[-4000:].decode("utf-8", "replace").strip()
    last = text.splitlines()[-1][:200] if text else ""
    return f"exit code {code}" + (f", {last}" if last else "")
