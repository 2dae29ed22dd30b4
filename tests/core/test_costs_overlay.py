"""A person's own figures are read by layer name, and ours are written so that others can read them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.messages import USAGE, Failure
from penjing.spec.overlay import csv_text, read, write_csv, write_netron
from penjing.spec.references import InputSpec
from penjing_resources.messages import LANGUAGES, parts

NAMES = ("conv1", "layer1.0.conv1", "attention.(self)", "fc")


def file(folder: Path, content: str, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def table() -> CostTable:
    rows = (
        Row("conv1", "Conv2d", 10, 10, 200, output_shape=(4, 8, 8), in_channels=3, out_channels=4, groups=1),
        Row("fc, last", "Mystery", 5, 5, None, latency_ms=1.5),
    )
    return CostTable("mine", "py", (InputSpec((3, 8, 8)),), rows, sum_totals(rows, 7))


def test_csv_columns_by_name(tmp_path: Path) -> None:
    path = file(
        tmp_path, "value,name,note,energy\n1.5,conv1,hot,\n2,fc,,7e3\n3,gone,,\n,attention.(self),,nan\n\n"
    )
    found = read(path, NAMES)
    assert found.title == "mine"
    assert found.values == {"value": {"conv1": 1.5, "fc": 2.0}, "energy": {"fc": 7000.0}}
    assert found.columns == ("value", "energy")
    assert found.unmatched == ("gone",)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(f"module{mark}ms\r\nfc{mark}4\r\n".encode("utf-8-sig"))
    assert read(path, NAMES).values == {"ms": {"fc": 4.0}}


def test_netrons_attachment_with_node_and_parameter_names(tmp_path: Path) -> None:
    document = {
        "signature": "netron:attachment",
        "metadata": [{"kind": "node", "target": "conv1", "name": "comment", "value": "hot"}],
        "metrics": [
            {"kind": "node", "target": "/layer1/layer1.0/conv1/Conv", "name": "ms", "value": 2, "type": "float32"},
            {"kind": "tensor", "target": "fc.weight", "name": "sparsity", "value": "0.25"},
            {"kind": "node", "target": "/layer9/Conv", "name": "ms", "value": 3},
            {"kind": "model", "target": "", "name": "ms", "value": 9},
            {"kind": "node", "name": "ms", "value": 9}, "noise", {"kind": "node", "target": "fc", "value": True},
        ],
    }  # fmt: skip
    found = read(file(tmp_path, json.dumps(document), "any.name"), NAMES)
    assert found.values == {"ms": {"layer1.0.conv1": 2.0}, "sparsity": {"fc": 0.25}}
    assert found.unmatched == ("/layer9/Conv",)
    assert json.loads(json.dumps(found.to_json()))["columns"] == ["ms", "sparsity"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "costs.overlay_no_header"),
        (b"name\nconv1\n", "costs.overlay_no_header"),
        (b"conv1,3\nfc,4\n", "costs.overlay_no_header"),
        (b"name,value\n", "costs.overlay_no_figures"),
        (b"name,value\nconv1,warm\n", "costs.overlay_no_figures"),
        (b"\xff\xfe\x00name", "costs.overlay_not_text"),
        (b'{"signature": "netron:attach', "costs.overlay_unreadable"),
        (b'{"layers": []}', "costs.overlay_not_attachment"),
        (b"[1, 2]", "costs.overlay_not_attachment"),
        (b"[" * 100_000, "costs.overlay_unreadable"),
        (b'name,value\n"conv1' + b"x" * 200_000, "costs.overlay_unreadable"),
        (None, "costs.overlay_unreadable"),
    ],
)
def test_what_is_not_an_overlay_is_refused(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "mine"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Failure) as caught:
        read(path, NAMES)
    assert (caught.value.message.code, caught.value.exit_code) == (code, USAGE)
    for language in LANGUAGES:
        assert all(parts(code, caught.value.message.params, language))


def test_ours_as_csv_is_read_again_and_by_the_standard_reader(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    write_csv(table(), path)
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["name"] for line in lines] == ["conv1", "fc, last"]
    assert (lines[0]["macs"], lines[1]["macs"], lines[0]["output_shape"]) == ("200", "", "4x8x8")
    found = read(path, ["conv1", "fc, last"])
    assert found.values["macs"] == {"conv1": 200.0}
    assert found.values["latency_ms"] == {"fc, last": 1.5}
    assert not found.unmatched
    assert csv_text([]).count("\n") == 1


def shown_by_netron(document: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    """What Netron's own reader keeps for one entity (`Attachment.Container.open` in its `source/metadata.js`)."""
    kept: dict[str, dict[str, Any]] = {}
    assert document["signature"] == "netron:attachment"
    for item in document["metrics"]:
        if item.get("kind") and ("target" in item or "identifier" in item):
            key = f"{item['kind']}::{item['target']}" if "target" in item else item["identifier"]
            kept.setdefault(key, {})[item["name"]] = item["value"]
    return kept.get(f"{kind}::{name}", {})


def test_ours_as_netrons_attachment(tmp_path: Path) -> None:
    path = tmp_path / "ours.json"
    write_netron(table(), path)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert shown_by_netron(document, "node", "conv1") == {
        "params": 10, "macs": 200, "calls": 1, "weight_bytes": 0, "activation_bytes": 0, "in_channels": 3,
        "out_channels": 4, "groups": 1,
    }  # fmt: skip
    assert "macs" not in shown_by_netron(document, "node", "fc, last")
    assert shown_by_netron(document, "model", "")["params"] == 15
    assert read(path, ["conv1", "fc, last"]).values["params"] == {"conv1": 10.0, "fc, last": 5.0}
