"""timm's zoo: `timm:NAME`, built without downloading anything. timm is an optional part of Penjing."""

from __future__ import annotations

import contextlib
import difflib
import sys
import warnings
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from penjing.models.adopt import adopt, sketch
from penjing.models.heads import last_features
from penjing.models.pictures import of_timm
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import state_sha256
from penjing.models.zoo import RANDOM_SEED, drawn
from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec, ModelReference

_USUAL = (3, 224, 224)


def open_timm(
    parsed: ModelReference,
    path: Path | None,
    inputs: tuple[InputSpec, ...],
    bare: bool = False,
    outputs: int | None = None,
) -> OpenedModel:
    """Open a timm model with the weights in `path`, or with seeded random ones and a warning.

    `inputs` sets the number of channels, and the image size where the model is built for one. The number of classes is
    the weights' own, or `outputs`. `bare` and `outputs` are as in `penjing.models.zoo.open_zoo`. Raises `Failure`
    (exit code 2), also where timm is not installed.
    """
    timm = _timm(str(parsed))
    name = parsed.target
    _check_name(timm, name)
    kwargs = _arguments(timm, name, inputs)
    bare = bare and path is None
    build = partial(_build, timm, name)
    if path is not None:
        found = adopt(name, build, kwargs, path, _classes, _classifiers(timm, name), (), outputs)
    else:
        found = drawn(name, build, kwargs, outputs, sketch if bare else None)
    module = found.module.eval()
    bare = bare and any(one.is_meta for one in module.parameters())
    config: Mapping[str, Any] = getattr(module, "pretrained_cfg", {}) or {}
    shapes = inputs or (InputSpec(tuple(config.get("input_size") or _USUAL)),)
    classes = _classes(module)
    return OpenedModel(
        module=module,
        reference=parsed,
        title=parsed.title,
        format="timm",
        input=shapes,
        sha256="" if bare else state_sha256(module.state_dict()),
        weights_label=path.name if path else f"random:{RANDOM_SEED}",
        source=ModelSource(
            "timm",
            "timm.create_model",
            {"model_name": name, "pretrained": False, **found.kwargs},
            imports=("import timm",),
        ),
        task="classification" if classes else None,
        outputs=classes or last_features(module),
        warnings=found.notes,
        preprocessing=of_timm(config, shapes),
    )


def _timm(reference: str) -> ModuleType:
    try:
        with contextlib.redirect_stdout(sys.stderr):
            import timm
    except ImportError as error:
        raise bad_input("models.timm_missing", reference=reference) from error
    module: ModuleType = timm
    return module


def _check_name(timm: ModuleType, name: str) -> None:
    """Refuse what is not in the zoo; `hf-hub:` and the like, which timm would fetch, are not."""
    architecture, _, tag = name.partition(".")
    if not timm.is_model(architecture):
        close = difflib.get_close_matches(architecture.lower(), timm.list_models(), n=3, cutoff=0.5)
        if close:
            raise bad_input("models.timm_unknown", name=name, close=", ".join(close))
        raise bad_input("models.timm_unlike", name=name)
    if tag and name not in timm.list_pretrained(f"{architecture}.*"):
        tags = [one.partition(".")[2] for one in timm.list_pretrained(f"{architecture}.*")]
        raise bad_input("models.timm_tag", name=name, tag=tag, known=", ".join(tags[:6]) or "–")


def _arguments(timm: ModuleType, name: str, inputs: tuple[InputSpec, ...]) -> dict[str, Any]:
    """What the builder is called with, so that it fits `inputs`."""
    kwargs: dict[str, Any] = {}
    config = timm.get_pretrained_cfg(name) if timm.is_model_pretrained(name) else None
    usual = tuple(getattr(config, "input_size", None) or _USUAL)
    if len(inputs) == 1 and len(inputs[0].shape) == 3:
        channels, height, width = inputs[0].shape
        if channels != usual[0]:
            kwargs["in_chans"] = channels
        if (height, width) != usual[1:] and _takes_size(timm, name, {**kwargs, "img_size": (height, width)}):
            kwargs["img_size"] = (height, width)
    return kwargs


def _takes_size(timm: ModuleType, name: str, kwargs: dict[str, Any]) -> bool:
    """Whether a model is built for one image size, which can be chosen."""
    try:
        sketch(lambda: _create(timm, name, kwargs))
    except TypeError:  # no such argument: pictures of any size go in
        return False
    except Exception as error:
        raise bad_input("models.timm_build", name=name, error=_line(error)) from error
    return True


def _classifiers(timm: ModuleType, name: str) -> tuple[str, ...]:
    config = timm.get_pretrained_cfg(name) if timm.is_model_pretrained(name) else None
    found = getattr(config, "classifier", None) or ()
    return (found,) if isinstance(found, str) else tuple(found)


def _classes(module: nn.Module) -> int | None:
    found = getattr(module, "num_classes", None)
    return found if isinstance(found, int) and found > 0 else None


def _build(timm: ModuleType, name: str, kwargs: Mapping[str, Any]) -> nn.Module:
    try:
        return _create(timm, name, kwargs)
    except RuntimeError as error:
        if "meta" in str(error):
            raise  # it cannot be made without memory: `sketch` knows what to do
        raise bad_input("models.timm_build", name=name, error=_line(error)) from error
    except Exception as error:
        raise bad_input("models.timm_build", name=name, error=_line(error)) from error


def _create(timm: ModuleType, name: str, kwargs: Mapping[str, Any]) -> nn.Module:
    with torch.random.fork_rng(devices=[]), contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that timm has changed: it builds what was meant
        torch.manual_seed(RANDOM_SEED)
        module: nn.Module = timm.create_model(name, pretrained=False, **kwargs)
    return module


def _line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
