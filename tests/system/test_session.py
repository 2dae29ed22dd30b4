"""The session worker, in a process of its own: its protocol, its errors, and what a model's code cannot do to it."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penjing.spec.protocol import request
from penjing.spec.workers import environment, session_command

NOISY = """
import os, subprocess, sys, time
import torch
from torch import nn

print("printed by the file")
os.write(1, b'{"id": 1, "result": "written by the file"}\\n')


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x):
        print('{"id": 2, "result": "printed by forward"}', flush=True)
        os.write(1, b"\\xff\\xfe written by forward\\n")
        subprocess.run([sys.executable, "-S", "-c", "print('printed by a child')"])
        return self.layer(x)


def make():
    assert sys.stdin.read() == "", "it read a request"
    assert os.read(0, 100) == b""
    taken = subprocess.run([sys.executable, "-S", "-c", "import sys; sys.exit(len(sys.stdin.read()))"])
    assert taken.returncode == 0, "a child read a request"
    return Net()


def exits():
    sys.exit("made an end")


def dies():
    os._exit(7)


def raises():
    raise RuntimeError("first line\\nsecond line")


class Broken(nn.Linear):
    def __init__(self):
        super().__init__(4, 3)

    def forward(self, x):
        if self.training is None:
            return x
        raise KeyError("odd")


def broken():
    return Broken()


class Held(nn.Linear):
    # goes on for as long as a file lies beside it

    def forward(self, x):
        while os.path.exists(os.path.join(os.path.dirname(__file__), "hold")):
            time.sleep(0.01)
        return super().forward(x)


def held():
    return Held(4, 3)


def diverged():
    net = nn.Linear(4, 3)
    with torch.no_grad():
        net.weight[0, 0] = float("nan")
    return net
"""


class Worker:
    """A worker with its replies sorted by request."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "worker.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                session_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment(),
            )
        self.lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.number = 0
        self.ready = self.lines.get(timeout=120)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(json.loads(line))  # whatever is no JSON fails the thread, and so the test

    def send(self, method: Any, **params: Any) -> int:
        self.number += 1
        self.write(request(self.number, method, **params))
        return self.number

    def write(self, value: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write((value if isinstance(value, str) else json.dumps(value)).encode() + b"\n")
        self.process.stdin.flush()

    def reply(self, number: int) -> dict[str, Any]:
        """The reply to a request; progress before it is checked and passed over."""
        while True:
            line = self.lines.get(timeout=120)
            assert line["id"] == number, line
            if "progress" not in line:
                return line
            assert set(line["progress"]) == {"done", "total", "code", "params"}

    def ask(self, method: Any, **params: Any) -> Any:
        line = self.reply(self.send(method, **params))
        assert "result" in line, line
        return line["result"]

    def fail(self, method: Any, **params: Any) -> str:
        """The code of the error that a request comes to."""
        line = self.reply(self.send(method, **params))
        assert set(line) == {"id", "error"}, line
        assert set(line["error"]) == {"code", "params", "exit_code"}
        return str(line["error"]["code"])

    def close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(60)
            assert self.process.stdout is not None
            self.process.stdout.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One worker for all that does not end it."""
    made = Worker(tmp_path_factory.mktemp("session"))
    yield made
    made.close()


@pytest.fixture
def worker(shared: Worker) -> Worker:
    assert shared.process.poll() is None, shared.log.read_text()
    return shared


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    file = tmp_path / "noisy.py"
    file.write_text(NOISY)
    return file


def test_it_says_when_it_is_ready(worker: Worker) -> None:
    assert worker.ready["ready"]["pid"] == worker.process.pid
    assert worker.ready["ready"]["torch"].startswith("2.")


def test_the_sample_from_opening_to_layer(worker: Worker) -> None:
    opened = worker.ask("open", reference="sample:digits-cnn")
    assert opened["title"] == "digits-cnn"
    assert opened["input"] == [{"shape": [1, 8, 8], "dtype": "float32"}]
    assert (opened["task"], opened["outputs"], opened["data"]) == ("classification", 10, "sample:digits")
    costs = worker.ask("costs")
    assert costs["totals"]["macs"] == 1_539_808
    before = worker.ask("layer", name="stage2.0")
    assert before["coupled"] == []  # groups are not known yet
    groups = worker.ask("prunable")
    assert groups["ok"]
    layer = worker.ask("layer", name="stage2.0")
    assert layer["shape"] == [64, 32, 3, 3]
    assert sum(layer["histogram"]["counts"]) == 64 * 32 * 9
    assert len(layer["norms"]) == layer["channels"] == 64
    assert layer["norms"] == sorted(layer["norms"], reverse=True)
    assert layer["feeds"] == ["stage2.1"]
    assert "stage2.1" in layer["coupled"]
    measured = worker.ask("latency", batch=1, threads=1, seconds=0.2)
    assert measured["total"]["ms"] > 0
    assert set(measured["layers"]) >= {row["name"] for row in costs["layers"] if row["macs"]}


def test_data_and_the_time_that_training_takes(worker: Worker) -> None:
    data = worker.ask("data", reference="sample:digits")
    assert data["sizes"] == {"train": 1200, "validation": 250, "test": 347}
    assert len(data["samples"]) == 24
    assert worker.fail("data", reference="sample:digits", colour="red") == "recipe.unknown_key"
    recipe = {
        "model": {"reference": "sample:digits-cnn"},
        "data": {"reference": "sample:digits"},
        "technique": "pruning",
        "pruning": {"ratio": 0.5},
        "training": {"epochs": 10, "threads": 1},
    }
    time_ = worker.ask("training_time", recipe=recipe)
    assert time_["total_steps"] == 190
    assert time_["ci95"][0] <= time_["seconds"] <= time_["ci95"][1]


def test_what_a_model_writes_and_reads_does_not_touch_the_protocol(worker: Worker, noisy: Path) -> None:
    opened = worker.ask("open", reference=f"py:{noisy}:make", input=["4"], trust=True)
    assert opened["title"] == "make"
    assert worker.ask("costs")["totals"]["macs"] == 12
    assert worker.ask("prunable")["groups"] is not None
    assert worker.lines.empty()
    log = worker.log.read_bytes().decode(errors="replace")
    for words in ("printed by the file", "written by the file", "printed by forward", "written by forward",
                  "printed by a child"):  # fmt: skip
        assert words in log


def test_errors_have_their_codes_and_the_worker_lives_on(worker: Worker, noisy: Path) -> None:
    assert worker.fail("dance") == "session.unknown_method"
    assert worker.fail("open", reference="nowhere.pt") == "models.not_found"
    assert worker.fail("open", reference="torchvision:resnet19") == "models.torchvision_unknown"
    assert worker.fail("open", reference="sample:digits-cnn", input=["x"]) == "models.input_malformed"
    assert worker.fail("open", reference=f"py:{noisy}:make", input=["4"]) == "models.py_needs_trust"
    for factory in ("raises", "exits"):
        reference = f"py:{noisy}:{factory}"
        assert worker.fail("open", reference=reference, input=["4"], trust=True) == "models.py_factory_failed"
    assert worker.fail("data", reference="nowhere.npz") == "data.not_found"
    assert worker.fail("verify", folder=str(noisy.parent / "nowhere")).startswith("export.")
    assert worker.fail("training_time", recipe={}) == "recipe.missing_key"
    assert worker.fail("export", source=str(noisy.parent), to=["onnx"], out="out") == "recipe.not_found"
    worker.ask("open", reference="sample:digits-cnn")
    assert worker.fail("layer", name="nowhere") == "session.no_layer"
    worker.ask("open", reference=f"py:{noisy}:broken", input=["4"], trust=True)
    assert worker.fail("costs") in ("costs.cannot_run", "costs.input_does_not_fit", "session.method_failed")
    assert worker.ask("open", reference="sample:digits-cnn")["title"] == "digits-cnn"


def test_a_diverged_model_is_shown_without_its_distribution(worker: Worker, noisy: Path) -> None:
    worker.ask("open", reference=f"py:{noisy}:diverged", input=["4"], trust=True)
    layer = worker.ask("layer", name="")
    assert layer["shape"] == [3, 4]
    assert layer["histogram"] is layer["norms"] is layer["sigma"] is None


def test_a_failed_open_leaves_the_open_model(worker: Worker) -> None:
    worker.ask("open", reference="sample:digits-cnn")
    worker.fail("open", reference="nowhere.pt")
    assert worker.ask("costs")["model"] == "sample:digits-cnn"


def test_lines_that_are_no_requests_are_passed_over(worker: Worker) -> None:
    for line in ("", "{", "[]", "null", '"text"', "{}", '{"id": "x", "method": "costs"}', "\x00"):
        worker.write(line)
    assert worker.fail("dance") == "session.unknown_method"


def test_a_request_without_what_it_needs(worker: Worker) -> None:
    assert worker.fail("open").startswith("session.")
    assert worker.fail("open", reference="").startswith("models.")


def test_a_request_under_way_is_cancelled(worker: Worker) -> None:
    worker.ask("open", reference="sample:digits-cnn")
    started = time.monotonic()
    number = worker.send("latency", batch=1, threads=1, seconds=250.0)
    time.sleep(0.3)
    worker.write({"id": number, "method": "cancel"})
    assert worker.reply(number)["error"]["code"] == "session.cancelled"
    assert time.monotonic() - started < 120
    assert worker.ask("costs")["totals"]["macs"] == 1_539_808


def test_a_request_that_waits_is_cancelled_and_the_others_are_not(worker: Worker) -> None:
    worker.ask("open", reference="sample:digits-cnn")
    first, second, third = range(worker.number + 1, worker.number + 4)
    worker.number = third
    lines = (  # in one piece, so that it is cancelled while the first is under way
        request(first, "latency", batch=1, threads=1, seconds=1.0),
        request(second, "costs"),
        request(third, "costs"),
        {"id": second, "method": "cancel"},
    )
    worker.write("\n".join(map(json.dumps, lines)))
    assert "result" in worker.reply(first)
    assert worker.reply(second)["error"]["code"] == "session.cancelled"
    assert "result" in worker.reply(third)
    worker.write({"id": third, "method": "cancel"})  # too late, and no reply of its own
    assert worker.fail("dance") == "session.unknown_method"


def test_requests_are_answered_in_order(worker: Worker) -> None:
    worker.ask("open", reference="sample:digits-cnn")
    numbers = [worker.send("layer", name=name) for name in ("stage1.0", "hidden", "classifier")]
    assert [worker.reply(number)["result"]["name"] for number in numbers] == [
        "stage1.0",
        "hidden",
        "classifier",
    ]


def test_a_layers_weights_do_not_wait_for_what_can_be_pruned(worker: Worker, noisy: Path) -> None:
    worker.ask("open", reference=f"py:{noisy}:held", input=["4"], trust=True)
    worker.ask("costs")
    hold = noisy.parent / "hold"
    hold.touch()
    try:
        long = worker.send("prunable")
        told = worker.lines.get(timeout=60)
        assert told["id"] == long and told["progress"]["code"] == "session.finding_groups"
        waiting = worker.send("costs")
        assert worker.ask("layer", name="")["shape"] == [3, 4]
    finally:
        hold.unlink()
    assert "result" in worker.reply(long)
    assert "result" in worker.reply(waiting)


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_when_nobody_asks_any_more(busy: bool, tmp_path: Path) -> None:
    worker = Worker(tmp_path)
    try:
        assert worker.fail("costs") == "session.no_model"
        if busy:
            worker.ask("open", reference="sample:digits-cnn")
            worker.send("latency", batch=1, threads=1, seconds=300.0)
            time.sleep(0.2)
        assert worker.process.stdin is not None
        worker.process.stdin.close()
        assert worker.process.wait(60) == 0
    finally:
        worker.close()


def test_a_model_may_end_it_and_is_heard_of(tmp_path: Path, noisy: Path) -> None:
    worker = Worker(tmp_path)
    try:
        worker.send("open", reference=f"py:{noisy}:dies", input=["4"], trust=True)
        assert worker.process.wait(120) == 7
    finally:
        worker.close()


def test_its_children_do_not_hold_the_protocol_open() -> None:
    """The descriptors of the protocol are not inherited."""
    code = (
        "import os, subprocess, sys\n"
        "from penjing.runs.session import take_descriptors\n"
        "source, sink = take_descriptors()\n"
        "assert not os.get_inheritable(source.fileno()) and not os.get_inheritable(sink.fileno())\n"
        "print('to the log'); sys.stdout.flush()\n"
        "sink.write(source.readline()); sink.flush()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="asked\n", capture_output=True, text=True, check=True, timeout=120
    )
    assert (done.stdout, done.stderr.strip()) == ("asked\n", "to the log")
