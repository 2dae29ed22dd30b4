"""The document's decision and considerations, case by case, and the named conflicts between them."""

from __future__ import annotations

import itertools

import pytest

from advice_tables import one_layer
from penjing.advice import devices
from penjing.advice.advise import Advice, advise
from penjing.advice.facts import model_type
from penjing.advice.limits import FACTS, Limits, TrainingTime, parse_overrides
from penjing.advice.rules import Thresholds, rule_set
from penjing.spec.messages import Failure
from penjing.spec.recipe import ModelRecipe

MODEL = ModelRecipe(reference="torchvision:vgg16")
# rules.md, "The decision": parameter-dense, resource limits, performance required -> leaf and technique.
LEAVES = {
    (True, True, False): ("C1", "pruning"),
    (True, True, True): ("C1", "pruning"),
    (True, False, False): ("C2", "distillation"),
    (True, False, True): ("C2", "distillation"),
    (False, False, True): ("C3", "pruning"),
    (False, True, True): ("C3", "pruning"),
    (False, False, False): ("C4", "distillation"),
    (False, True, False): ("C4", "distillation"),
}
SITUATIONS = [
    (*values, kind)
    for values in itertools.product((False, True), repeat=4)
    for kind in ("compute", "neither")
]


def ask(
    limits: Limits | None = None, params: int = 138_357_544, macs: int = 15_470_000_000, **facts: bool
) -> Advice:
    return advise(
        one_layer(params, macs),
        None,
        devices.load("server-gpu"),
        limits or Limits(),
        None,
        facts,
        MODEL,
        None,
    )


def situation(dense: bool, limited: bool, required: bool, training: bool, kind: str) -> dict[str, bool]:
    return {
        "parameter_dense": dense,
        "resource_limited": limited,
        "performance_required": required,
        "training_limited": training,
        "compute_dense": kind == "compute" and not dense,
    }


@pytest.mark.parametrize(("facts", "wanted"), LEAVES.items())
def test_decision(facts: tuple[bool, bool, bool], wanted: tuple[str, str]) -> None:
    dense, limited, required = facts
    advice = ask(parameter_dense=dense, resource_limited=limited, performance_required=required)
    assert (advice.leaf.id, advice.technique) == wanted
    leaves = [one.rule.id for one in advice.rules if one.rule.source == "pseudo-code" and one.applies]
    assert leaves == [wanted[0]]


@pytest.mark.parametrize("values", SITUATIONS)
def test_considerations_and_conflicts(values: tuple[bool, bool, bool, bool, str]) -> None:
    facts = situation(*values)
    advice = ask(**facts)
    applying = {one.rule.id: one.rule.says for one in advice.rules if one.applies}
    assert ("P1a" in applying) == facts["parameter_dense"]
    assert ("P1b" in applying) == facts["compute_dense"]
    assert ("P4a" in applying) == facts["resource_limited"]
    assert ("P4b" in applying) == facts["training_limited"]
    assert applying["P2"] == applying["P3"] == "neither"
    # A conflict arises wherever a consideration speaks against the leaf, and nowhere else.
    against = {
        rule
        for rule, says in applying.items()
        if rule[0] == "P" and says not in ("neither", advice.technique)
    }
    named = set()
    for conflict in advice.conflicts:
        sides = (conflict.pruning, conflict.distillation)
        assert advice.leaf.id in sides[advice.technique == "distillation"]
        for side, technique in zip(sides, ("pruning", "distillation"), strict=True):
            assert side and all(applying[rule] == technique for rule in side)
        named |= set(sides[advice.technique == "pruning"])
    assert named == against


# rules.md, "Prose and pseudo-code disagree": dense, limited, required, training, kind -> both sides.
CASES = [
    ((True, True, False, False, "neither"), [(("C1", "P4a"), ("P1a",))]),
    ((False, False, False, False, "compute"), [(("P1b",), ("C4",))]),
    ((True, True, False, True, "neither"), [(("C1", "P4a"), ("P1a",)), (("C1",), ("P4b",))]),
    ((False, False, True, True, "neither"), [(("C3",), ("P4b",))]),
    ((False, True, False, False, "neither"), [(("P4a",), ("C4",))]),
    ((True, False, False, True, "neither"), []),
    ((False, False, True, False, "compute"), []),
    ((False, True, False, False, "compute"), [(("P1b",), ("C4",)), (("P4a",), ("C4",))]),
]


@pytest.mark.parametrize(("values", "sides"), CASES)
def test_named_conflicts(
    values: tuple[bool, bool, bool, bool, str], sides: list[tuple[tuple[str, ...], tuple[str, ...]]]
) -> None:
    advice = ask(**situation(*values))
    found = [(set(one.pruning), set(one.distillation)) for one in advice.conflicts]
    assert found == [(set(pruning), set(distillation)) for pruning, distillation in sides]
    text = " ".join(one["text"] for one in advice.to_json()["conflicts"])
    assert all(rule in text for pruning, distillation in sides for rule in (*pruning, *distillation))


# rules.md, "How each fact is measured": published params (M) and MACs per parameter.
ZOO = [
    ("vgg16", 138_357_544, 112, "parameter"),
    ("resnet18", 11_689_512, 155, "parameter"),
    ("resnet50", 25_557_032, 160, "parameter"),
    ("resnet152", 60_192_808, 191, "parameter"),
    ("convnext_tiny", 28_589_128, 156, "parameter"),
    ("densenet121", 7_978_856, 355, "compute"),
    ("squeezenet", 1_248_424, 656, "compute"),
    ("mobilenet_v2", 3_504_872, 86, "neither"),
    ("resnet20 on CIFAR-10", 272_474, 150, "neither"),
    ("digits", 110_000, 30, "neither"),
]


@pytest.mark.parametrize(("name", "params", "ratio", "kind"), ZOO)
def test_zoo(name: str, params: int, ratio: float, kind: str) -> None:
    found = model_type(one_layer(params, round(params * ratio)), rule_set().thresholds)
    assert found.ratio == pytest.approx(ratio, rel=1e-6)
    assert found.parameter_dense == (kind == "parameter")
    assert found.compute_dense == (kind == "compute")


def test_marks_are_torchvisions() -> None:
    from torchvision.models import get_model_weights

    names = {
        "MobileNet-v2": "mobilenet_v2", "ResNet-18": "resnet18", "ResNet-50": "resnet50",
        "ResNet-152": "resnet152", "VGG-16": "vgg16", "DenseNet-121": "densenet121",
        "SqueezeNet": "squeezenet1_0", "ViT-B/16": "vit_b_16", "ConvNeXt-T": "convnext_tiny",
        "Swin-T": "swin_t",
    }  # fmt: skip
    marks = {mark.name: mark for mark in rule_set().marks}
    assert marks.keys() == names.keys()
    for name, mark in marks.items():
        meta = get_model_weights(names[name]).DEFAULT.meta
        assert (mark.params, mark.macs) == (meta["num_params"], pytest.approx(meta["_ops"] * 1e9))


def test_the_size_at_which_the_verdict_flips() -> None:
    resnet50 = model_type(one_layer(25_557_032, 4_089_000_000), rule_set().thresholds)
    assert resnet50.flips_at == 250  # rules.md: "crosses 200 at about 250 pixels"
    assert resnet50.distance == pytest.approx(-0.2, abs=0.001)
    densenet = model_type(one_layer(7_978_856, 2_834_000_000), rule_set().thresholds)
    assert densenet.flips_at is None  # the size gate holds at any input
    dense_at_small_inputs = model_type(one_layer(20_000_000, 8_000_000_000), rule_set().thresholds)
    assert dense_at_small_inputs.flips_at == round(224 * 0.5**0.5)


def test_a_language_model_is_measured_at_one_token() -> None:
    from dataclasses import replace

    from penjing.spec.references import InputSpec

    table = replace(one_layer(100_000_000, 128 * 100_000_000), input=(InputSpec((128,), "int64"),))
    found = model_type(table, rule_set().thresholds)
    assert (found.ratio, found.tokens, found.flips_at) == (1.0, 128, None)
    assert found.parameter_dense


def test_thresholds_can_be_moved() -> None:
    moved = Thresholds(min_params=10e6, max_macs_per_param=100)
    assert model_type(one_layer(138_357_544, 15_470_000_000), moved).compute_dense


def test_an_override_is_marked_and_excludes_the_other_type() -> None:
    advice = ask(compute_dense=True)
    facts = advice.facts
    assert facts["compute_dense"].overridden and facts["compute_dense"].value
    assert not facts["compute_dense"].measured
    assert facts["parameter_dense"].measured and not facts["parameter_dense"].value
    document = advice.to_json()
    assert document["measures"]["overridden"] == ["compute_dense"]
    assert document["facts"]["parameter_dense"] is False
    with pytest.raises(Failure) as caught:
        ask(compute_dense=True, parameter_dense=True)
    assert (caught.value.message.code, caught.value.exit_code) == ("advice.facts_contradict", 2)


@pytest.mark.parametrize(
    ("limits", "fact"),
    [
        (Limits(min_accuracy=0.9), "performance_required"),
        (Limits(max_accuracy_drop=0.01), "performance_required"),
        (Limits(max_latency_ms=1e6), "performance_required"),
        (Limits(strict=True), "resource_limited"),
        (Limits(max_size_mb=10), "resource_limited"),
        (Limits(max_macs=1e9), "resource_limited"),
        (Limits(max_latency_ms=0.01), "resource_limited"),
    ],
)
def test_limits_make_facts(limits: Limits, fact: str) -> None:
    assert not ask().facts[fact].value
    assert ask(limits).facts[fact].value
    assert not ask(limits).facts[fact].overridden


@pytest.mark.parametrize(("seconds", "limited"), [(3599.0, False), (3601.0, True)])
def test_training_time(seconds: float, limited: bool) -> None:
    advice = advise(
        one_layer(10, 10), None, devices.load("laptop"), Limits(training_hours=1),
        TrainingTime(seconds, seconds, seconds), {}, MODEL, None,
    )  # fmt: skip
    assert advice.facts["training_limited"].value is limited
    assert ask(Limits(training_hours=1)).facts["training_limited"].value is False


def test_overrides_are_parsed() -> None:
    assert parse_overrides(["parameter-dense=yes", "resource_limited=NO"]) == {
        "parameter_dense": True,
        "resource_limited": False,
    }
    for text, code in (
        ("speed=yes", "advice.fact_unknown"),
        ("training-limited=maybe", "advice.fact_answer"),
    ):
        with pytest.raises(Failure) as caught:
            parse_overrides([text])
        assert caught.value.message.code == code
    assert len(FACTS) == 5


def test_the_document_has_the_contracts_keys() -> None:
    document = ask(Limits(max_size_mb=100)).to_json()
    facts = {
        "parameter_dense", "macs_per_parameter", "resource_limited", "performance_required",
        "training_limited",
    }  # fmt: skip
    assert facts <= document["facts"].keys()
    assert {"technique", "facts", "rules", "conflicts", "plan", "out_of_reach"} <= document.keys()
    ids = [rule["id"] for rule in document["rules"]]
    assert ids == ["C1", "C2", "C3", "C4", "P1a", "P1b", "P2", "P3", "P4a", "P4b"]
    for rule in document["rules"]:
        assert {"id", "source", "text", "says", "applies", "because"} <= rule.keys()
        assert rule["source"] == ("pseudo-code" if rule["id"][0] == "C" else "prose")
        assert "section 4" in rule["text"] and rule["because"] and "{" not in rule["because"]
    chinese = ask(Limits(max_size_mb=100)).to_json("zh_CN")
    assert all("第 4 节" in rule["text"] and "{" not in rule["because"] for rule in chinese["rules"])
