"""Which recipes this version can carry out. What it cannot is refused before anything starts, naming the setting."""

from __future__ import annotations

from penjing.spec.messages import bad_input
from penjing.spec.recipe import Recipe

CRITERIA = ("l2", "l1", "random", "fpgm", "bn-scale")
TARGETS = ("ratio", "macs", "params", "bytes")
LOSSES = ("kd", "hard")


def _refuse(setting: str, value: object, offered: tuple[str, ...]) -> None:
    raise bad_input("runs.not_offered", setting=setting, value=str(value), offered=", ".join(offered))


def check(recipe: Recipe) -> None:
    """Raise `Failure` (exit code 2) for a setting that is known but not offered in this version."""
    pruning, distillation = recipe.pruning, recipe.distillation
    if pruning is not None:
        if pruning.when != "after":
            _refuse("when", pruning.when, ("after",))
        if pruning.granularity != "channel":
            _refuse("granularity", pruning.granularity, ("channel",))
        if pruning.criterion not in CRITERIA:
            _refuse("criterion", pruning.criterion, CRITERIA)
        if pruning.target[0] not in TARGETS:
            _refuse("target", pruning.target[0], TARGETS)
        if pruning.scope != "local":
            _refuse("scope", pruning.scope, ("local",))
    if distillation is not None:
        for loss in distillation.losses:
            if loss not in LOSSES:
                _refuse("loss", loss, LOSSES)
        if len(distillation.losses) > 1:
            _refuse("loss", " + ".join(distillation.losses), LOSSES)
        if distillation.taps:
            raise bad_input("runs.taps_not_offered", losses=", ".join(LOSSES))
        if recipe.data.reference == "none":
            raise bad_input("runs.distillation_needs_data")
        if recipe.training.epochs == 0 and distillation.student.startswith("auto:"):
            raise bad_input("runs.student_needs_epochs")
    _check_training(recipe)
    if recipe.data.reference == "none":
        if recipe.training.epochs > 0:
            raise bad_input("runs.epochs_need_data", epochs=recipe.training.epochs)
        if pruning is not None and pruning.recovery == "recalibrate":
            raise bad_input("runs.recalibration_needs_data")


def _check_training(recipe: Recipe) -> None:
    training = recipe.training
    if recipe.technique == "training" and training.epochs == 0:
        raise bad_input("runs.training_needs_epochs")
    if training.precision == "mixed" and training.device_type != "cuda":
        raise bad_input("runs.mixed_needs_cuda", device=training.device_type)
    if training.schedule == "one-cycle" and training.warmup_epochs > 0:
        raise bad_input("runs.cycle_warms_up")
