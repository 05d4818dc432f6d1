"""Batches small enough to reckon with, and a few steps of learning from one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from summae.data.sentence_batches import SentenceBatch
from summae.representations.encoding import pad


class Table(nn.Module):
    """The vector of a sentence is the row of its first token."""

    def __init__(self, rows: list[list[float]]) -> None:
        super().__init__()
        self.rows = nn.Parameter(torch.tensor(rows))

    def forward(self, ids: Any, mask: Any) -> Any:
        return self.rows[ids[:, 0]]


def batch_of(*documents: list[list[int]]) -> SentenceBatch:
    """Documents of sentences of token ids."""
    ids, mask = pad([sentence for document in documents for sentence in document])
    counts = torch.tensor([len(document) for document in documents])
    place = torch.cat([torch.arange(int(count)) for count in counts])
    return SentenceBatch(ids, mask, torch.arange(len(counts)).repeat_interleave(counts), place)


def with_padding(batch: SentenceBatch) -> SentenceBatch:
    """The same batch, five columns wider."""
    return replace(batch, ids=F.pad(batch.ids, (0, 5)), mask=F.pad(batch.mask, (0, 5)))


def learn(module: nn.Module, batch: SentenceBatch, steps: int, rate: float = 0.02) -> Any:
    """Go down the loss of one batch; returns the loss that is left, in evaluation mode."""
    optimizer = torch.optim.Adam(module.parameters(), lr=rate)
    module.train()
    for _ in range(steps):
        optimizer.zero_grad()
        module(batch).value.backward()
        optimizer.step()
    with torch.no_grad():
        return module.eval()(batch)
