"""`hf:DIRECTORY`: a model of transformers from a local folder. Nothing is fetched, and no code of the folder runs.

transformers is given values and tensors alone: the files are read here, as data. It is an optional part of Penjing.
"""

from __future__ import annotations

import contextlib
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from penjing.models import hf_config
from penjing.models.adopt import sketch
from penjing.models.heads import last_features
from penjing.models.hf_config import Description
from penjing.models.pictures import of_folder
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import State, raise_unfitting, read_weights, state_sha256
from penjing.models.zoo import RANDOM_SEED, random_weights
from penjing.spec.messages import Message, bad_input
from penjing.spec.offline import stay_offline
from penjing.spec.references import InputSpec, ModelReference

# In order of preference: safetensors before what is unpickled (as data alone).
_WEIGHTS = (
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
)  # fmt: skip
_LARGE = 1_000_000_000  # bytes of weights beyond which counting does without them


def open_folder(
    parsed: ModelReference, path: Path | None, inputs: tuple[InputSpec, ...], bare: bool = False
) -> OpenedModel:
    """Open the model that a folder's `config.json` describes, with the folder's weights or those in `path`.

    A folder without weights gives seeded random ones and a warning. Half-precision weights become float32. With
    `bare` the weights are left alone where there are none, or gigabytes. Raises `Failure` (exit code 2).
    """
    folder = Path(parsed.target).expanduser().absolute()
    described = hf_config.describe(folder)
    positional = _positional(str(parsed))
    kind, notes = _class(described)
    name = kind.__name__
    file = path or next((folder / one for one in _WEIGHTS if (folder / one).is_file()), None)
    values = json.loads(described.text) | {"architectures": [name]}
    with _quiet():
        if file is None:
            module = _built(described, lambda: positional.positional(values, name), bare)
            notes += (random_weights(parsed.title),)
        elif bare and path is None and _bytes(folder) > _LARGE:
            module = _built(described, lambda: positional.positional(values, name), True)
        else:
            plain = _built(described, lambda: positional.positional(values, name), True)
            found = read_weights(file, plain.state_dict())
            module = positional.by_position(_loaded(kind, plain.config, found.state, file))
            notes += found.notes
    bare = any(one.is_meta for one in module.parameters())
    picture = getattr(kind, "main_input_name", "") == "pixel_values"
    shapes = inputs or hf_config.inputs_of(module.config, picture)
    return OpenedModel(
        module=module.eval(),
        reference=parsed,
        title=parsed.title,
        format="hf",
        input=shapes,
        sha256="" if bare else state_sha256(module.state_dict()),
        weights_label=file.name if file else f"random:{RANDOM_SEED}",
        source=ModelSource(
            "hf",
            "positional",
            {"config": values, "architecture": name},
            code=Path(positional.__file__ or "").read_text(encoding="utf-8"),
        ),
        task=hf_config.task_of(name, int(getattr(module.config, "num_labels", 0))),
        outputs=last_features(module),
        warnings=notes,
        preprocessing=of_folder(folder, shapes) if picture else None,
    )


def _positional(reference: str) -> ModuleType:
    stay_offline()
    try:
        with _quiet():
            from penjing.models import positional
    except ImportError as error:
        raise bad_input("models.hf_missing", reference=reference) from error
    return positional


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What transformers says on its way goes nowhere: what matters is said by us."""
    with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils import logging

        level = logging.get_verbosity()
        bars = logging.is_progress_bar_enabled()
        logging.set_verbosity(logging.CRITICAL)
        logging.disable_progress_bar()
        try:
            yield
        finally:
            logging.set_verbosity(level)
            if bars:
                logging.enable_progress_bar()


def _class(described: Description) -> tuple[Any, tuple[Message, ...]]:
    """The class of transformers to build, and a note where it is not the one named."""
    import transformers

    with _quiet():
        values = described.values
        if values["model_type"] not in transformers.CONFIG_MAPPING:
            raise bad_input(
                "models.hf_unknown_type", path=str(described.folder), type=str(values["model_type"])
            )
        name = described.architecture
        found = getattr(transformers, name, None) if name.isidentifier() else None
        model = isinstance(found, type) and issubclass(found, transformers.PreTrainedModel)
        notes: tuple[Message, ...] = ()
        if not model or not name.endswith(hf_config.HEADS):
            bare = transformers.MODEL_MAPPING.get(transformers.CONFIG_MAPPING[values["model_type"]], None)
            found = bare[0] if isinstance(bare, tuple) else bare
            notes = (
                Message(
                    "models.hf_without_head", {"name": name or "–", "taken": getattr(found, "__name__", "–")}
                ),
            )
    if found is None or values.get("is_encoder_decoder") or not _one_input(found):
        shown = name or str(values["model_type"])
        raise bad_input("models.hf_unsupported", path=str(described.folder), architecture=shown)
    return found, notes


def _one_input(kind: Any) -> bool:
    """Whether a class takes text alone or pictures alone, by what its `forward` has."""
    import inspect

    known = set(inspect.signature(kind.forward).parameters)
    main = getattr(kind, "main_input_name", "")
    if main == "pixel_values":
        return "input_ids" not in known
    return main == "input_ids" and "pixel_values" not in known and "decoder_input_ids" not in known


def _built(described: Description, build: Any, bare: bool) -> Any:
    """A model of the described architecture, on meta where `bare`, else with seeded random weights."""
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            return sketch(build) if bare else build()
    except Exception as error:  # whatever a configuration's values lead to
        raise bad_input("models.hf_build", path=str(described.folder), error=_line(error)) from error


def _loaded(kind: Any, config: Any, state: State, file: Path) -> nn.Module:
    """The class with the weights, renamed by transformers where they are of an earlier version of it.

    Raises `Failure` (exit code 2) where they do not all fit.
    """
    own_heads = kind.__name__.endswith("Model") and not kind.__name__.endswith("LMHeadModel")
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            module, info = kind.from_pretrained(
                None,
                config=config,
                state_dict=state,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
                local_files_only=True,
                trust_remote_code=False,
            )
    except Exception as error:
        raise bad_input("models.hf_build", path=str(file), error=_line(error)) from error
    shapes = [
        f"{name} {_shape(theirs)} ≠ {_shape(own)}" for name, theirs, own in sorted(info["mismatched_keys"])
    ]
    missing = sorted(info["missing_keys"])
    unexpected = [] if own_heads else sorted(info["unexpected_keys"])
    raise_unfitting(file, missing, unexpected, shapes)
    loaded: nn.Module = module
    return loaded


def _shape(sizes: Any) -> str:
    return "×".join(map(str, sizes)) or "1"


def _bytes(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.glob("*") if one.suffix in (".safetensors", ".bin"))


def _line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
