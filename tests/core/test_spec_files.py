"""Files written whole or not at all, also on a full disk and under `kill -9`."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from penjing.spec.control import Order, give_order, read_order
from penjing.spec.files import read_json, sha256_file, write_atomic, write_bytes, write_json

posix = pytest.mark.skipif(sys.platform == "win32", reason="no file size limits, no SIGKILL")


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: the write that does fails as it would on a full disk."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_json_is_written_in_utf8_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.json"
    value = {"name": "盆景", "ratio": 0.1, "none": None, "list": [1, 2]}
    write_json(path, value)
    assert read_json(path) == value
    text = path.read_bytes().decode("utf-8")
    assert "盆景" in text
    assert text.endswith("}\n")


def test_a_written_file_can_be_read_by_others(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a", b"1")
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


@posix
@pytest.mark.parametrize("write", [write_bytes, lambda path, data: write_json(path, data.decode())])
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, write: Callable[[Path, bytes], None]
) -> None:
    path = tmp_path / "result.json"
    write_json(path, {"old": True})
    with disk_full_after(4096), pytest.raises(OSError, match="File too large"):
        write(path, b"x" * 100_000)
    assert read_json(path) == {"old": True}
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_full_disk_makes_no_new_file(tmp_path: Path) -> None:
    with disk_full_after(4096), pytest.raises(OSError, match="File too large"):
        write_bytes(tmp_path / "model.safetensors", b"x" * 100_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def write(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        assert temporary.parent == path.parent  # else the rename would not be atomic
        raise error

    with pytest.raises(error):
        write_atomic(path, write)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    code = (
        "import sys, pathlib\n"
        "from penjing.spec.files import write_json\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "for number in range(10**9):\n"
        "    write_json(path, {'number': number, 'filling': ['x' * 100] * 3000})\n"
    )
    numbers = []
    for pause in (0.0, 0.003, 0.011, 0.017):
        with subprocess.Popen([sys.executable, "-c", code, str(path)]) as writer:
            path.unlink(missing_ok=True)
            while not path.exists():
                assert writer.poll() is None
                time.sleep(0.001)
            time.sleep(pause)
            writer.kill()
        value = read_json(path)
        assert value["filling"] == ["x" * 100] * 3000
        numbers.append(value["number"])
    assert len(numbers) == 4


def test_a_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 5000
    (tmp_path / "a").write_bytes(data)
    assert sha256_file(tmp_path / "a") == hashlib.sha256(data).hexdigest()


def test_orders_are_numbered_on_from_the_last(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    assert read_order(path) is None
    assert give_order(path, "pause") == Order(1, "pause")
    assert give_order(path, "resume") == Order(2, "resume")
    assert give_order(path, "stop") == read_order(path) == Order(3, "stop")
    assert read_json(path) == {"number": 3, "command": "stop"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b'{"number": 1}',
        b'{"number": "1", "command": "stop"}',
        b'{"number": 1, "command": "go"}',
    ],
)
def test_what_is_no_order_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "control.json"
    path.write_bytes(content)
    assert read_order(path) is None
    assert give_order(path, "pause").number == 1


def test_the_file_of_an_order_is_what_other_programs_write_too(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    order: dict[str, Any] = {"number": 41, "command": "resume", "from": "elsewhere"}
    path.write_text(json.dumps(order), encoding="utf-8")
    assert read_order(path) == Order(41, "resume")
    assert give_order(path, "stop").number == 42
