"""Requests that wait for the session worker: in order, and short ones out of turn."""

from __future__ import annotations

import threading

from penjing.runs.waiting import Waiting


def waiting(*methods: str) -> Waiting:
    made = Waiting(lambda name: name == "layer")
    for number, method in enumerate(methods):
        made.put({"id": number, "method": method})
    return made


def ids(made: Waiting) -> list[int]:
    made.put(None)
    found = []
    while (request := made.take()) is not None:
        found.append(request["id"])
    return found


def test_short_requests_are_taken_out_of_turn_in_their_order() -> None:
    made = waiting("costs", "layer", "latency", "layer")
    first, second = made.take_short(), made.take_short()
    assert first is not None and second is not None
    assert (first["id"], second["id"]) == (1, 3)
    assert made.take_short() is None
    assert ids(made) == [0, 2]


def test_a_request_behind_an_open_keeps_its_turn() -> None:
    made = waiting("costs", "open", "layer")
    assert made.take_short() is None
    assert ids(made) == [0, 1, 2]


def test_the_end_is_not_passed_over() -> None:
    made = waiting("costs")
    made.put(None)
    made.put({"id": 9, "method": "layer"})
    assert made.take_short() is None


def test_taking_waits_for_a_request() -> None:
    made, found = waiting(), list[object]()
    thread = threading.Thread(target=lambda: found.append(made.take()))
    thread.start()
    made.put({"id": 5, "method": "costs"})
    thread.join(30)
    assert found == [{"id": 5, "method": "costs"}]
