"""Journal events as lines of the log, in the person's language."""

from __future__ import annotations

from typing import Any

from penjing_gui import numbers
from penjing_resources.messages import render

_STAGES = {
    "dense": "events.stage_dense",
    "pruned": "events.stage_pruned",
    "recalibrated": "events.stage_recalibrated",
    "final": "events.stage_final",
}
_PHASES = {
    "open": "events.phase_open",
    "dense": "events.phase_dense",
    "prune": "events.phase_prune",
    "recalibrate": "events.phase_recalibrate",
    "train": "events.phase_train",
    "export": "events.phase_export",
    "measure": "events.phase_measure",
    "test": "events.phase_test",
}
_LOGGED_PHASES = ("export", "measure", "test")


def phase_name(phase: str, language: str = "en") -> str:
    """A phase of a run in words, as `fine-tuning`."""
    code = _PHASES.get(phase)
    return render(code, {}, language) if code else phase


def stage_name(stage: str, language: str = "en") -> str:
    """A stage of accuracy in words, as `recalibrated`."""
    code = _STAGES.get(stage)
    return render(code, {}, language) if code else stage


def log_line(
    event: dict[str, Any],
    language: str = "en",
    params_before: int | None = None,
    epoch: dict[str, Any] | None = None,
    rate: float | None = None,
) -> str | None:
    """The line of an event, or None for one that is not worth a line.

    `params_before` lets a `pruned` event say what share was removed; `epoch` is the run's last `epoch` event,
    which a `checkpoint` that is the best so far speaks of; `rate` is the learning rate of the last step.
    """
    name = event["event"]
    if name == "started":
        return render("events.started", {"pid": event.get("pid")}, language)
    if name == "phase" and event.get("phase") in _LOGGED_PHASES:
        return phase_name(event["phase"], language)
    if name == "accuracy":
        return _accuracy(event, language)
    if name == "pruned":
        return _pruned(event, language, params_before)
    if name == "epoch" and event.get("best"):
        return _best(event, language)
    if name == "early_stop":
        return render("events.early_stop", {"epoch": event.get("epoch", 0)}, language)
    if name == "checkpoint":
        return _checkpoint(event, language, epoch)
    if name == "paused":
        return render("events.paused", {"step": event.get("step", 0)}, language)
    if name == "resumed":
        code = "events.restarted" if event.get("after") == "restart" else "events.resumed"
        return render(code, {"step": event.get("step", 0)}, language)
    if name == "settings":
        return _settings(event, language, rate)
    if name == "test_opened":
        return render("events.test_opened", {}, language)
    if name == "artefact":
        size = numbers.size(event.get("bytes", 0))
        return render("events.artefact", {"name": event.get("name", ""), "size": size}, language)
    if name == "warning":
        return render("events.warning", {"text": _message(event, language)}, language)
    if name == "stopped":
        return render("events.stopped", {"step": event.get("step", 0)}, language)
    if name == "done":
        words = numbers.CHINESE if language == "zh_CN" else numbers.ENGLISH
        return render("events.done", {"time": numbers.duration(event.get("seconds", 0.0), words)}, language)
    if name == "failed":
        return render("events.failed", {"text": _message(event, language)}, language)
    return None


def _message(event: dict[str, Any], language: str) -> str:
    message = event.get("message") or {}
    return render(str(message.get("code", "")), message.get("params", {}), language)


def _accuracy(event: dict[str, Any], language: str) -> str:
    stage = stage_name(str(event.get("stage", "")), language)
    if event.get("val_accuracy") is not None:
        figure = numbers.percent(event["val_accuracy"])
        return render("events.accuracy", {"stage": stage, "accuracy": figure}, language)
    value = event.get("val_mse", event.get("val_loss"))
    if value is None:
        return stage
    return render("events.loss", {"stage": stage, "loss": numbers.figure(value)}, language)


def _settings(event: dict[str, Any], language: str, rate: float | None) -> str | None:
    if not isinstance(event.get("lr"), (int, float)):
        return None
    new = f"{event['lr']:.4g}"
    if rate is None:
        return render("events.rate", {"rate": new}, language)
    return render("events.rate_changed", {"before": f"{rate:.4g}", "rate": new}, language)


def _pruned(event: dict[str, Any], language: str, params_before: int | None) -> str:
    params = event.get("params")
    if params_before and isinstance(params, int):
        share = numbers.percent(1 - params / params_before, 0)
        return render("events.pruned_share", {"share": share}, language)
    return render("events.pruned", {"params": numbers.headline(params or 0)}, language)


def _best(epoch: dict[str, Any], language: str) -> str:
    """An epoch that is the best so far, with its figure."""
    number = epoch.get("epoch", 0)
    for name in ("val_accuracy", "val_agreement"):
        if epoch.get(name) is not None:
            figure = numbers.percent(epoch[name])
            return render("events.best", {"epoch": number, "accuracy": figure}, language)
    value = epoch.get("val_mse", epoch.get("val_loss"))
    figure = numbers.DASH if value is None else numbers.figure(value)
    return render("events.best_error", {"epoch": number, "error": figure}, language)


def _checkpoint(event: dict[str, Any], language: str, epoch: dict[str, Any] | None) -> str:
    step = event.get("step", 0)
    told = (
        epoch is not None and "best" in epoch
    )  # a journal of an earlier version says it of checkpoints alone
    if event.get("best") and epoch and not told and epoch.get("step") == step:
        return _best(epoch, language)
    return render("events.checkpoint", {"step": step}, language)
