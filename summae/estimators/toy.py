"""A game small enough to enumerate: the gradient every estimator aims at, and what each of them hits.

The policy writes at most three words of four; word 0 ends a summary and fills what follows, so
there are 40 summaries. The logits of the next word stand in a table by place and previous word.
The reward is a small fixed network, so that, like a discriminator, it has a value for soft words,
too. Sums over all 40 summaries give the exact gradient of the expected reward; the tests and
scripts/estimator_table.py hold the estimators against it.

Most functions take `tables` (B, T, V, V), one copy of the table per row: one backward pass then
gives the gradient of every row by itself, and with it the variance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from summae.estimators.policy_gradient import policy_gradient_loss
from summae.models.outputs import Scored

END = 0


@dataclass(frozen=True)
class Toy:
    """A policy and a reward; all tensors are float64."""

    table: Tensor
    """Logits by place, previous word (0 at the start) and next word, (T, V, V)."""
    first: Tensor
    """First layer of the reward, (T * V, H)."""
    second: Tensor
    """Second layer of the reward, (H,)."""

    @classmethod
    def random(cls, generator: torch.Generator, *, vocabulary: int = 4, length: int = 3) -> Toy:
        """Another game for every state of the generator."""

        def normal(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=generator, dtype=torch.float64)

        return cls(
            normal(length, vocabulary, vocabulary), normal(length * vocabulary, 8), normal(8)
        )

    def reward(self, words: Tensor) -> Tensor:
        """One number for each summary of hard or soft words (B, T, V), (B,).

        Around 2, not around 0: what a reward is measured from means nothing, yet to an estimator
        without a baseline it does.
        """
        goes_on = (1 - words[:, :-1, END]).cumprod(dim=1)  # (B, T-1)
        seen = torch.cat([torch.ones_like(words[:, :1, 0]), goes_on], dim=1)  # (B, T)
        return 2 + torch.tanh((words * seen[..., None]).flatten(1) @ self.first) @ self.second / 4

    @cached_property
    def summaries(self) -> Tensor:
        """Ids of every summary there is, (40, T)."""
        length, size, _ = self.table.shape
        ids = torch.cartesian_prod(*[torch.arange(size)] * length)  # (V^T, T)
        resumed = (ids[:, :-1] == END) & (ids[:, 1:] != END)
        return ids[~resumed.any(dim=1)]

    @cached_property
    def rewards(self) -> Tensor:
        """Reward of each of `summaries`."""
        return self.reward(self.one_hot(self.summaries))

    @cached_property
    def probabilities(self) -> Tensor:
        """Probability of each of `summaries`; they sum to 1."""
        return self._probabilities(self.table).detach()

    @cached_property
    def exact_gradient(self) -> Tensor:
        """Gradient of the expected reward in the table, by summing over all summaries, (T, V, V)."""
        table = self.table.clone().requires_grad_()
        return torch.autograd.grad((self._probabilities(table) * self.rewards).sum(), table)[0]

    def draw(self, rows: int, generator: torch.Generator) -> Tensor:
        """Which of `summaries` the policy writes, (rows,)."""
        return self.probabilities.multinomial(rows, replacement=True, generator=generator)

    @cached_property
    def greedy_reward(self) -> Tensor:
        """Reward of the summary made of the likeliest next words."""
        ids = [int(self.table[0, END].argmax())]
        for place in range(1, len(self.table)):
            ids.append(END if ids[-1] == END else int(self.table[place, ids[-1]].argmax()))
        return self.reward(self.one_hot(torch.tensor([ids])))[0]

    def values(self, ids: Tensor) -> Tensor:
        """Expected reward once the words *before* each place stand, (B, T): what a critic would learn."""
        same = (ids[:, None] == self.summaries).cumprod(dim=2)  # (B, 40, T): alike up to this place
        before = torch.cat([torch.ones_like(same[..., :1]), same[..., :-1]], dim=2)
        weights = before * self.probabilities[:, None]
        return (weights * self.rewards[:, None]).sum(dim=1) / weights.sum(dim=1)

    def tables(self, rows: int) -> Tensor:
        """One copy of the table a row, with gradient, (rows, T, V, V)."""
        return self.table.repeat(rows, 1, 1, 1).requires_grad_()

    def score(self, ids: Tensor, tables: Tensor) -> Scored:
        """Log-probabilities of given summaries, -inf at padding to see that nobody reads it."""
        rows, places = torch.arange(len(ids))[:, None], torch.arange(ids.shape[1])
        before = torch.cat([torch.full_like(ids[:, :1], END), ids[:, :-1]], dim=1)  # (B, T)
        log_probs = tables[rows, places, before].log_softmax(dim=-1)  # (B, T, V)
        mask = (before != END) | (places == 0)
        return Scored(
            log_probs=log_probs.gather(-1, ids[..., None])[..., 0].masked_fill(~mask, -torch.inf),
            mask=mask,
            entropy=-(log_probs.exp() * log_probs).sum(dim=-1),
        )

    def unroll(self, relax: Callable[[Tensor], Tensor], tables: Tensor) -> Tensor:
        """Relaxed decoding: each word, as `relax` leaves it, decides the logits of the next, (B, T, V)."""
        words = [relax(tables[:, 0, END])]
        for place in range(1, tables.shape[1]):
            words.append(relax(torch.einsum("bv,bvw->bw", words[-1], tables[:, place])))
        return torch.stack(words, dim=1)

    def one_hot(self, ids: Tensor) -> Tensor:
        """Ids (B, T) as words (B, T, V)."""
        return torch.nn.functional.one_hot(ids, self.table.shape[-1]).to(self.table.dtype)

    def _probabilities(self, table: Tensor) -> Tensor:
        scored = self.score(self.summaries, table.expand(len(self.summaries), *table.shape))
        return scored.log_probs.masked_fill(~scored.mask, 0.0).sum(dim=1).exp()


def policy_gradients(toy: Toy, drawn: Tensor, advantage: Tensor) -> Tensor:
    """The gradient that each drawn summary (B,) alone contributes, (B, T, V, V)."""
    tables = toy.tables(len(drawn))
    loss = policy_gradient_loss(toy.score(toy.summaries[drawn], tables), advantage)
    # The loss is a mean over rows and falls where the reward rises.
    return -len(drawn) * torch.autograd.grad(loss, tables)[0]


def relaxed_gradients(toy: Toy, relax: Callable[[Tensor], Tensor], rows: int) -> Tensor:
    """The gradient through each of `rows` relaxed summaries, (rows, T, V, V)."""
    tables = toy.tables(rows)
    return torch.autograd.grad(toy.reward(toy.unroll(relax, tables)).sum(), tables)[0]


@dataclass(frozen=True)
class Accuracy:
    """How a cloud of gradients lies around the exact one, in lengths of the exact one."""

    bias: float
    """Distance of the cloud's middle, the part that its finite size explains taken off."""
    standard_error: float
    """How far off the middle of an unbiased cloud of this size would typically lie."""
    cosine: float
    """Between the middle and the exact gradient: 1 where only the step size is wrong."""
    deviation: float
    """Root mean squared distance from the middle."""

    @classmethod
    def of(cls, gradients: Tensor, exact: Tensor) -> Accuracy:
        """Of independent gradients (N, ...) beside the exact one (...)."""
        middle = gradients.mean(dim=0)
        size = float(exact.norm())
        variance = float((gradients - middle).square().flatten(1).sum(dim=1).mean()) / size**2
        distance = float((middle - exact).norm()) / size
        return cls(
            bias=max(0.0, distance**2 - variance / len(gradients)) ** 0.5,
            standard_error=(variance / len(gradients)) ** 0.5,
            cosine=float((middle * exact).sum() / (middle.norm() * size)),
            deviation=variance**0.5,
        )
