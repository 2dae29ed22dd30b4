"""Decisions of trust: remembered by SHA-256, taken back, and never lost or invented."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from penjing.spec import trust
from penjing.spec.folders import home

ONE, TWO = "1" * 64, "2" * 64


def test_a_yes_is_remembered_by_the_bytes_of_the_file(tmp_path: Path) -> None:
    assert trust.decisions() == []
    here = tmp_path / "模型.pth"
    assert not trust.remembered(ONE, here)
    trust.remember(ONE, tmp_path / "模型.pth", "nets.Net, nets.block")
    trust.remember(TWO, "b.pth", "other")
    assert trust.remembered(ONE, here) and trust.remembered(TWO, "b.pth")
    first = trust.decisions()[0]
    assert (first.sha256, first.path, first.what) == (ONE, str(tmp_path / "模型.pth"), "nets.Net, nets.block")
    trust.remember(ONE, "moved.pth", "nets.Net")
    assert [one.path for one in trust.decisions()] == ["b.pth", "moved.pth"]
    assert trust.revoke(ONE)
    assert not trust.revoke(ONE)
    assert not trust.remembered(ONE, "moved.pth") and trust.remembered(TWO, "b.pth")


HUGE = f'{{"decisions": [{{"sha256": "", "path": "", "what": "", "when": 1{"0" * 400}}}]}}'


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"decisions": 3}', '{"decisions": [{"sha256": 1}]}', "\0", "[" * 100_000, HUGE],
    ids=range(8),
)
def test_what_cannot_be_read_is_no_yes(text: str) -> None:
    home().mkdir(parents=True, exist_ok=True)
    (home() / trust.NAME).write_text(text)
    assert not trust.remembered(ONE, "a.pth")
    trust.remember(ONE, "a.pth", "x")
    assert trust.remembered(ONE, "a.pth")


def test_the_same_bytes_beside_other_modules_are_another_program(tmp_path: Path) -> None:
    own, other = tmp_path / "own" / "net.pth", tmp_path / "other" / "net.pth"
    for path in (own, other):
        path.parent.mkdir()
        path.touch()
    (own.parent / "nets.py").touch()
    trust.remember(ONE, own, "nets.Net")
    assert trust.remembered(ONE, own)
    assert trust.remembered(ONE, other)  # nothing lies there that it could import
    (other.parent / "nets.py").touch()
    assert not trust.remembered(ONE, other)
    (other.parent / "nets.py").unlink()
    (other.parent / "nets").mkdir()
    assert not trust.remembered(ONE, other)


def test_only_a_sha256_is_kept() -> None:
    for text in ("", "1" * 63, "G" * 64, "A" * 64):
        with pytest.raises(ValueError):
            trust.remember(text, "a.pth", "x")
    assert trust.decisions() == []


def test_several_at_once_lose_nothing() -> None:
    program = (
        "import sys; from penjing.spec import trust\n"
        "for n in range(8): trust.remember(f'{int(sys.argv[1]) * 8 + n:064x}', 'p', 'w')"
    )
    children = [subprocess.Popen([sys.executable, "-c", program, str(number)]) for number in range(4)]
    assert [child.wait(60) for child in children] == [0] * 4
    assert len(trust.decisions()) == 32


def test_it_needs_no_torch() -> None:
    program = "import sys, penjing.spec.trust; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
