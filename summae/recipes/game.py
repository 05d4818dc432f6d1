"""The seq2seq2seq game as its recipes share it: a generator writes, a reconstructor reads back.

What a summary is worth is how well its document can be recovered from it. The reconstructor sees
drawn words only; the gradient reaches the generator by what each recipe chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import PreTrainedModel

from summae.data.batches import Seq2SeqBatch, UnpairedBatch
from summae.data.game import GameBatch, GameDataset
from summae.data.mixture import MixtureDataset
from summae.data.pack import TokenPack
from summae.data.unpaired_batches import UnpairedDataset
from summae.objectives.loss import Loss
from summae.objectives.reconstruction import reconstruction_loss
from summae.recipes.generator_unit import GeneratorUnit, teacher_forcing
from summae.recipes.judges import beside
from summae.recipes.players import player
from summae.recipes.reading import Reading, independent_reconstructor, make_reconstructor, read
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import Written
from summae.recipes.writing import Writer
from summae.training.unit import Player


class GameUnit(GeneratorUnit):
    """Generator and reconstructor.

    Args:
        settings: The experiment.
        pack: The corpus.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        super().__init__(settings, pack)
        self.writer = Writer(pack.vocabulary, settings.writing)
        self.reading = Reading(settings, pack)
        self.reader_model = self.make_reader()
        """The reconstructor itself, whose weights the player trains."""
        self.reconstructor = player(self.reader_model, settings.reconstructor.optimizer)
        self.independent_reader = independent_reconstructor(settings, pack)

    def make_reader(self) -> PreTrainedModel:
        """The checkpoint `reconstructor.start`, or fresh weights of `reconstructor.shape`."""
        return make_reconstructor(self.settings, self.pack)

    def players(self) -> Mapping[str, Player]:
        return {"generator": self.generator, "reconstructor": self.reconstructor}

    def others(self) -> Mapping[str, PreTrainedModel]:
        return {"reconstructor": self.reader_model}

    def read_back(self, batch: GameBatch) -> Loss:
        """The reconstructor's turn: learn to recover documents from summaries drawn of them."""
        drawn = self.writer.draw(self.model, batch)
        targets = self.reading.targets(batch.texts.source_ids)
        logits = read(self.reconstructor.module, drawn.ids, targets.inputs)
        smoothing = self.settings.reconstructor.optimizer.label_smoothing
        return reconstruction_loss(logits, targets.labels, smoothing=smoothing)

    def recovered(self, summary_ids: Tensor, texts: UnpairedBatch) -> Tensor:
        """How well each document can be read back, nats a token of its target, at most 0, (B,)."""
        return self.reading.recovered(self.reader_model, summary_ids, texts.source_ids)

    def measures(self, written: Written) -> dict[str, float]:
        """Those of the generator, and how much its summaries help to read documents back."""
        return super().measures(written) | self.reconstruction_measures(written)

    def reconstruction_measures(self, written: Written) -> dict[str, float]:
        """How much summaries help to read documents back: this reconstructor, and another one."""
        measures = {"reconstruction": self.reading.gain(self.reader_model, written)}
        if self.independent_reader is not None:
            reader = beside(self.independent_reader, self.reader_model)
            measures["independent_reconstruction"] = self.reading.gain(reader, written)
        return measures

    def readings(self, written: Written) -> Sequence[str] | None:
        return self.reading.spelled(self.reader_model, written.summary_ids)


def game_batches(
    settings: PipelineSettings,
    pack: TokenPack,
    *,
    turns: int,
    num_chances: int,
    pairs: bool = False,
) -> GameDataset:
    """Batches for a run of `settings.training.steps` steps of so many turns.

    Pairs stand row by row beside documents that they have nothing to do with, so with pairs all
    batches are of `batch_size` rows: evened by tokens, the two would differ in their numbers of rows.

    Args:
        settings: The experiment.
        pack: The corpus.
        turns: Batches that a step consumes.
        num_chances: Uniform numbers for each document.
        pairs: Whether mined pairs and buried headlines come along.
    """
    count, seed = turns * settings.training.steps, settings.training.seed
    sizes = replace(settings.mixture, even="rows") if pairs else settings.mixture
    mixture: Dataset[Seq2SeqBatch] | None = None
    if pairs:
        mixture = MixtureDataset(pack, sizes, num_batches=count, seed=seed)
    texts = UnpairedDataset(pack, sizes, num_batches=count, seed=seed)
    return GameDataset(texts, num_chances=num_chances, seed=seed, pairs=mixture)


def hold_on(policy: nn.Module, batch: GameBatch, *, smoothing: float = 0.0) -> Loss:
    """Teacher forcing on the batch's pairs, in nats a summary."""
    assert batch.pairs is not None
    loss = per_row(teacher_forcing(policy, batch.pairs, smoothing=smoothing), rows=len(batch))
    return Loss(loss.value, {"pairs": loss.parts["nll"]}, weight=loss.weight)


def per_row(loss: Loss, *, rows: int) -> Loss:
    """A mean over tokens turned into a sum over each row's tokens, a mean over rows.

    So it adds up with losses of whole summaries, and does so in the same way however many
    processes share the rows.
    """
    scale = loss.weight / rows
    parts = {name: part * scale for name, part in loss.parts.items()}
    return Loss(loss.value * scale, parts, weight=float(rows))
