"""A Ctrl+C that a library swallows is not lost, and none tears an import apart."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from penjing.cli import main
from penjing.spec import interrupts
from penjing.spec.messages import INTERRUPTED

NAME = "struck_while_imported"


def test_a_swallowed_interrupt_is_pending() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts.noted():
        assert not interrupts.pending()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert interrupts.pending()
    assert not interrupts.pending()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_inside_an_import_waits_for_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "struck_while_imported.py").write_text(
        "import signal, time\nsignal.raise_signal(signal.SIGINT)\ntime.sleep(0.3)\nwhole = True\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    knocks: list[object] = []
    again = interrupts._again
    monkeypatch.setattr(interrupts, "_again", lambda: (knocks.append(sys.modules.get(NAME)), again()))
    with interrupts.noted(), pytest.raises(KeyboardInterrupt):
        try:
            import struck_while_imported  # type: ignore[import-not-found]
        except KeyboardInterrupt:
            pytest.fail("raised inside the import")
        assert struck_while_imported.whole
        assert interrupts.pending()
        time.sleep(60)
        pytest.fail("never raised")
    # A signal inside the import would pass for a second Ctrl+C where another one is under way.
    assert [getattr(module, "whole", False) for module in knocks] == [True]


def test_a_second_interrupt_inside_an_import_is_raised_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "struck_twice.py").write_text(
        "import signal\nsignal.raise_signal(signal.SIGINT)\nsignal.raise_signal(signal.SIGINT)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(interrupts, "AGAIN", 600)  # nobody but the file itself knocks
    before = signal.getsignal(signal.SIGINT)
    with interrupts.noted(), pytest.raises(KeyboardInterrupt):
        importlib.import_module("struck_twice")
    assert signal.getsignal(signal.SIGINT) is before
    assert "interrupt put off" not in [thread.name for thread in threading.enumerate()]


def test_a_command_that_swallowed_one_ends_as_interrupted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "deaf.py"
    model.write_text(
        "import signal\nfrom torch import nn\ndef make():\n    try:\n        signal.raise_signal(signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n        pass\n    return nn.Linear(4, 2)\n"
    )
    with pytest.raises(SystemExit) as end:
        main(["inspect", f"py:{model}:make", "--input", "4", "--trust", "--json"])
    assert end.value.code == INTERRUPTED
    assert capsys.readouterr().err.count("\n") == 1
