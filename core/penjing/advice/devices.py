"""Device profiles: what a device can hold, compute and move, each figure with its source.

A figure is `{ value, source, estimate }`. Budgets are in MB (10⁶ bytes), energies in picojoules.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from penjing.spec.messages import bad_input

THIS_MACHINE = "this-machine"
_MEASURED = {"en": "measured on this machine", "zh_CN": "在本机测得"}
SHIPPED = ("phone", "single-board", "embedded-gpu", "microcontroller", "laptop", "server-gpu", THIS_MACHINE)
PRECISIONS: Mapping[str, float] = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1, "int4": 0.5,
}  # fmt: skip
_NUMBERS = (
    "weight_budget_mb", "activation_budget_mb", "macs_per_s", "bytes_per_s", "energy_per_mac_pj",
    "energy_per_byte_pj",
)  # fmt: skip
FIGURES = (*_NUMBERS[:4], "precision", "sparsity", *_NUMBERS[4:])


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from, by language. `estimate` is True where it was derived or assumed."""

    texts: Mapping[str, str]
    estimate: bool

    def text(self, language: str = "en") -> str:
        """The source in a language, or in English, or in the one it was written in."""
        return self.texts.get(language) or self.texts.get("en") or next(iter(self.texts.values()))


@dataclass(frozen=True, slots=True)
class DeviceProfile:
    """A device.

    `measured` is None for a profile from a file, and says for this machine whether it was measured.
    `titles` maps a language to the name shown; `sparsity` lists the granularities that its runtimes turn into
    speed.
    """

    name: str
    titles: Mapping[str, str]
    weight_budget_mb: float
    activation_budget_mb: float
    macs_per_s: float
    bytes_per_s: float
    precision: str
    sparsity: tuple[str, ...]
    energy_per_mac_pj: float
    energy_per_byte_pj: float
    sources: Mapping[str, Source]
    measured: bool | None = None

    def title(self, language: str = "en") -> str:
        """The name shown in a language, or in English."""
        return self.titles.get(language) or self.titles.get("en") or self.name

    @property
    def bytes_per_number(self) -> float:
        """Bytes of one weight or activation at the device's precision."""
        return PRECISIONS[self.precision]

    def to_json(self) -> dict[str, Any]:
        """Every figure with its source."""
        figures = {
            name: {
                "value": list(self.sparsity) if name == "sparsity" else getattr(self, name),
                "source": self.sources[name].text(),
                "estimate": self.sources[name].estimate,
            }
            for name in FIGURES
        }
        return {"name": self.name, "title": dict(self.titles), "measured": self.measured, **figures}


def names() -> tuple[str, ...]:
    """Names of the shipped profiles."""
    return SHIPPED


def load(
    name_or_path: str, *, macs_per_s: float | None = None, bytes_per_s: float | None = None
) -> DeviceProfile:
    """A shipped profile by name, or one from a TOML file. Raises `Failure` (exit code 2).

    `macs_per_s` and `bytes_per_s` are the measured speed and bandwidth of this machine, for `this-machine`
    only.
    """
    if name_or_path in SHIPPED:
        text = (files("penjing_resources") / "devices" / f"{name_or_path}.toml").read_text(encoding="utf-8")
        profile = parse(tomllib.loads(text), f"{name_or_path}.toml")
        return _this_machine(profile, macs_per_s, bytes_per_s) if name_or_path == THIS_MACHINE else profile
    path = Path(name_or_path).expanduser()
    if path.suffix.lower() != ".toml":
        raise bad_input("advice.device_unknown", device=name_or_path, known=", ".join(SHIPPED))
    if path.exists() and not path.is_file():  # a pipe would wait, a device never end
        raise bad_input("advice.device_unreadable", path=str(path), problem=path.name)
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise bad_input("advice.device_not_found", path=str(path), known=", ".join(SHIPPED)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise bad_input("advice.device_unreadable", path=str(path), problem=str(error)) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise bad_input("advice.device_malformed", path=str(path), problem=str(error)) from None
    return parse(value, str(path))


def parse(value: Mapping[str, Any], file: str) -> DeviceProfile:
    """Validate the values of a profile; `file` is named in failures. Unknown and missing keys are errors."""
    for key in value:
        if key not in ("name", "title", *FIGURES):
            raise bad_input("advice.device_key_unknown", path=file, key=key)
    for key in ("name", *FIGURES):
        if key not in value:
            raise bad_input("advice.device_key_missing", path=file, key=key)
    name = _text(value["name"], "name", file)
    titles = _texts(value.get("title", name), "title", file)
    found = {key: _figure(value[key], key, file) for key in FIGURES}
    numbers: dict[str, Any] = {key: _number(found[key][0], key, file) for key in _NUMBERS}
    precision = found["precision"][0]
    if not isinstance(precision, str) or precision not in PRECISIONS:
        raise bad_input(
            "advice.device_value", path=file, key="precision", wanted=f"one of {', '.join(PRECISIONS)}"
        )
    sparsity = found["sparsity"][0]
    if not isinstance(sparsity, list) or not all(_granularity(one) for one in sparsity):
        raise bad_input(
            "advice.device_value",
            path=file,
            key="sparsity",
            wanted='a list of "channel", "weight", "block", "N:M"',
        )
    return DeviceProfile(
        name=name,
        titles=titles,
        precision=precision,
        sparsity=tuple(sparsity),
        sources={key: source for key, (_, source) in found.items()},
        **numbers,
    )


def _figure(value: Any, key: str, file: str) -> tuple[Any, Source]:
    if not isinstance(value, Mapping) or "value" not in value or "source" not in value:
        raise bad_input("advice.device_value", path=file, key=key, wanted='{ value = …, source = "…" }')
    for inner in value:
        if inner not in ("value", "source", "estimate"):
            raise bad_input("advice.device_key_unknown", path=file, key=f"{key}.{inner}")
    estimate = value.get("estimate", False)
    if not isinstance(estimate, bool):
        raise bad_input("advice.device_value", path=file, key=f"{key}.estimate", wanted="true, false")
    return value["value"], Source(_texts(value["source"], f"{key}.source", file), estimate)


def _texts(value: Any, key: str, file: str) -> dict[str, str]:
    """One text, or one a language."""
    texts = {"en": value} if isinstance(value, str) else value
    if not isinstance(texts, Mapping) or not texts:
        raise bad_input("advice.device_value", path=file, key=key, wanted="text")
    return {language: _text(text, f"{key}.{language}", file) for language, text in texts.items()}


def _text(value: Any, key: str, file: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise bad_input("advice.device_value", path=file, key=key, wanted="text")
    return value


def _number(value: Any, key: str, file: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise bad_input("advice.device_value", path=file, key=key, wanted="> 0")
    return float(value)


def _granularity(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    n, colon, m = value.partition(":")
    known = value in ("channel", "weight", "block")
    return known or bool(colon and n.isdecimal() and m.isdecimal() and 0 < int(n) < int(m))


def _this_machine(
    profile: DeviceProfile, macs_per_s: float | None, bytes_per_s: float | None
) -> DeviceProfile:
    import psutil

    budget = round(psutil.virtual_memory().total / 8e6)
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    sources = dict(profile.sources)
    measured = macs_per_s is not None and bytes_per_s is not None
    if measured:
        sources["macs_per_s"] = sources["bytes_per_s"] = Source(_MEASURED, estimate=False)
    return replace(
        profile,
        weight_budget_mb=float(budget),
        activation_budget_mb=float(budget),
        macs_per_s=macs_per_s if macs_per_s is not None else cores * profile.macs_per_s,
        bytes_per_s=bytes_per_s if bytes_per_s is not None else profile.bytes_per_s,
        sources=sources,
        measured=measured,
    )
