"""The session worker: answers the window's questions about a model, in a process of its own.

Descriptors 0 and 1 are moved away before any model's code can run, so nothing that a model prints reaches the
protocol and nothing that it reads eats a request. Requests are carried out one after the other on the main thread;
a reader thread takes them in, so that a cancel is heard while one is under way. A long one may give way to short ones
that wait behind it (`Call.give_way`): a layer's weights do not wait for all that can be found out about a model.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from penjing.runs.waiting import Waiting
from penjing.spec.messages import Failure

Progress = Callable[..., None]
REST_S = 1.0
"""Seconds without a request after which the worker tidies up."""
Method = Callable[[dict[str, Any], "Call"], Any]


class Cancelled(Exception):
    """The request under way was cancelled."""


class Call:
    """One request under way: lets its method report progress and notice a cancel."""

    def __init__(self, number: int, worker: SessionWorker) -> None:
        self.number = number
        self._worker = worker

    def check(self) -> None:
        """Raise `Cancelled` where the request has been cancelled."""
        if self.number in self._worker.cancelled:
            raise Cancelled

    def give_way(self) -> None:
        """Answer the short requests that wait behind this one. They only read what is there."""
        self._worker.answer_short()

    def progress(self, done: float, total: float, code: str = "session.working", **params: Any) -> None:
        """Report progress (and notice a cancel)."""
        self.check()
        self._worker.send(
            {"id": self.number, "progress": {"done": done, "total": total, "code": code, "params": params}}
        )


class SessionWorker:
    """Reads requests from `source`, answers on `sink`; `methods` gives the method of a name.

    `short` tells which methods are done in a moment and change nothing. `rest` is called where nobody asks for a while.
    """

    def __init__(
        self,
        source: IO[str],
        sink: IO[str],
        methods: Callable[[str], Method | None],
        short: Callable[[str], bool] = lambda _: False,
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        self.cancelled: set[int] = set()
        self._source = source
        self._sink = sink
        self._methods = methods
        self._rest = rest
        self._lock = threading.Lock()
        self._requests = Waiting(short)

    def send(self, value: dict[str, Any]) -> None:
        """Write one line."""
        line = json.dumps(value, ensure_ascii=False)
        with self._lock:
            self._sink.write(line + "\n")
            self._sink.flush()

    def _read(self) -> None:
        for line in self._source:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if not isinstance(value, dict) or not isinstance(value.get("id"), int):
                continue
            if value.get("method") == "cancel":
                self.cancelled.add(value["id"])
            else:
                self._requests.put(value)
        self._requests.put(None)
        # Whoever asked is gone. A request under way may take long or hang: end it.
        threading.Timer(2.0, os._exit, (0,)).start()

    def serve(self) -> None:
        """Answer until the requests end."""
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        while (request := self._next()) is not None:
            self._answer(request)
        os._exit(0)

    def _next(self) -> dict[str, Any] | None:
        if not self._requests.come(REST_S):
            self._rest()
        return self._requests.take()

    def answer_short(self) -> None:
        """Answer the short requests that wait."""
        while (request := self._requests.take_short()) is not None:
            self._answer(request)

    def _answer(self, request: dict[str, Any]) -> None:
        number = int(request["id"])
        call = Call(number, self)
        try:
            call.check()
            method = self._methods(str(request.get("method")))
            if method is None:
                raise Failure("session.unknown_method", method=str(request.get("method")))
            reply: dict[str, Any] = {"id": number, "result": method(dict(request.get("params") or {}), call)}
        except Cancelled:
            reply = {"id": number, "error": Failure("session.cancelled").to_json()}
        except Failure as failure:
            reply = {"id": number, "error": failure.to_json()}
        except MemoryError:
            reply = {"id": number, "error": Failure("session.out_of_memory").to_json()}
        except Exception as error:  # a model's code may raise anything; the worker lives on
            traceback.print_exc()
            line = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
            reply = {"id": number, "error": Failure("session.method_failed", problem=line).to_json()}
        self.cancelled.discard(number)
        self.send(reply)


def take_descriptors() -> tuple[IO[str], IO[str]]:
    """Move the protocol's descriptors out of the way; 0 becomes empty and 1 goes where 2 goes."""
    source, sink = os.dup(0), os.dup(1)  # not inheritable by children
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - lives as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    return (
        os.fdopen(source, "r", encoding="utf-8"),
        os.fdopen(sink, "w", encoding="utf-8"),
    )


def _devices() -> list[str]:
    """Where training can be carried out on this machine."""
    import torch

    found: dict[str, Callable[[], bool]] = {
        "cuda": torch.cuda.is_available,
        "mps": torch.backends.mps.is_available,
    }
    return ["cpu", *(name for name, there in found.items() if there())]


def main(folder: Path | None = None) -> None:
    """Run the worker on this process's stdin and stdout. `folder` takes large arrays."""
    source, sink = take_descriptors()
    import torch

    from penjing.runs.session_methods import Session

    session = Session(folder)
    worker = SessionWorker(source, sink, session.method, session.short, session.rest)
    worker.send({"ready": {"pid": os.getpid(), "torch": torch.__version__, "devices": _devices()}})
    worker.serve()
