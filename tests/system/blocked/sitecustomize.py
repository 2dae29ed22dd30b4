"""Imported by every Python that starts with this folder on its path: no network sockets in here.

The system's filter (Linux, x86-64 and AArch64) ends a process whose code, native or not, makes an internet socket, and
goes over to its children. The audit hook says in words which Python code tried, and works everywhere.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path

ARCHITECTURES = {
    "x86_64": (0xC000003E, 41),
    "aarch64": (0xC00000B7, 198),
}  # audit number, number of socket(2)
ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
FAMILIES = (2, 10)  # AF_INET, AF_INET6 on Linux


def no_network(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse, and write down, what would go to the network."""
    internet = event == "socket.__new__" and arguments[1] in (
        2,
        10,
        23,
        30,
    )  # AF_INET, and AF_INET6 by system
    if internet or event in ("socket.getaddrinfo", "socket.gethostbyname"):
        with Path(os.environ["PENJING_TEST_ATTEMPTS"]).open("a", encoding="utf-8") as file:
            file.write(f"{event} {arguments[1:]} in {sys.argv}\n")
        raise PermissionError(f"the network is blocked: {event}")


def filter_system_calls() -> bool:
    """Have the kernel end this process, or a child, at its first internet socket. False where it cannot."""
    machine = ARCHITECTURES.get(os.uname().machine) if sys.platform == "linux" else None
    if machine is None:
        return False
    audit, socket_call = machine
    program = [  # each: code, jump if true, jump if false, value
        (LOAD, 0, 0, 4),  # architecture
        (EQUAL, 0, 6, audit),
        (LOAD, 0, 0, 0),  # number of the call
        (EQUAL, 0, 4, socket_call),
        (LOAD, 0, 0, 16),  # its first argument, the family
        (EQUAL, 1, 0, FAMILIES[0]),
        (EQUAL, 0, 1, FAMILIES[1]),
        (RETURN, 0, 0, KILL_PROCESS),
        (RETURN, 0, 0, ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *one) for one in program)
    buffer = ctypes.create_string_buffer(code)
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    library = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    return (
        library.prctl(no_new_privileges, 1, 0, 0, 0) == 0
        and library.prctl(set_seccomp, filter_mode, ctypes.create_string_buffer(head), 0, 0) == 0
    )


if "PENJING_TEST_ATTEMPTS" in os.environ:
    FILTERED = filter_system_calls()
    sys.addaudithook(no_network)
