"""Message codes with parameters, and the one exception that carries them to a person.

`core` never writes sentences: it names a code and gives values. The English and Chinese sentences are the
catalogues of `penjing_resources`, used alike by the window, the terminal and the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence to be: `code` names it in the catalogues, `params` fill its braces (JSON values only)."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The form in which journals and worker replies carry a message."""
        return {"code": self.code, "params": dict(self.params)}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Message:
        """The inverse of `to_json`."""
        return Message(str(value["code"]), dict(value.get("params", {})))


# Exit codes of the command line, fixed by contract.
DONE, FAILED, USAGE, NEEDS_TRUST, INTERRUPTED = 0, 1, 2, 3, 130


class Failure(Exception):
    """Something a person has to be told, in one line: what, why, what to do.

    `exit_code` is what the command line ends with: `FAILED` for work that failed, `USAGE` for bad input with
    nothing started, `NEEDS_TRUST` for files that hold code.
    """

    def __init__(self, code: str, /, exit_code: int = FAILED, **params: Any) -> None:
        super().__init__(code, params)
        self.message = Message(code, params)
        self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.message.code} {dict(self.message.params)}"

    def to_json(self) -> dict[str, Any]:
        """The form in which a worker's reply carries a failure."""
        return {**self.message.to_json(), "exit_code": self.exit_code}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Failure:
        """The inverse of `to_json`."""
        failure = Failure(str(value["code"]), int(value.get("exit_code", FAILED)))
        failure.message = Message.from_json(value)
        return failure


def bad_input(code: str, /, **params: Any) -> Failure:
    """A `Failure` for bad usage or bad input, raised before anything was started (exit code 2)."""
    return Failure(code, USAGE, **params)
