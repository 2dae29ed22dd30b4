"""Carry out or resume the run in a folder: the whole of what `penjing run DIR` does."""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import torch

from penjing.export.report import write as write_report
from penjing.runs.control_watch import ControlWatch, Stopped
from penjing.runs.data_told import check_same, tell
from penjing.runs.execution import PHASES, Execution
from penjing.runs.finish import Finish
from penjing.runs.jobs import make_job
from penjing.runs.opening import open_recipe
from penjing.runs.owner import Owner
from penjing.runs.ranks_lead import check_ranks, launcher_watched, rank_threads
from penjing.runs.reporter import Listener, Reporter
from penjing.runs.stored import stored_result
from penjing.runs.support import check
from penjing.spec import interrupts
from penjing.spec.control import give_order
from penjing.spec.files import write_json
from penjing.spec.folders import RunFolder
from penjing.spec.journal import JournalWriter, read_journal
from penjing.spec.messages import NEEDS_TRUST, Failure, Message, bad_input
from penjing.spec.recipe import Recipe, load
from penjing.spec.results import RunResult
from penjing.training.norms import lag
from penjing.training.ranks import Ranks, joined
from penjing.training.seeds import seed_everything
from penjing.training.threads import resolve_threads


def carry_out(
    path: Path, listener: Listener | None = None, trust: bool = False, lr: float | None = None
) -> RunResult:
    """Carry out the run in folder `path`, or go on with it. A finished one gives its stored result.

    `lr` is a new highest learning rate from where the run goes on.

    `listener` is told every event. SIGINT and SIGTERM stop the run at its next step with a checkpoint; the result
    then has status "stopped". Raises `Failure` for bad input (exit code 2, 3) and for failed work (1), both
    journalled where the run's folder is this process's.

    Started by torchrun, this is what rank 0 does, and the other ranks are told of it; they `follow`.
    """
    with joined() as ranks:
        return _owned(path, listener, trust, lr, ranks)


def _owned(path: Path, listener: Listener | None, trust: bool, lr: float | None, ranks: Ranks) -> RunResult:
    folder = RunFolder(path.resolve())
    recipe = load(folder.recipe)
    check(recipe)
    check_ranks(recipe, ranks)
    finished = stored_result(folder)
    if finished is not None:
        return finished
    if not trust:
        _check_links(folder)
    with Owner(folder):
        finished = stored_result(folder)  # its owner may have ended while the lock was waited for
        if finished is not None:
            return finished
        try:
            if lr is not None:
                give_order(folder.control, "settings", {"lr": lr})
            with JournalWriter(folder.journal) as writer:
                return _live(folder, recipe, Reporter(writer, listener), trust, ranks)
        except OSError as error:
            raise disk_failure(error, folder.path) from error


def _check_links(folder: RunFolder) -> None:
    """Raise `Failure` (exit code 3) for a link in the run's folder along which the run would write outside of it."""
    for one in folder.path.iterdir():
        if one.is_symlink() and not one.resolve().is_relative_to(folder.path):
            raise Failure("runs.link_outside", NEEDS_TRUST, path=str(one), target=str(one.readlink()))


def disk_failure(error: OSError, path: Path) -> Failure:
    """An OSError of a run as a message: a full disk, or what else the system said."""
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "PytorchStreamWriter" in str(error):
        return Failure("runs.disk_full", path=str(path))
    return Failure("runs.folder_unusable", path=str(path), problem=error.strerror or str(error))


def _live(folder: RunFolder, recipe: Recipe, report: Reporter, trust: bool, ranks: Ranks) -> RunResult:
    events = read_journal(folder.journal)
    # An order may be given while this process is still starting: what counts is when the process began. Clocks of
    # files and processes agree to well within a second.
    watch = ControlWatch(folder, events, psutil.Process().create_time() - 1)
    started = time.monotonic()
    step = 0
    execution: Execution | None = None
    threads = rank_threads(resolve_threads(recipe.training.threads), ranks)
    with _signals(watch), launcher_watched(watch, ranks), _threads(threads):
        try:
            execution, finish = _begin(folder, recipe, report, watch, trust, bool(events), ranks)
            execution.run()
            step = execution.state.step
            result = finish.run()
            result = replace(result, seconds=_seconds(events, started))
            write_json(folder.result_json, result.to_json())
            write_report(folder)
            report("done", seconds=result.seconds, weights_sha256=result.weights_sha256)
            return result
        except Stopped:
            report("stopped", step=_step(folder))
            return RunResult(run=folder.name, status="stopped", technique=recipe.technique)
        except Failure as failure:
            report("failed", message=failure.to_json(), step=step or _step(folder), pid=os.getpid())
            raise
        except OSError as error:
            told = disk_failure(error, folder.path)
            with suppress(OSError):  # a full disk may have no room for this either
                report("failed", message=told.to_json(), step=step, pid=os.getpid())
            raise told from error
        except Exception as error:  # a model's own code may raise anything
            told = work_failure(error)
            with suppress(OSError), folder.log.open("a", encoding="utf-8") as log:
                traceback.print_exc(file=log)
            report("failed", message=told.to_json(), step=_step(folder), pid=os.getpid())
            raise told from error
        finally:
            if execution is not None:
                execution.close()


def _begin(
    folder: RunFolder,
    recipe: Recipe,
    report: Reporter,
    watch: ControlWatch,
    trust: bool,
    lived: bool,
    ranks: Ranks,
) -> tuple[Execution, Finish]:
    """Open everything, go to the last checkpoint, and say so."""
    _check_device(recipe.training.device_type)
    seed_everything(recipe.training.seed)
    opened = open_recipe(recipe, trust)
    job = make_job(recipe, opened, trust)
    execution = Execution(folder, recipe, opened, job, report, watch, ranks)
    step = execution.restore()
    facts = {
        "pid": os.getpid(),
        "threads": torch.get_num_threads(),
        "ranks": ranks.size,
        "technique": recipe.technique,
        "versions": {"torch": torch.__version__},
        "model_sha256": opened.model.sha256,
    }
    events = read_journal(folder.journal)
    earlier = [e for e in events if e["event"] in ("started", "resumed") and "model_sha256" in e]
    if earlier and earlier[0]["model_sha256"] != opened.model.sha256:
        raise bad_input("runs.model_changed", model=recipe.model.reference)
    check_same(opened, events)
    if earlier:
        report("resumed", step=step, after="restart", **facts)
    else:
        report("started", **facts)
    report("phase", phase="open", index=0, count=len(PHASES))
    report("plan", **execution.plan())
    if not lived:
        for warning in opened.model.warnings:
            report.warn(warning)
    tell(opened, report, lived, execution.units)
    if not lived and opened.data.task != "none" and recipe.technique != "pruning":
        for warning in lag(job.module, execution.plan()["total_steps"], recipe.training.norm_momentum):
            report.warn(warning)
    if not folder.plan_costs.exists():
        write_json(folder.plan_costs, job.planned().to_json())
    if step > 0 and execution.state.ranks != ranks.size:
        report.warn(
            Message(
                "runs.world_size_changed", {"before": execution.state.ranks, "now": ranks.size, "step": step}
            )
        )
    execution.state.ranks = ranks.size
    ranks.command({"do": "open"})  # what is wrong with model or data has been found by now, once
    return execution, Finish(folder, recipe, opened, job, execution, report)


def _check_device(kind: str) -> None:
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there[kind]:
        raise bad_input("runs.no_device", device=kind)


def work_failure(error: BaseException) -> Failure:
    """What a model's or a library's own exception is told as."""
    text = (str(error).strip().splitlines() or [""])[0][:300]
    if not isinstance(error, RuntimeError):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return Failure("runs.out_of_memory")
    if "PytorchStreamWriter" in text or "No space left" in text:
        return Failure("runs.disk_full", path="")
    return Failure("runs.work_failed", problem=text)


def _step(folder: RunFolder) -> int:
    return max((int(e.get("step", 0)) for e in read_journal(folder.journal)), default=0)


def _seconds(earlier: list[dict[str, object]], started: float) -> float:
    """Seconds of work over all lives: earlier ones from their events, this one by the clock."""
    total, begun, last = 0.0, None, 0.0
    for event in earlier:
        t = float(event["t"])  # type: ignore[arg-type]
        if event["event"] == "started" or (event["event"] == "resumed" and event.get("after") == "restart"):
            total += last - begun if begun is not None else 0.0
            begun = t
        last = t
    total += last - begun if begun is not None else 0.0
    return round(total + time.monotonic() - started, 3)


@contextmanager
def _threads(number: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _signals(watch: ControlWatch) -> Iterator[None]:
    """SIGINT and SIGTERM ask for a stop; a second SIGINT interrupts at once. Main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {}

    def ask(number: int, frame: object) -> None:
        del frame
        watch.interrupt()
        signal.signal(number, signal.default_int_handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        previous[number] = signal.signal(number, ask)
    if interrupts.pending():  # it came while libraries were being imported, and one of them swallowed it
        watch.interrupt()
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
