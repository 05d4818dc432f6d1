"""Straight-through Gumbel-softmax from end to end, as in SEQ3.

(Baziotis et al., 2019, https://arxiv.org/abs/1904.03651.)

    repeat
        both networks at once: write a summary of drawn words, recover the document from it, and
        let the gradient pass the words as if they were soft; stay near the headline language model

The reader is shown the embeddings of whole words, never a mixture: forward, the middle is discrete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import PreTrainedModel

from summae.data.game import GameBatch
from summae.data.pack import TokenPack
from summae.estimators.straight_through import annealed_temperature, straight_through
from summae.models.generator import build_generator, load_generator
from summae.models.outputs import SoftWords
from summae.models.relaxed import RelaxedDecoder, expected_embeddings
from summae.objectives.loss import Loss
from summae.objectives.prior import prior_loss
from summae.objectives.reconstruction import TargetBatch, reconstruction_loss
from summae.recipes.experiment import Experiment
from summae.recipes.game import GameUnit, game_batches, per_row
from summae.recipes.judges import beside, frozen_language_model
from summae.recipes.players import player, with_fastest_attention
from summae.recipes.settings import PipelineSettings
from summae.text.vocabulary import BOS_ID
from summae.training.unit import Player


class WriterAndReader(nn.Module):
    """Generator and reader as one network, so that one optimizer moves both.

    Args:
        generator: Writes.
        reader: Any Hugging Face encoder-decoder; reads embeddings of words.
    """

    def __init__(self, generator: PreTrainedModel, reader: PreTrainedModel) -> None:
        super().__init__()
        self.decoder = RelaxedDecoder(generator)
        self.reader = reader

    def forward(
        self, source_ids: Tensor, targets: TargetBatch, **writing: object
    ) -> tuple[SoftWords, Tensor]:
        """Soft words of the summary, and the reader's logits of the target, (B, U, V)."""
        words: SoftWords = self.decoder(source_ids, **writing)
        logits: Tensor = self.reader(
            inputs_embeds=expected_embeddings(self.reader.get_encoder(), words.probabilities),
            attention_mask=words.mask.long(),
            decoder_input_ids=targets.inputs,
            use_cache=False,
        ).logits
        return words, logits


class RelaxedUnit(GameUnit):
    """One player, which is both networks.

    Args:
        settings: The experiment.
        pack: The corpus.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        super().__init__(settings, pack)
        self.both = player(WriterAndReader(self.model, self.reader_model), settings.optimizer)
        self.language_model = frozen_language_model(settings, pack)
        self._temperature = settings.relaxed.first_temperature

    def make_reader(self) -> PreTrainedModel:
        """A reader that takes embeddings, too: through them the gradient reaches the words."""
        wanted, vocab_size = self.settings.reconstructor, len(self.pack.vocabulary)
        if wanted.start:
            return with_fastest_attention(load_generator(wanted.start, vocab_size=vocab_size))
        seed = self.settings.training.seed + 1
        return with_fastest_attention(
            build_generator(wanted.shape, vocab_size=vocab_size, seed=seed)
        )

    def players(self) -> Mapping[str, Player]:
        return {"both": self.both}

    def turns(self, step: int) -> Sequence[str]:
        wanted = self.settings.relaxed
        self._temperature = annealed_temperature(
            step,
            start=wanted.first_temperature,
            end=wanted.last_temperature,
            steps=self.settings.training.steps,
        )
        return ("both",)

    def loss(self, player: str, batch: GameBatch) -> Loss:
        texts, weights = batch.texts, self.settings.relaxed
        targets = self.reading.targets(texts.source_ids)
        words, logits = self.both.module(
            texts.source_ids,
            targets,
            prefix_ids=self.writer.prefix(texts),
            max_tokens=self.settings.writing.max_tokens,
            relax=partial(straight_through, temperature=self._temperature, generator=_luck(batch)),
            banned_ids=self.writer.banned_ids,
        )
        rows = len(batch)
        read = per_row(reconstruction_loss(logits, targets.labels), rows=rows)
        value, parts = weights.reconstruction_weight * read.value, dict(read.parts)
        if self.language_model is not None:
            prior = per_row(self._prior(words), rows=rows)
            value = value + weights.prior_weight * prior.value
            parts |= prior.parts
        return Loss(value, parts, weight=float(rows))

    def _prior(self, words: SoftWords) -> Loss:
        assert self.language_model is not None
        judge = beside(self.language_model, self.model)
        begin = words.ids.new_full((len(words.ids), 1), BOS_ID)
        with torch.no_grad():
            logits = judge(torch.cat([begin, words.ids[:, :-1]], dim=1)).logits
        return prior_loss(words.probabilities, F.log_softmax(logits.float(), -1), words.mask)


def _luck(batch: GameBatch) -> torch.Generator:
    """Source of Gumbel noise for each word of the vocabulary, seeded by the first document's chance.

    The noise itself is too much to travel with the batch; so, unlike all else that is drawn, it
    depends on how many processes share one.
    """
    seed = int(batch.chances[0, 0] * 2**53)
    return torch.Generator(device=batch.chances.device).manual_seed(seed)


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One player; one batch of documents a step, whose lengths are those of headlines."""
    unit = RelaxedUnit(settings, pack)
    return Experiment(unit, game_batches(settings, pack, turns=1, num_chances=1))
