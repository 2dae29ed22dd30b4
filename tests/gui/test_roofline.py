"""The roofline: asked for, with progress and cancel; drawn where the figures say; one selection with the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from inspect_examples import give, inspect_page, session, table
from penjing.spec.messages import Failure
from penjing_gui.inspect.page import InspectPage
from penjing_gui.theme import DARK
from penjing_gui.widgets.roofline import RooflinePlot

LEFT = Qt.MouseButton.LeftButton
MACHINE = {"matmul_flops_per_s": 100e9, "convolution_flops_per_s": 50e9, "copy_bytes_per_s": 10e9}


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[InspectPage]:
    with inspect_page(qtbot) as page:
        yield page


def layer(name: str, roof: str, intensity: float, share: float | None, flops: float = 1e6) -> dict[str, Any]:
    peak = MACHINE[f"{roof}_flops_per_s"]
    attainable = min(peak, intensity * MACHINE["copy_bytes_per_s"])
    achieved = attainable * share if share is not None else None
    return {"name": name, "kind": "Conv2d", "flops": flops, "bytes": flops / intensity, "intensity": intensity,
            "roof": roof, "attainable_flops_per_s": attainable, "achieved_flops_per_s": achieved,
            "bound": "memory" if attainable < peak else "compute",
            "latency_ms": None if achieved is None else 1e3 * flops / achieved}  # fmt: skip


def measured(*layers: dict[str, Any]) -> dict[str, Any]:
    found = layers or (
        layer("features.0", "convolution", 2.0, 0.5),
        layer("features.3", "convolution", 40.0, 0.8, 4e6),
        layer("head", "matmul", 0.5, None),
    )
    return {"batch": 1, "threads": 1, "machine": MACHINE, "layers": list(found)}


def empty_button(page: InspectPage) -> QPushButton:
    return next(b for b in page.roofline.findChildren(QPushButton) if b.text() == "Measure this machine")


def shown(page: InspectPage, qtbot: QtBot) -> RooflinePlot:
    page.show_pane(page.roofline)
    qtbot.mouseClick(empty_button(page), LEFT)
    session(page).last("roofline")[1](measured())
    assert page.roofline.plot is not None
    qtbot.waitUntil(page.roofline.plot.isVisible)
    return page.roofline.plot


def place(plot: RooflinePlot, intensity: float, rate: float) -> QPoint:
    point = plot.box.mapViewToScene(QPointF(math.log10(intensity), math.log10(rate)))
    return plot.mapFromScene(point)


def test_the_pane_is_a_tab_that_is_hidden_until_asked_for(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    assert page.roofline.isHidden()
    page.roofline.toggleViewAction().trigger()
    qtbot.waitUntil(page.roofline.head.isVisible)
    assert page.roofline in page.tabifiedDockWidgets(page.tree_map)
    page.reset_layout()
    assert page.roofline.isHidden() and page.tree_map.isVisible()
    page.show_pane(page.roofline)
    assert page.roofline in page.tabifiedDockWidgets(page.tree_map)


def test_measuring_shows_progress_and_can_be_cancelled(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    page.actions_made.roofline.trigger()
    pane = page.roofline
    assert not pane.isHidden()
    params, _, _, progress = session(page).last("roofline")
    assert params["batch"] == 1 and params["threads"] == 1
    progress({"done": 1.0, "total": 2.0, "code": "session.measuring_latency", "params": {}})
    assert pane.head.bar.value() == 500
    qtbot.waitUntil(pane.head.cancel.isVisible)
    qtbot.mouseClick(pane.head.cancel, LEFT)
    assert pane.head.busy.isHidden() and pane.failure is None and pane.is_empty
    qtbot.mouseClick(empty_button(page), LEFT)
    assert len([one for one in session(page).asked if one[0] == "roofline"]) == 2


def test_layers_stand_under_the_roof_and_are_one_with_the_selection(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    plot = shown(page, qtbot)
    qtbot.mouseClick(plot.viewport(), LEFT, pos=place(plot, 40.0, 0.8 * 50e9))
    assert page.bench.selection == "features.3"
    qtbot.mouseClick(plot.viewport(), LEFT, pos=place(plot, 0.5, 5e9))  # not measured: at what is attainable
    assert page.bench.selection == "head"
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert page.bench.selection == "features.0"
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert page.bench.selection == "features.3"
    tip = plot.tip_at(plot.mapToScene(place(plot, 2.0, 10e9)))
    assert tip.splitlines() == [
        "features.0 · Conv2d",
        "2.00 FLOPs per byte, limited by memory",
        "Attainable: 20.00 GFLOP/s",
        "Achieved: 10.00 GFLOP/s, 50 % of it",
        "Latency: 0.10 ms",
    ]
    assert page.roofline.finding.text() == (
        "Memory limits 2 of 3 layers. The one with most FLOPs, features.3, reaches 80 % of what is attainable."
    )
    assert plot.table().columns[3][2] is None
    plot.set_theme(DARK)


def test_macs_halve_every_rate(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    plot = shown(page, qtbot)
    page.bench.set_unit("macs")
    assert plot.data.peaks == {"convolution": 25e9, "matmul": 50e9}
    assert plot.data.points[0].intensity == 1.0 and plot.data.copy == 10e9
    assert plot.data.unit == "MAC"
    assert "MAC/s" in page.roofline.legend.accessibleName()


def test_rates_beyond_the_limits_are_said_as_such(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    page.roofline.start_measuring()
    session(page).last("roofline")[1](measured(layer("features.0", "convolution", 2.0, 1.5)))
    assert "1 reaches more than the limits measured here" in page.roofline.finding.text()


def test_a_failure_and_another_model(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    shown(page, qtbot)
    page.roofline.start_measuring()
    session(page).last("roofline")[2](Failure("session.died", status=1))
    assert page.roofline.failure is not None and not page.roofline.is_empty
    give(page, table(width=48))
    assert page.roofline.is_empty and page.roofline.again.isHidden()
