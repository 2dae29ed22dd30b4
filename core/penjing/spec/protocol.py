"""The session worker's protocol: JSON lines on its stdin and stdout.

A request is `{"id": N, "method": NAME, "params": {…}}`. For each comes one reply, `{"id": N, "result": …}` or
`{"id": N, "error": {"code", "params", "exit_code"}}`, and before it any number of
`{"id": N, "progress": {"done", "total", "code", "params"}}`. `{"id": N, "method": "cancel"}` cancels request N: it
has no reply of its own, N is then answered with the error `session.cancelled`. The worker's first line is
`{"ready": {"pid", "torch"}}`. Replies come in the order of the requests, but for `layer` and `look`: they are answered
while a `prunable` or `verify` before them is under way.

Methods (results are JSON; arrays too large for it are `.npy` files in the session's folder):

- `open` {reference, weights, input: [str], trust, sha256} -> {"reference", "title", "weights", "format", "network",
  "view", "sha256", "input": [{"shape", "dtype"}] (no batch axis), "task", "outputs", "data": suggested reference or
  null, "warnings": [message]}: trust holds only while the file has the `sha256` that was agreed to (null: whatever it
  has); a file without a "network" can only be looked at, "view" is then [what it is, what to do], messages
- `costs` {} -> the JSON of `inspect` for the open model, and "warnings": [message] where figures need a word of caution
- `costs_of` {reference, weights, input: [str]} -> {"title", "table": the JSON of `inspect`, "warnings": [message]}:
  another model's costs, the open one stays; it takes no trust: what needs it is opened in a worker of its own
- `layer` {name} -> {"name", "kind", "summary": message, "shape", "channels", "histogram": {"counts", "edges"} or null,
  "norms": [descending] or null, "sigma", "calls", "macs", "fed_by": [..], "fed_by_count", "feeds": [..],
  "feeds_count", "coupled": [..], "coupled_count" (the lists hold 50 at most), "kernels": path or null,
  "kernels_total"}: kernels are float32, (out, in / groups, height, width), the first 4,096 at most
- `prunable` {} -> the JSON of `prunable` (`groups` as `CoupledGroup.to_json`)
- `latency` {batch, threads, seconds} -> {"batch", "threads", "layers": {name: ms}, "total": {"ms", "ci95"}}
- `latency_of` {reference, weights, input: [str], batch, threads, seconds} -> {"batch", "threads", "first": {"layers",
  "total"}, "second": {"layers", "total"}, "ratio": {"median", "ci95"}}: the open model and another one timed in
  interleaved pairs; `ratio` is first / second, above 1 the other one is faster; it takes no trust, as `costs_of`
- `roofline` {batch, threads, seconds} -> {"batch", "threads", "machine": the reply of `measure_machine`, "layers":
  [{"name", "kind", "flops", "bytes", "intensity", "roof": "matmul" or "convolution", "attainable_flops_per_s",
  "bound": "compute" or "memory", "latency_ms", "achieved_flops_per_s"}]}: layers with FLOPs only; latencies are those
  of the last `latency` with the same batch and threads, else they are measured for `seconds`
- `training_time` {recipe} -> {"seconds", "ci95": [lo, hi], "steps_timed", "total_steps"}
- `data` {reference} -> {"reference", "task", "classes", "splits": {"train", "validation", "test"}, "input"}
- `export` {source: a run's folder, to: [..], out, trust, programs} -> {"artefacts": {name: path}}: trust is in the code
  of the recipe's models, programs in those of the run's folder
- `verify` {folder, programs} -> the JSON of `verify`. Programs of an export from elsewhere run with consent alone:
  `programs` is true, or their SHA-256 as the error `export.needs_trust` tells it
- `report` {run, language} -> {"report": path}
- `look` {path} -> {"path", "kind" (`penjing.models.formats`, or "hf" for a folder with a config.json), "sha256",
  "names": what it refers to, "factories": [{"name", "line"}], "imports", "statements": what a Python file runs when it
  is loaded}: nothing in the file runs
- `identify` {path} -> {"path", "tensors": how many, "matches": the JSON of `penjing identify`}
- `convert` {path, out, sha256} -> the manifest, with "out" and "path" (of the weights); code in the file runs, in a
  limited child, only where `sha256` is the file's
- `measure_machine` {} -> {"macs_per_s", "bytes_per_s", "threads", "matmul_flops_per_s", "convolution_flops_per_s",
  "copy_bytes_per_s"}, on one thread
"""

from __future__ import annotations

from typing import Any, Literal

Method = Literal[
    "open", "costs", "costs_of", "layer", "prunable", "latency", "latency_of", "roofline", "training_time", "data",
    "export", "verify", "report", "measure_machine", "look", "identify", "convert", "cancel",
]  # fmt: skip


def request(number: int, method: Method, **params: Any) -> dict[str, Any]:
    """One request as a JSON object."""
    return {"id": number, "method": method, "params": params}
