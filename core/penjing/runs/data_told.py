"""What a run journals of its data, and that a resumed one still has the same."""

from __future__ import annotations

from collections.abc import Sequence

from penjing.data.cautions import cautions
from penjing.runs.opening import Opened
from penjing.runs.reporter import Reporter
from penjing.runs.target_units import TargetUnits
from penjing.spec.journal import Event
from penjing.spec.messages import bad_input


def check_same(opened: Opened, events: Sequence[Event]) -> None:
    """Raise `Failure` (exit code 2) where the data are others than when the run began.

    It would go on all the same, but no longer as its recipe says: samples, splits and order are those of the data.
    """
    began = next((one for one in events if one["event"] == "data"), None)
    if began is not None and began["fingerprint"] != opened.data.fingerprint:
        raise bad_input("runs.data_changed", data=opened.data.reference)


def tell(opened: Opened, report: Reporter, lived: bool, units: TargetUnits) -> None:
    """Journal what was read, and the units that targets are trained in; warnings once in a run."""
    data = opened.data
    if data.task == "none":
        return
    found = [] if lived else [*data.warnings, *cautions(data, opened.model.outputs), *units.warnings]
    if units.scale is not None:
        found = [one for one in found if one.code != "data.targets_large"]
    warnings = [one for at, one in enumerate(found) if one not in found[:at]]
    report(
        "data",
        reference=data.reference,
        sizes=data.sizes,
        fingerprint=data.fingerprint,
        **units.facts(),
        warnings=[one.to_json() for one in warnings],
    )
    for one in warnings:
        report.warn(one)
