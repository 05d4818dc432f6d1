"""The generator as a writer: summaries of the documents of a batch, drawn or greedy, and their texts."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from summae.data.batches import UnpairedBatch
from summae.data.game import GameBatch
from summae.models.outputs import Sampled, Scored
from summae.models.sampling import draw, encode, greedy, score
from summae.recipes.game_settings import WritingSettings
from summae.text.vocabulary import BOS_ID, CONTROL_TOKENS, PAD_ID, UNK_ID, Vocabulary


class Writer:
    """Draws, scores and spells summaries.

    The length of each is that of the headline beside its document: so asked, summaries come in the
    lengths of headlines, and no discriminator can go by length.

    Args:
        vocabulary: Of generator and texts.
        settings: How long, how boldly.
    """

    def __init__(self, vocabulary: Vocabulary, settings: WritingSettings) -> None:
        self.vocabulary = vocabulary
        self.settings = settings
        self.banned_ids: Sequence[int] = (
            PAD_ID,
            UNK_ID,
            BOS_ID,
            *(vocabulary.ids[token] for token in CONTROL_TOKENS),
        )
        """Tokens that stand for no text."""

    def num_chances(self, repeats: int = 1) -> int:
        """Uniform numbers that drawing for one document takes."""
        return repeats * self.settings.max_tokens

    def prefix(self, texts: UnpairedBatch) -> Tensor:
        """`<s>` and the length token of each headline, (B, 2)."""
        begin = torch.full_like(texts.length_ids, BOS_ID)
        return torch.stack([begin, texts.length_ids], dim=1)

    def draw(
        self,
        generator: PreTrainedModel,
        batch: GameBatch,
        *,
        repeats: int = 1,
        encoded: Tensor | None = None,
    ) -> Sampled:
        """Draw `repeats` summaries of each document by the batch's chances, (B * repeats, T)."""
        tokens = self.settings.max_tokens
        return draw(
            generator,
            batch.texts.source_ids,
            prefix_ids=self.prefix(batch.texts),
            max_tokens=tokens,
            temperature=self.settings.temperature,
            repeats=repeats,
            banned_ids=self.banned_ids,
            chances=batch.chances[:, : repeats * tokens].reshape(-1, tokens),
            encoded=encoded,
        )

    def draw_beside_greedy(
        self, generator: PreTrainedModel, batch: GameBatch
    ) -> tuple[Sampled, Sampled]:
        """A drawn summary of each document and the greedy one, word by likeliest word, (B, T).

        The documents are read once for both.
        """
        texts = batch.texts
        encoded = encode(generator, texts.source_ids)
        best = greedy(
            generator,
            texts.source_ids,
            prefix_ids=self.prefix(texts),
            max_tokens=self.settings.max_tokens,
            banned_ids=self.banned_ids,
            encoded=encoded,
        )
        return self.draw(generator, batch, encoded=encoded), best

    def score(
        self, generator: nn.Module, texts: UnpairedBatch, sampled: Sampled, *, entropy: bool = False
    ) -> Scored:
        """Log-probabilities of what was drawn, with gradient.

        They are those that it was drawn with, if the generator's dropout is off.

        Args:
            generator: As the trainer wraps it.
            texts: What was summarised.
            sampled: Summaries as `draw` left them.
            entropy: Give the entropy of each step's distribution, too.
        """
        return score(
            generator,
            texts.source_ids,
            sampled,
            temperature=self.settings.temperature,
            banned_ids=self.banned_ids,
            with_entropy=entropy,
        )

    def texts(self, ids: Tensor) -> list[str]:
        """What each row spells."""
        return [self.vocabulary.decode(row) for row in ids.tolist()]
