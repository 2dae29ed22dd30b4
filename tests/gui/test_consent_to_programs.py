"""Programs of a run that came from elsewhere: what is asked before they run, and how it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from penjing.spec import trust
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing_gui.compare.proof_pane import ProofPane
from penjing_gui.compare.runs import read_run
from penjing_gui.state import Asked, Workbench
from penjing_gui.trust_dialog import TrustDialog
from run_examples import write_run
from workbenches import AnsweredSession, answered, click, shown

SHA256 = "a" * 64
PROGRAMS = {"load_model.py": "b" * 64, "model.pt2": "c" * 64}


@pytest.fixture
def pane(bench: Workbench, qtbot: QtBot, tmp_path: Path) -> Iterator[ProofPane]:
    run = read_run(write_run(tmp_path, "from-elsewhere").path)
    assert run is not None
    with shown(ProofPane(bench), qtbot, 700, 500) as pane:
        pane.show_run(run)
        yield pane


def needed(pane: ProofPane, sha256: str = SHA256) -> Failure:
    assert pane.run is not None
    folder = str(pane.run.folder.result)
    names = ", ".join(PROGRAMS)
    return Failure(
        "export.needs_trust", NEEDS_TRUST, folder=folder, names=names, programs=PROGRAMS, sha256=sha256
    )


def yes(monkeypatch: pytest.MonkeyPatch, kept: bool) -> list[str]:
    """Say yes to what is asked; returns what was shown."""
    seen: list[str] = []

    def exec_(self: TrustDialog) -> int:
        seen.append(self.found.toPlainText())
        self.remember.setChecked(kept)
        return int(QDialog.DialogCode.Accepted)

    monkeypatch.setattr(TrustDialog, "exec", exec_)
    return seen


def test_the_question_lists_the_programs_and_defaults_to_cancel(pane: ProofPane, qtbot: QtBot) -> None:
    failure = needed(pane)
    found = {"path": failure.message.params["folder"]}
    dialog = TrustDialog(failure, Asked("", None, (), False), pane.bench.theme, "en", pane, found)
    qtbot.addWidget(dialog)
    dialog.show()
    for name, sha256 in PROGRAMS.items():
        assert name in dialog.found.toPlainText() and sha256 in dialog.found.toPlainText()
    assert dialog.cancel.isDefault() and not dialog.trust.autoDefault() and not dialog.remember.isChecked()
    assert dialog.trust.isVisible() and dialog.remember.isEnabled() and not dialog.take_out.isVisible()
    assert dialog.sha256 == SHA256


def test_no_leaves_it_undone(pane: ProofPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrustDialog, "exec", lambda _: int(QDialog.DialogCode.Rejected))
    click(pane.verify, qtbot)
    answered(pane.bench).last("verify")[2](needed(pane))
    assert len(answered(pane.bench).asked) == 1 and not trust.decisions()
    assert pane.failure is None and pane.verify.isEnabled()


def test_yes_goes_on_and_is_remembered_until_it_is_revoked(
    pane: ProofPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = yes(monkeypatch, kept=True)
    session = answered(pane.bench)
    for times in (1, 1):  # the second time it is remembered
        click(pane.verify, qtbot)
        assert "programs" not in session.last("verify")[0]
        session.last("verify")[2](needed(pane))
        assert session.last("verify")[0]["programs"] == SHA256 and len(seen) == times
        session.last("verify")[1]({"artefacts": [], "ok": True})
        assert pane.verify.isEnabled()
    one = trust.decisions()[0]
    assert (one.sha256, one.what) == (SHA256, "load_model.py, model.pt2")
    trust.revoke(SHA256)
    click(pane.verify, qtbot)
    session.last("verify")[2](needed(pane))
    assert len(seen) == 2


def test_other_programs_are_another_question(
    pane: ProofPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = yes(monkeypatch, kept=True)
    session = answered(pane.bench)
    click(pane.verify, qtbot)
    session.last("verify")[2](needed(pane))
    session.last("verify")[2](needed(pane, "d" * 64))  # they were changed while it was asked
    assert len(seen) == 2 and session.last("verify")[0]["programs"] == "d" * 64
    session.last("verify")[2](
        needed(pane, "d" * 64)
    )  # a worker that does not take a yes is not asked for ever
    assert len(seen) == 2 and len(session.asked) == 3 and pane.verify.isEnabled()


def test_an_export_runs_them_in_a_worker_of_its_own(
    pane: ProofPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[AnsweredSession] = []

    class Apart(AnsweredSession):
        def __init__(self, _: object) -> None:
            super().__init__()
            self.closed = False
            made.append(self)

        def close(self) -> None:
            self.closed = True
            super().close()

    monkeypatch.setattr("penjing_gui.compare.proof_work.SessionClient", Apart)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    yes(monkeypatch, kept=False)
    click(pane.export, qtbot)
    answered(pane.bench).last("export")[2](needed(pane))
    assert len(answered(pane.bench).asked) == 1
    params, done, *_ = made[0].last("export")
    assert params["programs"] == SHA256 and params["trust"] is False
    done({"artefacts": {"onnx": str(tmp_path / "out" / "model.onnx")}})
    assert str(tmp_path / "out") in pane.done.text() and made[0].closed
    assert not trust.decisions()


def test_cancelling_ends_that_worker(
    pane: ProofPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("penjing_gui.compare.proof_work.SessionClient", lambda _: AnsweredSession())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    yes(monkeypatch, kept=False)
    click(pane.export, qtbot)
    answered(pane.bench).last("export")[2](needed(pane))
    assert pane.work.busy
    pane.work.cancel()
    assert not pane.work.busy and pane.export.isEnabled() and pane.failure is None


def test_closing_the_window_over_the_question_starts_nothing(
    pane: ProofPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exec_(self: TrustDialog) -> int:
        pane.bench.closing.emit()
        return int(QDialog.DialogCode.Accepted)

    monkeypatch.setattr(TrustDialog, "exec", exec_)
    click(pane.verify, qtbot)
    answered(pane.bench).last("verify")[2](needed(pane))
    assert len(answered(pane.bench).asked) == 1


def test_an_export_is_of_the_run_it_was_asked_of_and_one_at_a_time(
    pane: ProofPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked_of = pane.run
    assert asked_of is not None
    other = read_run(write_run(tmp_path, "ended-meanwhile").path)
    chosen: list[str] = []

    def choose(*_: object) -> str:
        assert other is not None
        pane.show_run(other)
        chosen.append(str(tmp_path / "out"))
        return chosen[-1]

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose)
    click(pane.export, qtbot)
    params, done, *_ = answered(pane.bench).last("export")
    assert params["source"] == str(asked_of.folder.path)
    pane.export_run()  # from the menu
    assert len(chosen) == 1 and len(answered(pane.bench).asked) == 1
    done({"artefacts": {"onnx": str(tmp_path / "out" / "model.onnx")}})
    assert not pane.done.text(), "the run shown is another one"


def test_a_worker_of_its_own_that_dies_is_said_and_leaves_all_as_it_was(
    pane: ProofPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[AnsweredSession] = []
    monkeypatch.setattr(
        "penjing_gui.compare.proof_work.SessionClient",
        lambda _: made.append(AnsweredSession()) or made[-1],  # type: ignore[func-returns-value]
    )
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    yes(monkeypatch, kept=False)
    click(pane.export, qtbot)
    answered(pane.bench).last("export")[2](needed(pane))
    made[0].last("export")[2](Failure("session.died", status=-9, log=""))
    assert pane.failure is not None and not pane.work.busy and pane.export.isEnabled()
    click(pane.export, qtbot)
    assert len(answered(pane.bench).asked) == 2, "the next one begins anew"
