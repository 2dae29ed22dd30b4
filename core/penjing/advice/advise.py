"""Advice: the founding document's rule set, evaluated on measured facts, with every step shown.

`Advice` holds all that the Decide page shows; `to_json` is the document of `penjing advise --json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penjing.advice import facts as measures
from penjing.advice import plan as plans
from penjing.advice.devices import DeviceProfile
from penjing.advice.facts import Fact, ModelType
from penjing.advice.limits import Limits, TrainingTime
from penjing.advice.needs import Need, compare, needs_of
from penjing.advice.plan import OutOfReach, Plan
from penjing.advice.rules import Conflict, Literature, Rule, Thresholds, rule_set
from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Message
from penjing.spec.recipe import ModelRecipe, Technique
from penjing_resources import messages


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A rule, whether it applies here, and the reasons: what the facts it asks for were found to be."""

    rule: Rule
    applies: bool
    because: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The recommendation and everything it rests on. `plan` is None where a budget is out of reach."""

    model: str
    device: DeviceProfile
    limits: Limits
    training: TrainingTime | None
    kind: ModelType
    facts: Mapping[str, Fact]
    needs: tuple[Need, ...]
    rules: tuple[Evaluated, ...]
    leaf: Rule
    technique: Technique
    conflicts: tuple[Conflict, ...]
    literature: tuple[Literature, ...]
    plan: Plan | None
    out_of_reach: tuple[OutOfReach, ...]

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The contract's keys, and beside them what was measured. Sentences are in `language`, with their
        codes.
        """

        def say(message: Message) -> str:
            return messages.render(message.code, message.params, language)

        joint = "；" if language == "zh_CN" else "; "
        flags: dict[str, Any] = {name: fact.value for name, fact in self.facts.items()}
        return {
            "technique": self.technique,
            "leaf": self.leaf.id,
            "facts": {
                "parameter_dense": flags["parameter_dense"],
                "macs_per_parameter": self.kind.ratio,
                "resource_limited": flags["resource_limited"],
                "performance_required": flags["performance_required"],
                "training_limited": flags["training_limited"],
                "compute_dense": flags["compute_dense"],
            },
            "rules": [
                {
                    "id": one.rule.id,
                    "source": one.rule.source,
                    "text": say(one.rule.text),
                    "code": one.rule.text.code,
                    "says": one.rule.says,
                    "sets": one.rule.sets,
                    "applies": one.applies,
                    "because": joint.join(map(say, one.because)),
                }
                for one in self.rules
            ],
            "conflicts": [
                {
                    "id": one.id,
                    "rules": [*one.pruning, *one.distillation],
                    "pruning": list(one.pruning),
                    "distillation": list(one.distillation),
                    "text": say(one.text),
                    "code": one.text.code,
                }
                for one in self.conflicts
            ],
            "plan": self.plan.recipe if self.plan else None,
            "out_of_reach": [{**one.to_json(), "text": say(one.text)} for one in self.out_of_reach] or None,
            "predicted": self._predicted(say),
            "needs": [need.to_json() for need in self.needs],
            "measures": {
                "model_type": self.kind.to_json(),
                "facts": {
                    name: {**fact.to_json(), "text": say(fact.because)} for name, fact in self.facts.items()
                },
                "training_time": self.training.to_json() if self.training else None,
                "overridden": [name for name, fact in self.facts.items() if fact.overridden],
            },
            "accuracy_floor": {
                "min_accuracy": self.limits.min_accuracy,
                "max_accuracy_drop": self.limits.max_accuracy_drop,
            },
            "limits": self.limits.to_json(),
            "device": self.device.to_json(),
            "literature": [
                {"text": say(one.text), "citation": one.citation, "link": one.link} for one in self.literature
            ],
        }

    def _predicted(self, say: Any) -> dict[str, Any] | None:
        if self.plan is None:
            return None
        return {
            "exact": self.plan.exact,
            "target": self.plan.target,
            "share": self.plan.share,
            "totals": self.plan.costs.totals.to_json(),
            "notes": [say(note) for note in self.plan.notes],
        }


def advise(
    table: CostTable,
    groups: Sequence[CoupledGroup] | None,
    device: DeviceProfile,
    limits: Limits,
    training: TrainingTime | None,
    overrides: Mapping[str, bool],
    model: ModelRecipe,
    data: str | None,
    thresholds: Thresholds | None = None,
) -> Advice:
    """Measure the facts, evaluate the rules, plan. The recommendation is the leaf's.

    `groups` None means that the coupled groups are not known yet: the plan is then an approximation. Raises
    `Failure` (exit code 2) for overrides that exclude each other.
    """
    rules = rule_set()
    kind = measures.model_type(table, thresholds or rules.thresholds)
    needs = compare(needs_of(table, device), device, limits)
    facts = measures.measure(kind, needs, limits, training, overrides)
    values = {name: fact.value for name, fact in facts.items()}
    evaluated = tuple(
        Evaluated(rule, rule.applies(values), _reasons(rule, facts, limits)) for rule in rules.rules
    )
    leaf = rules.leaf(values)
    technique: Technique = "pruning" if leaf.says == "pruning" else "distillation"
    plan, out_of_reach = plans.make(technique, table, groups, device, needs, model, data)
    return Advice(
        model=table.model,
        device=device,
        limits=limits,
        training=training,
        kind=kind,
        facts=facts,
        needs=plans.with_plan(needs, plan.needs) if plan else needs,
        rules=evaluated,
        leaf=leaf,
        technique=technique,
        conflicts=rules.conflicts_among([one.rule.id for one in evaluated if one.applies]),
        literature=rules.literature_for(technique, values),
        plan=plan,
        out_of_reach=out_of_reach,
    )


def _reasons(rule: Rule, facts: Mapping[str, Fact], limits: Limits) -> tuple[Message, ...]:
    """Why a rule applies, or does not: the facts that decide it."""
    if rule.sets == "accuracy-floor":
        return (_floor(limits),)
    if rule.sets == "budgets":
        return (facts["resource_limited"].because,)
    against = [name for name, wanted in rule.when.items() if facts[name].value is not wanted]
    return tuple(facts[name].because for name in against or rule.when)


def _floor(limits: Limits) -> Message:
    if limits.min_accuracy is not None and limits.max_accuracy_drop is not None:
        return Message(
            "advice.floor_both", {"share": limits.min_accuracy, "points": 100 * limits.max_accuracy_drop}
        )
    if limits.min_accuracy is not None:
        return Message("advice.floor_accuracy", {"share": limits.min_accuracy})
    if limits.max_accuracy_drop is not None:
        return Message("advice.floor_drop", {"points": 100 * limits.max_accuracy_drop})
    return Message("advice.floor_none")
