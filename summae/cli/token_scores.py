"""What a trained discriminator says of each piece of some summaries, for the report to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from summae.errors import needs_extra

if TYPE_CHECKING:
    from summae.evaluation.rows import TokenScores

_BATCH = 64
"""Summaries judged together."""
_LONGEST_CHARACTER = 4
"""Bytes of a character in UTF-8 at most."""


class TokenJudge:
    """A discriminator with its tokenizer.

    Args:
        folder: As a recipe with a discriminator saves it: weights and `config.json`, and
            `tokenizer.model` beside them or in the folder above, the generator's.

    Raises:
        ModelError: The folder lacks one of them.
        MissingExtraError: torch or transformers is not installed.
    """

    def __init__(self, folder: Path) -> None:
        from summae.evaluation.encoders import tokenizer_folder
        from summae.text.tokenizer import Tokenizer

        self._tokenizer = Tokenizer.from_dir(tokenizer_folder(folder))
        with needs_extra("asking a discriminator", "train"):
            from summae.models.discriminator import load_discriminator

            self._model = load_discriminator(folder, vocab_size=self._tokenizer.vocab_size)
        self._model.train(mode=False)

    def __call__(self, summaries: Sequence[str]) -> list[TokenScores]:
        """Pieces of each summary with their scores, above 0 for what a person could have written.

        Traditional summaries are judged, and spelt, in simplified characters, as the discriminator
        knows them.
        """
        judged: list[TokenScores] = []
        for start in range(0, len(summaries), _BATCH):
            judged += self._judge(summaries[start : start + _BATCH])
        return judged

    def _judge(self, summaries: Sequence[str]) -> list[TokenScores]:
        import torch

        from summae.text.normalize import normalize
        from summae.text.script import to_simplified
        from summae.text.tokenizer import Tokenizer

        texts = [to_simplified(normalize(summary)) for summary in summaries]
        ids = [[*self._tokenizer.encode(text), Tokenizer.eos_id] for text in texts]
        padded = torch.zeros((len(ids), max(map(len, ids))), dtype=torch.int64)
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = torch.tensor(tokens)
        with torch.no_grad():
            scores = self._model(ids=padded, mask=padded != Tokenizer.pad_id).scores.tolist()
        return [
            list(self._spelt(tokens[:-1], row)) for tokens, row in zip(ids, scores, strict=True)
        ]

    def _spelt(self, ids: Sequence[int], scores: Sequence[float]) -> Iterator[tuple[str, float]]:
        """Text of each piece; the bytes of a rare character go together, with the last one's score."""
        pending: list[int] = []
        for token, score in zip(ids, scores, strict=False):
            pending.append(token)
            text = self._tokenizer.decode(pending)
            if "\ufffd" not in text or len(pending) == _LONGEST_CHARACTER:
                yield text, score
                pending = []
