"""From a run's snapshot to what the curves draw, and the sentence that tells their finding."""

from __future__ import annotations

import numpy as np

from penjing_gui.run_view import RunView
from penjing_gui.widgets.curve_figures import CurveData


def curve_data(view: RunView) -> CurveData:
    """The curves of a run as they are now."""
    return CurveData(
        series=view.series,
        step=view.step,
        total_steps=view.total_steps,
        total_epochs=view.total_epochs,
        checkpoints=np.unique(view.checkpoints),
        stages=_stages(view, "accuracy"),
        stage_errors=_stages(view, "mse"),
        settings=view.settings,
        best_epoch=view.best_epoch,
        running=view.status in ("running", "paused"),
    )


def _stages(view: RunView, figure: str) -> dict[str, float]:
    return {name: float(one[figure]) for name, one in view.stages.items() if one.get(figure) is not None}


def direction(data: CurveData) -> int:
    """Whether the validation loss fell (−1), rose (+1) or held (0) over its last few values."""
    series = data.series.get("val_loss")
    if series is None or len(series[1]) < 2:
        return 0
    recent = series[1][-4:]
    change = float(recent[-1] - recent[0])
    return 0 if abs(change) < 0.02 * abs(float(recent[0])) else 1 if change > 0 else -1
