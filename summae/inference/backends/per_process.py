"""Engines with threads of their own, which a forked process cannot inherit."""

from __future__ import annotations

import ctypes
import os
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Engine = TypeVar("Engine")

_ALL: weakref.WeakSet[PerProcess] = weakref.WeakSet()  # type: ignore[type-arg]


class PerProcess(Generic[Engine]):
    """An engine that is loaded here at once, and again in a forked process when it is needed there.

    A fork copies no threads: the child would wait forever for those of its parent's engine, also to
    end them. So it leaves that one alone.

    Args:
        load: Loads it.
    """

    def __init__(self, load: Callable[[], Engine]) -> None:
        self._load = load
        self._engine: Engine | None = load()
        _ALL.add(self)

    def __call__(self) -> Engine:
        """The engine of this process."""
        if self._engine is None:
            # In a new thread: the child's first one believes that it has its parent's OpenMP threads.
            with ThreadPoolExecutor(1) as other:
                self._engine = other.submit(self._load).result()
        return self._engine

    def leave_behind(self) -> None:
        """Forget the engine without ending it."""
        if self._engine is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._engine))
        self._engine = None


def _leave_all_behind() -> None:
    for one in list(_ALL):
        one.leave_behind()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_all_behind)
