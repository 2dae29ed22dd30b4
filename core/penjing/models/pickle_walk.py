"""What a pickle refers to, found by reading its opcodes. Nothing in it is run, imported or built.

A pickle is a program for a small stack machine. The walk keeps that stack with the strings alone, so that names which
are put together from strings (`STACK_GLOBAL`, through the memo or not) are seen as well, and looks into byte strings
that are pickles or zip archives themselves.
"""

from __future__ import annotations

import _compat_pickle
import io
import pickletools
import zipfile
from typing import Any, BinaryIO

from penjing.models.denied import UNKNOWN
from penjing.models.pickle_nesting import Nesting

MOST_NESTED = 4
MOST_DEEP = 500  # containers within containers: hashing, comparing or freeing deeper ones can end the process
_MARK = object()
_PUTS = ("PUT", "BINPUT", "LONG_BINPUT")
_GETS = ("GET", "BINGET", "LONG_BINGET")


def current_name(module: str, name: str) -> str:
    """The dotted name of a global, where it is under an old name (`__builtin__`, `copy_reg`) under today's."""
    module, name = _compat_pickle.NAME_MAPPING.get((module, name), (module, name))
    return f"{_compat_pickle.IMPORT_MAPPING.get(module, module)}.{name}"


class Walk:
    """Names found so far, over one pickle or several.

    `damaged` says why the last pickle could not be read to its end, "" where it could. `crowded` is True where a pickle
    reserves far more places than it uses: it would take memory for nothing. `deep` is True where it nests containers
    deeper than `MOST_DEEP`; it is read no further then.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.damaged = ""
        self.crowded = False
        self.deep = False

    def read(self, stream: BinaryIO, depth: int = 0) -> None:
        """Walk one pickle, from where `stream` stands to its end."""
        stack: list[Any] = []
        memo: dict[int, Any] = {}
        nesting = Nesting()
        count = 0
        try:
            for opcode, argument, _ in pickletools.genops(stream):
                count += 1
                if opcode.name in _PUTS and int(str(argument)) > 16 * count + 1024:
                    self.crowded = True
                self._step(opcode, argument, stack, memo)
                self._within(argument, depth)
                if nesting.step(opcode, argument) > MOST_DEEP:
                    self.deep = True
                    return
        except (ValueError, IndexError, TypeError, UnicodeError, OverflowError, MemoryError) as error:
            self.damaged = str(error) or type(error).__name__

    def _step(
        self, opcode: pickletools.OpcodeInfo, argument: Any, stack: list[Any], memo: dict[int, Any]
    ) -> None:
        name = opcode.name
        if name in _PUTS:
            memo[int(argument)] = stack[-1]
        elif name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif name in _GETS:
            stack.append(memo.get(int(argument)))
        elif name == "DUP":
            stack.append(stack[-1])
        else:
            if name == "STACK_GLOBAL":
                self._add(stack[-2], stack[-1])
            elif name in ("GLOBAL", "INST"):
                self._add(*argument.split(" ", 1))
            elif name.startswith("EXT"):
                self.names.add(UNKNOWN)
            _pop(opcode, stack)
            for kind in opcode.stack_after:
                text = argument if isinstance(argument, str) and name not in ("GLOBAL", "INST") else None
                stack.append(_MARK if kind is pickletools.markobject else text)

    def _add(self, module: Any, name: Any) -> None:
        known = isinstance(module, str) and isinstance(name, str)
        self.names.add(current_name(module, name) if known else UNKNOWN)

    def _within(self, argument: Any, depth: int) -> None:
        if isinstance(argument, str) and argument[:1] in ("\x80", "P"):
            argument = argument.encode("latin-1", "ignore")  # how protocols up to 2 carry bytes
        if not isinstance(argument, (bytes, bytearray)) or depth >= MOST_NESTED or len(argument) < 4:
            return
        inner = Walk()
        if argument[:1] == b"\x80" and argument[1] < 8:
            inner.read(io.BytesIO(bytes(argument)), depth + 1)
        elif argument[:4] == b"PK\x03\x04":
            inner.read_zip(io.BytesIO(bytes(argument)), depth + 1)
        self.names |= inner.names
        self.crowded = self.crowded or inner.crowded
        self.deep = self.deep or inner.deep

    def read_zip(self, stream: BinaryIO, depth: int = 0) -> None:
        """Walk the pickles in a zip archive."""
        try:
            with zipfile.ZipFile(stream) as archive:
                for entry in archive.infolist():
                    if entry.filename.endswith(".pkl") and entry.file_size < 64_000_000:
                        self.read(io.BytesIO(archive.read(entry)), depth)
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
            self.damaged = str(error)


def _pop(opcode: pickletools.OpcodeInfo, stack: list[Any]) -> None:
    before = list(opcode.stack_before)
    if pickletools.markobject in before:
        while stack.pop() is not _MARK:
            pass
        before = before[: before.index(pickletools.markobject)]
    if before:
        del stack[-len(before) :]
