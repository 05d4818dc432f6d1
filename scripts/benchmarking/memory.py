"""How much memory a process has, and how much of that anything still holds."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Memory:
    """Bytes at one moment."""

    resident: int
    """In the machine. What is freed stays there, for the next step to use; see
    `summae.training.memory`."""
    held: int | None
    """Allocated and not freed, by the C library's own count; None where it keeps none. A leak
    shows here, and nothing else does."""


class _MallInfo(ctypes.Structure):
    """struct mallinfo2 of malloc.h, glibc 2.33 and later."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in [
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        ]
    )


def memory_now() -> Memory:
    """Of this process, after garbage is collected."""
    gc.collect()
    return Memory(_resident(), _held())


def _resident() -> int:
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource

    # The highest so far, in bytes on macOS: a growth shows all the same.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _held() -> int | None:
    if platform.libc_ver()[0] != "glibc":
        return None
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if ask is None:
        return None
    ask.restype = _MallInfo
    found = ask()
    return int(found.uordblks + found.hblkhd)
