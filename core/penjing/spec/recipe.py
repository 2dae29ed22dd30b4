"""The recipe: the complete, validated description of a run. A recipe and its inputs determine the result.

`load` reads JSON or TOML; unknown keys are an error that names the key. All errors are `Failure`s with exit code 2.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from penjing.spec.files import write_json
from penjing.spec.messages import Failure, bad_input
from penjing.spec.references import DTYPES, InputSpec, parse_data, parse_model

Technique = Literal["pruning", "distillation", "training"]
Criterion = Literal[
    "random", "l1", "l2", "lamp", "fpgm", "bn-scale", "taylor", "hessian", "apoz", "mean-activation", "wanda",
    "snip", "grasp", "synflow",
]  # fmt: skip
Loss = Literal[
    "hard", "kd", "kd-std", "dkd", "dist", "mse", "fitnet", "at", "sp", "rkd", "pkt", "cc", "nst", "vid", "ofd",
    "crd", "reviewkd",
]  # fmt: skip
Share = Annotated[float, Field(gt=0, lt=1)]
TARGETS = ("ratio", "macs", "params", "sparsity", "bytes", "latency_ms")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class InputRecipe(_Strict):
    """Shape of ONE sample without the batch axis, and dtype."""

    shape: tuple[Annotated[int, Field(gt=0)], ...]
    dtype: str = "float32"

    @field_validator("dtype")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in DTYPES:
            raise ValueError(f"one of {', '.join(DTYPES)}")
        return value

    def spec(self) -> InputSpec:
        """The same as an `InputSpec`."""
        return InputSpec(self.shape, self.dtype)


class ModelRecipe(_Strict):
    """Which model, and the SHA-256 of the weights it had when the recipe was made (None: not checked).

    `classes` are the outputs that an architecture of a zoo is built with; None: as its weights have, or in plain
    training as the data need.
    """

    reference: str
    weights: str | None = None
    sha256: str | None = None
    classes: Annotated[int, Field(ge=1)] | None = None
    input: tuple[InputRecipe, ...] = ()

    @field_validator("reference")
    @classmethod
    def _parses(cls, value: str) -> str:
        parse_model(value)
        return value


class ColumnRecipe(_Strict):
    """One column of a table as the model sees it, fitted on training rows alone.

    A number becomes (value - mean) / std, a missing one the mean; a category one input for each of `categories`, all
    zero where it is missing or was never seen.
    """

    name: str
    kind: Literal["number", "category"]
    mean: float = 0.0
    std: Annotated[float, Field(gt=0)] = 1.0
    categories: tuple[str, ...] = ()


class DataRecipe(_Strict):
    """Which data, the seed of their splits, and how they are read. What is left out is found out.

    Tables: `target` is the column to predict (the last one, unless said), `columns` says what a column is (`ignore`
    leaves it out), `table` and `target_fit` are what was fitted on training rows. `target_scale` has a regression
    trained on targets of mean 0 and deviation 1. Text: `text` and `target` are columns, `tokenizer` a folder,
    `max_length` tokens. Pictures: `size` is height and width, `mean` and `std` the normalisation by channel.
    """

    reference: str
    split_seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    task: Literal["auto", "classification", "regression"] = "auto"
    target: str | None = None
    columns: dict[str, Literal["number", "category", "ignore"]] = {}
    table: tuple[ColumnRecipe, ...] | None = None
    target_fit: ColumnRecipe | None = None
    target_scale: Literal["none", "standardise"] = "none"
    text: str | None = None
    tokenizer: str | None = None
    max_length: Annotated[int, Field(ge=2)] | None = None
    size: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]] | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[Annotated[float, Field(gt=0)], ...] | None = None
    augmentation: Literal["none", "light", "strong"] = "none"
    labels: bool = True

    @field_validator("reference")
    @classmethod
    def _parses(cls, value: str) -> str:
        parse_data(value)
        return value


class PruningRecipe(_Strict):
    """How to prune. At most one target may be set; `ratio` is the share REMOVED, `macs` and `params` are KEPT.

    `layers` maps a layer to the ratio removed from its group (0 locks it). `teacher` is `self` (the dense model),
    `none`, or a model reference; `temperature` and `alpha` weigh it as in distillation.
    """

    when: Literal["before", "after", "gradual", "rewind"] = "after"
    granularity: str = "channel"
    criterion: Criterion = "l2"
    ratio: Annotated[float, Field(ge=0, lt=1)] | None = None
    macs: Share | None = None
    params: Share | None = None
    sparsity: Annotated[float, Field(ge=0, lt=1)] | None = None
    bytes: Annotated[int, Field(gt=0)] | None = None
    latency_ms: Annotated[float, Field(gt=0)] | None = None
    scope: Literal["local", "global"] = "local"
    round_to: Annotated[int, Field(ge=1)] = 1
    steps: Annotated[int, Field(ge=1, le=100)] = 1
    layers: dict[str, Annotated[float, Field(ge=0, lt=1)]] = {}
    recovery: Literal["finetune", "recalibrate", "none"] = "finetune"
    teacher: str = "none"
    temperature: Annotated[float, Field(gt=0)] = 4.0
    alpha: Annotated[float, Field(ge=0, le=1)] = 0.5

    @field_validator("granularity")
    @classmethod
    def _granularity(cls, value: str) -> str:
        n, colon, m = value.partition(":")
        if value in ("channel", "weight", "block") or (
            colon and n.isdecimal() and m.isdecimal() and 0 < int(n) < int(m)
        ):
            return value
        raise ValueError("one of channel, weight, block, N:M")

    @model_validator(mode="after")
    def _one_target(self) -> PruningRecipe:
        given = [name for name in TARGETS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"one target at most, not {', '.join(given)}")
        return self

    @property
    def target(self) -> tuple[str, float]:
        """The target's name and value; `("ratio", 0.0)` where none is set (then `layers` alone says what to remove)."""
        for name in TARGETS:
            value = getattr(self, name)
            if value is not None:
                return name, float(value)
        return "ratio", 0.0


class DistillationRecipe(_Strict):
    """How to distil. `losses` maps a loss to its weight; `taps` maps a student's layer to its teacher's.

    The student is a model reference or `auto:width=W`, `auto:depth=D`, `auto:macs=R`, `auto:params=R` (shares of
    the teacher's). The total is (1 - alpha)·CE + alpha·T²·KL unless the loss says otherwise.
    """

    student: str
    student_weights: str | None = None
    losses: dict[Loss, Annotated[float, Field(gt=0)]] = {"kd": 1.0}
    temperature: Annotated[float, Field(gt=0)] = 4.0
    alpha: Annotated[float, Field(ge=0, le=1)] = 0.9
    taps: dict[str, str] = {}

    @field_validator("student")
    @classmethod
    def _student(cls, value: str) -> str:
        if value.startswith("auto:"):
            key, _, number = value[5:].partition("=")
            try:
                share = float(number)
            except ValueError:
                share = 0.0
            if key not in ("width", "depth", "macs", "params") or not 0 < share <= 1:
                raise ValueError(
                    "a model reference, or auto:width=W, auto:macs=R or auto:params=R with a share in (0, 1]"
                )
        else:
            parse_model(value)
        return value


class TrainingRecipe(_Strict):
    """The training loop's settings. `epochs` is the total, divided over pruning steps.

    `threads` 0 means: cores less one, resolved when the run is made so that it can be repeated.
    A checkpoint is made every `checkpoint_every` optimizer steps and at an epoch's end, unless the last one was made
    so lately that it would take a good part of the time, and always at a round's end. `batch_size` is of an optimizer
    step over all ranks and `accumulate` parts. `warmup_epochs` raise the rate linearly from zero. `step` multiplies it
    by `decay` every `decay_epochs`, `plateau` after `patience` epochs without a better validation loss. `clip_norm`
    bounds the gradient's norm. `ema` is the decay of an average of the weights, which is then evaluated and kept.
    `early_stop` epochs without better validation end a round. `workers` read the data in processes of their own.
    `objective` is the task's loss; auto: cross-entropy, or mean squared error. `norm_momentum` is the share of a step's
    statistics that batch norm takes into those it keeps; None: as each layer has it.
    """

    epochs: Annotated[int, Field(ge=0)] = 10
    batch_size: Annotated[int, Field(ge=1)] = 64
    lr: Annotated[float, Field(gt=0)] = 0.01
    optimizer: Literal["sgd", "adamw"] = "sgd"
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    weight_decay: Annotated[float, Field(ge=0)] = 5e-4
    schedule: Literal["constant", "cosine", "one-cycle", "step", "plateau"] = "cosine"
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    threads: Annotated[int, Field(ge=0)] = 0
    device_type: Literal["cpu", "cuda", "mps"] = "cpu"
    checkpoint_every: Annotated[int, Field(ge=1)] = 100
    warmup_epochs: Annotated[float, Field(ge=0)] = 0.0
    decay: Annotated[float, Field(gt=0, lt=1)] = 0.1
    decay_epochs: Annotated[int, Field(ge=1)] = 30
    patience: Annotated[int, Field(ge=1)] = 5
    clip_norm: Annotated[float, Field(gt=0)] | None = None
    ema: Annotated[float, Field(gt=0, lt=1)] | None = None
    accumulate: Annotated[int, Field(ge=1)] = 1
    early_stop: Annotated[int, Field(ge=1)] | None = None
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    precision: Literal["float32", "mixed"] = "float32"
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    objective: Literal["auto", "cross-entropy", "mse", "mae", "huber"] = "auto"
    norm_momentum: Annotated[float, Field(gt=0, le=1)] | None = None


class Recipe(_Strict):
    """A whole run."""

    version: Literal[1] = 1
    model: ModelRecipe
    data: DataRecipe
    technique: Technique
    pruning: PruningRecipe | None = None
    distillation: DistillationRecipe | None = None
    training: TrainingRecipe = TrainingRecipe()

    @model_validator(mode="after")
    def _section(self) -> Recipe:
        for section in ("pruning", "distillation"):
            given = getattr(self, section) is not None
            if section == self.technique and not given:
                raise ValueError(f"technique {self.technique} needs the section {section}")
            if section != self.technique and given:
                raise ValueError(f"technique {self.technique} has no section {section}")
        return self

    def to_json(self) -> dict[str, Any]:
        """The recipe as plain JSON values, every setting written out."""
        return self.model_dump(mode="json")

    def save(self, path: Path) -> None:
        """Write `recipe.json` atomically."""
        write_json(path, self.to_json())


def parse(value: Any) -> Recipe:
    """Validate plain values. Raises `Failure` (exit code 2) that names the first offending key."""
    try:
        return Recipe.model_validate(value)
    except ValidationError as error:
        raise from_validation(error) from None


def from_validation(error: ValidationError) -> Failure:
    """The first error of a pydantic validation as a `Failure` with the key's dotted path."""
    first = error.errors(include_url=False)[0]
    inner = first.get("ctx", {}).get("error")
    if isinstance(inner, Failure):
        return inner
    key = ".".join(str(part) for part in first["loc"]) or "recipe"
    if first["type"] == "extra_forbidden":
        return bad_input("recipe.unknown_key", key=key)
    if first["type"] == "missing":
        return bad_input("recipe.missing_key", key=key)
    return bad_input("recipe.bad_value", key=key, problem=first["msg"].removeprefix("Value error, "))


def load(path: Path) -> Recipe:
    """Read a recipe from a JSON or TOML file. Raises `Failure` (exit code 2)."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise bad_input("recipe.not_found", path=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise bad_input("recipe.unreadable", path=str(path), problem=str(error)) from None
    try:
        value = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise bad_input("recipe.malformed", path=str(path), problem=str(error)) from None
    return parse(value)
