"""Two models' layers as rows of CSV, with exact numbers. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from penjing_gui.inspect.pair_columns import LATENCY, Compared, Pairs


def rows(pairs: Pairs, shown: Sequence[int], costs: Mapping[str, Compared]) -> Iterable[list[str]]:
    """A header row, then the rows `shown` (0 are the totals); `costs` by the names that the header gives them."""
    parts = [f"{key}_{part}" for key in costs for part in ("a", "b", "change")]
    yield ["layer_a", "layer_b", "kind", "matched", *parts]
    for row in shown:
        pair = pairs.pair(row)
        first = pair.first.name if pair is not None and pair.first is not None else ""
        second = pair.second.name if pair is not None and pair.second is not None else ""
        cells = []
        for key, one in costs.items():
            values = (one.first[row], one.second[row], one.delta[row])
            cells += [_plain(float(value), whole=key != LATENCY) for value in values]
        yield [first, second, pairs.kinds[row], pair.matched if pair is not None else "total", *cells]


def _plain(value: float, whole: bool) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if whole else f"{value:.6g}"
