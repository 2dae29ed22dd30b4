"""Model reference -> opened model.

What opens here: the sample, torchvision's zoo (with a state dict from a file, or seeded random weights),
a factory in a Python file (which is code, and needs trust), and files by what is in them. A state dict, TorchScript,
`.pt2` and ONNX can be looked at, and ONNX is converted where it is wanted as a network; a whole pickled module, which
needs trust, is a network. Files of other kinds are recognised and refused by name. Nothing is ever downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from torch import nn

from penjing.models import (
    formats,
    hf,
    onnx_file,
    onnx_network,
    pickle_file,
    program_file,
    python_file,
    run_folder,
    state_file,
    timm_zoo,
    zoo,
)
from penjing.models import sample as sample_file
from penjing.models.pickle_names import unsafe_globals
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import fit, read_state, state_sha256
from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec, ModelReference, parse_model

SAMPLES = ("digits-cnn",)


def open_model(
    reference: str,
    weights: str | None = None,
    inputs: Sequence[InputSpec] = (),
    trust: bool | str = False,
    bare: bool = False,
    outputs: int | None = None,
) -> OpenedModel:
    """Open a model: eval mode, CPU, weights in place.

    `weights` is a file with a state dict; `inputs` replaces what the model says of itself. `bare` is
    for counting alone: a zoo model without weights is then made without memory. `outputs` is the number of classes (or
    values) that a zoo's classifier is to have; other models have their own. `trust` may be the SHA-256 of the program
    that a person agreed to run: it then holds for these bytes alone. Raises `Failure`: exit code 2 for bad input,
    3 where code would have to run and `trust` is False.
    """
    parsed = parse_model(reference)
    path = Path(weights).expanduser() if weights else None
    given = tuple(inputs)
    if parsed.kind == "sample":
        return _sample(parsed, path, given)
    if parsed.kind == "torchvision":
        return zoo.open_zoo(parsed, path, given, bare, outputs)
    if parsed.kind == "py":
        return python_file.open_factory(parsed, path, given, trust)
    if parsed.kind == "timm":
        return timm_zoo.open_timm(parsed, path, given, bare, outputs)
    if parsed.kind == "hf":
        return hf.open_folder(parsed, path, given, bare)
    return _open_file(parsed, Path(parsed.target).expanduser(), path, given, trust)


def open_network(
    reference: str,
    weights: str | None = None,
    inputs: Sequence[InputSpec] = (),
    trust: bool | str = False,
    outputs: int | None = None,
) -> OpenedModel:
    """Open a model to prune, train, measure or export it: an ONNX graph is converted to a network, others are as
    `open_model` opens them. Raises `Failure` as that does, and (exit code 2) where ONNX does not convert."""
    return onnx_network.as_network(open_model(reference, weights, inputs, trust, outputs=outputs))


def sample_weights() -> Path:
    """The shipped weights of `sample:digits-cnn`; `penjing.training.sample_training` makes them."""
    return Path(str(files("penjing_resources") / "sample" / "digits-cnn.safetensors"))


def _sample(parsed: ModelReference, path: Path | None, inputs: tuple[InputSpec, ...]) -> OpenedModel:
    if parsed.target not in SAMPLES:
        known = ", ".join(f"sample:{name}" for name in SAMPLES)
        raise bad_input("models.sample_unknown", name=parsed.target, known=known)
    kwargs = {"width": 1.0, "classes": 10}
    module: nn.Module = sample_file.DigitsCNN(width=1.0, classes=10)
    chosen = path or sample_weights()
    fit(module, read_state(chosen), chosen)
    code = Path(sample_file.__file__).read_text(encoding="utf-8")
    return OpenedModel(
        module=module.eval(),
        reference=parsed,
        title=parsed.title,
        format="sample",
        input=inputs or (InputSpec((1, 8, 8)),),
        sha256=state_sha256(module.state_dict()),
        weights_label=chosen.name,
        source=ModelSource("sample", "DigitsCNN", kwargs, code=code),
        task="classification",
        outputs=10,
        suggested_data="sample:digits",
    )


def _open_file(
    parsed: ModelReference, path: Path, weights: Path | None, inputs: tuple[InputSpec, ...], trust: bool | str
) -> OpenedModel:
    """A file as a model, by what is in it."""
    if path.is_dir() and (refused := run_folder.refusal(path)) is not None:
        raise refused
    kind = formats.recognise(path)
    if weights is not None:
        raise bad_input("models.weights_for_a_file", path=str(path), weights=str(weights))
    if kind == "safetensors":
        return state_file.open_state(parsed, path, kind, inputs)
    if kind in ("torch", "torch-legacy"):
        names = unsafe_globals(path)
        if names:
            return pickle_file.open_pickle(parsed, path, names, inputs, trust)
        return state_file.open_state(parsed, path, kind, inputs)
    if kind in ("torchscript", "pt2"):
        return program_file.open_program(parsed, path, kind, inputs, trust)
    if kind == "onnx":
        return onnx_file.open_onnx(parsed, path, inputs)
    raise formats.refusal(path, kind)
