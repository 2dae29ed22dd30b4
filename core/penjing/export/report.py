"""`report.html`: everything about a run in one file that fetches nothing. No torch."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from penjing.export import figures
from penjing.export import manifest as manifests
from penjing.export.findings import findings
from penjing.export.report_tables import before_and_after, curves, layers, proof, stages
from penjing.spec.costs import CostTable
from penjing.spec.files import read_json, write_bytes
from penjing.spec.folders import RunFolder
from penjing.spec.journal import Event, current_events, read_journal
from penjing.spec.messages import bad_input
from penjing_resources import templates
from penjing_resources.messages import render


def write(run: RunFolder, language: str = "en", out: Path | None = None) -> Path:
    """Write the report of a run in any state, to `report.html` in its folder or to `out`; return its path.

    Raises `Failure` (exit code 2) where the folder is not a run's.
    """
    recipe = _read(run.recipe)
    if not isinstance(recipe, dict):
        raise bad_input("report.no_run", folder=str(run.path))
    path = out or run.report
    page = templates.environment().get_template("report.html.j2").render(_values(run, recipe, language))
    write_bytes(path, page.encode())
    return path


def _values(run: RunFolder, recipe: dict[str, Any], language: str) -> dict[str, Any]:
    """Everything the template uses."""
    whole = read_journal(run.journal)
    events = current_events(whole)
    result = _read(run.result_json) or {}
    before, after = _table(run.costs_before), _table(run.costs_after)
    manifest = manifests.read(run.result)
    if manifest is not None and not manifests.well_formed(manifest):
        manifest = None

    def text(code: str, /, **params: Any) -> str:
        return render(code, params, language)

    return {
        "t": text,
        "language": language.replace("_", "-"),
        "run": run.name,
        "technique": recipe.get("technique", ""),
        "status": _status(result, events),
        "facts": _facts(whole, result, recipe),
        "totals": before_and_after(result),
        "found": [
            (one.severity, text(one.code, **one.params), text(one.detail_code, **one.params))
            for one in findings(result, before, after)
        ],
        "stages": stages(result, events),
        "charts": curves(events),
        "layers": layers(before, after, result.get("latency")),
        "proof": proof(manifest, _verification(run, manifest)),
        "problem": functools.partial(_message, language=language),
        "settings": list(_flat(recipe)),
        "warnings": [
            _message(event.get("message"), language) for event in events if event["event"] == "warning"
        ],
        "failure": next(
            (_message(e.get("message"), language) for e in events[-1:] if e["event"] == "failed"), ""
        ),
        "weights_sha256": result.get("weights_sha256"),
        "versions": _versions(whole, manifest),
    }


def _read(path: Path) -> Any:
    try:
        return read_json(path)
    except (OSError, ValueError):
        return None


def _table(path: Path) -> CostTable | None:
    value = _read(path)
    try:
        return None if value is None else CostTable.from_json(value)
    except (KeyError, TypeError):
        return None


def _message(value: Any, language: str) -> str:
    if not isinstance(value, Mapping) or "code" not in value:
        return ""
    return render(str(value["code"]), value.get("params", {}), language)


def _verification(run: RunFolder, manifest: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The last verification, where it was of the artefacts that lie there now."""
    value = _read(run.path / manifests.VERIFICATION)
    if isinstance(value, dict) and manifest and value.get("digest") == manifest.get("digest"):
        return value
    return None


def _status(result: Mapping[str, Any], events: list[Event]) -> str:
    if result:
        return str(result.get("status", "done"))
    last = next((e["event"] for e in reversed(events) if e["event"] in ("stopped", "failed", "done")), None)
    return last or "unfinished"


def _facts(events: list[Event], result: Mapping[str, Any], recipe: Mapping[str, Any]) -> dict[str, Any]:
    times = [event["t"] for event in events if isinstance(event.get("t"), int | float)]
    moment = datetime.fromtimestamp(times[0]).astimezone() if times else None
    return {
        "started": moment.strftime("%Y-%m-%d %H:%M %Z").strip() if moment else None,
        "seconds": None if result.get("seconds") is None else figures.duration(result["seconds"]),
        "restarts": sum(e["event"] == "resumed" and e.get("after") == "restart" for e in events),
        "model": recipe.get("model", {}).get("reference", ""),
        "data": recipe.get("data", {}).get("reference", ""),
    }


def _versions(events: list[Event], manifest: Mapping[str, Any] | None) -> dict[str, str]:
    known: dict[str, str] = dict((manifest or {}).get("versions", {}))
    for event in events:
        if event["event"] in ("started", "resumed") and isinstance(event.get("versions"), dict):
            known.update(event["versions"])
    return dict(sorted(known.items()))


def _flat(value: Any, key: str = "") -> Any:
    """Dotted keys and values of nested settings; what is not set is left out."""
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from _flat(one, f"{key}.{name}" if key else str(name))
    elif value not in (None, {}, [], ""):
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield key, shown
