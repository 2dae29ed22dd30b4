"""Limits that a process lays on itself before it opens a file that may run code. They cannot be taken off again.

Processor time, core dumps and the size of what is written are limited by the system where it can (POSIX). On Linux
(x86-64 and AArch64) a system call filter refuses sockets and other programs, in native code too. Everywhere an audit
hook refuses, in Python code, the network, other programs, native libraries' functions, and changes to files outside
one folder. What the process reads is not limited; it has no way to send it.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path
from typing import Any

# Audit number and refused calls: socket, connect, execve, execveat, ptrace; on x86-64 also fork and vfork.
_MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 57, 58)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117)),
}
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
_LOAD, _EQUAL, _NOT_LESS, _RETURN = 0x20, 0x15, 0x35, 0x06
_OTHER_NUMBERS = 0x40000000  # x86-64 has every call a second time from here on
_REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile",
    "pty.", "os.kill", "ctypes.dlsym", "ctypes.call_function", "ctypes.cdata", "winreg.", "webbrowser.",
    "urllib.", "ftplib.", "http.", "smtplib.", "telnetlib.", "imaplib.", "poplib.", "nntplib.", "syslog.",
)  # fmt: skip
_CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown",
            "os.truncate", "os.utime", "os.setxattr", "os.removexattr", "shutil.")  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def confine(folder: Path, seconds: float, written: int) -> None:
    """Limit this process: `seconds` of processor time, `written` bytes a file, and no changes outside `folder`."""
    sys.dont_write_bytecode = True
    _limit_resources(seconds, written)
    _filter_system_calls()
    inside = os.path.realpath(folder)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            changes = isinstance(flags, int) and bool(flags & _WRITING)
            if (changes or (isinstance(mode, str) and mode.strip("rbtU"))) and not _within(path, inside):
                raise PermissionError(f"writing {path} is not allowed here")
        elif event.startswith(_CHANGES):
            if not all(
                _within(one, inside) for one in arguments if isinstance(one, (str, bytes, os.PathLike))
            ):
                raise PermissionError(f"{event} is not allowed here")
        elif event.startswith(_REFUSED):
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(refuse)


def _within(path: Any, folder: str) -> bool:
    if isinstance(path, int):
        return True  # a descriptor that is open already
    place = os.path.realpath(os.fsdecode(path))
    return place == os.devnull or place == folder or place.startswith(folder + os.sep)


def _limit_resources(seconds: float, written: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's watch alone
        return
    whole = max(1, int(seconds))
    for limit, value in (
        (resource.RLIMIT_CPU, whole),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, written),
    ):
        hard = resource.getrlimit(limit)[1]
        top = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (top, top))


def _filter_system_calls() -> bool:
    """Have the kernel refuse sockets and other programs from here on. False where it cannot."""
    machine = _MACHINES.get(os.uname().machine) if sys.platform == "linux" else None
    if machine is None:
        return False
    audit, calls = machine
    tests = [(_EQUAL, len(calls) - number, 0, call) for number, call in enumerate(calls)]
    program = [  # each: code, jump if true, jump if false, value
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 0, len(calls) + 3, audit),  # another one: refused
        (_LOAD, 0, 0, 0),  # the number of the call
        (_NOT_LESS, len(calls) + 1, 0, _OTHER_NUMBERS),
        *tests,
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    library = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    return bool(
        library.prctl(no_new_privileges, 1, 0, 0, 0) == 0
        and library.prctl(set_seccomp, filter_mode, head, 0, 0) == 0
    )
