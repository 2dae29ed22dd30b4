"""The report and its findings, on synthetic runs written with the shared plain data."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from penjing.export import figures, manifest
from penjing.export.accuracy import compare
from penjing.export.charts import HEIGHT, WIDTH, chart, thin, ticks
from penjing.export.findings import Finding, findings
from penjing.export.report import write
from penjing.export.statistics import independent_difference, paired_difference, wilson
from penjing.spec import recipe
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.files import write_json
from penjing.spec.folders import RunFolder
from penjing.spec.journal import JournalWriter
from penjing.spec.messages import USAGE, Failure
from penjing.spec.references import InputSpec
from penjing.spec.results import RunResult
from penjing_resources.messages import catalogue, render

# --- statistics: published figures and scipy ---


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),  # Newcombe 1998, Statistics in Medicine 17: 857, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(successes: int, count: int, low: float, high: float) -> None:
    assert wilson(successes, count) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("count", [1, 2, 347, 10_000])
def test_wilson_agrees_with_scipy(count: int) -> None:
    from scipy.stats import binomtest

    for successes in {0, 1, count // 2, count - 1, count}:
        expected = binomtest(successes, count).proportion_ci(method="wilson")
        assert wilson(successes, count) == pytest.approx((expected.low, expected.high), abs=1e-9)
        assert wilson(successes, count)[0] <= successes / count <= wilson(successes, count)[1]


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),  # Newcombe 1998, Statistics in Medicine 17: 873, table II, method 10
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
    ],
)
def test_the_difference_of_independent_shares_is_the_published_one(
    before: tuple[int, int], after: tuple[int, int], low: float, high: float
) -> None:
    assert independent_difference(*before, *after) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("pairs", "low", "high"),
    [
        ((14, 5, 0, 22), -0.226, -0.011),  # Altman et al., Statistics with Confidence (2000), p. 52
        ((1, 1, 7, 12), 0.026, 0.507),  # Fagerland et al., Statistics in Medicine 33 (2014): 2850, table V
    ],
)
def test_the_difference_of_paired_shares_is_the_published_one(
    pairs: tuple[int, int, int, int], low: float, high: float
) -> None:
    assert paired_difference(*pairs) == pytest.approx((low, high), abs=6e-4)


def test_a_paired_interval_is_narrower_where_the_models_agree() -> None:
    paired = paired_difference(335, 5, 4, 3)
    independent = independent_difference(340, 347, 339, 347)
    assert paired[1] - paired[0] < independent[1] - independent[0]


# --- figures ---


def test_figures_follow_the_rules_of_the_look() -> None:
    assert [figures.count(x) for x in (None, 0, 640, 999_999, 138_357_544)] == [
        "–",
        "0",
        "640",
        "1 M",
        "138.4 M",
    ]
    assert [figures.size(x) for x in (640, 12_000, 44_781_000)] == ["640 B", "12 kB", "44.78 MB"]
    assert [figures.percent(x) for x in (0.98612, -0.0001, -0.02, math.nan)] == ["98.6", "0.0", "−2.0", "–"]
    assert [figures.signed_percent(x) for x in (-0.71, 0.02, -0.0001)] == ["−71.0", "+2.0", "0.0"]
    assert [figures.factor(x) for x in (3.449, 27.23, 318.2)] == ["3.45", "27.2", "318.2"]
    assert figures.interval(-0.92, 0.31, 1, signed=True) == "[−0.9, +0.3]"
    assert [figures.duration(x) for x in (41, 1006, 7390)] == ["0:41", "16:46", "2:03:10"]
    assert [figures.milliseconds(x) for x in (0.0431, 2.98, 121.4)] == ["0.0431", "2.98", "121"]


# --- charts ---


def test_thinning_keeps_the_peaks() -> None:
    points = [(float(i), 0.0) for i in range(100_000)]
    points[77_777] = (77_777.0, 9.0)
    points[12_345] = (12_345.0, -3.0)
    kept = thin(points)
    assert len(kept) <= 400 and (77_777.0, 9.0) in kept and (12_345.0, -3.0) in kept
    assert list(kept) == sorted(kept)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.0123, 0.0124), (-5, 1e6), (1e-9, 3e-9)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 11
    assert all(low - 1e-9 * (high - low) <= tick <= high + 1e-9 * (high - low) for tick in found)


def test_a_chart_leaves_out_what_is_not_a_number() -> None:
    made = chart([("training", 3, [(0, 1.0), (1, math.nan), (2, math.inf), (3, 0.5)])])
    assert made is not None and len(made.series[0].marks) == 2
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in made.series[0].marks)
    assert chart([("training", 3, [(0, math.nan)])]) is None
    assert chart([("training", 3, [(5, 2.0)])]) is not None


# --- findings ---


def result(**changes: Any) -> dict[str, Any]:
    """A finished run in which all is well."""
    value = RunResult(
        run="a-run",
        status="done",
        technique="pruning",
        before={"params": 110_000, "macs": 4_000_000, "weight_bytes": 440_000, "accuracy": 344 / 347},
        after={
            "params": 30_000,
            "macs": 1_000_000,
            "weight_bytes": 120_000,
            "accuracy": 343 / 347,
            "sparsity": 0.0,
        },
        accuracy_steps={"dense": 0.992, "pruned": 0.42, "recalibrated": 0.61, "final": 0.988},
        requested={"target": "macs", "value": 0.25},
        realised={"macs": 0.25, "params": 0.27},
        test_opened_once=True,
        test_samples=347,
        test_pairs={"both": 342, "before_only": 2, "after_only": 1, "neither": 2},
        weights_sha256="9f" * 32,
        latency={
            "threads": 1,
            "batches": {
                "1": {
                    "pairs": 200,
                    "before": {"median_ms": 5.12, "ci95": [5.0, 5.2]},
                    "after": {"median_ms": 2.98, "ci95": [2.9, 3.1]},
                    "ratio": {"median": 1.72, "ci95": [1.68, 1.76]},
                }
            },
            "layers": {"before": {"a": 3.0, "b": 2.0}, "after": {"a": 2.0, "b": 1.0}},
        },
        seconds=41.3,
    ).to_json()
    return value | changes


def by_code(value: dict[str, Any], *tables: CostTable | None) -> dict[str, Finding]:
    return {one.code.partition(".")[2]: one for one in findings(value, *(tables or (None, None)))}


def ratio(median: float, low: float, high: float) -> dict[str, Any]:
    batch = result()["latency"]["batches"]["1"] | {"ratio": {"median": median, "ci95": [low, high]}}
    return {"threads": 1, "batches": {"1": batch}, "layers": {}}


def test_an_interval_that_holds_zero_is_no_difference() -> None:
    compared = compare(result())
    assert compared is not None and compared.paired and compared.verdict == "same"
    assert compared.difference == pytest.approx(-1 / 347)
    found = by_code(result())
    assert found["accuracy_same"].severity == "info" and "accuracy_lower" not in found


def test_a_fall_beyond_noise_is_a_warning_and_a_rise_is_not() -> None:
    worse = result(test_pairs={"both": 300, "before_only": 44, "after_only": 1, "neither": 2})
    worse["after"] = worse["after"] | {"accuracy": 301 / 347}
    assert by_code(worse)["accuracy_lower"].severity == "warn"
    better = result(test_pairs=None)
    better["before"] = better["before"] | {"accuracy": 0.5}
    assert by_code(better)["accuracy_higher"].severity == "info"


def test_speed_is_compared_with_the_saving_and_with_noise() -> None:
    assert by_code(result())["time_fell_less"].params["saving"] == "4.00"
    assert "faster" in by_code(result(latency=ratio(4.1, 3.9, 4.2)))
    assert by_code(result(latency=ratio(1.02, 0.97, 1.08)))["not_faster"].severity == "warn"
    slower = by_code(result(latency=ratio(0.5, 0.45, 0.55)))["slower"]
    assert slower.severity == "warn" and slower.params["slower"] == "2.00"


def test_a_missed_target_zeros_and_a_second_opening_are_warnings() -> None:
    assert by_code(result())["target_met"].severity == "info"
    assert by_code(result(realised={"macs": 0.31}))["target_missed"].severity == "warn"
    masked = result()
    masked["after"] = masked["before"] | {"sparsity": 0.9}
    assert by_code(masked)["zeros"].params == {"zeros": "90.0", "size": "440 kB"}
    assert by_code(result(test_opened_once=False))["test_again"].severity == "warn"


def table(channels: int) -> CostTable:
    """Two layers; the first with `channels` outputs."""
    rows = (
        Row("a", "Conv2d", 9 * channels, 9 * channels, 576 * channels, 1, 36 * channels, 256 * channels,
            (1, channels, 8, 8), 1, channels),
        Row("b", "Linear", 10 * channels, 10 * channels, 10 * channels, 1, 40 * channels, 40, (1, 10), channels, 10),
    )  # fmt: skip
    return CostTable("sample:digits-cnn", "sample", (InputSpec((1, 8, 8)),), rows, sum_totals(rows, 4096))


def test_uneven_channel_counts_are_named() -> None:
    found = by_code(result(), table(32), table(19))["uneven_channels"]
    assert found.params["names"] == "a" and found.params["layers"] == 1
    assert "uneven_channels" not in by_code(result(), table(32), table(16))


def test_every_finding_has_its_sentences() -> None:
    seen = [
        *findings(result(), table(32), table(19)),
        *findings(
            result(realised={"macs": 0.31}, test_opened_once=False, latency=ratio(0.5, 0.4, 0.6)), None, None
        ),
        *findings({"before": {"mse": 0.2}, "after": {"mse": 0.3}}, None, None),
    ]
    for language in ("en", "zh_CN"):
        for one in seen:
            for code in (one.code, one.detail_code):
                assert code in catalogue(language)
                assert "{" not in render(code, one.params, language)
    assert findings({}, None, None) == []


# --- the report ---


def make_run(folder: Path, finished: bool = True, journal: bool = True) -> RunFolder:
    run = RunFolder(folder)
    folder.mkdir(parents=True)
    recipe.parse(
        {
            "model": {"reference": "sample:digits-cnn"},
            "data": {"reference": "sample:digits"},
            "technique": "pruning",
            "pruning": {"macs": 0.25},
        }
    ).save(run.recipe)
    if journal:
        with JournalWriter(run.journal) as writer:
            writer.write("started", pid=1, threads=1, versions={"torch": "2.14.1"})
            for step in range(1, 41):
                writer.write("step", step=step, loss=2.0 / step, lr=0.01)
            writer.write("epoch", epoch=1, step=20, val_loss=0.9, val_accuracy=0.5, seconds=1.0)
            writer.write("epoch", epoch=9, step=40, val_loss=77.7, val_accuracy=0.01, seconds=1.0)
            writer.write("resumed", step=20, after="restart")
            writer.write("epoch", epoch=2, step=40, val_loss=0.3, val_accuracy=0.9, seconds=1.0)
            writer.write("accuracy", stage="pruned", step=0, val_loss=1.5, val_accuracy=0.42)
            message = {"code": "export.file_missing", "params": {"file": "notes.txt"}}
            writer.write("warning", message=message)
    if finished:
        run.result.mkdir()
        write_json(run.result_json, result())
        write_json(run.costs_before, table(32).to_json())
        write_json(run.costs_after, table(16).to_json())
        (run.result / "model.onnx").write_bytes(b"weights")
        manifest.write(
            run.result,
            [{"file": "model.onnx", "format": "onnx"}],
            input=[{"shape": [1, 8, 8], "dtype": "float32"}],
            batches=[1, 8],
            opset=18,
            failed=[],
        )
    return run


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
