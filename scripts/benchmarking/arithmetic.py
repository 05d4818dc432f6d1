"""Work and its bounds: operations of a pass, of a large matrix product here, of the maker's promise."""

from __future__ import annotations

import re
import statistics
from typing import Any

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from benchmarking.stopwatch import Stopwatch

PEAKS = (
    ("H200", 989, 67),
    ("H100 PCIe", 756, 51),
    ("H100", 989, 67),
    ("A100", 312, 19.5),
    ("L40S", 362, 91.6),
    ("L40", 181, 90.5),
    ("L4", 121, 30.3),
    ("A10", 125, 31.2),
    ("4090", 165, 82.6),
    ("V100", 125, 15.7),
    ("T4", 65, 8.1),
)
"""Dense TFLOP/s of GPUs by a part of their name, in half and in single precision, by their makers."""


def flops(module: nn.Module, output: Any) -> float:
    """Floating point operations that a pass through a layer of weights makes, and will make.

    2 for each weight and position forward; backward 2 for the gradient of what came in and 2 for
    that of the weights, where they are wanted: 6·N for a token that is learned from, 2·N for one
    that is only read. Padding counts, since it is computed; attention's products, sums over soft
    words and the second derivative of a gradient penalty do not.
    """
    match module:
        case nn.Linear():
            width = module.out_features
        case nn.Conv1d():
            width = module.out_channels
        case Conv1D():
            width = int(module.nf)
        case _:
            return 0.0
    weight: Tensor = module.weight
    products = float(weight.numel() * (output.numel() // width))
    if not (torch.is_grad_enabled() and output.requires_grad):
        return 2 * products
    return (6 if weight.requires_grad else 4) * products


def ceiling(device: torch.device, precision: str, *, repeats: int = 7) -> float:
    """FLOP/s of a large square matrix product, the median of several."""
    size = 1024 if device.type == "cpu" else 8192
    kind = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision, torch.float32)
    left, right = (torch.randn(size, size, device=device).to(kind) for _ in range(2))
    clock, times = Stopwatch(device), []
    for _ in range(repeats + 2):
        clock.next_step()
        left @ right
        clock.end_step()
        times.append(clock.steps[-1].seconds)
    return float(2 * size**3 / statistics.median(times[2:]))


def device_name(device: torch.device) -> str:
    """The GPU's, or CPU."""
    return "CPU" if device.type == "cpu" else torch.cuda.get_device_name(device)


def peak(device: torch.device, precision: str) -> float | None:
    """FLOP/s that the maker of the GPU promises; None where no promise is known."""
    name = device_name(device)
    for part, half, single in PEAKS:
        if re.search(rf"\b{part}\b", name):
            return 1e12 * (single if precision == "no" else half)
    return None
