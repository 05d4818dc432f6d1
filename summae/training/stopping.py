"""Ctrl-C, and SIGTERM as schedulers send it: they end a run after the step at hand, saved."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_USUAL: dict[int, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
_HINT = b"\nstopping after this step, saved; once more to stop at once\n"


class Stop:
    """Whether a signal has asked to stop, and which."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def __bool__(self) -> bool:
        return self.signal is not None

    def obey(self) -> None:
        """Do now what the signal was about.

        Raises:
            KeyboardInterrupt: It was Ctrl-C.
            SystemExit: It was SIGTERM; with the status that shells expect then, 143.
        """
        if self.signal == signal.SIGINT:
            raise KeyboardInterrupt
        if self.signal is not None:
            raise SystemExit(128 + self.signal)

    def _ask(self, number: int, _frame: object) -> None:
        is_impatient, self.signal = bool(self), number
        if is_impatient:
            self.obey()
        os.write(2, _HINT)


@contextmanager
def stopping() -> Iterator[Stop]:
    """Have signals wait within the block for whoever asks whether one came; a second does not wait.

    Handlers that somebody else has set, and signals that are ignored, as in background jobs, stay
    as they are.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    ours = [number for number, usual in _USUAL.items() if signal.getsignal(number) == usual]
    for number in ours:
        signal.signal(number, stop._ask)
    try:
        yield stop
    finally:
        for number in ours:
            signal.signal(number, _USUAL[number])


def ignore_ctrl_c(_worker: int = 0) -> None:
    """In processes that prepare batches: theirs is to go on until the step is over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
