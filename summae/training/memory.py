"""Memory on the CPU: what is freed is kept at hand, what is prepared for a shape is not kept for ever."""

from __future__ import annotations

import ctypes
import os
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
"""Names of glibc's mallopt(3), from malloc.h."""
_AHEAD_BYTES = 256 * 2**20
"""How much more than needed is taken at a time."""
_PREPARED_PRODUCTS = "128"
"""As many as a step has of different shapes, and some more."""


def keep_freed_memory() -> bool:
    """Have this process reuse what it frees instead of giving it back to the system.

    By default glibc maps every large tensor anew and unmaps it after use, and the kernel clears
    each page at its first touch. On a CPU that was half of a training step of the small model: side
    by side on one core, 60 documents a second became 122.

    Returns:
        Whether it took effect; it does not where the C library is another one.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    answers = [
        mallopt(_MMAP_MAX, 0),
        mallopt(_TRIM_THRESHOLD, -1),
        mallopt(_TOP_PAD, _AHEAD_BYTES),
    ]
    return all(answers)


def give_back_freed_memory() -> bool:
    """Give what is freed back to the system after all; where it is asked for again, it costs once.

    Batches of many lengths leave gaps of many sizes, and what fits into none of them makes the
    process grow: one whose blocks are large, as the scores of a large vocabulary are, by gigabytes.

    Returns:
        Whether anything was given back; never where the C library is another one.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).malloc_trim(0))


def forget_prepared_products() -> None:
    """Have oneDNN keep some of the products that it prepares by shape, rather than the last thousand.

    In bf16 they take hundreds of kilobytes each, and a softmax over another number of tokens is
    another shape at every step, so that a process grew for hours; now what is held stays as it is
    (evaluation/memory-bf16.md, memory-skip-thought.md). A limit set in the environment wins. Limits
    are read at the first product of a process: for one that has computed before, this is too late.
    """
    for cache in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(cache, _PREPARED_PRODUCTS)
