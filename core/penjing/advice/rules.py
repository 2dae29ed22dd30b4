"""The selection rules, read from `rules.toml`, and their evaluation on facts.

Four leaves (pseudo-code) of which exactly one applies and decides; considerations (prose) that speak for a
technique and decide nothing; and the named cases in which the two disagree.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from penjing.spec.messages import Message

if TYPE_CHECKING:
    from penjing.spec.recipe import Technique

Says = Literal["pruning", "distillation", "neither"]

_TEXTS = {
    "C1": ("advice.rule_c1", "advice.rule_c1_short"),
    "C2": ("advice.rule_c2", "advice.rule_c2_short"),
    "C3": ("advice.rule_c3", "advice.rule_c3_short"),
    "C4": ("advice.rule_c4", "advice.rule_c4_short"),
    "P1a": ("advice.rule_p1a", "advice.rule_p1a_short"),
    "P1b": ("advice.rule_p1b", "advice.rule_p1b_short"),
    "P2": ("advice.rule_p2", "advice.rule_p2_short"),
    "P3": ("advice.rule_p3", "advice.rule_p3_short"),
    "P4a": ("advice.rule_p4a", "advice.rule_p4a_short"),
    "P4b": ("advice.rule_p4b", "advice.rule_p4b_short"),
}
_CONFLICTS = {
    "dense-and-limited": "advice.conflict_dense_and_limited",
    "compute-dense-without-requirements": "advice.conflict_compute_dense",
    "training-limited-dense": "advice.conflict_training_c1",
    "training-limited-required": "advice.conflict_training_c3",
    "limited-without-requirements": "advice.conflict_limited",
}
_LITERATURE = {
    "cheng2017": "advice.literature_cheng2017",
    "liu2018": "advice.literature_liu2018",
    "minitron2024": "advice.literature_minitron2024",
    "cho2019": "advice.literature_cho2019",
    "beyer2021": "advice.literature_beyer2021",
    "beyer2021-limited": "advice.literature_beyer2021_limited",
    "cofi2022": "advice.literature_cofi2022",
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Parameter-dense: at least `min_params` parameters and fewer than `max_macs_per_param` MACs per
    parameter.
    """

    min_params: float
    max_macs_per_param: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A known model on the scales, by torchvision's published figures."""

    name: str
    params: int
    macs: float

    @property
    def ratio(self) -> float:
        """MACs per parameter."""
        return self.macs / self.params


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: it applies when every fact in `when` has the value given there."""

    id: str
    source: Literal["pseudo-code", "prose"]
    says: Says
    when: Mapping[str, bool]
    sets: str | None

    @property
    def text(self) -> Message:
        """The rule in a sentence."""
        return Message(_TEXTS[self.id][0])

    @property
    def short(self) -> Message:
        """The rule in a few words."""
        return Message(_TEXTS[self.id][1])

    def applies(self, facts: Mapping[str, bool]) -> bool:
        """Whether the rule applies to the facts."""
        return all(facts[name] is wanted for name, wanted in self.when.items())


@dataclass(frozen=True, slots=True)
class Conflict:
    """A case in which prose and pseudo-code disagree, with the rules on both sides."""

    id: str
    pruning: tuple[str, ...]
    distillation: tuple[str, ...]

    @property
    def text(self) -> Message:
        """Who says what, why, and what the recommendation follows."""
        return Message(_CONFLICTS[self.id])


@dataclass(frozen=True, slots=True)
class Literature:
    """What the literature says beside the rules, with its citation."""

    id: str
    citation: str
    link: str
    when: Mapping[str, Any]

    @property
    def text(self) -> Message:
        """The finding in a sentence."""
        return Message(_LITERATURE[self.id])


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All of `rules.toml`."""

    thresholds: Thresholds
    rules: tuple[Rule, ...]
    conflicts: tuple[Conflict, ...]
    marks: tuple[Mark, ...]
    literature: tuple[Literature, ...]

    def leaf(self, facts: Mapping[str, bool]) -> Rule:
        """The one leaf of the pseudo-code that applies."""
        (leaf,) = [rule for rule in self.rules if rule.source == "pseudo-code" and rule.applies(facts)]
        return leaf

    def conflicts_among(self, applying: Sequence[str]) -> tuple[Conflict, ...]:
        """The disagreements that arise when the rules with these ids apply."""
        return tuple(
            conflict
            for conflict in self.conflicts
            if all(one in applying for one in (*conflict.pruning, *conflict.distillation))
        )

    def literature_for(self, technique: Technique, facts: Mapping[str, bool]) -> tuple[Literature, ...]:
        """What the literature says about a situation."""
        situation: dict[str, Any] = {**facts, "technique": technique}
        return tuple(
            entry
            for entry in self.literature
            if all(situation.get(key) == wanted for key, wanted in entry.when.items())
        )


@functools.cache
def rule_set() -> RuleSet:
    """The shipped rules."""
    value = tomllib.loads((files("penjing_resources") / "rules.toml").read_text(encoding="utf-8"))
    return RuleSet(
        thresholds=Thresholds(**value["thresholds"]),
        rules=tuple(Rule(**{"sets": None, **rule}) for rule in value["rule"]),
        conflicts=tuple(
            Conflict(one["id"], tuple(one["pruning"]), tuple(one["distillation"]))
            for one in value["conflict"]
        ),
        marks=tuple(Mark(**mark) for mark in value["mark"]),
        literature=tuple(Literature(**entry) for entry in value["literature"]),
    )
