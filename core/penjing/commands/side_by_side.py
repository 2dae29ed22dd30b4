"""`inspect MODEL --against MODEL2`: two cost tables, matched layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from penjing.commands.console import figure, out, percent, print_json, size, text

if TYPE_CHECKING:
    from rich.table import Table

    from penjing.spec.costs import CostTable
    from penjing.whatif.difference import Pair

MOST_ROWS = 60


def show(first: CostTable, second: CostTable, json: bool) -> None:
    """Print what differs: the totals, and the layers that are not the same in both."""
    from rich.table import Table

    from penjing.whatif.difference import difference

    found = difference(first, second)
    if json:
        print_json(found.to_json())
        return
    totals = Table(box=None, pad_edge=False)
    totals.add_column(text("cli.measure"))
    for title in (first.model, second.model, "Δ"):
        totals.add_column(title, justify="right")
    measures: tuple[tuple[str, str, int, Callable[[float | None], str]], ...] = (
        (text("cli.params"), "params", 1, figure),
        (text("cli.flops"), "macs", 2, figure),
        (text("cli.weights"), "weight_bytes", 1, size),
        (text("cli.activations"), "activation_bytes", 1, size),
    )
    for title, key, scale, shown in measures:
        one, other = scale * getattr(first.totals, key), scale * getattr(second.totals, key)
        change = percent((other - one) / one) if one else "–"
        totals.add_row(title, shown(one), shown(other), change if change.startswith("-") else f"+{change}")
    out().print(totals)
    differing = [pair for pair in found.pairs if _differs(pair)]
    if differing:
        out().print()
        out().print(_layers(differing[:MOST_ROWS]))
    if len(differing) > MOST_ROWS:
        out().print(text("cli.more_rows", count=len(differing) - MOST_ROWS), markup=False)
    same = len(found.pairs) - len(differing)
    out().print(text("cli.compared", same=same, different=len(differing)), markup=False)


def _differs(pair: Pair) -> bool:
    return pair.first is None or pair.second is None or bool(pair.delta("params") or pair.delta("macs"))


def _layers(pairs: list[Pair]) -> Table:
    from rich.table import Table

    view = Table(box=None, pad_edge=False)
    view.add_column(text("cli.layer"), overflow="fold")
    view.add_column(text("cli.kind"))
    for code in ("cli.params", "cli.flops"):
        view.add_column(text(code), justify="right")
    for pair in pairs:
        kinds = dict.fromkeys(row.kind for row in (pair.first, pair.second) if row is not None)
        cells = [pair.name, " → ".join(kinds)]
        for key, scale in (("params", 1), ("macs", 2)):
            values = [None if row is None else getattr(row, key) for row in (pair.first, pair.second)]
            cells.append(" → ".join(figure(None if one is None else scale * one) for one in values))
        view.add_row(*cells)
    return view
