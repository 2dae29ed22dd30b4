"""What a student is, and how the text that asks for one is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import nn

from penjing.models.source import ModelSource
from penjing.spec.messages import bad_input

Kind = Literal["width", "macs", "params", "depth"]
KINDS: tuple[Kind, ...] = ("width", "macs", "params", "depth")


@dataclass(frozen=True, slots=True)
class Student:
    """A network to be taught, in eval mode on the CPU.

    `source` says how plain torch builds its architecture (an export resizes layers to the weights' shapes).
    `width` is the share of the teacher's width that it came to, None where the student is a model of its own.
    """

    module: nn.Module
    source: ModelSource
    title: str
    width: float | None = None


@dataclass(frozen=True, slots=True)
class AutoStudent:
    """`auto:KIND=SHARE`: a student made from the teacher, with a share above 0 and at most 1."""

    kind: Kind
    share: float


def parse(student: str) -> AutoStudent | None:
    """Read `auto:…`, or None for a model reference. Raises `Failure` (exit code 2) for a malformed one."""
    if not student.startswith("auto:"):
        return None
    name, _, number = student.removeprefix("auto:").partition("=")
    try:
        share = float(number)
    except ValueError:
        share = 0.0
    for kind in KINDS:
        if name == kind and 0 < share <= 1:
            return AutoStudent(kind, share)
    raise bad_input("distillation.student_malformed", student=student)
