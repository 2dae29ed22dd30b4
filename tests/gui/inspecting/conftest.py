"""The Inspect page over a session that the test answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from inspect_examples import inspect_page
from penjing_gui.inspect.page import InspectPage


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[InspectPage]:
    """The page in a window of its own."""
    with inspect_page(qtbot) as page:
        yield page
