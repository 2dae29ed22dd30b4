"""Hugging Face models that take tensors by position and give back one tensor.

This file stands alone on torch and transformers: an export of such a model carries its text, so that the artefact can
be rebuilt where Penjing is not installed.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
import transformers
from torch import nn


def positional(config: dict[str, Any], architecture: str) -> nn.Module:
    """The class `architecture` of transformers, built from the values of a `config.json`, with fresh weights."""
    values = dict(config)
    kind = transformers.CONFIG_MAPPING[values.pop("model_type")]
    made = kind.from_dict(values)
    # What a file says of this could name code that is fetched; the library's own choice is taken instead.
    made._attn_implementation = (
        "sdpa" if getattr(architecture_of(architecture), "_supports_sdpa", False) else "eager"
    )
    return by_position(architecture_of(architecture)(made))


def architecture_of(name: str) -> Any:
    """A model class of transformers by its name."""
    return getattr(transformers, name)


def by_position(model: nn.Module) -> nn.Module:
    """The same model, its layers and names as they are, with another `forward`.

    Text models take token numbers and, if given, an attention mask (1 for tokens that count); picture models take
    pixels. What comes back is the logits, or the last hidden state where there is no head.
    """
    kind = type(model)
    base = getattr(model, "main_input_name", "input_ids")
    options: dict[str, Any] = {"return_dict": True}
    if getattr(model.config, "use_cache", False):
        options["use_cache"] = False

    causal = hasattr(sys.modules[kind.__module__], "create_causal_mask")

    def text(self: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None) -> torch.Tensor:
        """Logits, or hidden states, of token numbers (N, L)."""
        mask = unread_mask(input_ids, causal) if input_ids.is_meta else attention_mask
        return result(kind.forward(self, input_ids=input_ids, attention_mask=mask, **options))

    def picture(self: Any, pixel_values: torch.Tensor) -> torch.Tensor:
        """Logits, or hidden states, of pictures (N, C, H, W)."""
        return result(kind.forward(self, pixel_values=pixel_values, return_dict=True))

    forward = picture if base == "pixel_values" else text
    model.__class__ = type(kind.__name__, (kind,), {"forward": forward, "__module__": kind.__module__})
    return model


def unread_mask(input_ids: torch.Tensor, causal: bool) -> torch.Tensor | None:
    """A mask for tensors without numbers: transformers would ask them whether they are all ones.

    What has its four axes already it takes as it is.
    """
    if not causal:
        return None
    samples, length = input_ids.shape
    return torch.ones((samples, 1, length, length), dtype=torch.bool, device="meta")


def result(output: Any) -> torch.Tensor:
    """The one tensor that a model is asked for."""
    logits = output.get("logits")
    tensor: torch.Tensor = output["last_hidden_state"] if logits is None else logits
    return tensor
