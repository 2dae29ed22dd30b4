"""A Ctrl+C that a library swallows is not lost."""

from __future__ import annotations

import signal

import pytest

from penjing.spec import interrupts


def test_a_swallowed_interrupt_is_pending() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts.noted():
        assert not interrupts.pending()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert interrupts.pending()
    assert not interrupts.pending()
    assert signal.getsignal(signal.SIGINT) is before
