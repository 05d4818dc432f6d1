"""Ctrl-C at a moment that tears nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the block; a second Ctrl-C does not wait."""
    previous = signal.getsignal(signal.SIGINT)
    # Signals reach the main thread only; a background job may have been told to ignore them.
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield
        return
    is_pending = False

    def remember(_number: int, _frame: object) -> None:
        nonlocal is_pending
        if is_pending:
            raise KeyboardInterrupt
        is_pending = True

    signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if is_pending:
        raise KeyboardInterrupt
