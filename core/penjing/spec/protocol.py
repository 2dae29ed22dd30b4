"""The session worker's protocol: JSON lines on its stdin and stdout.

A request is `{"id": N, "method": NAME, "params": {…}}`. For each comes one reply, `{"id": N, "result": …}` or
`{"id": N, "error": {"code", "params", "exit_code"}}`, and before it any number of
`{"id": N, "progress": {"done", "total", "code", "params"}}`. `{"id": N, "method": "cancel"}` cancels request N: it
has no reply of its own, N is then answered with the error `session.cancelled`. The worker's first line is
`{"ready": {"pid", "torch"}}`.

Methods (results are JSON; arrays too large for it are `.npy` files in the session's folder):

- `open` {reference, weights, input: [str], trust} -> {"reference", "title", "weights", "format", "sha256", "input":
  [{"shape", "dtype"}] (no batch axis), "task", "outputs", "data": suggested reference or null, "warnings": [message]}
- `costs` {} -> the JSON of `inspect` for the open model
- `layer` {name} -> {"name", "kind", "summary": message, "shape", "channels", "histogram": {"counts", "edges"} or null,
  "norms": [descending] or null, "sigma", "fed_by": [..], "feeds": [..], "coupled": [..], "kernels": path or null}
- `prunable` {} -> the JSON of `prunable` (`groups` as `CoupledGroup.to_json`)
- `latency` {batch, threads, seconds} -> {"batch", "threads", "layers": {name: ms}, "total": {"ms", "ci95"}}
- `training_time` {recipe} -> {"seconds", "ci95": [lo, hi], "steps_timed", "total_steps"}
- `data` {reference} -> {"reference", "task", "classes", "splits": {"train", "validation", "test"}, "input"}
- `export` {source: a run's folder, to: [..], out, trust} -> {"artefacts": {name: path}}
- `verify` {folder} -> the JSON of `verify`
- `report` {run, language} -> {"report": path}
- `measure_machine` {} -> {"macs_per_s", "bytes_per_s", "threads"}
"""

from __future__ import annotations

from typing import Any, Literal

Method = Literal[
    "open", "costs", "layer", "prunable", "latency", "training_time", "data", "export", "verify", "report",
    "measure_machine", "cancel",
]  # fmt: skip


def request(number: int, method: Method, **params: Any) -> dict[str, Any]:
    """One request as a JSON object."""
    return {"id": number, "method": method, "params": params}
