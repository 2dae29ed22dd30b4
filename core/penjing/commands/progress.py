"""A run's progress in the terminal: phase, steps, time left, losses, on stderr."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from penjing.commands.console import err, percent, text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class RunProgress:
    """Listens to a run's events and draws one bar with its log above it. Use it in a `with`."""

    def __init__(self, title: str, quiet: bool = False) -> None:
        self._title = title
        self._quiet = quiet
        self._total = 0
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> RunProgress:
        if not self._quiet:
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            self._progress = Progress(
                TextColumn("{task.fields[title]}"),
                BarColumn(),
                TextColumn("{task.completed:.0f}/{task.total:.0f}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.description}"),
                console=err(),
                transient=True,
            )
            self._progress.start()
            self._task = self._progress.add_task("", total=1, title=self._title)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, event: dict[str, Any]) -> None:
        """Take one event."""
        if self._progress is None or self._task is None:
            return
        name = event["event"]
        if name == "plan":
            self._progress.update(self._task, total=max(1, event["total_steps"]))
        elif name == "step":
            self._progress.update(
                self._task, completed=event["step"], description=f"loss {event['loss']:.4f}"
            )
        elif name == "phase":
            self._progress.update(self._task, description=text(f"cli.phase_{event['phase']}"))
        elif name == "accuracy":
            self._line(text("cli.stage", stage=text(f"cli.stage_{event['stage']}"), figure=_figure(event)))
        elif name == "pruned":
            self._line(text("cli.pruned", params=event["params"]))
        elif name == "resumed" and event.get("after") == "restart":
            self._line(text("cli.resumed", step=event["step"]))
            self._progress.update(self._task, completed=event["step"])
        elif name == "early_stop":
            self._line(text("cli.early_stop", epoch=event["epoch"]))
        elif name == "settings":
            self._line(text("cli.settings", lr=event["lr"], step=event["step"] + 1))
        elif name == "warning":
            self._line(text(event["message"]["code"], **event["message"]["params"]))
        elif name == "test_opened":
            self._line(text("cli.test_opened"))

    def _line(self, line: str) -> None:
        if self._progress is not None:
            self._progress.console.print(f"  {line}", markup=False, style="dim", soft_wrap=True)


def _figure(event: dict[str, Any]) -> str:
    if event.get("val_accuracy") is not None:
        return percent(event["val_accuracy"])
    if event.get("val_agreement") is not None:
        return text("cli.agreeing", share=percent(event["val_agreement"]))
    return f"MSE {event['val_mse']:.4g}"
