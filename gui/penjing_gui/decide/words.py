"""The page's shared words and figures: quantities, techniques, amounts with their units."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from penjing.advice.needs import Need
from penjing_gui import numbers


def quantity(need: Need) -> str:
    """What a need is called, without its unit."""
    match need.quantity:
        case "weights":
            return QCoreApplication.translate("Decide", "Weights")
        case "activations":
            return QCoreApplication.translate("Decide", "Peak activations")
        case "latency":
            return QCoreApplication.translate("Decide", "Latency")
        case "energy":
            return QCoreApplication.translate("Decide", "Energy")
        case _:
            return QCoreApplication.translate("Decide", "MACs")


def basis(need: Need, precision: str) -> str:
    """How a need was found: what stands under its name."""
    if need.quantity == "weights":
        return precision
    if need.basis == "roofline":
        return QCoreApplication.translate("Decide", "roofline, ± 25 %")
    if need.basis == "estimate":
        return QCoreApplication.translate("Decide", "estimate, one inference")
    if need.quantity == "activations":
        return QCoreApplication.translate("Decide", "one sample")
    return QCoreApplication.translate("Decide", "counted")


def technique(name: str) -> str:
    """A technique at the beginning of a line."""
    if name == "pruning":
        return QCoreApplication.translate("Decide", "Pruning")
    return QCoreApplication.translate("Decide", "Distillation")


def speaks_for(name: str) -> str:
    """A technique inside a chip."""
    if name == "pruning":
        return QCoreApplication.translate("Decide", "pruning")
    return QCoreApplication.translate("Decide", "distillation")


def amount(need: Need, value: float) -> str:
    """A value of a need, without its unit: decimals as for what the model needs now, fewer where it is an estimate."""
    if need.quantity == "macs":
        return numbers.headline(value)
    now = need.value
    if now < 1:
        return f"{value:,.3g}"
    if need.basis == "exact":
        decimals = 1 if now >= 10 else 2
    else:
        decimals = 0 if now >= 100 else 1 if now >= 10 else 2
    text = f"{value:,.{decimals}f}"
    return text if float(text.replace(",", "")) else f"{value:,.2g}"


def budget(need: Need) -> str:
    """The budget of a need, without its unit."""
    if need.budget is None:
        return numbers.DASH
    return numbers.headline(need.budget) if need.quantity == "macs" else f"{need.budget:,g}"


def sentence(text: str, language: str) -> str:
    """A reason as a sentence of its own."""
    end = "。" if language == "zh_CN" else "."
    return text[:1].upper() + text[1:] + ("" if text.endswith(("。", ".")) else end)
