"""The Compress page with its data, over a session that the test answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from data_examples import DataSession
from penjing_gui.compress.page import CompressPage
from penjing_gui.session_client import SessionClient
from penjing_gui.state import Workbench
from workbenches import shown


@pytest.fixture
def client() -> SessionClient:
    """It answers of data alone."""
    return DataSession()


@pytest.fixture
def page(bench: Workbench, qtbot: QtBot) -> Iterator[CompressPage]:
    """The page on the screen."""
    with shown(CompressPage(bench), qtbot) as page:
        yield page
