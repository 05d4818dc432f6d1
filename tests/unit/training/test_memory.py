"""Freed memory is used again."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

GIVEN_BACK = """
from pathlib import Path
import numpy as np
from summae.training.memory import give_back_freed_memory, keep_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

keep_freed_memory()
large = np.ones(20_000_000)
kept = np.ones(1000)  # above it, so that it is not the end of the heap that is freed
del large
before = resident()
give_back_freed_memory()
print(before - resident())
"""
COUNT = """
import resource, sys
import numpy as np
from summae.training.memory import keep_freed_memory

assert "kept" not in sys.argv or keep_freed_memory()
for turn in range(12):
    if turn == 2:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(8_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(*arguments: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *arguments], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="speaks of glibc")
def test_a_large_array_made_again_touches_no_new_pages() -> None:
    assert page_faults("kept") < 0.02 * page_faults()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="speaks of Linux")
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="speaks of glibc")
def test_what_is_freed_can_be_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GIVEN_BACK], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 0.9 * 160e6
