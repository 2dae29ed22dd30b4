"""Model reference -> opened model.

What opens here: the sample, torchvision's zoo (with a state dict from a file, or seeded random weights),
and a factory in a Python file (which is code, and needs trust). Files of other kinds are recognised and
refused by name. Nothing is ever downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from torch import nn

from penjing.models import formats, python_file, zoo
from penjing.models import sample as sample_file
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import fit, listed, read_state, state_sha256
from penjing.spec.messages import NEEDS_TRUST, Failure, bad_input
from penjing.spec.references import InputSpec, ModelReference, parse_model

SAMPLES = ("digits-cnn",)


def open_model(
    reference: str,
    weights: str | None = None,
    inputs: Sequence[InputSpec] = (),
    trust: bool = False,
    bare: bool = False,
) -> OpenedModel:
    """Open a model: eval mode, CPU, weights in place.

    `weights` is a file with a state dict; `inputs` replaces what the model says of itself. `bare` is
    for counting alone: a zoo model without weights is then made without memory. Raises
    `Failure`: exit code 2 for bad input, 3 where code would have to run and `trust` is False.
    """
    parsed = parse_model(reference)
    path = Path(weights).expanduser() if weights else None
    given = tuple(inputs)
    if parsed.kind == "sample":
        return _sample(parsed, path, given)
    if parsed.kind == "torchvision":
        return zoo.open_zoo(parsed, path, given, bare)
    if parsed.kind == "py":
        return python_file.open_factory(parsed, path, given, trust)
    if parsed.kind == "timm":
        raise bad_input("models.timm_closed", reference=str(parsed))
    if parsed.kind == "hf":
        raise bad_input("models.hf_closed", reference=str(parsed))
    raise _refused(Path(parsed.target).expanduser(), trust)


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


def _refused(path: Path, trust: bool) -> Failure:
    """Why a bare file does not open as a model, by what is in it."""
    kind = formats.recognise(path)
    if kind in ("torch", "torch-legacy"):
        names = formats.unsafe_globals(path)
        if not names:
            return bad_input("models.file_state_dict", path=str(path))
        if not trust:
            return Failure("models.pickle_needs_trust", NEEDS_TRUST, path=str(path), names=listed(names))
        return bad_input("models.file_module_pickle", path=str(path), names=listed(names))
    if kind == "safetensors":
        return bad_input("models.file_state_dict", path=str(path))
    return formats.refusal(path, kind)
