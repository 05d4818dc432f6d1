"""Whitening: after training, the directions of vectors are made to count more alike (2021).

Su et al., https://arxiv.org/abs/2103.15316. Vectors that were trained for their product lie in a narrow
cone: all sentences are alike by the cosine, in a few directions that say little of them. A linear map
brings their mean to zero and their covariance towards the identity, and as each encoder ends with a
linear map the two are one: nothing is added that takes time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from summae.data.sentences_pack import SentencePack
from summae.errors import InputError
from summae.representations.checkpoint import load_encoder
from summae.representations.encoding import pad

STRENGTH = 0.5
"""Of the covariance's inverse square root this power; 0 centres only, 1 makes all directions alike.
With the half, zh-sentences knows the next sentence as well as before it, and headlines find their
documents more often: beside quick-thought in evaluation/embeddings.md."""
SENTENCES = 20_000
"""By which the mean and the covariance are told: forty for each number of a vector of 512."""
_FLOOR = 1e-6
"""Least variance of a direction, as a share of the largest: what is rounding is not blown up."""
_ROWS = 256
"""Sentences encoded at a time."""


def whiten_checkpoint(
    checkpoint: str | Path, output: str | Path, pack: SentencePack, *, strength: float = STRENGTH
) -> None:
    """Write a whitened copy of a checkpoint; its parts each by themselves.

    The product of two encoders of quick-thought, by which they tell the next sentence, is not kept.

    Args:
        checkpoint: Of a sentence encoder.
        output: Folder to write.
        pack: Sentences, of the same tokenizer; those held out are left alone.
        strength: See `STRENGTH`.

    Raises:
        ModelError: `checkpoint` holds no sentence encoder.
        InputError: `pack` has another tokenizer, or fewer sentences than vectors have dimensions.
    """
    checkpoint, output = Path(checkpoint), Path(output)
    encoders, about = load_encoder(checkpoint)
    if (checkpoint / "tokenizer.model").read_bytes() != pack.tokenizer_model:
        raise InputError(
            f"the sentence pack has another tokenizer than {checkpoint}: take the pack that the "
            "encoder was trained from"
        )
    sentences = _sample(pack)
    width = about["dimensions"] // about["parts"]
    if len(sentences) < width:
        raise InputError(
            f"the pack has {len(sentences)} sentences to learn from, fewer than the {width} "
            "dimensions whose spread they are to tell: take a larger one"
        )
    weights: dict[str, Tensor] = {}
    for number, encoder in enumerate(encoders):
        whiten(encoder, _vectors(encoder, sentences), strength=strength)
        weights |= {f"{number}.{key}": value for key, value in encoder.state_dict().items()}
    shutil.copytree(checkpoint, output, dirs_exist_ok=True)
    save_file(weights, output / "encoder.safetensors")
    text = json.dumps({**about, "whitening": strength}, ensure_ascii=False, indent=1)
    (output / "encoder.json").write_text(text + "\n", encoding="utf-8")


@torch.no_grad()
def whiten(encoder: nn.Module, vectors: Tensor, *, strength: float = STRENGTH) -> None:
    """Change the last linear map of an encoder so that such vectors are spread more evenly.

    Args:
        encoder: One of ours, whose last module is a linear map.
        vectors: What it makes of some sentences, (N, D).
        strength: See `STRENGTH`.
    """
    last = [module for module in encoder.modules() if isinstance(module, nn.Linear)][-1]
    mean, matrix = whitening(vectors, strength)
    weight, bias = last.weight.double(), last.bias.double()
    last.weight.copy_((matrix.T @ weight).to(last.weight.dtype))
    last.bias.copy_((matrix.T @ (bias - mean)).to(last.bias.dtype))


def whitening(vectors: Tensor, strength: float) -> tuple[Tensor, Tensor]:
    """Mean (D,) and matrix (D, D), both float64, such that ``(vectors - mean) @ matrix`` is whitened.

    With C the covariance, the matrix is C's eigenvectors times their eigenvalues to the power of
    minus half the strength.

    Args:
        vectors: (N, D).
        strength: From 0 to 1.
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"strength lies in [0, 1], got {strength}")
    vectors = vectors.double()
    mean = vectors.mean(dim=0)
    variances, directions = torch.linalg.eigh(torch.cov(vectors.T))
    least = _FLOOR * variances.max()
    return mean, directions * variances.clamp(min=least) ** (-strength / 2)


def _sample(pack: SentencePack) -> list[NDArray[np.uint16]]:
    """Sentences evenly over the documents that may be learned from."""
    document = np.repeat(np.arange(len(pack)), pack.sentence_counts)
    rows = np.flatnonzero(~pack.is_held_out[document])
    spread = np.linspace(0, len(rows) - 1, min(SENTENCES, len(rows))).astype(int)
    return [pack.sentences[row] for row in rows[spread]]


@torch.no_grad()
def _vectors(encoder: nn.Module, sentences: Sequence[NDArray[np.uint16]]) -> Tensor:
    found = []
    for start in range(0, len(sentences), _ROWS):
        ids, mask = pad([sentence.tolist() for sentence in sentences[start : start + _ROWS]])
        found.append(encoder(ids, mask).float())
    return torch.cat(found)
