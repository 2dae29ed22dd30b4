"""The one training loop, its metrics and its checkpoints."""
