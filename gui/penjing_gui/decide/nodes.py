"""An advice as the nodes of the decision tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers
from penjing_gui.decide import words
from penjing_gui.decide.tree import Node

if TYPE_CHECKING:
    from penjing.advice.advise import Advice


def nodes_of(advice: Advice, say: Callable[..., str], language: str, over: str) -> tuple[Node, ...]:
    """The three questions with what was found, and the four leaves. `over` says how many budgets are exceeded."""
    facts, leaf = advice.facts, advice.leaf.id
    dense, limited = facts["parameter_dense"], facts["resource_limited"]
    required = facts["performance_required"]
    kind = advice.kind
    ratio = numbers.DASH if kind.ratio is None else f"{kind.ratio:,.1f}"
    asked = QCoreApplication.translate("DecisionTree", "{ratio} of {limit}").format(
        ratio=ratio, limit=f"{kind.thresholds.max_macs_per_param:,g}"
    )
    if kind.params < kind.thresholds.min_params:
        asked = QCoreApplication.translate("DecisionTree", "{params} of {gate} M params").format(
            params=numbers.figure(kind.params / 1e6), gate=f"{kind.thresholds.min_params / 1e6:,g}"
        )
    if not any(need.exceeded for need in advice.needs):
        over = (
            QCoreApplication.translate("DecisionTree", "strict limits")
            if advice.limits.strict
            else QCoreApplication.translate("DecisionTree", "every budget is met")
        )
    wanted = (
        QCoreApplication.translate("DecisionTree", "a limit is set")
        if required.value
        else QCoreApplication.translate("DecisionTree", "no limit is set")
    )
    by_hand = QCoreApplication.translate("DecisionTree", "set by hand")
    not_reached = QCoreApplication.translate("DecisionTree", "not reached")
    on_way = {"dense": True, "limits": dense.value, "required": not dense.value}
    lines = {
        "dense": by_hand if dense.overridden else asked,
        "limits": by_hand if limited.overridden else over,
        "required": by_hand if required.overridden else wanted,
    }
    titles = {
        "dense": QCoreApplication.translate("DecisionTree", "Parameter-dense?"),
        "limits": QCoreApplication.translate("DecisionTree", "Resource limits?"),
        "required": QCoreApplication.translate("DecisionTree", "Performance required?"),
    }
    because = {"dense": dense.because, "limits": limited.because, "required": required.because}
    questions = [
        Node(
            key,
            titles[key],
            lines[key] if on_way[key] else not_reached,
            on_way[key],
            words.sentence(say(because[key].code, because[key].params), language),
        )
        for key in ("dense", "limits", "required")
    ]
    leaves = [
        Node(
            one.rule.id,
            words.technique(one.rule.says),
            QCoreApplication.translate("DecisionTree", "leaf {leaf}").format(leaf=one.rule.id),
            one.rule.id == leaf,
            say(one.rule.text.code),
        )
        for one in advice.rules
        if one.rule.source == "pseudo-code"
    ]
    return (*questions, *leaves)
