"""A transformer that encodes sentences: CTranslate2 for its layers, numpy for mean and projection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from zipfile import BadZipFile

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from summae.errors import ModelError
from summae.inference.backends.ctranslate2 import usable_cores
from summae.inference.backends.per_process import PerProcess
from summae.inference.encoder_folder import WEIGHTS, EncoderFolder

Floats = NDArray[np.float32]


class TransformerPart:
    """One encoder.

    Args:
        path: Folder with CTranslate2's `model.bin`.
        weight: Of the linear map behind the mean, (output, width).
        bias: Its bias, (output,).
        threads: None takes all usable cores.

    Raises:
        ModelError: CTranslate2 cannot load the folder.
    """

    def __init__(
        self, path: Path, weight: Floats, bias: Floats, *, threads: int | None = None
    ) -> None:
        self._weight, self._bias = weight, bias
        self._encoder = PerProcess(partial(_load, path, threads or usable_cores()))

    def encode(self, sentences: Sequence[Sequence[int]]) -> Floats:
        """Vectors of token ids, (N, output)."""
        output = self._encoder().forward_batch([list(sentence) for sentence in sentences])
        states = np.array(output.last_hidden_state, dtype=np.float32)  # (N, T, width)
        lengths = np.array([len(sentence) for sentence in sentences])[:, None]
        is_real = np.arange(states.shape[1]) < lengths
        # What stands at padding may be anything, so it is replaced rather than multiplied.
        sums = np.where(is_real[:, :, None], states, np.float32(0)).sum(axis=1)
        vectors: Floats = (sums / lengths.astype(np.float32)) @ self._weight.T + self._bias
        return vectors


def _load(path: Path, threads: int) -> ctranslate2.Encoder:
    try:
        return ctranslate2.Encoder(
            str(path),
            device="cpu",
            # As it was exported; "auto" would quantise a float32 model.
            compute_type="default",
            intra_threads=threads,
        )
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"CTranslate2 cannot load {path}: {error}; copy or export the encoder again"
        ) from error


class TransformerBackend:
    """One or several transformers whose vectors stand side by side.

    Args:
        folder: Where they are, `part0`, `part1` and so on.
        threads: None takes all usable cores.

    Raises:
        ModelError: They cannot be loaded.
    """

    def __init__(self, folder: EncoderFolder, *, threads: int | None = None) -> None:
        try:
            with np.load(folder.path / WEIGHTS, allow_pickle=False) as file:
                arrays = {name: file[name].astype(np.float32) for name in file.files}
            self._parts = [
                TransformerPart(
                    folder.path / f"part{number}",
                    arrays[f"{number}.weight"],
                    arrays[f"{number}.bias"],
                    threads=threads,
                )
                for number in range(folder.parts)
            ]
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ModelError(
                f"{folder.path / WEIGHTS} cannot be read: {error}; copy or export the encoder again"
            ) from error

    def encode(self, sentences: Sequence[Sequence[int]]) -> Floats:
        """See `EncoderBackend.encode`."""
        return np.concatenate([part.encode(sentences) for part in self._parts], axis=1)
