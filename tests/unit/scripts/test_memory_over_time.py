"""Memory is flat if what is held stays as it was, whatever else is resident."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

import memory_over_time
from benchmarking.memory import Memory, memory_now
from memory_over_time import is_flat

PRODUCTS = """
import sys
import torch
from benchmarking.memory import memory_now
from summae.training.memory import forget_prepared_products

if "forget" in sys.argv:
    forget_prepared_products()
torch.set_num_threads(1)
weight = torch.randn(1024, 256, dtype=torch.bfloat16)
for rows in range(200, 800):
    if rows == 400:
        before = memory_now().held
    torch.nn.functional.linear(torch.zeros(rows, 256, dtype=torch.bfloat16), weight)
print(memory_now().held - before)
"""


def growth(*arguments: str) -> int:
    # A trainer of a test before may have set limits in this process.
    environment = {name: value for name, value in os.environ.items() if "CAPACITY" not in name}
    done = subprocess.run(
        [sys.executable, "-c", PRODUCTS, *arguments],
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_what_is_held_decides() -> None:
    steps = range(0, 400, 100)
    assert is_flat({step: Memory(1000 + 9 * step, 500) for step in steps})
    assert not is_flat({step: Memory(1000, 500 + step) for step in steps})
    # Where nobody counts what is held, only what is resident is known.
    assert is_flat({step: Memory(1000, None) for step in steps})
    assert not is_flat({step: Memory(1000 + step, None) for step in steps})
    # Before a quarter is over, memory is still being filled.
    assert is_flat(
        {0: Memory(10, 1), 100: Memory(1000, 500), 200: Memory(1000, 500), 300: Memory(1000, 505)}
    )


def test_what_is_kept_is_held_and_what_is_freed_is_not() -> None:
    before = memory_now()
    if before.held is None:
        pytest.skip("this C library does not count")
    kept = torch.ones(10_000_000)
    during = memory_now()
    assert during.held is not None
    assert during.held - before.held == pytest.approx(40e6, rel=0.05)
    assert during.resident > before.resident
    del kept
    after = memory_now()
    assert after.held is not None
    assert after.held - before.held < 4e6


@pytest.mark.usefixtures("fresh_accelerator", "one_thread")
def test_a_training_is_looked_at_on_the_way(folder: Path) -> None:
    output = folder / "memory.md"
    words = [str(folder / "base.yaml"), "--pack", str(folder / "pack"), "--steps", "40"]
    code = memory_over_time.main([*words, "--set", "recipe=mined", "--output", str(output)])
    text = output.read_text("utf-8")
    assert code == (0 if "What is held is flat" in text else 1)
    assert "`python scripts/memory_over_time.py base.yaml --pack pack --steps 40" in text
    table = [line for line in text.splitlines() if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in table[1:]] == [f"| {step}" for step in range(0, 41, 2)]


@pytest.mark.skipif(memory_now().held is None, reason="what is held is not known here")
def test_products_of_ever_other_shapes_are_not_all_kept() -> None:
    kept = growth()
    if kept < 50e6:
        pytest.skip("this processor's bf16 products are not prepared by shape")
    assert growth("forget") < 0.2 * kept
