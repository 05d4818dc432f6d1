"""Token ids of sentences to vectors by the trained network itself, padding and all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from summae.representations.checkpoint import load_encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def pad(sentences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids (N, T), padded on the right with 0, and a mask (N, T), True at real tokens."""
    width = max(map(len, sentences), default=0)
    ids = torch.zeros(len(sentences), width, dtype=torch.int64)
    mask = torch.zeros(len(sentences), width, dtype=torch.bool)
    for row, sentence in enumerate(sentences):
        ids[row, : len(sentence)] = torch.tensor(sentence, dtype=torch.int64)
        mask[row, : len(sentence)] = True
    return ids, mask


@torch.no_grad()
def checkpoint_vectors(
    folder: str | Path, sentences: Sequence[Sequence[int]]
) -> NDArray[np.float32]:
    """Vectors of a checkpoint, its parts' side by side, not brought to length 1, (N, dimensions).

    Raises:
        ModelError: `folder` holds no sentence encoder.
    """
    encoders, _about = load_encoder(folder)
    ids, mask = pad(sentences)
    vectors: NDArray[np.float32] = joined(encoders, ids, mask).numpy()
    return vectors


def joined(encoders: Sequence[nn.Module] | nn.ModuleList, ids: Tensor, mask: Tensor) -> Tensor:
    """Vectors by all encoders side by side, (N, dimensions)."""
    return torch.cat([encoder(ids, mask).float() for encoder in encoders], dim=1)
