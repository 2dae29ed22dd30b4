"""The training loop's options: one list, shared by every command that trains."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

_OPTIONS: dict[str, Any] = {
    "epochs": Annotated[int | None, typer.Option("--epochs", help="Epochs in all.")],
    "batch_size": Annotated[
        int | None, typer.Option("--batch-size", help="Samples in an optimizer step, over all its parts.")
    ],
    "lr": Annotated[float | None, typer.Option("--lr", help="Highest learning rate.")],
    "optimizer": Annotated[str | None, typer.Option("--optimizer", help="sgd or adamw.")],
    "momentum": Annotated[float | None, typer.Option("--momentum", help="Of sgd.")],
    "weight_decay": Annotated[
        float | None, typer.Option("--weight-decay", help="Of weights; norms and biases have none.")
    ],
    "schedule": Annotated[
        str | None, typer.Option("--schedule", help="constant, cosine, one-cycle, step or plateau.")
    ],
    "warmup_epochs": Annotated[
        float | None, typer.Option("--warmup-epochs", help="The rate rises linearly over these.")
    ],
    "decay": Annotated[
        float | None, typer.Option("--decay", help="What step and plateau multiply the rate by.")
    ],
    "decay_epochs": Annotated[int | None, typer.Option("--decay-epochs", help="Epochs between steps.")],
    "patience": Annotated[
        int | None, typer.Option("--patience", help="Epochs that plateau waits for a lower validation loss.")
    ],
    "clip_norm": Annotated[float | None, typer.Option("--clip-norm", help="Bound of the gradient's norm.")],
    "ema": Annotated[
        float | None, typer.Option("--ema", help="Decay of an average of the weights, which is then kept.")
    ],
    "accumulate": Annotated[
        int | None, typer.Option("--accumulate", help="Parts that a batch goes through the model in.")
    ],
    "early_stop": Annotated[
        int | None, typer.Option("--early-stop", help="Epochs without better validation that end a round.")
    ],
    "label_smoothing": Annotated[
        float | None, typer.Option("--label-smoothing", help="Share of the target spread over all classes.")
    ],
    "objective": Annotated[
        str | None, typer.Option("--objective", help="auto, cross-entropy, mse, mae or huber.")
    ],
    "norm_momentum": Annotated[
        float | None,
        typer.Option(
            "--norm-momentum", help="Share of a step in batch norm's statistics; default: the layer's."
        ),
    ],
    "precision": Annotated[str | None, typer.Option("--precision", help="float32, or mixed on cuda.")],
    "workers": Annotated[
        int | None, typer.Option("--workers", help="Processes that read the data; 0: this one.")
    ],
    "seed": Annotated[int | None, typer.Option("--seed", help="Seed of everything random.")],
    "threads": Annotated[int | None, typer.Option("--threads", help="Threads; default: cores less one.")],
    "device_type": Annotated[str | None, typer.Option("--device-type", help="cpu, cuda or mps.")],
    "checkpoint_every": Annotated[
        int | None, typer.Option("--checkpoint-every", help="Steps between checkpoints.")
    ],
}


def with_training(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with these options in place of its parameter `training`, which takes those given as a dict."""
    own = inspect.signature(command, eval_str=True).parameters
    kinds = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=None)
        for name, kind in _OPTIONS.items()
    ]
    kept = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for name, one in own.items() if name != "training"
    ]

    def taking(**values: Any) -> None:
        training = {name: value for name in _OPTIONS if (value := values.pop(name)) is not None}
        command(**values, training=training)

    taking.__name__ = command.__name__
    taking.__doc__ = command.__doc__
    taking.__module__ = command.__module__
    taking.__signature__ = inspect.Signature([*kept, *kinds])  # type: ignore[attr-defined]
    taking.__annotations__ = {one.name: one.annotation for one in (*kept, *kinds)}
    return taking
