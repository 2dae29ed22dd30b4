"""The command line as tests use it: in this process, with what it said and its exit code."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from penjing.cli import main


@dataclass(frozen=True)
class Said:
    """Exit code, standard output and standard error of one command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it is an error here."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line on stderr that says what went wrong. It names what, why and what to do."""
        lines = [line for line in self.err.splitlines() if line.startswith("penjing: ")]
        assert len(lines) == 1, self.err
        assert self.err.rstrip().splitlines()[-1] == lines[0], "something follows the error"
        assert "Traceback" not in self.err
        assert re.fullmatch(r"penjing: [^;]+?: .+; [^;]+", lines[0]), lines[0]
        return lines[0]


def penjing(*arguments: object) -> Said:
    """Run `penjing ARGUMENTS` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(one) for one in arguments])
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Said(code, out.getvalue(), err.getvalue())


def refused(*arguments: object, code: int = 2) -> str:
    """Run a command that has to be refused: nothing on stdout, one line on stderr, which is returned."""
    said = penjing(*arguments)
    assert said.code == code, said
    assert said.out == ""
    return said.error


@contextlib.contextmanager
def quick_latency(formats: tuple[str, ...] | None = None) -> Iterator[None]:
    """Measure latency for an instant only, and write `formats` alone: neither has a part in what a run comes to."""
    from penjing.runs import finish

    before = finish.LATENCY_SECONDS, finish.FORMATS
    finish.LATENCY_SECONDS = 0.1
    finish.FORMATS = formats or finish.FORMATS
    try:
        yield
    finally:
        finish.LATENCY_SECONDS, finish.FORMATS = before
