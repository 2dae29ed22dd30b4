"""What a report finds in a run's figures."""

from __future__ import annotations

from typing import Any

import pytest

from penjing.export.accuracy import compare
from penjing.export.findings import Finding, findings
from penjing.spec.costs import CostTable
from penjing_resources.messages import catalogue, render
from report_examples import result, table


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
