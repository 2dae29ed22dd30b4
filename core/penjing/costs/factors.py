"""Channel factors of a layer: input and output channels, groups, heads."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn


@dataclass(frozen=True, slots=True)
class Factors:
    """What a layer's costs are proportional to; None where it has no such factor."""

    in_channels: int | None = None
    out_channels: int | None = None
    groups: int | None = None
    heads: int | None = None


def factors_of(module: nn.Module) -> Factors:
    """The factors of one of torch's own layers, by its attributes; empty for a layer of another kind."""
    if isinstance(module, nn.modules.conv._ConvNd):
        return Factors(module.in_channels, module.out_channels, module.groups)
    if isinstance(module, nn.Linear):
        return Factors(module.in_features, module.out_features, 1)
    if isinstance(module, nn.Bilinear):
        return Factors(module.in1_features, module.out_features)
    if isinstance(module, nn.modules.batchnorm._NormBase):
        return Factors(module.num_features, module.num_features)
    if isinstance(module, nn.GroupNorm):
        return Factors(module.num_channels, module.num_channels, module.num_groups)
    if isinstance(module, (nn.LayerNorm, nn.RMSNorm)):
        return Factors(module.normalized_shape[-1], module.normalized_shape[-1])
    if isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
        return Factors(module.num_embeddings, module.embedding_dim)
    if isinstance(module, nn.MultiheadAttention):
        return Factors(module.embed_dim, module.embed_dim, None, module.num_heads)
    if isinstance(module, nn.RNNBase):
        return Factors(module.input_size, module.hidden_size)
    if isinstance(module, nn.RNNCellBase):
        return Factors(module.input_size, module.hidden_size)
    if isinstance(module, nn.PReLU):
        return Factors(module.num_parameters, module.num_parameters)
    return Factors()
