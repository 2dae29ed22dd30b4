"""A run of the sample from the command line, of which one thing is wrong."""

from __future__ import annotations

SAMPLE, DATA = "sample:digits-cnn", "sample:digits"


def prune(*arguments: object, model: str = SAMPLE, data: str = DATA) -> tuple[object, ...]:
    """The arguments of a pruning run."""
    target = () if any(str(one).startswith("--ratio") for one in arguments) else ("--macs", 0.5)
    epochs = () if "--epochs" in arguments else ("--epochs", 0 if data == "none" else 1)
    return ("prune", model, "--data", data, *target, *epochs, "--out", "deep/out", *arguments)
