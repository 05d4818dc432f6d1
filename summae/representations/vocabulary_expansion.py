"""Words that an encoder never learned, from other word vectors that have them (Skip-thought, 2015).

For encoders that read whole words; those of this package spell everything, and have no need of it.
"""

from __future__ import annotations

import torch
from torch import Tensor


def expand(source: Tensor, target: Tensor, new: Tensor) -> Tensor:
    """Bring vectors of new words into the space of known ones, by least squares over these.

    The linear map without a constant of Kiros et al., 2015, arXiv 1506.06726, section 2.2; of
    several maps that fit equally well, the smallest.

    Args:
        source: Vectors of words that both have, of the larger vocabulary, (N, D).
        target: Of the same words, as the encoder learned them, (N, E).
        new: Of words that the encoder has not, of the larger vocabulary, (M, D).

    Returns:
        (M, E).

    Raises:
        ValueError: The rows of `source` and `target` are not of the same words, or `new` is of
            another space than `source`.
    """
    if len(source) != len(target) or source.shape[1] != new.shape[1]:
        raise ValueError(
            f"source (N, D), target (N, E) and new (M, D) share N and D, got {tuple(source.shape)}, "
            f"{tuple(target.shape)} and {tuple(new.shape)}"
        )
    # By singular values, as there may be fewer words than dimensions.
    matrix: Tensor = torch.linalg.pinv(source) @ target  # (D, E)
    return new @ matrix
