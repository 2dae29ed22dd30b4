"""What tests of the window share: a session that answers as the test says, and a workbench over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from penjing_gui.session_client import SessionClient
from penjing_gui.state import Workbench
from workbenches import AnsweredSession, workbench


@pytest.fixture
def client() -> SessionClient:
    """A session that starts nothing; a file whose session knows something has its own."""
    return AnsweredSession()


@pytest.fixture
def bench(qtbot: QtBot, client: SessionClient) -> Iterator[Workbench]:
    """A workbench in the light theme."""
    with workbench(client) as made:
        yield made
