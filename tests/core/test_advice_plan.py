"""Needs on a device, budgets, and plans that meet them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advice_tables import chain, one_layer
from penjing.advice import devices
from penjing.advice.advise import Advice, advise
from penjing.advice.command import command_line
from penjing.advice.limits import Limits
from penjing.advice.needs import needs_of
from penjing.spec.messages import Failure
from penjing.spec.recipe import ModelRecipe, parse
from penjing.whatif.allocate import allocate
from penjing.whatif.predict import predict

MODEL = ModelRecipe(reference="sample:digits-cnn")
DATA = "sample:digits"
LAPTOP = devices.load("laptop")


def ask(limits: Limits, *, grouped: bool = True, device: str = "laptop", **facts: bool) -> Advice:
    table, groups = chain()
    return advise(table, groups if grouped else None, devices.load(device), limits, None, facts, MODEL, DATA)


def test_needs_by_hand() -> None:
    """VGG-16's weights at float16 are 276.7 MB; latency and energy follow the roofline's formula."""
    phone = devices.load("phone")
    table = one_layer(138_357_544, 15_470_000_000, peak=8_000_000)
    needs = needs_of(table, phone)
    assert needs.weights == pytest.approx(276.7, abs=0.05)
    assert needs.activations == 4.0
    assert needs.latency == pytest.approx(1e3 * 15.47e9 / phone.macs_per_s)
    moved = 2 * (138_357_544 + 2 * 2_000_000)
    assert needs.energy == pytest.approx(
        1e-9 * (15.47e9 * phone.energy_per_mac_pj + moved * phone.energy_per_byte_pj)
    )
    memory_bound = needs_of(one_layer(138_357_544, 138_357_544, peak=8_000_000), phone)
    assert memory_bound.latency == pytest.approx(1e3 * moved / phone.bytes_per_s)


def test_without_limits_thirty_percent_is_kept() -> None:
    advice = ask(Limits(), resource_limited=True, parameter_dense=True)
    assert advice.plan is not None and advice.technique == "pruning"
    assert advice.plan.recipe["pruning"]["macs"] == 0.3
    assert advice.plan.costs.totals.macs <= 0.3 * chain()[0].totals.macs
    assert advice.plan.recipe["pruning"]["teacher"] == "self"
    student = ask(Limits())
    assert student.plan is not None and student.technique == "distillation"
    assert student.plan.recipe["distillation"]["student"] == "auto:params=0.3"


@pytest.mark.parametrize("share", [0.7, 0.4, 0.2, 0.05])
def test_the_pruning_plan_is_the_largest_that_meets_the_budget(share: float) -> None:
    table, groups = chain()
    limit = share * needs_of(table, LAPTOP).weights
    advice = ask(Limits(max_size_mb=limit), parameter_dense=True)
    assert advice.facts["resource_limited"].value and advice.plan is not None and advice.plan.exact
    section = advice.plan.recipe["pruning"]

    def weights(macs: float) -> float:
        kept = allocate(table, groups, "macs", macs, section["round_to"], {})
        return needs_of(predict(table, groups, kept), LAPTOP).weights

    assert weights(section["macs"]) == advice.plan.needs.weights <= limit
    assert weights(section["macs"] + 0.01) > limit
    assert (
        next(need for need in advice.needs if need.quantity == "weights").planned == advice.plan.needs.weights
    )


def test_a_latency_is_met_with_its_interval() -> None:
    latency = needs_of(chain()[0], LAPTOP).latency
    advice = ask(Limits(max_latency_ms=latency / 2), parameter_dense=True)
    assert advice.plan is not None
    assert 1.25 * advice.plan.needs.latency <= latency / 2


@pytest.mark.parametrize("dense", [True, False])
def test_out_of_reach(dense: bool) -> None:
    """Ten bytes are beyond any pruning and any student: no plan, and by how much is said."""
    advice = ask(Limits(max_size_mb=1e-5), parameter_dense=dense)
    assert advice.plan is None
    (missed,) = advice.out_of_reach
    assert missed.quantity == "weights" and missed.factor is not None and missed.factor > 1
    document = advice.to_json()
    assert document["plan"] is None
    assert document["out_of_reach"][0]["factor"] == missed.factor
    assert "budget" in document["out_of_reach"][0]["text"]


def test_nothing_prunable() -> None:
    table, groups = chain()
    advice = advise(
        table, groups[2:], LAPTOP, Limits(strict=True), None, {"parameter_dense": True}, MODEL, DATA
    )
    assert advice.plan is None and advice.out_of_reach[0].budget is None
    assert advice.to_json()["out_of_reach"][0]["text"] == "No channels of this model can be removed."


def test_a_student_is_sized_by_what_is_exceeded() -> None:
    needs = needs_of(chain()[0], LAPTOP)
    by_time = ask(Limits(max_latency_ms=needs.latency / 2), performance_required=False)
    assert by_time.technique == "distillation" and by_time.plan is not None
    assert by_time.plan.target == "macs"
    by_size = ask(Limits(max_size_mb=needs.weights / 2))
    assert by_size.plan is not None
    assert by_size.plan.recipe["distillation"]["student"] == "auto:params=0.5"


def test_without_data_nothing_is_trained() -> None:
    table, groups = chain()
    facts = {"parameter_dense": True, "resource_limited": True}
    advice = advise(table, groups, LAPTOP, Limits(), None, facts, MODEL, None)
    assert advice.plan is not None
    recipe = advice.plan.recipe
    assert (recipe["data"]["reference"], recipe["training"]["epochs"]) == ("none", 0)
    assert (recipe["pruning"]["recovery"], recipe["pruning"]["teacher"]) == ("none", "none")
    assert [note.code for note in advice.plan.notes] == ["advice.prune_without_data"]


def test_the_command_says_the_same() -> None:
    advice = ask(Limits(), resource_limited=True, parameter_dense=True)
    assert advice.plan is not None
    words = command_line(advice.plan.recipe, "out dir").split()
    assert words[:3] == ["penjing", "prune", "sample:digits-cnn"]
    for option, value in (("--macs", "0.3"), ("--criterion", "l2"), ("--teacher", "self"), ("--data", DATA)):
        assert words[words.index(option) + 1] == value
    assert words[-2:] == ["'out", "dir'"]
    student = ask(Limits())
    assert student.plan is not None
    assert "--student auto:params=0.3" in command_line(student.plan.recipe)


positive = st.floats(1e-6, 1e6)
LIMITS = st.builds(
    Limits,
    max_size_mb=st.none() | positive,
    max_macs=st.none() | st.floats(1.0, 1e12),
    max_latency_ms=st.none() | positive,
    max_energy_mj=st.none() | positive,
    min_accuracy=st.none() | st.floats(0, 1),
    max_accuracy_drop=st.none() | st.floats(0, 1),
    strict=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(LIMITS, st.booleans(), st.sampled_from(devices.SHIPPED), st.booleans())
def test_a_plan_is_valid_and_meets_every_budget_or_says_which_it_cannot(
    limits: Limits, dense: bool, device: str, grouped: bool
) -> None:
    advice = ask(limits, grouped=grouped, device=device, parameter_dense=dense)
    assert (advice.plan is None) == bool(advice.out_of_reach)
    if advice.plan is None:
        return
    assert parse(advice.plan.recipe).to_json() == advice.plan.recipe
    assert advice.plan.recipe["technique"] == advice.technique
    for need in advice.needs:
        assert need.planned is not None and need.met_by(need.planned)


@given(st.sampled_from(["max_size_mb", "max_macs", "max_latency_ms", "max_energy_mj", "training_hours"]),
       st.floats(max_value=0) | st.just(float("nan")) | st.just(float("inf")))  # fmt: skip
def test_limits_out_of_range(name: str, value: float) -> None:
    with pytest.raises(Failure) as caught:
        Limits(**{name: value})
    assert caught.value.exit_code == 2 and caught.value.message.params["limit"].startswith("--")


@pytest.mark.parametrize("value", [-0.1, 1.5, 97.0])
def test_accuracies_are_shares(value: float) -> None:
    with pytest.raises(Failure, match="limit_share"):
        Limits(min_accuracy=value)
