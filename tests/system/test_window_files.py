"""Files of every kind in a real window with a real worker: trust, weights alone, what dies while it opens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import hands
import psutil
import pytest
import torch
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from torch import nn

from corpus import make
from penjing.spec import trust
from penjing.spec.files import sha256_file
from penjing.spec.messages import Failure
from penjing_gui import opening
from penjing_gui import settings as stored
from penjing_gui.convert_dialog import ConvertDialog
from penjing_gui.identify_dialog import IdentifyDialog
from penjing_gui.main_window import MainWindow
from penjing_gui.state import Asked, Workbench
from penjing_gui.theme import LIGHT, apply
from penjing_gui.trust_dialog import TrustDialog

NET = "from torch import nn\ndef build():\n    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))\n"
HARM = {
    "kills": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "hangs": "import time\ntime.sleep(600)\n",
    "grows": "held = []\nwhile True:\n    held.append(bytearray(b'x') * 20_000_000)\n",
}
CODES = {"kills": "session.died", "hangs": "session.hung", "grows": "session.too_large"}


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    """The window with nothing open."""
    apply(qapp, LIGHT)
    made = MainWindow(Workbench(theme=LIGHT), stored.load())
    made.show()
    watch = QTimer(made)
    watch.setInterval(120_000)
    waiting: list[QDialog | None] = [None]

    def give_up() -> None:
        """A question that no test answers would wait for ever."""
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog is waiting[0]:
            dialog.reject()
        waiting[0] = dialog if isinstance(dialog, QDialog) else None

    watch.timeout.connect(give_up)
    watch.start()
    yield made
    watch.stop()
    made.close()
    made.deleteLater()
    hands.wait(lambda: not made.bench.session.isRunning(), "the session to end")


def answer(
    kind: type[QDialog], act: Callable[[QDialog], None], ready: Callable[[QDialog], bool]
) -> list[QDialog]:
    """Do `act` with the dialog of that kind once it is `ready`."""
    seen: list[QDialog] = []

    def look(left: int = 4800) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind) and ready(dialog):
            seen.append(dialog)
            try:
                act(dialog)
            except BaseException:
                dialog.reject()
                raise
        elif left:
            QTimer.singleShot(25, lambda: look(left - 1))
        elif isinstance(dialog, QDialog):
            dialog.reject()

    QTimer.singleShot(25, look)
    return seen


def say_yes(remember: bool) -> list[QDialog]:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, TrustDialog)
        dialog.remember.setChecked(remember)
        hands.click(dialog.trust)

    return answer(TrustDialog, act, lambda _: True)


def opened(window: MainWindow, reference: str) -> bool:
    bench = window.bench
    return bench.model is not None and bench.model.reference == reference and bench.table is not None


def test_trust_is_remembered_for_the_bytes_and_asked_anew_for_others(
    window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "net.py"
    file.write_text(NET)
    asked = Asked(f"py:{file}:build", None, ("4",), False)
    texts: list[str] = []

    def cancel(dialog: QDialog) -> None:
        assert isinstance(dialog, TrustDialog)
        texts.append(dialog.found.toPlainText() + dialog.sha256)
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    answer(TrustDialog, cancel, lambda _: True)
    window.open(asked)
    hands.wait(lambda: bool(texts), "the question")
    assert "build()" in texts[0] and "torch" in texts[0] and texts[0].endswith(sha256_file(file))
    assert window.bench.model is None, "Enter is Cancel"

    say_yes(remember=True)
    window.open(asked)
    hands.wait(lambda: opened(window, asked.reference), "the model")
    assert window.bench.model is not None and window.bench.model.trusted
    assert [one.path for one in trust.decisions()] == [str(file)]

    window.open_sample()
    hands.wait(lambda: opened(window, "sample:digits-cnn") and window.bench.groups_known, "the sample")
    window.open(asked)  # no question now: a dialog would stay open, and nothing would be opened
    hands.wait(lambda: opened(window, asked.reference), "the model again")

    file.write_text(NET + "# changed\n")
    again = answer(TrustDialog, lambda dialog: dialog.reject(), lambda _: True)
    window.open(asked)
    hands.wait(lambda: bool(again), "the question about other bytes")
    # The model before comes back where its bytes are the agreed ones; here they are not, so nothing is open.
    hands.wait(lambda: window.bench.model is None, "the model to go")


def test_weights_are_looked_at_identified_and_adopted(window: MainWindow, tmp_path: Path) -> None:
    import torchvision

    path = tmp_path / "weights.pt"
    torch.save(torchvision.models.squeezenet1_1(num_classes=5).state_dict(), path)
    window.open(Asked(str(path), None, (), False))
    hands.wait(lambda: opened(window, str(path)), "the weights")
    page = window.pages[0]
    bar = page.view_bar
    assert bar is not None and bar.isVisible() and "state dict" in bar.what.text()
    items = page.status_items()
    assert ("unknown", "FLOPs") in items and not any("peak" in one for _, one in items)
    assert [window.pages[one].state.kind for one in (1, 2)] == ["locked", "locked"]
    assert "no network" in window.pages[1].state.tip and "no network" in window.pages[2].state.tip
    assert window.failure is None, "nothing is asked of it that it cannot do"

    def adopt(dialog: QDialog) -> None:
        assert isinstance(dialog, IdentifyDialog)
        assert dialog.matches[0]["reference"] == "torchvision:squeezenet1_1"
        assert dialog.table.model().index(0, 4).data() == "5"
        QTest.keyClick(dialog.table, Qt.Key.Key_Return)

    answer(IdentifyDialog, adopt, lambda dialog: bool(getattr(dialog, "matches", None)))
    hands.click(bar.identify)
    hands.wait(lambda: opened(window, "torchvision:squeezenet1_1"), "the architecture")
    assert window.bench.model is not None and window.bench.model.weights == path.name
    assert not bar.isVisible() and window.bench.table is not None and window.bench.table.totals.complete
    hands.wait(lambda: window.bench.groups_known, "the groups")


def test_the_weights_of_a_pickled_module_are_taken_out_and_opened(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    torch.save(nn.Sequential(nn.Linear(4, 8), nn.ReLU()), path)

    def take_out(dialog: QDialog) -> None:
        assert (
            isinstance(dialog, TrustDialog) and "torch.nn.modules.linear.Linear" in dialog.found.toPlainText()
        )
        answer(ConvertDialog, start, lambda _: True)
        hands.click(dialog.take_out)

    def start(dialog: QDialog) -> None:
        assert isinstance(dialog, ConvertDialog)
        hands.click(dialog.start)
        answer(ConvertDialog, _open_them, _done)

    answer(TrustDialog, take_out, lambda _: True)
    window.open(Asked(str(path), None, ("4",), False))
    made = tmp_path / "net-weights" / "model.safetensors"
    hands.wait(lambda: opened(window, str(made)), "the weights")
    manifest = json.loads((made.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["source"]["sha256"] == sha256_file(path)
    assert window.bench.model is not None and not window.bench.model.network


def _open_them(dialog: QDialog) -> None:
    hands.press(dialog, "Open the weights")


def _done(dialog: QDialog) -> bool:
    return isinstance(dialog, ConvertDialog) and dialog.open_button.isVisible()


@pytest.mark.parametrize("harm", list(HARM))
def test_a_worker_that_is_lost_while_opening_is_told_and_the_next_file_opens(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    bench = window.bench
    file, weights = tmp_path / f"{harm}.py", tmp_path / "weights.pt"
    file.write_text(HARM[harm] + NET)
    torch.save(nn.Linear(4, 2).state_dict(), weights)
    window.open_sample()
    hands.wait(lambda: bench.groups_known, "the sample")
    failures: list[Failure] = []
    bench.failed.connect(failures.append)
    if harm == "hangs":
        monkeypatch.setattr(opening, "OPENING_SILENCE", 6.0)
    if harm == "grows":
        monkeypatch.setenv("PENJING_MEMORY_LIMIT", "1200")
    say_yes(remember=False)
    window.open(Asked(f"py:{file}:build", None, ("4",), False))
    hands.wait(lambda: bool(failures), "the message")
    assert [one.message.code for one in failures] == [CODES[harm]]
    assert window.failure is not None and window.failure.isVisible()
    assert opened(window, "sample:digits-cnn"), "the model before is there again"
    window.open(Asked(str(weights), None, (), False))
    hands.wait(lambda: opened(window, str(weights)), "the next file")
    assert window.failure is None and len(failures) == 1


def test_stopping_ends_what_hangs_at_once(window: MainWindow, tmp_path: Path) -> None:
    bench = window.bench
    file = tmp_path / "hangs.py"
    file.write_text(HARM["hangs"] + NET)
    window.open_sample()
    hands.wait(lambda: bench.groups_known, "the sample")
    pids = {one.pid for one in psutil.Process().children(recursive=True)}
    say_yes(remember=False)
    window.open(Asked(f"py:{file}:build", None, ("4",), False))
    hands.wait(lambda: {one.pid for one in psutil.Process().children(recursive=True)} - pids, "its worker")
    hands.wait(window.menus.cancel.isEnabled, "something to stop")
    window.menus.cancel.trigger()
    hands.wait(
        lambda: opened(window, "sample:digits-cnn") and not window.menus.cancel.isEnabled(), "the sample"
    )
    assert window.failure is None


def test_the_window_survives_the_hostile_corpus(window: MainWindow, tmp_path: Path) -> None:
    """Every file fails or asks; none crashes the worker, let alone the window, and no payload runs."""
    bench = window.bench
    outcomes: list[str] = []
    deaths: list[Failure] = []
    bench.trust_needed.disconnect(window.asking.ask_trust)
    bench.trust_needed.connect(lambda failure, _asked: outcomes.append(failure.message.code))
    bench.failed.connect(lambda failure: outcomes.append(failure.message.code))
    bench.table_changed.connect(lambda _table: outcomes.append("opened"))
    bench.session.died.connect(deaths.append)
    expected = json.loads((Path(make.__file__).parent / "expected.json").read_text(encoding="utf-8"))
    references = make.make(tmp_path)
    for name, reference in references.items():
        outcomes.clear()
        window.open(Asked(reference, None, (), False))
        hands.wait(lambda: bool(outcomes), name)
        wanted = expected[name]["opened"]
        assert outcomes[0] == ("opened" if "opens" in wanted else wanted["code"]), name
    assert not deaths and not list(tmp_path.glob(f"{make.CANARY}*"))
    window.open_sample()
    hands.wait(lambda: opened(window, "sample:digits-cnn"), "the sample")
