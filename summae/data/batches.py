"""What a model is given at a time: frozen dataclasses of tensors with named shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from summae.text.vocabulary import BOS_ID, EOS_ID, PAD_ID

if TYPE_CHECKING:
    from typing_extensions import Self

Ids = NDArray[np.integer[Any]]
"""Token ids of one text, (its length,)."""
IGNORED = -100
"""Label of padding, which cross-entropy passes over."""


class Batch:
    """A frozen dataclass of tensors, or of other batches, with as many rows each, and of plain facts."""

    def __len__(self) -> int:
        """Rows, B."""
        return len(next(iter(vars(self).values())))

    def __getitem__(self, rows: slice) -> Self:
        """Some of the rows."""
        return self._each(lambda part: part[rows])

    def to(self, device: torch.device | str, non_blocking: bool = True) -> Self:
        """The same batch on another device."""
        return self._each(lambda part: part.to(device, non_blocking=non_blocking))

    def pin_memory(self) -> Self:
        """The same batch where a GPU fetches it from while the processor goes on."""
        return self._each(lambda part: part.pin_memory())

    def shard(self, index: int, count: int) -> Self:
        """Every `count`-th row from row `index`: the share of one process."""
        return self[index::count]

    def _each(self, change: Callable[[Any], Any]) -> Self:
        """The batch with each of its parts changed; what is no part, or is missing, stays."""
        parts = vars(self).items()
        return type(self)(
            **{k: change(part) if isinstance(part, Tensor | Batch) else part for k, part in parts}
        )


@dataclass(frozen=True)
class Seq2SeqBatch(Batch):
    """Sources and the targets to be written for them."""

    source_ids: Tensor
    """Source ids ending in `</s>`, padded with 0; int64, (B, S)."""
    target_inputs: Tensor
    """What the decoder reads: `<s>`, length token, summary; padded with 0; int64, (B, T)."""
    labels: Tensor
    """What it must write: length token, summary, `</s>`; padded with -100; int64, (B, T)."""
    sources_are_full: bool = False
    """No source has padding: known when the batch is made, so that nobody need ask the GPU."""

    @property
    def source_mask(self) -> Tensor:
        """True at real tokens, (B, S)."""
        return self.source_ids != PAD_ID


@dataclass(frozen=True)
class UnpairedBatch(Batch):
    """Documents and, drawn without a look at them, headlines of other texts; rows are no pairs."""

    source_ids: Tensor
    """Document ids ending in `</s>`, padded with 0; int64, (B, S)."""
    document_rows: Tensor
    """Row of each document in the pack, whose text it spells; int64, (B,)."""
    headline_ids: Tensor
    """Headline ids ending in `</s>`, padded with 0; int64, (B, T)."""
    length_ids: Tensor
    """Length token of each headline, which is also a length to ask of a summary; int64, (B,)."""

    @property
    def source_mask(self) -> Tensor:
        """True at real tokens of documents, `</s>` included, (B, S)."""
        return self.source_ids != PAD_ID

    @property
    def headline_mask(self) -> Tensor:
        """True at real tokens of headlines, `</s>` included, (B, T)."""
        return self.headline_ids != PAD_ID


def collate(
    sources: Sequence[Ids], targets: Sequence[Ids], length_ids: Sequence[int]
) -> Seq2SeqBatch:
    """Pad sources and targets into a batch.

    Args:
        sources: Source ids without `</s>`.
        targets: Summary ids without special tokens.
        length_ids: Id of the length token of each target.
    """
    written = [
        np.concatenate([[BOS_ID, length], target, [EOS_ID]])
        for length, target in zip(length_ids, targets, strict=True)
    ]
    return Seq2SeqBatch(
        pad([np.append(source, EOS_ID) for source in sources], PAD_ID),
        pad([ids[:-1] for ids in written], PAD_ID),
        pad([ids[1:] for ids in written], IGNORED),
        sources_are_full=len(set(map(len, sources))) == 1,
    )


def collate_unpaired(
    documents: Sequence[Ids],
    document_rows: Sequence[int] | Ids,
    headlines: Sequence[Ids],
    length_ids: Sequence[int],
) -> UnpairedBatch:
    """Pad documents and headlines into a batch.

    Args:
        documents: Document ids without `</s>`.
        document_rows: Row of each document in the pack.
        headlines: Headline ids without special tokens.
        length_ids: Id of the length token of each headline.
    """
    return UnpairedBatch(
        pad([np.append(document, EOS_ID) for document in documents], PAD_ID),
        torch.from_numpy(np.asarray(document_rows, dtype=np.int64)),
        pad([np.append(headline, EOS_ID) for headline in headlines], PAD_ID),
        torch.from_numpy(np.asarray(length_ids, dtype=np.int64)),
    )


def pad(sequences: Sequence[Ids], value: int) -> Tensor:
    """Stack sequences of different lengths into int64 (B, longest)."""
    out = np.full((len(sequences), max(map(len, sequences))), value, dtype=np.int64)
    for row, ids in enumerate(sequences):
        out[row, : len(ids)] = ids
    return torch.from_numpy(out)
