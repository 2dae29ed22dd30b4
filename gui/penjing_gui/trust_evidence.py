"""What a file would run, in words: from the failure that asks for trust and from the session's `look`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from penjing.spec.messages import Failure

RUN_NEVER = ("models.weights_need_trust",)  # weights that trust does not open: they can be taken out
PROGRAMS = "export.needs_trust"  # a folder's programs rather than a file
PICKLES = ("models.pickle_needs_trust", "models.weights_need_trust")


def evidence(failure: Failure, found: Mapping[str, Any] | None = None) -> str:
    """What the file would run, one thing a line, as it was found without running it."""
    params, found = failure.message.params, found or {}
    names = found.get("names") or params.get("globals") or _split(params.get("names"))
    lines: list[str] = []
    if programs := params.get("programs"):
        lines.append(QCoreApplication.translate("TrustDialog", "Would run") + ":")
        for name, sha256 in programs.items():
            lines += [f"    {name}", f"        SHA-256 {sha256}"]
        return "\n".join(lines)
    if found.get("kind") == "torchscript":
        _list(lines, QCoreApplication.translate("TrustDialog", "Programs in the file"), names)
    else:
        _list(lines, QCoreApplication.translate("TrustDialog", "Refers to"), names)
    _list(lines, QCoreApplication.translate("TrustDialog", "Imports"), found.get("imports"))
    statements = QCoreApplication.translate("TrustDialog", "Runs when it is loaded, by line")
    _list(lines, statements, found.get("statements"))
    if params.get("factory"):
        calls = QCoreApplication.translate("TrustDialog", "Then calls")
        lines += [f"{calls}:", f"    {params['factory']}()"]
    return "\n".join(lines)


def one_line(failure: Failure, found: Mapping[str, Any] | None = None) -> str:
    """The same on one line, for the list of remembered decisions."""
    params, found = failure.message.params, found or {}
    if params.get("factory"):
        return f"{params['factory']}()"
    return ", ".join(map(str, found.get("names") or _split(params.get("names"))))


def _split(names: Any) -> list[str]:
    return [one.strip() for one in str(names or "").split(",") if one.strip()]


def _list(lines: list[str], title: str, found: Any) -> None:
    if found:
        lines += [f"{title}:", *(f"    {one}" for one in found)]
