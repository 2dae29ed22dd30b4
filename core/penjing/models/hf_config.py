"""A Hugging Face folder's own description of its model, read as data. Code that it brings along is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec

_CAP = 20_000_000  # bytes; a configuration with 20,000 class names takes one
_SCANNED = ("config.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json",
            "generation_config.json")  # fmt: skip
# What transformers would follow to other files, to code in the hub, or to libraries of its own choice.
_DROPPED = frozenset(
    {
        "_name_or_path", "auto_map", "attn_implementation", "_attn_implementation", "experts_implementation",
        "_experts_implementation", "transformers_weights", "fusion_config", "distributed_config",
    }
)  # fmt: skip
_MOST_LAYERS = 10_000
TOKENS = 128  # of a text, where the model takes more

# Endings of the classes whose output is used as it is; of others the bare network is taken, without its head.
HEADS = (
    "ForSequenceClassification", "ForImageClassification", "ForTokenClassification", "ForCausalLM", "ForMaskedLM",
    "LMHeadModel", "Model",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Description:
    """What `config.json` says: its values, and the class of transformers that it names ("" where none)."""

    folder: Path
    values: Mapping[str, Any]
    architecture: str

    @property
    def text(self) -> str:
        """The text of the file without what names places, kernels or files; so it is built from, and exported."""
        return json.dumps(_kept(self.values), indent=2, sort_keys=True) + "\n"


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _kept(inner) for key, inner in value.items() if key not in _DROPPED}
    return [_kept(one) for one in value] if isinstance(value, list) else value


def describe(folder: Path) -> Description:
    """Read and check a folder. Raises `Failure` (exit code 2) for anything but a plain model of transformers."""
    if not folder.is_dir():
        code = "models.hf_not_a_folder" if folder.exists() else "models.not_found"
        raise bad_input(code, path=str(folder))
    if not (folder / "config.json").is_file():
        raise bad_input("models.hf_no_config", path=str(folder))
    for file in _SCANNED:
        if os.path.lexists(folder / file):
            found = next(_code_in(_read(folder / file)), None)
            if found is not None:
                raise bad_input("models.hf_auto_map", path=str(folder), file=file, code=found)
    values = _read(folder / "config.json")
    if (folder / "adapter_config.json").exists():
        raise bad_input("models.hf_adapter", path=str(folder))
    if values.get("quantization_config"):
        method = values["quantization_config"]
        method = method.get("quant_method", "?") if isinstance(method, dict) else "?"
        raise bad_input("models.hf_quantised", path=str(folder), method=str(method))
    if (backbone := _backbone(values)) is not None:
        raise bad_input("models.hf_backbone", path=str(folder), backbone=backbone)
    many, key = _layers(values)
    if many > _MOST_LAYERS:
        raise bad_input("models.hf_build", path=str(folder), error=f"{key} {many:,} > {_MOST_LAYERS:,}")
    named = values.get("architectures")
    first = named[0] if isinstance(named, list) and named else ""
    if not isinstance(values.get("model_type"), str):
        raise bad_input("models.hf_no_type", path=str(folder))
    return Description(folder, values, first if isinstance(first, str) else "")


def _read(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():  # a pipe would wait, a device never end
            raise OSError("no regular file")
        if path.stat().st_size > _CAP:
            raise ValueError(f"> {_CAP:,} bytes")
        values = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise TypeError(type(values).__name__)
        return values
    except (OSError, ValueError, TypeError, RecursionError) as error:
        problem = f"{type(error).__name__}: {error}"[:200]
        raise bad_input("models.hf_config_damaged", path=str(path), error=problem) from error


def _code_in(value: object) -> Iterator[str]:
    """What would run, of every `auto_map` at any depth."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for key, inner in one.items():
                if key in ("auto_map", "custom_pipelines"):
                    yield ", ".join(str(name) for name in _leaves(inner))[:200] or key
                waiting.append(inner)
        elif isinstance(one, list):
            waiting.extend(one)


def _leaves(value: object) -> Iterator[object]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif one is not None:
            yield one


def _backbone(values: Mapping[str, Any]) -> str | None:
    """A network of another library or folder within this one, which transformers would look for, on the hub too."""
    for place in (values, *(one for one in values.values() if isinstance(one, dict))):
        if isinstance(place.get("backbone"), str) or str(place.get("model_type")).startswith("timm_"):
            return str(place.get("backbone") or place.get("model_type"))
    return None


def _layers(values: Mapping[str, Any]) -> tuple[int, str]:
    """The most layers (or experts) that a number anywhere in the configuration asks for, and its name."""
    waiting: list[Any] = [values]
    most, named = 0, ""
    while waiting:
        one = waiting.pop()
        for key, inner in one.items() if isinstance(one, dict) else ():
            counts = any(word in str(key) for word in ("layer", "depth", "expert", "block", "stage"))
            for number in inner if isinstance(inner, list) else [inner]:
                if isinstance(number, dict):
                    waiting.append(number)
                elif counts and isinstance(number, int) and number > most:
                    most, named = number, str(key)
    return most, named


def inputs_of(config: Any, picture: bool) -> tuple[InputSpec, ...]:
    """What a model takes, from its configuration: token numbers and their mask, or pixels."""
    if not picture:
        length = min(TOKENS, _number(config, "max_position_embeddings", "n_positions") or TOKENS)
        return InputSpec((length,), "int64"), InputSpec((length,), "int64")
    size = getattr(config, "image_size", None) or 224
    height, width = (size[0], size[-1]) if isinstance(size, (list, tuple)) else (size, size)
    return (InputSpec((_number(config, "num_channels") or 3, int(height), int(width))),)


def _number(config: Any, *names: str) -> int | None:
    found = (getattr(config, name, None) for name in names)
    return next((one for one in found if isinstance(one, int) and one > 0), None)


def task_of(architecture: str, labels: int) -> str | None:
    """Classification or regression, for the heads whose task is known."""
    if not architecture.endswith(("ForSequenceClassification", "ForImageClassification")):
        return None
    return "classification" if labels > 1 else "regression"
