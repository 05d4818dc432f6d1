"""Back-translation: CycleGAN's other half, on the fly.

(Sennrich et al., 2016, https://arxiv.org/abs/1511.06709; unpaired as in Lample et al., 2018,
https://arxiv.org/abs/1711.00043.)

    repeat
        reconstructor: the generator's teacher summarises a real document; learn to write the
                       document from that summary
        generator:     the reconstructor's teacher expands a real headline; learn to write the
                       headline from that expansion

Each learns to produce real text from what the other made up. No gradient passes through words. The
teachers are moving averages of the two, which change too slowly for both to chase one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from summae.data.batches import IGNORED, Seq2SeqBatch
from summae.data.game import GameBatch
from summae.data.pack import TokenPack
from summae.models.sampling import draw
from summae.objectives.loss import Loss
from summae.objectives.reconstruction import reconstruction_loss
from summae.recipes.experiment import Experiment
from summae.recipes.game import GameUnit, game_batches, hold_on, per_row
from summae.recipes.generator_unit import teacher_forcing
from summae.recipes.reading import read
from summae.recipes.settings import PipelineSettings
from summae.recipes.teachers import Teacher
from summae.text.vocabulary import BOS_ID, EOS_ID, PAD_ID


class BackTranslationUnit(GameUnit):
    """Two players, each with a teacher that writes for the other.

    Args:
        settings: The experiment.
        pack: The corpus.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        super().__init__(settings, pack)
        decay = settings.back_translation.teacher_decay
        self.teachers = {
            "generator": Teacher(self.model, decay=decay),
            "reconstructor": Teacher(self.reader_model, decay=decay),
        }

    def turns(self, step: int) -> Sequence[str]:
        for teacher in self.teachers.values():
            teacher.follow(step)
        return ("reconstructor", "generator")

    def kept(self) -> Mapping[str, Teacher]:
        return self.teachers

    def loss(self, player: str, batch: GameBatch) -> Loss:
        return self.expand(batch) if player == "reconstructor" else self.summarise(batch)

    def expand(self, batch: GameBatch) -> Loss:
        """The reconstructor's turn: real documents from made-up summaries."""
        drawn = self.writer.draw(self.teachers["generator"].model, batch)
        targets = self.reading.targets(batch.texts.source_ids)
        logits = read(self.reconstructor.module, drawn.ids, targets.inputs)
        smoothing = self.settings.reconstructor.optimizer.label_smoothing
        return reconstruction_loss(logits, targets.labels, smoothing=smoothing)

    def summarise(self, batch: GameBatch) -> Loss:
        """The generator's turn: real headlines from made-up documents."""
        wanted, rows = self.settings.back_translation, len(batch)
        smoothing = self.settings.optimizer.label_smoothing
        made_up = self._expansions(batch)
        back = per_row(teacher_forcing(self.policy, made_up, smoothing=smoothing), rows=rows)
        value, parts = back.value, {"back_translated": back.parts["nll"]}
        if wanted.pairs_weight:
            pairs = hold_on(self.policy, batch, smoothing=smoothing)
            value = value + wanted.pairs_weight * pairs.value
            parts |= pairs.parts
        return Loss(value, parts, weight=float(rows))

    def _expansions(self, batch: GameBatch) -> Seq2SeqBatch:
        """Headlines as targets, what the reconstructor's teacher makes of them as sources."""
        texts, tokens = batch.texts, self.reading.max_tokens
        begin = torch.full_like(texts.length_ids, BOS_ID)[:, None]
        written = draw(
            self.teachers["reconstructor"].model,
            texts.headline_ids,
            prefix_ids=begin,
            max_tokens=tokens,
            banned_ids=self.writer.banned_ids,
            chances=batch.chances[:, :tokens],
        )
        # Length token, headline, </s>; the decoder reads it one token later.
        target = torch.cat([texts.length_ids[:, None], texts.headline_ids], dim=1)
        labels = target.masked_fill(target == PAD_ID, IGNORED)
        inputs = torch.cat([begin, target[:, :-1]], dim=1)
        return Seq2SeqBatch(_ended(written.ids), inputs, labels)


def _ended(ids: Tensor) -> Tensor:
    """Texts with `</s>` also where they were cut off, as the documents of a batch have it."""
    closed = F.pad(ids, (0, 1), value=PAD_ID)
    is_cut = ~(ids == EOS_ID).any(dim=1)
    # Where it has no end, a drawn text fills its row.
    closed[:, -1] = closed[:, -1].masked_fill(is_cut, EOS_ID)
    return closed


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """Two players; each turn consumes a batch of documents and of other texts' headlines."""
    unit = BackTranslationUnit(settings, pack)
    holds_on = settings.back_translation.pairs_weight > 0
    unit.knows_open_lengths = holds_on and settings.mixture.open_length_share > 0
    batches = game_batches(
        settings,
        pack,
        turns=2,
        num_chances=max(unit.writer.num_chances(), unit.reading.max_tokens),
        pairs=holds_on,
    )
    return Experiment(unit, batches)
