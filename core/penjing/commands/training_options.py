"""The training loop's options: one list, shared by every command that trains."""

from __future__ import annotations

from penjing.commands.gathered import gathered, table

with_training = gathered(
    "training",
    table(
        epochs=(int, "Epochs in all."),
        batch_size=(int, "Samples in an optimizer step, over all its parts."),
        lr=(float, "Highest learning rate."),
        optimizer=(str, "sgd or adamw."),
        momentum=(float, "Of sgd."),
        weight_decay=(float, "Of weights; norms and biases have none."),
        schedule=(str, "constant, cosine, one-cycle, step or plateau."),
        warmup_epochs=(float, "The rate rises linearly over these."),
        decay=(float, "What step and plateau multiply the rate by."),
        decay_epochs=(int, "Epochs between steps."),
        patience=(int, "Epochs that plateau waits for a lower validation loss."),
        clip_norm=(float, "Bound of the gradient's norm."),
        ema=(float, "Decay of an average of the weights, which is then kept."),
        accumulate=(int, "Parts that a batch goes through the model in."),
        early_stop=(int, "Epochs without better validation that end a round."),
        label_smoothing=(float, "Share of the target spread over all classes."),
        objective=(str, "auto, cross-entropy, mse, mae or huber."),
        norm_momentum=(float, "Share of a step in batch norm's statistics; default: the layer's."),
        precision=(str, "float32, or mixed on cuda."),
        workers=(int, "Processes that read the data; 0: this one."),
        seed=(int, "Seed of everything random."),
        threads=(int, "Threads; default: cores less one."),
        device_type=(str, "cpu, cuda or mps."),
        checkpoint_every=(int, "Steps between checkpoints."),
    ),
    last=True,
)
