"""The report of synthetic runs: whole, safe, readable, and in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from penjing.export import manifest
from penjing.export.report import write
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.files import write_json
from penjing.spec.folders import RunFolder
from penjing.spec.messages import USAGE, Failure
from penjing.spec.references import InputSpec
from penjing_resources.messages import catalogue
from report_examples import make_run, result


class Page(HTMLParser):
    """The text of a page, its tags, and whether they close in order."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br", "line", "circle", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += " ".join(data.split()) + " "


def test_a_finished_run(tmp_path: Path) -> None:
    run = make_run(tmp_path / "2026-11-24-digits-cnn-prune-7f3a")
    path = write(run)
    page = Page(path)
    assert path == run.report
    for text in (
        run.name, "110 k", "30 k", "−72.7 %", "3.67× fewer", "8 M", "2 M", "99.1", "98.8", "−0.3 points",
        "no difference", "[97.5, 99.7]", "1.72× as fast", "[1.68, 1.76]", "Before and after", "sample:digits-cnn",
        "pruning.macs", "0.25", "32 → 16", "−50 %", "9f" * 32, "opset 18", "notes.txt", "2.14.1", "0:41",
        "have not been verified",
    ):  # fmt: skip
        assert text in page.text, text
    assert page.tags.count("svg") == 2
    assert "77.7" not in page.text  # the restart undid that epoch


def test_it_is_whole_without_a_network(tmp_path: Path) -> None:
    page = Page(write(make_run(tmp_path / "run")))
    assert not {"script", "img", "link", "iframe", "object"} & set(page.tags)
    assert not [
        name for name, _ in page.attributes if name in ("src", "href", "srcset") or name.startswith("on")
    ]
    assert not re.search(r"https?://|url\(|@import", page.source)
    assert "prefers-color-scheme: dark" in page.source


def test_what_a_person_named_is_text_and_never_markup(tmp_path: Path) -> None:
    run = make_run(tmp_path / "<script>alert(1)</script>".replace("/", "-"))
    value = result(run="<img src=x>")
    value["latency"]["layers"]["after"] = {'<b onclick="x">': 1.0}
    write_json(run.result_json, value)
    rows = (Row('"><script>x', "<i>", 1, 1, 1, out_channels=3),)
    odd = CostTable("m", "f", (InputSpec((1,)),), rows, sum_totals(rows, 0))
    write_json(run.costs_before, odd.to_json())
    write_json(run.costs_after, odd.to_json())
    page = Page(write(run))
    assert "script" not in page.tags and "img" not in page.tags and "i" not in page.tags
    assert "<script>" in page.text


def test_chinese(tmp_path: Path) -> None:
    page = Page(write(make_run(tmp_path / "run"), "zh_CN", tmp_path / "zh.html"))
    assert '<html lang="zh-CN">' in page.source
    english, chinese = catalogue("en"), catalogue("zh_CN")
    for code, sentence in english.items():
        if (
            code.startswith("report.")
            and isinstance(sentence, str)
            and " " in sentence
            and "{" not in sentence
        ):
            assert sentence not in page.text
    for code in ("before_and_after", "worth_knowing", "by_layer", "recipe_note", "method_latency"):
        assert chinese[f"report.{code}"] in page.text


def test_a_verification_counts_for_the_artefacts_that_lie_there(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    row = {"file": "model.onnx", "loads": True, "max_abs_diff": 1.6e-7, "ok": True, "reason": None,
           "opened_with": "ONNX Runtime 1.32.0"}  # fmt: skip
    digest = (manifest.read(run.result) or {})["digest"]
    write_json(run.path / "verify.json", {"artefacts": [row], "ok": True, "digest": digest})
    page = Page(write(run))
    assert "1.6e-07" in page.text and " verified " in page.text and "ONNX Runtime" in page.text
    write_json(run.path / "verify.json", {"artefacts": [row], "ok": True, "digest": "of a former export"})
    assert "have not been verified" in Page(write(run)).text
    reason = {"code": "export.file_changed", "params": {"file": "model.onnx"}}
    bad = row | {"ok": False, "reason": reason}
    write_json(run.path / "verify.json", {"artefacts": [bad], "ok": False, "digest": digest})
    page = Page(write(run))
    assert "not verified" in page.text and "was changed after the export" in page.text


@pytest.mark.parametrize("journal", [True, False])
def test_a_run_that_has_not_finished(journal: bool, tmp_path: Path) -> None:
    page = Page(write(make_run(tmp_path / "run", finished=False, journal=journal)))
    assert "not finished" in page.text and "Before and after" not in page.text
    assert ("svg" in page.tags) is journal


def test_damaged_files_of_a_run_do_not_stop_its_report(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    run.costs_before.write_text("{", encoding="utf-8")
    run.costs_after.write_text("{}", encoding="utf-8")
    (run.result / "manifest.json").write_text('{"files": 3}', encoding="utf-8")
    assert "110 k" in Page(write(run)).text


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        write(RunFolder(tmp_path))
    assert caught.value.exit_code == USAGE and caught.value.message.code == "report.no_run"
    assert not list(tmp_path.iterdir())


def _luminance(colour: tuple[float, ...]) -> float:
    parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", [0, 1])
def test_text_on_heat_cells_can_be_read(theme: int, tmp_path: Path) -> None:
    source = write(make_run(tmp_path / "run")).read_text(encoding="utf-8")
    style = source.split("@media (prefers-color-scheme: dark)")[theme]

    def colour(name: str) -> tuple[float, ...]:
        text = re.search(rf"--{name}: ([^;]+);", style).group(1)  # type: ignore[union-attr]
        if not text.startswith("#"):
            return tuple(map(float, text.split()))
        digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
        return tuple(int(digits[i : i + 2], 16) for i in (0, 2, 4))

    ink = _luminance(colour("text"))
    for name in ("less", "more"):
        for share in (0.25, 0.5, 0.75, 1.0):
            mixed = tuple(
                share * a + (1 - share) * b for a, b in zip(colour(name), colour("base"), strict=True)
            )
            light, dark = sorted((ink, _luminance(mixed)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, share)


def test_report_and_findings_need_no_torch() -> None:
    code = "import penjing.export.report, penjing.export.findings, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
