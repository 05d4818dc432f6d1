"""One update from many parts: the same from one process or several, from a batch or its pieces.

A loss is a mean over what it counts, and parts of a batch count differently. So each part's loss is
multiplied by its weight, and the sum of all gradients divided by the sum of all weights.

That holds where what a row counts does not depend on the rows beside it. A loss that tells rows from
one another has to gather those of other processes itself; pieces, one after another, it never sees
together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.distributed.tensor import DTensor
from torch.optim import Optimizer

from summae.training.sharding import gathered, is_sharded


def documents_in(batch: Any) -> int:
    """Rows of a batch: its own `len`, else that of the first field of its dataclass."""
    return len(batch) if hasattr(batch, "__len__") else len(next(iter(vars(batch).values())))


def parts_of(batch: Any, *, process: int, processes: int, parts: int) -> Iterator[tuple[Any, bool]]:
    """The parts of a batch that one process takes, and whether each counts.

    An empty part is stood in for by the first document, which then counts nothing: every process
    must run the model equally often, or the others would wait for it for ever.
    """
    share = batch.shard(process, processes)
    for number in range(parts):
        part = share.shard(number, parts)
        if documents_in(part):
            yield part, True
        else:
            yield batch.shard(0, documents_in(batch)), False


def scalar_on(device: torch.device, value: Tensor | float) -> Tensor:
    """A float32 scalar without gradient; a number is filled in on a GPU, which need not catch up for it."""
    if isinstance(value, Tensor):
        return value.detach().to(device, torch.float32)
    return torch.full((), value, dtype=torch.float32, device=device)


@contextmanager
def summing_here(accelerator: Accelerator, modules: Sequence[nn.Module]) -> Iterator[None]:
    """Backward passes in it sum gradients in this process; `average` puts them together.

    DDP would do so on its own, but only for a forward pass through its wrapper, and would say
    nothing about others. Shards (FSDP) know no other way.
    """
    with ExitStack() as stack:
        stack.enter_context(gathered(accelerator, modules))
        for module in () if is_sharded(accelerator) else modules:
            stack.enter_context(accelerator.no_sync(module))
        yield


def average(accelerator: Accelerator, parameters: Sequence[Tensor], weight: Tensor) -> None:
    """Make sums of weighted gradients their mean over all processes, in place.

    Args:
        accelerator: Knows the other processes.
        parameters: Those that learn.
        weight: Sum of the weights in this process, a scalar.
    """
    if is_sharded(accelerator):
        # Already a mean over processes, where a sum is wanted.
        total = accelerator.reduce(weight, "sum")
        factor = accelerator.num_processes / _divisor(total)
        for gradient in _gradients(parameters):
            gradient.mul_(factor)
        return
    if accelerator.num_processes > 1:
        weight = _sum_over_processes(accelerator, parameters, weight)
    if gradients := _gradients(parameters):
        torch._foreach_div_(gradients, _divisor(weight))  # all at once on a GPU


def clip(
    accelerator: Accelerator, optimizer: Optimizer, parameters: Sequence[Tensor], limit: float
) -> Tensor:
    """Shorten the gradient of one player to the norm `limit`; returns the norm it had."""
    # Not accelerate's own clipping, which looks at the gradients of all players.
    accelerator.unscale_gradients(optimizer)
    norm = nn.utils.clip_grad_norm_(parameters, limit)
    return norm.full_tensor() if isinstance(norm, DTensor) else norm


def _sum_over_processes(
    accelerator: Accelerator, parameters: Sequence[Tensor], weight: Tensor
) -> Tensor:
    """Sum gradients and weight over processes, in one message; returns the summed weight.

    A parameter that was used in none of them has a gradient of 0 afterwards, not none: to find out
    would keep GPUs waiting.
    """
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    message = torch.cat([*(g.flatten() for g in gradients), weight[None]])
    summed: Tensor = accelerator.reduce(message, "sum")
    *sums, total = torch.split(summed, [*(p.numel() for p in parameters), 1])
    for parameter, gradient in zip(parameters, sums, strict=True):
        parameter.grad = gradient.view_as(parameter).to(parameter.dtype)
    return total.squeeze()


def _gradients(parameters: Sequence[Tensor]) -> list[Tensor]:
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def _divisor(weight: Tensor) -> Tensor:
    """Where nothing counts, all gradients are 0 already."""
    return torch.where(weight > 0, weight, torch.ones_like(weight))
