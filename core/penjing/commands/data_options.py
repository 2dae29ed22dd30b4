"""The options that say which data, and how they are read: one list, shared by every command that takes data."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from penjing.commands.gathered import added, as_command
from penjing.spec.messages import bad_input

_OPTIONS: dict[str, Any] = {
    "target": Annotated[
        str | None, typer.Option("--target", metavar="COLUMN", help="Column to predict; default: the last.")
    ],
    "task": Annotated[
        str | None, typer.Option("--task", help="auto, classification or regression.")
    ],
    "target_scale": Annotated[
        str | None,
        typer.Option("--target-scale", help="standardise or none: a regression's targets while it trains."),
    ],
    "column": Annotated[
        list[str] | None,
        typer.Option("--column", metavar="NAME=KIND", help="A column is a number, category, or to ignore."),
    ],
    "text": Annotated[str | None, typer.Option("--text", metavar="COLUMN", help="Column of texts.")],
    "tokenizer": Annotated[
        Path | None, typer.Option("--tokenizer", metavar="DIR", help="Folder with the texts' tokenizer.")
    ],
    "max_length": Annotated[int | None, typer.Option("--max-length", help="Tokens of a text at most.")],
    "size": Annotated[
        str | None, typer.Option("--size", metavar="H,W", help="Pictures' height and width.")
    ],
    "mean": Annotated[
        str | None, typer.Option("--mean", metavar="R,G,B", help="Taken off pictures, by channel.")
    ],
    "std": Annotated[
        str | None, typer.Option("--std", metavar="R,G,B", help="Divides pictures, by channel.")
    ],
    "augmentation": Annotated[
        str | None, typer.Option("--augmentation", help="none, light or strong.")
    ],
    "split_seed": Annotated[int | None, typer.Option("--split-seed", help="Seed of the splits.")],
    "unlabelled": Annotated[
        bool, typer.Option("--unlabelled", help="Leave labels aside; for distillation.")
    ],
}  # fmt: skip


def with_data(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with these options beside its parameter `data`, which takes them all as a recipe's section.

    What is left out is left out of the section; where no data are named, `data` is None.
    """
    own = inspect.signature(command, eval_str=True).parameters.values()
    mine = [one.replace(default=False) if one.name == "unlabelled" else one for one in added(_OPTIONS)]

    def taking(**values: Any) -> None:
        options = {name: values.pop(name) for name in _OPTIONS}
        reference = values.pop("data")
        command(**values, data=None if reference is None else section(reference, options))

    return as_command(taking, command, [*own, *mine])


def section(reference: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's section `data`, from the options that were given."""
    # Recipes that do not say it were made before it could be said, and keep their meaning.
    found: dict[str, Any] = {
        "reference": reference,
        "target_scale": options.get("target_scale") or "standardise",
    }
    for name in ("target", "task", "text", "max_length", "augmentation", "split_seed"):
        if options.get(name) is not None:
            found[name] = options[name]
    if options.get("tokenizer") is not None:
        found["tokenizer"] = str(options["tokenizer"].expanduser().resolve())
    if options.get("column"):
        found["columns"] = dict(_column(one) for one in options["column"])
    if options.get("size") is not None:
        size = _numbers("--size", options["size"].lower().replace("x", ",").replace("×", ","))
        found["size"] = [int(one) if one == int(one) else one for one in size]
    for name in ("mean", "std"):
        if options.get(name) is not None:
            found[name] = _numbers(f"--{name}", options[name])
    if options.get("unlabelled"):
        found["labels"] = False
    return found


def _column(text: str) -> tuple[str, str]:
    name, separator, kind = text.rpartition("=")
    if not separator or not name or not kind:
        raise bad_input("cli.column_malformed", text=text)
    return name, kind


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(one) for one in text.split(",")]
    except ValueError:
        raise bad_input("cli.numbers_malformed", option=option, text=text) from None
