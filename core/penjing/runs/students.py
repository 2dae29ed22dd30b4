"""Students made for a teacher: the sample by its own width, any other prunable model by narrowing its groups.

Building is a function of its arguments: the same teacher, text and seed give the same bytes, so that a
resumed run has the student that it began with.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import nn

from penjing.costs.count import count
from penjing.distillation.students import AutoStudent, Student, parse
from penjing.models.open import open_network
from penjing.models.sample import DigitsCNN
from penjing.models.source import OpenedModel
from penjing.pruning.channels import remove
from penjing.pruning.groups import find_groups
from penjing.runs.opening import example_inputs
from penjing.spec.costs import Totals
from penjing.spec.messages import Failure, bad_input
from penjing.spec.references import InputSpec
from penjing.whatif.allocate import allocate

_STEPS = 176  # channels of the sample's widest layer: a finer step of its width changes little


def build_student(
    teacher: OpenedModel,
    student: str,
    student_weights: str | None = None,
    seed: int = 0,
    trust: bool = False,
) -> Student:
    """The student that `student` asks for, in eval mode on the CPU.

    `auto:width=W` has W of the teacher's channels in every layer; `auto:macs=R` and `auto:params=R` the
    largest width whose total is at most that share of the teacher's. Its weights are drawn with `seed`. A
    model reference is opened with `student_weights`. Raises `Failure`: exit code 2 for what cannot be made,
    3 where code would run without `trust`.
    """
    wanted = parse(student)
    if wanted is None:
        return _opened(teacher, student, student_weights, seed, trust)
    if wanted.kind == "depth":
        raise bad_input("distillation.depth_unsupported", title=teacher.title)
    make = _sample if teacher.source.kind == "sample" else _narrowed
    return _checked(teacher, make(teacher, wanted, seed))


def _opened(teacher: OpenedModel, reference: str, weights: str | None, seed: int, trust: bool) -> Student:
    outputs = output_shape(teacher.network(), teacher.input)
    wanted = (
        outputs[0] if len(outputs) == 1 and isinstance(outputs, list) else None
    )  # a zoo's student has the same
    with _seeded(seed):
        opened = open_network(reference, weights, teacher.input, trust, outputs=wanted)
    return _checked(teacher, Student(opened.network(), opened.source, opened.title))


def _checked(teacher: OpenedModel, student: Student) -> Student:
    check_student(teacher, student.module, student.title)
    return student


def check_student(teacher: OpenedModel, student: nn.Module, title: str) -> None:
    """Raise `Failure` (exit code 2) where a student does not run on its teacher's inputs, or its outputs have
    other shapes."""
    shapes = [output_shape(module, teacher.input) for module in (teacher.network(), student)]
    if isinstance(shapes[1], str):
        raise bad_input("distillation.student_fails", student=title, problem=shapes[1])
    if shapes[0] != shapes[1]:
        raise bad_input("distillation.student_outputs", teacher=shapes[0], student=shapes[1])


def check_teacher(model: OpenedModel, teacher: OpenedModel) -> None:
    """The same for a model that is fine-tuned under a teacher other than itself."""
    shapes = [output_shape(one.network(), model.input) for one in (model, teacher)]
    if isinstance(shapes[1], str):
        raise bad_input("runs.teacher_fails", teacher=teacher.title, problem=shapes[1])
    if shapes[0] != shapes[1]:
        raise bad_input("runs.teacher_outputs", teacher=shapes[1], model=shapes[0])


def output_shape(module: nn.Module, inputs: tuple[InputSpec, ...]) -> list[int] | str:
    """The shape of one sample's output ([] where it is not one tensor), or why the module does not run."""
    module.eval()
    try:
        with torch.no_grad():
            output = module(*example_inputs(inputs))
    except Exception as error:  # the model's own code may raise anything
        return " ".join(str(error).split())[:300] or type(error).__name__
    return list(output.shape[1:]) if isinstance(output, torch.Tensor) else []


def _sample(teacher: OpenedModel, wanted: AutoStudent, seed: int) -> Student:
    """The sample at another width; for a share of MACs or params, the widest that stays within it."""
    classes = int(teacher.source.kwargs["classes"])
    whole = float(teacher.source.kwargs["width"])
    width = wanted.share * whole
    if wanted.kind != "width":
        budget = wanted.share * _cost(teacher, teacher.network(), wanted)
        low, high = 0, _STEPS  # low is not known to fit, or does; high + 1 does not
        while low < high:
            middle = (low + high + 1) // 2
            fits = _cost(teacher, DigitsCNN(middle / _STEPS * whole, classes), wanted) <= budget
            low, high = (middle, high) if fits else (low, middle - 1)
        if low == 0:
            least = _cost(teacher, DigitsCNN(whole / _STEPS, classes), wanted)
            raise bad_input(
                "distillation.student_out_of_reach",
                budget=wanted.kind,
                wanted=wanted.share,
                least=least * wanted.share / budget,
            )
        width = low / _STEPS * whole
    width = round(width, 6)
    with _seeded(seed):
        module = DigitsCNN(width, classes)
    source = replace(teacher.source, kwargs={**teacher.source.kwargs, "width": width})
    return Student(module.eval(), source, f"{teacher.title}@{width / whole:.3g}", width / whole)


def _cost(teacher: OpenedModel, module: nn.Module, wanted: AutoStudent) -> int:
    totals: Totals = count(module, teacher.input, model=teacher.title, format=teacher.format).totals
    return totals.macs if wanted.kind == "macs" else totals.params


def _narrowed(teacher: OpenedModel, wanted: AutoStudent, seed: int) -> Student:
    """The teacher's architecture with fewer channels in every group, and weights drawn anew."""
    example = example_inputs(teacher.input)
    grouping = find_groups(teacher.network(), example)
    if not grouping.ok:
        blocker = grouping.blockers[0]
        raise Failure(blocker.code, **blocker.params)
    table = count(teacher.network(), teacher.input, model=teacher.title, format=teacher.format)
    target = ("ratio", 1 - wanted.share) if wanted.kind == "width" else (wanted.kind, wanted.share)
    kept = allocate(table, grouping.groups, *target)
    module = copy.deepcopy(teacher.network())
    remove(module, example, kept, "random", seed)
    with _seeded(seed):
        _reset(module)
    channels = sum(group.channels for group in grouping.groups if group.prunable)
    width = sum(kept.values()) / channels
    return Student(module.eval(), teacher.source, f"{teacher.title}@{width:.3g}", width)


def _reset(module: nn.Module) -> None:
    """Draw the parameters of every module anew, in order. Those of a module that cannot do so stay the
    teacher's."""
    for child in module.modules():
        reset = getattr(child, "reset_parameters", None) or getattr(child, "_reset_parameters", None)
        if callable(reset):
            reset()


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Torch's generator at `seed` inside, as it was outside."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
