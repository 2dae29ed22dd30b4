"""Options that a command takes together: a table of them in place of one of its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer


def table(**rows: tuple[Any, ...]) -> dict[str, Any]:
    """Options by name, each of a type, a help and perhaps a metavar; `batch_size` becomes `--batch-size`."""
    return {name: _option(name, *row) for name, row in rows.items()}


def _option(name: str, kind: Any, help: str, metavar: str | None = None) -> Any:
    flag = f"--{name.replace('_', '-')}"
    return Annotated[kind | None, typer.Option(flag, metavar=metavar, help=help)]


def gathered(
    parameter: str, options: Mapping[str, Any], last: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command `options` in place of its `parameter`, or as its `last`: it takes those given, as a dict."""

    def over(command: Callable[..., None]) -> Callable[..., None]:
        parameters: list[inspect.Parameter] = []
        for name, one in inspect.signature(command, eval_str=True).parameters.items():
            if name != parameter:
                parameters.append(one)
            elif not last:
                parameters += added(options)
        if last:
            parameters += added(options)

        def taking(**values: Any) -> None:
            given = {name: value for name in options if (value := values.pop(name)) is not None}
            command(**values, **{parameter: given})

        return as_command(taking, command, parameters)

    return over


def added(options: Mapping[str, Any]) -> list[inspect.Parameter]:
    """The parameters of options that may be left out."""
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=None)
        for name, kind in options.items()
    ]


def as_command(
    taking: Callable[..., None], command: Callable[..., None], parameters: Sequence[inspect.Parameter]
) -> Callable[..., None]:
    """`taking` under the name of `command`, with the parameters that the command line shall read."""
    named = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    taking.__name__ = command.__name__
    taking.__doc__ = command.__doc__
    taking.__module__ = command.__module__
    taking.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
    taking.__annotations__ = {one.name: one.annotation for one in named}
    return taking
