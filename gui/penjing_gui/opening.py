"""Opening a model, step by step: asked for, opened, counted, its groups found; and what comes back where that fails.

The old model stays until the new one is there. A file that is opened under trust gets a worker of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import NEEDS_TRUST, Failure, Message
from penjing_gui.opened import Asked, Busy, OpenModel

if TYPE_CHECKING:
    from penjing_gui.state import Workbench

OPENING_SILENCE = 180.0  # seconds that opening a model may go on without a sign of progress


class Opening(QObject):
    """Puts the open model, its costs and its groups onto the workbench."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._session = bench.session
        self._asked: Asked | None = None
        self._current: Asked | None = None  # how the open model was asked for
        self._counts: Asked | None = None  # how the last one was whose costs could be counted
        self._refused: tuple[Asked, Failure] | None = None
        self._opening: int | None = None
        self._grouping: int | None = None
        self._lost = False  # the worker does not hold the open model: it is a new one
        self._session.died.connect(self._session_died)

    @property
    def asked(self) -> Asked | None:
        """What was asked to be opened last, whether it could be or not."""
        return self._refused[0] if self._refused is not None else self._asked

    def ask_about(self, asked: Asked) -> None:
        """Take something as what was asked to be opened last: a question about it follows."""
        self._drop()
        self._refused, self._asked = None, asked

    def open(self, asked: Asked) -> None:
        """Open a model; the old one stays until the new one is there."""
        model = self._bench.model
        if asked.trust or (model is not None and model.trusted):
            self._session.restart()
            self._lost = True
        self._drop()
        self._refused = None
        self._ask(asked)

    def _drop(self) -> None:
        """Listen no more to what is being opened. The worker may open it all the same, in place of the model shown."""
        if self._opening is not None:
            self._session.drop(self._opening)
            self._opening, self._lost = None, True

    def _ask(self, asked: Asked) -> None:
        self._asked = asked
        self._bench.busy_changed.emit(Busy("window.opening", {"reference": asked.reference}))
        self._opening = self._session.request(
            "open",
            {
                "reference": asked.reference,
                "weights": asked.weights,
                "input": list(asked.inputs),
                "trust": asked.trust,
                "sha256": asked.sha256,
            },
            self._opened,
            self._not_opened,
            self._progress,
            OPENING_SILENCE,
        )

    def cancel(self) -> None:
        """Give up opening, at once, whatever the worker is in: the model that was there stays."""
        bench = self._bench
        counting = self._opening is None and bench.model is not None and bench.table is None
        if self._opening is None and not counting:
            return
        self._lost = True
        self._session.restart()
        if not counting:
            self.come_back()

    def count_again(self) -> None:
        """Ask for the costs of the open model once more (after a worker died, for instance)."""
        asked = self._current if self._bench.model is not None else self._asked
        if asked is not None:
            # Trust was given to the file as it was: whether it still is that file is asked anew.
            self.open(Asked(asked.reference, asked.weights, asked.inputs, False))

    def come_back(self) -> bool:
        """Open the model anew that is still shown, where the worker that held it has ended; False where none has."""
        if not self._lost or self._bench.model is None or self._current is None:
            return False
        self._ask(self._current)
        return True

    # What the worker answers

    def _opened(self, value: Any) -> None:
        bench, asked = self._bench, self._asked
        assert asked is not None
        self._current = asked
        self._opening, self._lost = None, False
        model = replace(OpenModel.from_json(value), weights_file=asked.weights, trusted=asked.trust)
        if bench.model is not None and bench.model.reference != model.reference:
            bench.set_overlays(())  # they are about another model's layers
        bench.model, bench.table, bench.groups, bench.groups_known = model, None, (), False
        bench.cautions, bench.selection, self._grouping = (), "", None
        bench.model_changed.emit(model)
        bench.busy_changed.emit(Busy("window.counting", {"model": model.title}))
        self._session.request("costs", {}, self._counted, self._not_counted, self._progress, OPENING_SILENCE)

    def _counted(self, value: Any) -> None:
        bench = self._bench
        bench.table = CostTable.from_json(value)
        bench.cautions = tuple(Message.from_json(one) for one in value.get("warnings", ()))
        self._counts = self._current
        if self._opening is None:
            bench.busy_changed.emit(None)
        bench.table_changed.emit(bench.table)
        if self._refused is not None and self._opening is None:
            bench.failed.emit(self._refused[1])
        self._find_groups()

    def _find_groups(self) -> None:
        """Ask for the groups, unless another model is being opened: the worker would look at that one."""
        bench = self._bench
        model = bench.model if self._opening is None and bench.table is not None else None
        if model is not None and model.network and not bench.groups_known and self._grouping is None:
            self._grouping = self._session.request("prunable", {}, self._grouped, self._not_grouped)

    def _not_counted(self, failure: Failure) -> None:
        """A model whose costs cannot be counted (its input does not fit, for instance) is not open.

        The one before comes back, and then it is said why. One that needs trust is not opened unasked.
        """
        if failure.message.code == "session.cancelled" and self._opening is not None:
            return  # another one is being opened already
        before, asked = self._counts, self._current
        back = before is not None and before != asked and not before.trust and self._refused is None
        if back and failure.message.code.startswith("costs.") and before is not None and asked is not None:
            self._refused = asked, failure
            self._ask(before)
            return
        self._let_go()
        self._bench.fail(failure)

    def _let_go(self) -> None:
        self._bench.model = None
        self._bench.model_changed.emit(None)

    def _session_died(self, failure: Failure) -> None:
        """The new worker will not know the model: say so at once, not at the next request."""
        self._lost = True
        if self._bench.model is not None and self._opening is None:
            self._bench.fail(failure)

    def _grouped(self, value: Any) -> None:
        bench = self._bench
        self._grouping = None
        bench.groups = tuple(CoupledGroup.from_json(one) for one in value["groups"])
        bench.groups_known = True
        bench.groups_changed.emit(bench.groups)

    def _not_grouped(self, failure: Failure) -> None:
        self._grouping = None
        if failure.message.code != "session.cancelled":
            self._bench.failed.emit(failure)

    def _not_opened(self, failure: Failure) -> None:
        bench = self._bench
        self._opening = None
        bench.busy_changed.emit(None)
        if failure.message.code == "session.cancelled":
            return
        asked, first = self._asked, self._refused
        back = asked is not None and asked is self._current  # the model before, opened anew
        if not self._lost:
            self._find_groups()  # of the model that stays
        asks = failure.exit_code == NEEDS_TRUST and failure.message.code != "models.pickle_denied"
        if asks and first is None and not back:
            bench.trust_needed.emit(failure, asked)
            return
        if first is None and not back and asked is not None and self.come_back():
            self._refused = asked, failure  # said once the model before is there again
            return
        if self._lost and bench.model is not None:
            self._let_go()
        if first is not None or not (back and asks):
            bench.failed.emit(failure if first is None else first[1])

    def _progress(self, value: Mapping[str, Any]) -> None:
        total = value.get("total") or 0
        fraction = value["done"] / total if total and value.get("done") else None
        self._bench.busy_changed.emit(
            Busy(value.get("code", "window.counting"), value.get("params", {}), fraction)
        )
