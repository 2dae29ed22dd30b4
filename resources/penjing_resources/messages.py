"""The sentences behind `core`'s message codes, in English and Simplified Chinese.

A catalogue is a folder a language with one JSON file an area; the area is the code's first part (`models.not_found`
stands in `models.json` as `not_found`). A sentence is a string with named braces, or for a failure an object
`{"what", "why", "todo"}` of such strings. Braces take format specs (`{ratio:.1%}`).
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh_CN")
_FOLDER = Path(__file__).parent / "catalogue"


def system_language() -> str:
    """The language of the terminal: `PENJING_LANG`, else English (scripts read the terminal's lines)."""
    chosen = os.environ.get("PENJING_LANG", "")
    return "zh_CN" if chosen.lower().startswith("zh") else "en"


@functools.cache
def catalogue(language: str) -> Mapping[str, str | dict[str, str]]:
    """All sentences of a language by full code. An unknown language is English."""
    folder = _FOLDER / (language if language in LANGUAGES else "en")
    sentences: dict[str, str | dict[str, str]] = {}
    for file in sorted(folder.glob("*.json")):
        for code, sentence in json.loads(file.read_text(encoding="utf-8")).items():
            sentences[f"{file.stem}.{code}"] = sentence
    return sentences


def _fill(template: str, params: Mapping[str, Any], language: str) -> str:
    values = {
        # A parameter may be a message itself: the reason of a refusal, say.
        name: render(value["code"], value.get("params", {}), language)
        if isinstance(value, Mapping) and "code" in value
        else value
        for name, value in params.items()
    }
    try:
        return template.format_map(values)
    except (KeyError, ValueError, IndexError, TypeError):
        return template + " " + json.dumps(dict(params), ensure_ascii=False, default=str)


def parts(code: str, params: Mapping[str, Any], language: str = "en") -> tuple[str, str, str]:
    """What, why and what to do, each without a final mark; the latter two may be empty."""
    sentence = catalogue(language).get(code) or catalogue("en").get(code)
    if sentence is None:
        return code, json.dumps(dict(params), ensure_ascii=False, default=str), ""
    if isinstance(sentence, str):
        return _fill(sentence, params, language), "", ""
    return tuple(_fill(sentence.get(key, ""), params, language) for key in ("what", "why", "todo"))  # type: ignore[return-value]


def render(code: str, params: Mapping[str, Any], language: str = "en") -> str:
    """One line: `WHAT: WHY; WHAT TO DO` (in Chinese with full-width marks)."""
    what, why, todo = parts(code, params, language)
    colon, semicolon = ("：", "；") if language == "zh_CN" else (": ", "; ")
    line = what + (colon + why if why else "")
    line += semicolon + todo if todo else ""
    return " ".join(line.split())
