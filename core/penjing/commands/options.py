"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Input = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="SHAPE[:DTYPE]", help="Shape of one sample, as 3,224,224 or 128:int64."),
]
Weights = Annotated[Path | None, typer.Option("--weights", help="State dict for a zoo reference.")]
Trust = Annotated[bool, typer.Option("--trust", help="Consent to run the code that the file holds.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else there.")]
Data = Annotated[str, typer.Option("--data", help="Data reference, as sample:digits, or none.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write; must not exist or be empty.")]
NoStart = Annotated[
    bool,
    typer.Option("--no-start", help="Only make the run's folder, and print its path; penjing run goes on."),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of everything random.")]
Temperature = Annotated[float | None, typer.Option("--temperature", help="Softening of both outputs.")]
Alpha = Annotated[float | None, typer.Option("--alpha", help="Weight of the teacher's term, 0 to 1.")]
