"""The session worker's protocol: JSON lines on its stdin and stdout.

A request is `{"id": N, "method": NAME, "params": {…}}`. For each comes one reply, `{"id": N, "result": …}` or
`{"id": N, "error": {"code", "params", "exit_code"}}`, and before it any number of
`{"id": N, "progress": {"done", "total", "code", "params"}}`. `{"id": N, "method": "cancel"}` cancels request N: it
has no reply of its own, N is then answered with the error `session.cancelled`. The worker's first line is
`{"ready": {"pid", "torch"}}`.

Methods (results are JSON; arrays too large for it are `.npy` files in the session's folder):

- `open` {reference, weights, input: [str], trust} -> {"reference", "title", "weights", "format", "sha256", "input":
  [{"shape", "dtype"}] (no batch axis), "task", "outputs", "data": suggested reference or null, "warnings": [message]}
- `costs` {} -> the JSON of `inspect` for the open model, and "warnings": [message] where figures need a word of caution
- `costs_of` {reference, weights, input: [str]} -> {"title", "table": the JSON of `inspect`, "warnings": [message]}:
  another model's costs, the open one stays; it takes no trust: what needs it is opened in a worker of its own
- `layer` {name} -> {"name", "kind", "summary": message, "shape", "channels", "histogram": {"counts", "edges"} or null,
  "norms": [descending] or null, "sigma", "calls", "macs", "fed_by": [..], "fed_by_count", "feeds": [..],
  "feeds_count", "coupled": [..], "coupled_count" (the lists hold 50 at most), "kernels": path or null,
  "kernels_total"}: kernels are float32, (out, in / groups, height, width), the first 4,096 at most
- `prunable` {} -> the JSON of `prunable` (`groups` as `CoupledGroup.to_json`)
- `latency` {batch, threads, seconds} -> {"batch", "threads", "layers": {name: ms}, "total": {"ms", "ci95"}}
- `roofline` {batch, threads, seconds} -> {"batch", "threads", "machine": the reply of `measure_machine`, "layers":
  [{"name", "kind", "flops", "bytes", "intensity", "roof": "matmul" or "convolution", "attainable_flops_per_s",
  "bound": "compute" or "memory", "latency_ms", "achieved_flops_per_s"}]}: layers with FLOPs only; latencies are those
  of the last `latency` with the same batch and threads, else they are measured for `seconds`
- `training_time` {recipe} -> {"seconds", "ci95": [lo, hi], "steps_timed", "total_steps"}
- `data` {reference} -> {"reference", "task", "classes", "splits": {"train", "validation", "test"}, "input"}
- `export` {source: a run's folder, to: [..], out, trust} -> {"artefacts": {name: path}}
- `verify` {folder} -> the JSON of `verify`
- `report` {run, language} -> {"report": path}
- `measure_machine` {} -> {"macs_per_s", "bytes_per_s", "threads", "matmul_flops_per_s", "convolution_flops_per_s",
  "copy_bytes_per_s"}, on one thread
"""

from __future__ import annotations

from typing import Any, Literal

Method = Literal[
    "open", "costs", "costs_of", "layer", "prunable", "latency", "roofline", "training_time", "data", "export",
    "verify", "report", "measure_machine", "cancel",
]  # fmt: skip


def request(number: int, method: Method, **params: Any) -> dict[str, Any]:
    """One request as a JSON object."""
    return {"id": number, "method": method, "params": params}
