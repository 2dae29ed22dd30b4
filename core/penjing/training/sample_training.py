"""Makes the weights that the sample ships with: `python -m penjing.training.sample_training [FILE]`.

Trains `DigitsCNN` on the training split of `sample:digits` alone, for a fixed number of epochs, with one
thread and one seed. Validation and test are looked at once, after the last step, to print two figures.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import torch
from torch import nn

from penjing.data.items import TensorSplit
from penjing.models.sample import DigitsCNN

EPOCHS, BATCH, PEAK_LR, SEED = 20, 64, 0.01, 0


def train(split: TensorSplit, epochs: int = EPOCHS, seed: int = SEED) -> DigitsCNN:
    """A freshly trained model, in eval mode. The thread count is 1 meanwhile, and restored."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return _train(DigitsCNN(), split, epochs, seed)
    finally:
        torch.set_num_threads(threads)


def _train(model: DigitsCNN, split: TensorSplit, epochs: int, seed: int) -> DigitsCNN:
    steps = epochs * (len(split) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_LR / 25, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LR, total_steps=steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(epochs):
        order = torch.randperm(len(split), generator=torch.Generator().manual_seed(seed * 1_000_003 + epoch))
        for chosen in torch.split(order, BATCH):
            if len(chosen) < BATCH:
                continue
            optimizer.zero_grad()
            loss_of(model(split.x[chosen]), split.y[chosen]).backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def accuracy(model: nn.Module, split: TensorSplit) -> float:
    """Share of a split that `model` classifies right, 0 to 1."""
    with torch.no_grad():
        return float((model(split.x).argmax(1) == split.y).double().mean())


def main(arguments: list[str]) -> None:
    """Train, write the weights, and print both accuracies to stderr."""
    from safetensors.torch import save_file

    from penjing.data.digits import splits

    target = Path(
        arguments[0] if arguments else str(files("penjing_resources") / "sample" / "digits-cnn.safetensors")
    )
    training, validation, test = splits()
    model = train(training)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, target)
    params = sum(parameter.numel() for parameter in model.parameters())
    sys.stderr.write(
        f"{params:,} parameters; validation {accuracy(model, validation):.4f}, "
        f"test {accuracy(model, test):.4f}; {target}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
