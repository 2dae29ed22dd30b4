"""torchvision's zoo: `torchvision:NAME`, built without downloading anything."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from penjing.models.adopt import Adopted, Build, adopt
from penjing.models.heads import last_features
from penjing.models.pictures import of_torchvision
from penjing.models.skeleton import skeleton
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import state_sha256
from penjing.spec.messages import Message, bad_input
from penjing.spec.references import InputSpec, ModelReference

RANDOM_SEED = 0
FRAMES = 16  # of a video clip


def open_zoo(
    parsed: ModelReference,
    path: Path | None,
    inputs: tuple[InputSpec, ...],
    bare: bool = False,
    outputs: int | None = None,
) -> OpenedModel:
    """Open a torchvision model with the weights in `path`, or with seeded random ones and a warning.

    `inputs` sets a ViT's or MaxViT's image size. A state dict fine-tuned for another number of classes
    makes the model with that number; `outputs` asks for a number, and then the classifier alone is new. With `bare`
    and no `path` the model is on meta: it can be counted, and has no weights and no SHA-256. Raises `Failure` (exit
    code 2).
    """
    from torchvision import models

    name = parsed.target
    known = models.list_models()
    if name not in known:
        close = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)
        if close:
            raise bad_input("models.torchvision_unknown", name=name, close=", ".join(close))
        raise bad_input("models.torchvision_unlike", name=name)
    kwargs = zoo_arguments(name, inputs, path is not None)
    bare = bare and path is None
    build = partial(_build, name)
    if not _classifies(name):
        outputs = None
    if path is not None:
        dropped = ("aux1.", "aux2.") if name == "googlenet" else ()
        found = adopt(name, build, kwargs, path, last_features, (), dropped, outputs)
    else:
        found = drawn(name, build, kwargs, outputs, skeleton if bare else None)
    shapes = inputs or default_input(name)
    return OpenedModel(
        module=found.module.eval(),
        reference=parsed,
        title=parsed.title,
        format="torchvision",
        input=shapes,
        sha256="" if bare else state_sha256(found.module.state_dict()),
        weights_label=path.name if path else f"random:{RANDOM_SEED}",
        source=ModelSource(
            "torchvision",
            "torchvision.models.get_model",
            {"name": name, **found.kwargs},
            imports=("import torchvision",),
        ),
        task="classification" if _classifies(name) else None,
        outputs=last_features(found.module),
        warnings=found.notes,
        preprocessing=of_torchvision(name, shapes),
    )


def drawn(
    name: str,
    build: Build,
    kwargs: dict[str, Any],
    outputs: int | None,
    make: Callable[[Callable[[], nn.Module]], nn.Module] | None = None,
) -> Adopted:
    """The architecture with seeded random weights, for a number of `outputs` where one is asked for.

    `make` builds it otherwise than plainly: without memory. The notes say what the weights are.
    """
    notes: tuple[Message, ...] = (random_weights(name),)
    if outputs is not None:
        kwargs = {**kwargs, "num_classes": outputs}
        notes = (*notes, Message("models.outputs_set", {"name": name, "outputs": outputs}))
    return Adopted(build(kwargs) if make is None else make(lambda: build(kwargs)), kwargs, notes)


def random_weights(name: str) -> Message:
    """The warning that a model's weights are random."""
    return Message("models.random_weights", {"name": name, "seed": RANDOM_SEED})


def default_input(name: str) -> tuple[InputSpec, ...]:
    """What a zoo model is evaluated on, from the metadata of its published weights."""
    from torchvision import models

    family = models.get_model_builder(name).__module__
    if "optical_flow" in family:
        return (InputSpec((3, 360, 520)), InputSpec((3, 360, 520)))
    side: tuple[int, int] = (224, 224)
    if not name.startswith(
        ("vit_", "maxvit")
    ):  # these are built for one image size: the builder's default, 224
        best = getattr(models.get_model_weights(name), "DEFAULT", None)
        words = getattr(getattr(best, "transforms", None), "keywords", {})
        size = words.get("crop_size") or words.get("resize_size") or 224
        if isinstance(size, (list, tuple)):
            side = (int(size[-2]), int(size[-1])) if len(size) > 1 else (int(size[0]), int(size[0]))
        else:
            side = (int(size), int(size))
    return (InputSpec((3, FRAMES, *side) if ".video" in family else (3, *side)),)


def zoo_arguments(name: str, inputs: tuple[InputSpec, ...], pretrained: bool) -> dict[str, Any]:
    """What the builder of a zoo model is called with, so that it fits `inputs` and downloads nothing."""
    from torchvision import models

    builder = models.get_model_builder(name)
    kwargs: dict[str, Any] = {"weights": None}
    if "weights_backbone" in inspect.signature(builder).parameters:
        kwargs["weights_backbone"] = None  # its default would be downloaded
    if name in ("googlenet", "inception_v3"):
        kwargs["init_weights"] = False
        if pretrained:
            kwargs["transform_input"] = True
    if name == "googlenet":
        kwargs["aux_logits"] = False  # as its published weights are opened
    if inputs and len(inputs[0].shape) == 3:
        if name.startswith("vit_"):
            if inputs[0].shape[1] != inputs[0].shape[2]:
                raise bad_input("models.input_not_square", name=name, shape=str(inputs[0]))
            kwargs["image_size"] = inputs[0].shape[1]
        elif name.startswith("maxvit"):
            kwargs["input_size"] = inputs[0].shape[1:]
    return kwargs


def _build(name: str, kwargs: Mapping[str, Any]) -> nn.Module:
    from torchvision import models

    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            module: nn.Module = models.get_model(name, **kwargs)
    except Exception as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise bad_input("models.torchvision_build", name=name, error=reason) from error
    return module


def _classifies(name: str) -> bool:
    from torchvision import models

    family = models.get_model_builder(name).__module__
    return not any(part in family for part in ("detection", "segmentation", "optical_flow"))
