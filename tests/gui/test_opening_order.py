"""Several things wanted at once: what was asked for last counts, and no answer is taken for another one's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from inspect_examples import table
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing_gui.main_window import MainWindow
from penjing_gui.settings import Settings
from penjing_gui.state import Asked, Busy, Workbench
from shell_window import plain_pages
from workbenches import AnsweredSession, answered


def reply(reference: str, network: bool = True) -> dict[str, Any]:
    return {
        "reference": reference, "title": reference, "weights": "w", "format": "f", "sha256": reference,
        "network": network, "input": [], "task": None, "outputs": None, "data": None, "warnings": [],
    }  # fmt: skip


def methods(session: AnsweredSession) -> list[str]:
    return [one[0] for one in session.asked]


@pytest.fixture
def window(qtbot: QtBot, bench: Workbench) -> Iterator[MainWindow]:
    made = MainWindow(bench, Settings(), plain_pages(bench))
    qtbot.addWidget(made)
    yield made
    made.close()


def opened(bench: Workbench, reference: str) -> None:
    """With its costs and groups."""
    bench.open(reference)
    session = answered(bench)
    session.last("open")[1](reply(reference))
    session.last("costs")[1](table().to_json())
    session.last("prunable")[1]({"groups": []})


def test_who_opens_another_model_hears_no_more_of_the_first(bench: Workbench) -> None:
    session, busy = answered(bench), []
    bench.busy_changed.connect(lambda one: busy.append(one))
    bench.open("first")
    bench.open("second")
    assert session.dropped == ["open"] and isinstance(busy[-1], Busy)
    session.last("open")[1](reply("second"))
    assert bench.model is not None and bench.model.reference == "second"


def test_the_shown_model_comes_back_where_the_worker_may_hold_a_dropped_one(bench: Workbench) -> None:
    opened(bench, "shown")
    session, failed = answered(bench), []
    bench.failed.connect(lambda one: failed.append(one.message.code))
    bench.open("dropped")
    bench.open("refused")
    session.last("open")[2](Failure("models.not_found", path="refused"))
    assert session.last("open")[0]["reference"] == "shown" and not failed
    session.last("open")[1](reply("shown"))
    session.last("costs")[1](table().to_json())
    assert failed == ["models.not_found"]


def test_groups_are_not_asked_of_a_model_that_is_being_opened(bench: Workbench) -> None:
    session = answered(bench)
    bench.open("large")
    session.last("open")[1](reply("large"))
    counted = session.last("costs")[1]
    bench.open("next")
    refused, busy = session.last("open")[2], []
    bench.busy_changed.connect(lambda one: busy.append(one))
    counted(table().to_json())
    assert "prunable" not in methods(session) and not busy, "the next one is still under way"
    refused(Failure("models.not_found", path="next"))
    assert methods(session)[-1] == "prunable", "the large one stays"
    assert methods(session).count("prunable") == 1


def test_a_second_question_of_trust_is_not_answered_with_the_first_ones_file(
    window: MainWindow, bench: Workbench
) -> None:
    session = answered(bench)
    for name in ("one.pt", "two.pt"):
        asked = Asked(name, None, (), False)
        bench.ask_about(asked)
        window.asking.ask_trust(
            Failure("models.pickle_needs_trust", NEEDS_TRUST, path=name, names="x"), asked
        )
    assert session.dropped == ["look"] and session.last("look")[0] == {"path": "two.pt"}


def test_looking_at_a_file_can_be_given_up(window: MainWindow, bench: Workbench) -> None:
    session = answered(bench)
    opened(bench, "shown")
    asked = Asked("one.pt", None, (), False)
    bench.ask_about(asked)
    window.asking.ask_trust(
        Failure("models.pickle_needs_trust", NEEDS_TRUST, path="one.pt", names="x"), asked
    )
    assert window.menus.cancel.isEnabled()
    window.menus.cancel.trigger()
    assert session.dropped == ["look"] and not window.menus.cancel.isEnabled()
    assert bench.model is not None and bench.model.reference == "shown"
