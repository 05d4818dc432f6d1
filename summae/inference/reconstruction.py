"""The reconstructor without torch: what comes back of a document from its summary alone.

A model folder may have one, trained by the recipe `reconstructor` and exported by `summae export
--reconstructor`; it shares the generator's tokenizer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from summae.inference.backends.ctranslate2 import load
from summae.inference.backends.per_process import PerProcess
from summae.text.tokenizer import Tokenizer

FOLDER = "reconstructor"
_END = "</s>"
_LONGEST = 64
"""Tokens of a document that are read back; what the shipped one was trained for."""

_SHOWN = 32
"""Tokens that are written out: two sentences; behind them a small reconstructor only stammers."""


class Reconstructor:
    """A loaded reconstructor.

    Args:
        path: Its folder inside the model's.
        tokenizer: The generator's.

    Raises:
        ModelError: CTranslate2 cannot load the folder.
    """

    def __init__(self, path: Path, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._translator = PerProcess(partial(load, path, inter_threads=1, intra_threads=1))

    def read_back(self, summaries: Sequence[str]) -> list[str]:
        """What the reconstructor takes each summary's document to be, word by likeliest word.

        Args:
            summaries: Normalised, in simplified characters.
        """
        results = self._translator().translate_batch(
            [self._source(text) for text in summaries],
            beam_size=2,
            no_repeat_ngram_size=2,
            repetition_penalty=1.4,
            max_decoding_length=_SHOWN,
            disable_unk=True,
        )
        return [self._tokenizer.decode_pieces(result.hypotheses[0]) for result in results]

    def log_probs(self, summaries: Sequence[str], documents: Sequence[str]) -> list[float]:
        """Mean log-probability in nats of a token of each document, given its summary.

        Args:
            summaries: Normalised, in simplified characters.
            documents: As many; their first tokens count.
        """
        results = self._translator().score_batch(
            [self._source(text) for text in summaries],
            [self._tokenizer.encode_pieces(text)[:_LONGEST] for text in documents],
        )
        # The end, which every target is given, says nothing of the document.
        written = [result.log_probs[:-1] for result in results]
        return [sum(one) / max(1, len(one)) for one in written]

    def _source(self, text: str) -> list[str]:
        return [*self._tokenizer.encode_pieces(text), _END]


def open_reconstructor(folder: Path, tokenizer: Tokenizer) -> Reconstructor | None:
    """That of a model folder; None where it has none.

    Raises:
        ModelError: CTranslate2 cannot load it.
    """
    path = folder / FOLDER
    return Reconstructor(path, tokenizer) if path.is_dir() else None
