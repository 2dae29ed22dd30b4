"""What differs between techniques: how the network to be trained is made, and what it is trained for.

A job has rounds. `prepare(k)` makes the network of round k from that of the round before (pruning removes channels;
distillation makes its student in the one round it has); between rounds the network is trained.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Protocol

from torch import nn

from penjing.costs.count import count
from penjing.distillation.students import Student
from penjing.models.open import open_network
from penjing.models.source import ModelSource
from penjing.pruning.channels import remove, replay
from penjing.pruning.groups import Grouping, find_groups
from penjing.runs.objectives import check_teachable, plain, with_teacher
from penjing.runs.opening import Opened, example_inputs
from penjing.runs.students import build_student, check_student, check_teacher
from penjing.spec.costs import CostTable
from penjing.spec.messages import bad_input
from penjing.spec.recipe import DistillationRecipe, PruningRecipe, Recipe
from penjing.training.loop import Objective
from penjing.training.losses import check_objective
from penjing.whatif.allocate import allocate
from penjing.whatif.predict import predict


class Job(Protocol):
    """See the module's text."""

    @property
    def module(self) -> nn.Module:
        """The network as it is now."""

    @property
    def rounds(self) -> int:
        """How many rounds there are."""

    @property
    def recovers(self) -> bool:
        """Whether batch norm statistics are estimated anew after `prepare`."""

    def planned(self) -> CostTable:
        """The predicted costs of the last round's network."""

    def prepare(self, number: int) -> list[dict[str, Any]]:
        """Make the network of round `number` (1-based); return the history that this adds."""

    def restore(self, history: list[dict[str, Any]], rounds: int) -> None:
        """Make the network of round `rounds` from the model as opened by replaying `history`."""

    def objective(self) -> Objective:
        """The loss to train with."""

    def source(self) -> ModelSource:
        """How plain torch builds the architecture again."""


class PruningJob:
    """Channels removed from a copy of the model, in one round or several."""

    recovers: bool

    def __init__(self, recipe: Recipe, opened: Opened, trust: bool) -> None:
        assert recipe.pruning is not None
        self._settings: PruningRecipe = recipe.pruning
        self._training = recipe.training
        self._seed = recipe.training.seed
        self._opened = opened
        self._trust = trust
        self._example = example_inputs(opened.inputs)
        self._dense_table = count(
            opened.model.network(),
            opened.inputs,
            model=str(opened.model.reference),
            format=opened.model.format,
        )
        self._grouping: Grouping = find_groups(opened.model.network(), self._example)
        if not self._grouping.ok:
            blocker = self._grouping.blockers[0] if self._grouping.blockers else None
            raise bad_input(
                "runs.not_prunable",
                model=opened.model.title,
                reason=blocker.to_json() if blocker else None,
            )
        self.module: nn.Module = copy.deepcopy(opened.model.network())
        self.rounds = recipe.pruning.steps
        self.recovers = recipe.pruning.recovery != "none" and opened.data.task != "none"
        self._teacher = self._open_teacher(recipe)
        self._kept(self.rounds)  # an unreachable target or an unknown layer is said before anything starts

    def _kept(self, number: int) -> Mapping[str, int]:
        """Channels kept after round `number`: the same share is removed of what is left in each round."""
        kind, value = self._settings.target
        part = number / self.rounds
        if kind == "ratio":
            value = 1 - (1 - value) ** part
        elif kind == "bytes":
            whole = self._dense_table.totals.weight_bytes
            value = whole * (value / whole) ** part
        else:
            value = value**part
        layers = {name: 1 - (1 - ratio) ** part for name, ratio in self._settings.layers.items()}
        return allocate(
            self._dense_table, self._grouping.groups, kind, value, self._settings.round_to, layers
        )

    def planned(self) -> CostTable:
        """The predicted costs after the last round."""
        return predict(self._dense_table, self._grouping.groups, self._kept(self.rounds))

    def prepare(self, number: int) -> list[dict[str, Any]]:
        """Remove channels down to round `number`'s counts."""
        self.module.eval()
        return list(
            remove(
                self.module,
                self._example,
                self._kept(number),
                self._settings.criterion,
                self._seed,
            )
        )

    def restore(self, history: list[dict[str, Any]], rounds: int) -> None:
        """Remove again what `history` says."""
        del rounds
        self.module = copy.deepcopy(self._opened.model.network())
        replay(self.module, self._example, history)

    def objective(self) -> Objective:
        """Plain, or under the dense model or another teacher."""
        if self._teacher is None:
            return plain(self._opened.task, self._training)
        return with_teacher(
            self._opened.task,
            copy.deepcopy(self._teacher),
            self._settings.temperature,
            self._settings.alpha,
            self._training.label_smoothing,
            self._opened.data.labelled,
        )

    def _open_teacher(self, recipe: Recipe) -> nn.Module | None:
        """The teacher, checked before anything starts; None where nothing is trained or there is none."""
        reference = self._settings.teacher
        if recipe.training.epochs == 0 or self._settings.recovery != "finetune":
            return None
        if reference == "none":
            if not self._opened.data.labelled:
                raise bad_input("runs.unlabelled_needs_teacher", data=self._opened.data.reference)
            return None
        check_teachable(self._opened.task)
        if reference == "self":
            return self._opened.model.network()
        teacher = open_network(reference, None, self._opened.inputs, self._trust)
        check_teacher(self._opened.model, teacher)
        return teacher.network()

    def source(self) -> ModelSource:
        """The model's own."""
        return self._opened.model.source


class DistillationJob:
    """A student trained under the model as its teacher."""

    recovers = False
    rounds = 1

    def __init__(self, recipe: Recipe, opened: Opened, trust: bool, student: nn.Module | None = None) -> None:
        """`student` is one that exists already; a copy of it is trained."""
        assert recipe.distillation is not None
        self._settings: DistillationRecipe = recipe.distillation
        self._training = recipe.training
        if "kd" in self._settings.losses and opened.task != "classification":
            raise bad_input("runs.kd_needs_classes", task=opened.task)
        if "kd" not in self._settings.losses and not opened.data.labelled:
            raise bad_input("runs.hard_needs_labels", data=opened.data.reference)
        if student is not None:
            check_student(opened.model, copy.deepcopy(student), type(student).__name__)
        self._opened = opened
        self._student = (
            Student(copy.deepcopy(student), opened.model.source, type(student).__name__)
            if student is not None
            else build_student(
                opened.model,
                self._settings.student,
                self._settings.student_weights,
                recipe.training.seed,
                trust,
            )
        )
        self.module: nn.Module = self._student.module

    def planned(self) -> CostTable:
        """The student's costs; they are exact, since it exists already."""
        return count(self.module, self._opened.inputs, model=self._student.title, format="student")

    def prepare(self, number: int) -> list[dict[str, Any]]:
        """Nothing: the student is made."""
        del number
        return []

    def restore(self, history: list[dict[str, Any]], rounds: int) -> None:
        """Nothing: the student is made the same each time."""
        del history, rounds

    def objective(self) -> Objective:
        """Hinton's loss, or the plain one where `hard` is asked for."""
        if "kd" in self._settings.losses:
            return with_teacher(
                self._opened.task,
                copy.deepcopy(self._opened.model.network()),
                self._settings.temperature,
                self._settings.alpha,
                self._training.label_smoothing,
                self._opened.data.labelled,
            )
        return plain(self._opened.task, self._training)

    def source(self) -> ModelSource:
        """The student's own."""
        return self._student.source


class TrainingJob:
    """The model itself, trained."""

    recovers = False
    rounds = 1

    def __init__(self, recipe: Recipe, opened: Opened) -> None:
        if not opened.data.labelled:
            raise bad_input("runs.training_needs_labels", data=opened.data.reference)
        self._training = recipe.training
        self._opened = opened
        self.module: nn.Module = copy.deepcopy(opened.model.network())

    def planned(self) -> CostTable:
        """The model's costs: training does not change them."""
        model = self._opened.model
        return count(model.network(), self._opened.inputs, model=str(model.reference), format=model.format)

    def prepare(self, number: int) -> list[dict[str, Any]]:
        """Nothing: the model is there."""
        del number
        return []

    def restore(self, history: list[dict[str, Any]], rounds: int) -> None:
        """Nothing: the model is there."""
        del history, rounds

    def objective(self) -> Objective:
        """The task's loss."""
        return plain(self._opened.task, self._training)

    def source(self) -> ModelSource:
        """The model's own."""
        return self._opened.model.source


def make_job(recipe: Recipe, opened: Opened, trust: bool) -> Job:
    """The job of a recipe. Raises `Failure` (exit code 2) where its settings are not for the data."""
    if opened.data.task != "none":
        check_objective(opened.task, recipe.training)
    if recipe.technique == "training":
        return TrainingJob(recipe, opened)
    if recipe.technique == "pruning":
        return PruningJob(recipe, opened, trust)
    return DistillationJob(recipe, opened, trust)
