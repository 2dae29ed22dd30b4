"""What the window remembers between sessions: `settings.json` in Penjing's home."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from penjing.spec.files import read_json
from penjing.spec.folders import home

MOST_RECENT = 8
THEME_CHOICES = ("system", "light", "dark")
LANGUAGE_CHOICES = ("system", "en", "zh_CN")


@dataclass(slots=True)
class Settings:
    """Settings and remembered places. `pages` holds arrangements as text, `geometry` Qt's own bytes in base64."""

    language: str = "system"
    theme: str = "system"
    unit: str = "flops"
    recent: list[dict[str, Any]] = field(default_factory=list)
    recent_data: list[str] = field(default_factory=list)
    last_run: str | None = None
    geometry: str | None = None
    pages: dict[str, str] = field(default_factory=dict)

    def remember(self, reference: str, weights: str | None, inputs: list[str]) -> None:
        """Put a model at the head of the recent ones."""
        entry = {"reference": reference, "weights": weights, "input": inputs}
        same = (reference, weights)
        rest = [one for one in self.recent if (one.get("reference"), one.get("weights")) != same]
        self.recent = [entry, *rest][:MOST_RECENT]

    def to_json(self) -> dict[str, Any]:
        """Plain values for the file."""
        return {name: getattr(self, name) for name in Settings.__dataclass_fields__}

    @staticmethod
    def from_json(value: Any) -> Settings:
        """Take over what is of the right kind; anything else keeps its default, so that an odd file does no harm."""
        result = Settings()
        if not isinstance(value, dict):
            return result
        if value.get("language") in LANGUAGE_CHOICES:
            result.language = value["language"]
        if value.get("theme") in THEME_CHOICES:
            result.theme = value["theme"]
        if value.get("unit") in ("flops", "macs"):
            result.unit = value["unit"]
        recent = value.get("recent")
        if isinstance(recent, list):
            result.recent = [
                one for one in recent if isinstance(one, dict) and isinstance(one.get("reference"), str)
            ][:MOST_RECENT]
        data = value.get("recent_data")
        if isinstance(data, list):
            result.recent_data = [one for one in data if isinstance(one, str)][:MOST_RECENT]
        for name in ("last_run", "geometry"):
            if isinstance(value.get(name), str):
                setattr(result, name, value[name])
        pages = value.get("pages")
        if isinstance(pages, dict):
            result.pages = {str(key): one for key, one in pages.items() if isinstance(one, str)}
        return result


def written(entry: Mapping[str, Any]) -> str:
    """A recent model on one line: its reference, and the file of its weights."""
    weights = entry.get("weights")
    return f"{entry['reference']} · {Path(str(weights)).name}" if weights else str(entry["reference"])


def path() -> Path:
    """Where the settings lie."""
    return home() / "settings.json"


def load() -> Settings:
    """The stored settings, or the defaults where there are none or they cannot be read."""
    try:
        return Settings.from_json(read_json(path()))
    except (OSError, ValueError):
        return Settings()


def save(settings: Settings) -> None:
    """Store the settings. Raises OSError where that is not possible.

    Renamed like everything that Penjing writes, but not forced onto the disk: that takes long while a run writes its
    checkpoints, and the window would wait.
    """
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        fresh.write_text(
            json.dumps(settings.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
