"""The settings of the training loop as fields, those that are seldom changed in groups that fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from penjing_gui.compress.field_grid import FieldGrid
from penjing_gui.compress.recipe_rows import objective_name, optimizer_text, schedule_name
from penjing_gui.theme import Theme

SCHEDULES = ("cosine", "one-cycle", "step", "plateau", "constant")
OBJECTIVES = ("auto", "mse", "mae", "huber")
DEFAULTS: dict[str, Any] = {
    "epochs": 10, "batch_size": 64, "lr": 0.01, "optimizer": "sgd", "momentum": 0.9, "weight_decay": 5e-4,
    "schedule": "cosine", "seed": 0, "threads": 0, "device_type": "cpu", "checkpoint_every": 100,
    "warmup_epochs": 0.0, "decay": 0.1, "decay_epochs": 30, "patience": 5, "clip_norm": None, "ema": None,
    "accumulate": 1, "early_stop": None, "label_smoothing": 0.0, "precision": "float32", "workers": 0,
    "objective": "auto", "norm_momentum": None,
}  # fmt: skip
# As text: their sizes differ by powers of ten.
_TYPED = ("lr", "weight_decay", "clip_norm", "ema", "norm_momentum")
_NEEDS = {  # a setting that matters only where another one has one of these values
    "momentum": ("optimizer", ("sgd",)),
    "decay": ("schedule", ("step", "plateau")),
    "decay_epochs": ("schedule", ("step",)),
    "patience": ("schedule", ("plateau",)),
}


class TrainingFields(FieldGrid):
    """Fields for a recipe's training section."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._task = ""
        self._devices: tuple[str, ...] = ("cpu",)

    def build_training(self) -> None:
        """Add the fields."""
        self.add_whole(
            "training.epochs", self.tr("Epochs"), 0, 100_000,
            help_text=self.tr("How often training sees all its samples, in total."),
        )  # fmt: skip
        self.add_whole(
            "training.batch_size", self.tr("Batch size"), 1, 65_536,
            help_text=self.tr("Samples of one optimiser step."),
        )  # fmt: skip
        self.add_text(
            "training.lr", self.tr("Learning rate"),
            help_text=self.tr("The highest rate; warm-up and schedule lead to it and away from it."),
        )  # fmt: skip
        self._build_optimizer()
        self._build_schedule()
        self._build_regularisation()
        self._build_machine()

    def _build_optimizer(self) -> None:
        self.add_group("optimizer", self.tr("Optimiser"))
        self.add_choice(
            "training.optimizer", self.tr("Optimiser"), (("sgd", "SGD"), ("adamw", "AdamW")),
            help_text=self.tr("SGD with momentum, or AdamW, which adapts the rate to each weight."),
        )  # fmt: skip
        self.add_number(
            "training.momentum", self.tr("Momentum"), 0.0, 0.9999, 4,
            help_text=self.tr("How much of the last step SGD goes on with."),
        ).setSingleStep(0.05)  # fmt: skip
        self.add_text(
            "training.weight_decay", self.tr("Weight decay"),
            help_text=self.tr("Pulls weights towards zero; norms and biases are left out."),
        )  # fmt: skip
        self.add_text(
            "training.clip_norm", self.tr("Clip norm"), hint=self.tr("off"),
            help_text=self.tr("The gradient's norm is cut to this before a step."),
        )  # fmt: skip
        self.add_whole(
            "training.accumulate", self.tr("Accumulate"), 1, 1024,
            help_text=self.tr("A batch goes through the model in this many parts, to save memory."),
        )  # fmt: skip

    def _build_schedule(self) -> None:
        self.add_group("schedule", self.tr("Schedule"))
        self.add_choice(
            "training.schedule", self.tr("Schedule"), tuple((one, schedule_name(one)) for one in SCHEDULES),
            help_text=self.tr("How the learning rate changes while training goes on."),
        )  # fmt: skip
        self.add_number(
            "training.warmup_epochs", self.tr("Warm-up"), 0.0, 10_000.0, 1,
            help_text=self.tr("Epochs in which the rate rises from zero."),
        ).setSingleStep(0.5)  # fmt: skip
        self.add_number(
            "training.decay", self.tr("Decay"), 0.001, 0.999, 3,
            help_text=self.tr("What the rate is multiplied with when it falls."),
        ).setSingleStep(0.1)  # fmt: skip
        self.add_whole(
            "training.decay_epochs", self.tr("Every"), 1, 100_000,
            help_text=self.tr("Epochs between two falls of the rate."),
        )  # fmt: skip
        self.add_whole(
            "training.patience", self.tr("Patience"), 1, 100_000,
            help_text=self.tr("Epochs without a better validation loss before the rate falls."),
        )  # fmt: skip

    def _build_regularisation(self) -> None:
        self.add_group("regularisation", self.tr("Regularisation"))
        self.add_number(
            "training.label_smoothing", self.tr("Smoothing"), 0.0, 0.99, 2,
            help_text=self.tr("Label smoothing: this share of each label is spread over all classes."),
        ).setSingleStep(0.05)  # fmt: skip
        self.add_text(
            "training.ema", self.tr("EMA"), hint=self.tr("off"),
            help_text=self.tr("Decay of a running average of the weights, which is evaluated and kept."),
        )  # fmt: skip
        self.add_text(
            "training.norm_momentum", self.tr("Norm momentum"), hint=self.tr("as the model"),
            help_text=self.tr("Share of each step in batch norm's statistics; short training needs 0.1 or so."),
        )  # fmt: skip
        self.add_whole(
            "training.early_stop", self.tr("Early stop"), 0, 100_000, least=self.tr("off"),
            help_text=self.tr("Ends training after this many epochs without better validation."),
        )  # fmt: skip
        self.add_choice(
            "training.objective", self.tr("Loss"), tuple((one, objective_name(one)) for one in OBJECTIVES),
            help_text=self.tr("What a regression's training makes small."),
        )  # fmt: skip

    def _build_machine(self) -> None:
        self.add_group("machine", self.tr("Machine"))
        self.add_whole(
            "training.seed", self.tr("Seed"), 0, 2**31 - 1,
            help_text=self.tr("Order of the samples, augmentation and new weights follow from it."),
        )  # fmt: skip
        self.add_whole(
            "training.threads", self.tr("Threads"), 0, 1024, least=self.tr("automatic"),
            help_text=self.tr("Threads of torch on the CPU; automatic leaves one core to the window."),
        )  # fmt: skip
        self.add_whole(
            "training.workers", self.tr("Workers"), 0, 64, least=self.tr("none"),
            help_text=self.tr("Processes that read pictures and text ahead of training."),
        )  # fmt: skip
        self.add_choice(
            "training.device_type", self.tr("Device"), (("cpu", "CPU"),),
            help_text=self.tr("Where training is carried out."),
        )  # fmt: skip
        self.add_choice(
            "training.precision", self.tr("Precision"),
            (("float32", "float32"), ("mixed", self.tr("mixed"))),
            help_text=self.tr("Mixed precision takes less memory and time on CUDA."),
        )  # fmt: skip
        self.add_whole(
            "training.checkpoint_every", self.tr("Checkpoint"), 1, 1_000_000,
            help_text=self.tr("Steps between two checkpoints; each epoch's end makes one, too."),
        )  # fmt: skip

    # --- what the fields depend on

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Offer where training can be carried out on this machine; mixed precision only where CUDA is there."""
        self._devices = devices
        names = {"cpu": "CPU", "cuda": "CUDA", "mps": "MPS"}
        box = self.fields["training.device_type"]
        assert isinstance(box, QComboBox)
        for one in devices:
            if box.findData(one) < 0:
                box.addItem(names.get(one, one), one)
        self.show_what_belongs()

    def set_task(self, task: str) -> None:
        """`classification`, `regression`, or empty while it is not known."""
        self._task = task
        self.show_what_belongs()

    def training_is_shown(self, name: str) -> bool:
        """Whether a training setting has a part in what is set now."""
        if name in _NEEDS:
            other, wanted = _NEEDS[name]
            return self.field(f"training.{other}") in wanted
        if name == "objective":
            return self._task == "regression"
        if name == "label_smoothing":
            return self._task != "regression"
        if name == "device_type":
            return len(self._devices) > 1 or self.field("training.device_type") != "cpu"
        if name == "precision":
            return "cuda" in self._devices or self.field("training.precision") != "float32"
        return True

    # --- values

    def fill_training(self, training: Mapping[str, Any]) -> None:
        """Show a recipe's training section."""
        for name, default in DEFAULTS.items():
            value = training.get(name, default)
            if name in _TYPED:
                value = "" if value is None else f"{value:g}" if isinstance(value, (int, float)) else value
            elif name == "early_stop":
                value = value or 0
            self.set_field(f"training.{name}", value)

    def training_values(self) -> dict[str, Any]:
        """The section that the fields say, not validated. What has no part in it keeps its value."""
        found: dict[str, Any] = {}
        for name in DEFAULTS:
            key = f"training.{name}"
            if name in _TYPED:
                value = self.number(key)
                found[name] = "" if value is None and DEFAULTS[name] is not None else value
            elif name == "early_stop":
                found[name] = self.field(key) or None
            else:
                found[name] = self.field(key)
        return found

    def summarise_training(self) -> None:
        """Write beside each folded group what is set in there."""
        values = self.training_values()
        parts = [optimizer_text(values)]
        if values["clip_norm"]:
            parts.append(self.tr("clip {norm}").format(norm=self.field("training.clip_norm")))
        if values["accumulate"] > 1:
            parts.append(self.tr("%n part(s)", "", values["accumulate"]))
        self.groups["optimizer"].set_summary(", ".join(parts))
        parts = [schedule_name(values["schedule"])]
        if values["warmup_epochs"]:
            parts.append(self.tr("warm-up {epochs:g}").format(epochs=values["warmup_epochs"]))
        self.groups["schedule"].set_summary(", ".join(parts))
        parts = []
        if values["label_smoothing"] and self.training_is_shown("label_smoothing"):
            parts.append(self.tr("smoothing {share:g}").format(share=values["label_smoothing"]))
        if values["ema"]:
            parts.append(f"EMA {self.field('training.ema')}")
        if values["norm_momentum"]:
            parts.append(self.tr("norms {share}").format(share=self.field("training.norm_momentum")))
        if values["early_stop"]:
            parts.append(self.tr("early stop {epochs}").format(epochs=values["early_stop"]))
        if self.training_is_shown("objective"):
            parts.append(objective_name(values["objective"]))
        self.groups["regularisation"].set_summary(", ".join(parts) or self.tr("none"))
        parts = [self.tr("seed {seed}").format(seed=values["seed"])]
        if values["threads"]:
            parts.append(self.tr("%n thread(s)", "", values["threads"]))
        if values["workers"]:
            parts.append(self.tr("%n worker(s)", "", values["workers"]))
        if values["device_type"] != "cpu":
            parts.append(str(values["device_type"]).upper())
        self.groups["machine"].set_summary(", ".join(parts))
