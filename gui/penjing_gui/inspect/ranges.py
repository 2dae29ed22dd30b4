"""A figure as a person types it: `1.5 M`, `2,000`, `40 %`, or plain digits in the unit that the column has. No Qt."""

from __future__ import annotations

import math
import re

_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
_FIGURE = re.compile(r"([-+−]?[\d.]+(?:e[-+]?\d+)?)\s*(%|[kmgt]?)(b|ms)?", re.IGNORECASE)


def figure(text: str, scale: float = 1.0) -> float | None:
    """The number that is meant: digits alone count `scale` each. None for nothing.

    Raises `ValueError` where it is not a number.
    """
    plain = text.strip().replace(",", "").replace("−", "-")
    if not plain:
        return None
    found = _FIGURE.fullmatch(plain)
    if found is None:
        raise ValueError(text)
    value = float(found[1])
    if not math.isfinite(value):
        raise ValueError(text)
    if found[2] == "%":
        return value / 100
    if not found[2] and not found[3]:
        return value * scale
    return value * _SCALES[found[2].casefold()]
