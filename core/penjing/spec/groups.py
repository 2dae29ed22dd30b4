"""Coupled groups: layers whose channels can only be removed together, as plain data.

Found by `penjing.pruning` on the live model, used by `penjing.whatif` and the window without torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Side = Literal["out", "in"]


@dataclass(frozen=True, slots=True)
class Member:
    """A layer's part in a group: its output or input channels, `per_channel` of them for each of the group's
    (a Linear after a flatten has height × width inputs for each channel)."""

    layer: str
    side: Side
    per_channel: int = 1


@dataclass(frozen=True, slots=True)
class CoupledGroup:
    """One group: `channels` that can be removed only together in every member.

    `id` is the name of the layer that makes the channels (the first with side "out"). `reason` is a message code
    where the group cannot be pruned, else None.
    """

    id: str
    channels: int
    members: tuple[Member, ...]
    prunable: bool = True
    reason: str | None = None

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the member layers, each once, in order."""
        return tuple(dict.fromkeys(member.layer for member in self.members))

    def to_json(self) -> dict[str, Any]:
        """The group as `penjing prunable --json` prints it."""
        return {
            "id": self.id,
            "layers": list(self.layers),
            "channels": self.channels,
            "prunable": self.prunable,
            "reason": self.reason,
            "members": [[m.layer, m.side, m.per_channel] for m in self.members],
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> CoupledGroup:
        """The inverse of `to_json`."""
        return CoupledGroup(
            id=value["id"],
            channels=value["channels"],
            members=tuple(Member(layer, side, per) for layer, side, per in value["members"]),
            prunable=value["prunable"],
            reason=value["reason"],
        )
