"""How deep the containers of a pickle lie in one another, told from its opcodes.

What matters are containers that can be hashed (tuples, frozen sets): Python hashes them in native recursion, without a
limit. They are built from within, so every level is seen. A list that is filled once it lies in another is not counted
again in that one; lists are not hashed.
"""

from __future__ import annotations

import pickletools
from typing import Any

_PUTS = ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE")
_GETS = ("GET", "BINGET", "LONG_BINGET")
_MAKERS = ("EMPTY", "TUPLE", "LIST", "DICT", "FROZENSET")
_INTO = ("APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS", "BUILD")


class _Box:
    __slots__ = ("depth",)

    def __init__(self, depth: int) -> None:
        self.depth = depth


_LEAF = _Box(0)


class Nesting:
    """The pickle machine's stack and memo, with depths alone."""

    def __init__(self) -> None:
        self._stack: list[_Box | None] = []  # None is a mark
        self._memo: dict[int, _Box] = {}

    def step(self, opcode: pickletools.OpcodeInfo, argument: Any) -> int:
        """Take one instruction; how deep is what it leaves on top of the stack."""
        name, stack = opcode.name, self._stack
        if name in _PUTS:
            self._memo[len(self._memo) if name == "MEMOIZE" else int(argument)] = stack[-1] or _LEAF
            return 0
        if name in _GETS:
            stack.append(self._memo.get(int(argument), _LEAF))
        elif name == "DUP":
            stack.append(stack[-1])
        elif name == "MARK":
            stack.append(None)
            return 0
        else:
            taken = self._take(opcode)
            deepest = max((one.depth for one in taken), default=0)
            if name in _INTO:
                box = stack[-1] or _LEAF
                if box is _LEAF:
                    box = stack[-1] = _Box(0)
                box.depth = max(box.depth, deepest + 1)
            else:
                made = len(opcode.stack_after)
                fresh = (
                    _Box(deepest + 1)
                    if deepest or name.startswith(("EMPTY", "TUPLE", "LIST", "DICT", "FROZENSET"))
                    else None
                )
                stack.extend([fresh or _LEAF] * made)
        top = stack[-1] if stack else None
        return top.depth if top is not None else 0

    def _take(self, opcode: pickletools.OpcodeInfo) -> list[_Box]:
        """What an instruction takes off the stack; what it puts other things into stays."""
        before = list(opcode.stack_before)
        taken: list[_Box] = []
        if pickletools.markobject in before:
            while (one := self._stack.pop()) is not None:
                taken.append(one)
            before = before[: before.index(pickletools.markobject)]
        count = len(before) - (opcode.name in _INTO)
        for _ in range(count):
            taken.append(self._stack.pop() or _LEAF)
        return taken
