"""Ctrl-C waits, but not for ever."""

from __future__ import annotations

import os
import signal

import pytest

from summae.cli.interrupts import interrupts_held


def interrupt_within_block(times: int, reached: list[str]) -> None:
    with interrupts_held():
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
        reached.append("end of block")


def test_an_interrupt_waits_for_the_end_of_the_block() -> None:
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupt_within_block(1, reached)
    assert reached == ["end of block"]


def test_a_second_interrupt_does_not_wait() -> None:
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupt_within_block(2, reached)
    assert reached == []
