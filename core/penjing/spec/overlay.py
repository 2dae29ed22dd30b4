"""A person's own figures by layer, read from CSV or Netron's attachment JSON, and ours written to both. No torch.

Netron's attachment is `{"signature": "netron:attachment", "metadata": […], "metrics": […]}`, each entry
`{"kind": "node", "target": node name, "name", "value", "type"}` (https://github.com/lutzroeder/netron,
`source/metadata.js`).
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from penjing.spec.costs import CostTable, Row
from penjing.spec.files import write_bytes
from penjing.spec.messages import bad_input

SIGNATURE = "netron:attachment"
MOST_BYTES = 64 * 1024 * 1024
FIGURES = (
    "params", "macs", "calls", "weight_bytes", "activation_bytes", "in_channels", "out_channels", "groups", "heads",
    "latency_ms",
)  # fmt: skip
_ABOUT_PARAMETERS = (".weight", ".bias", ".running_mean", ".running_var", ".in_proj_weight", ".in_proj_bias")


@dataclass(frozen=True, slots=True)
class Overlay:
    """Figures by column and row name; `unmatched` are the names in the file that no layer has."""

    title: str
    columns: tuple[str, ...]
    values: Mapping[str, Mapping[str, float]]
    unmatched: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "columns": list(self.columns), "unmatched": list(self.unmatched)}


def read(path: Path, names: Collection[str]) -> Overlay:
    """Read the figures in `path` for the rows called `names`.

    A CSV file has a header whose first column, or the one called `name` or `layer`, holds layer names; every other
    column that holds numbers is read, empty cells are none. Raises `Failure` (exit code 2).
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise bad_input("costs.overlay_too_large", path=str(path), limit=MOST_BYTES // 2**20)
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise bad_input(
            "costs.overlay_unreadable", path=str(path), problem=error.strerror or str(error)
        ) from error
    except UnicodeDecodeError as error:
        raise bad_input("costs.overlay_not_text", path=str(path)) from error
    entries = (
        _netron(content, path) if content.lstrip()[:1] in "{[" and content.strip() else _csv(content, path)
    )
    layers = set(names)
    values: dict[str, dict[str, float]] = {}
    unmatched: dict[str, None] = {}
    for name, column, value in entries:
        layer = _layer(name, layers)
        if layer is None:
            unmatched[name] = None
        elif column:
            values.setdefault(column, {})[layer] = value
        else:
            unmatched.pop(name, None)
    if not values and not unmatched:
        raise bad_input("costs.overlay_no_figures", path=str(path))
    return Overlay(path.stem, tuple(values), values, tuple(unmatched))


def write_csv(table: CostTable, path: Path) -> None:
    """Write every row's figures."""
    write_bytes(path, csv_text(table.rows).encode())


def csv_text(rows: Iterable[Row]) -> str:
    """Rows as CSV with a header; what is not known is empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["name", "kind", *FIGURES, "output_shape"])
    for row in rows:
        shape = "x".join(map(str, row.output_shape or ()))
        writer.writerow([row.name, row.kind, *(_plain(getattr(row, key)) for key in FIGURES), shape])
    return stream.getvalue()


def write_netron(table: CostTable, path: Path) -> None:
    """Write every row's figures as an attachment that Netron shows on the nodes of the same names."""
    metrics: list[dict[str, Any]] = [
        {"kind": "model", "target": "", "name": key, "value": getattr(table.totals, key), "type": "int64"}
        for key in ("params", "macs", "weight_bytes", "peak_activation_bytes")
    ]
    for row in table:
        for key in FIGURES:
            value = getattr(row, key)
            if value is not None:
                kind = "float64" if isinstance(value, float) else "int64"
                metrics.append(
                    {"kind": "node", "target": row.name, "name": key, "value": value, "type": kind}
                )
    document = {"signature": SIGNATURE, "metadata": [], "metrics": metrics}
    write_bytes(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _plain(value: Any) -> Any:
    return "" if value is None else value


def _csv(content: str, path: Path) -> list[tuple[str, str, float]]:
    try:
        lines = [line for line in csv.reader(io.StringIO(content), dialect=_dialect(content)) if any(line)]
    except csv.Error as error:
        raise bad_input("costs.overlay_unreadable", path=str(path), problem=str(error)) from error
    if not lines or len(lines[0]) < 2:
        raise bad_input("costs.overlay_no_header", path=str(path))
    header = [cell.strip() for cell in lines[0]]
    if any(_number(cell) is not None for cell in header):
        raise bad_input("costs.overlay_no_header", path=str(path))
    key = next((at for at, cell in enumerate(header) if cell.lower() in ("name", "layer")), 0)
    entries = []
    for line in lines[1:]:
        name = line[key].strip() if key < len(line) else ""
        if not name:
            continue
        found = [(at, _number(cell)) for at, cell in enumerate(line[: len(header)]) if at != key]
        numbers = [(name, header[at], value) for at, value in found if value is not None]
        entries.extend(numbers or [(name, "", 0.0)])
    return entries


def _dialect(content: str) -> type[csv.Dialect]:
    """Comma, semicolon or tab, whichever the header has most of."""
    first = content.lstrip().partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Found


def _netron(content: str, path: Path) -> list[tuple[str, str, float]]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise bad_input("costs.overlay_unreadable", path=str(path), problem=str(error)[:200]) from error
    if not isinstance(document, dict) or document.get("signature") != SIGNATURE:
        raise bad_input("costs.overlay_not_attachment", path=str(path), signature=SIGNATURE)
    entries = []
    for part in ("metadata", "metrics"):
        items = document.get(part)
        for item in items if isinstance(items, Sequence) else ():
            if not isinstance(item, dict) or item.get("kind") not in ("node", "tensor", "value"):
                continue
            target, value = item.get("target", item.get("identifier")), _number(item.get("value"))
            if isinstance(target, str) and target and value is not None:
                entries.append((target, str(item.get("name") or part), value))
    return entries


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _layer(name: str, layers: set[str]) -> str | None:
    """The row that a name in a file means: itself, a parameter's layer, or an exported graph's node."""
    if name in layers:
        return name
    for ending in _ABOUT_PARAMETERS:
        if name.endswith(ending) and name.removesuffix(ending) in layers:
            return name.removesuffix(ending)
    if "/" in name:  # an ONNX node, as /layer1/layer1.0/conv1/Conv: scopes may repeat what stands above them
        path = ""
        for part in name.strip("/").split("/")[:-1]:
            path = part if not path or part.startswith(f"{path}.") else f"{path}.{part}"
        if path in layers:
            return path
    return None
