"""Pretraining: the generator learns from documents alone to write what is missing from them.

No headline is seen, so it comes before any other recipe, paired or not: name it as the first of
`stages`.
"""

from __future__ import annotations

from collections.abc import Mapping

from summae.data.batches import Seq2SeqBatch
from summae.data.pack import Ragged, TokenPack
from summae.data.pretraining import PretrainingDataset
from summae.errors import ConfigError, InputError
from summae.recipes.experiment import Experiment
from summae.recipes.generator_unit import TeacherForced, teacher_forcing
from summae.recipes.settings import PipelineSettings


class Pretraining(TeacherForced):
    """One player, the generator; measured by how likely it finds what is missing from new documents.

    Agreement with headlines would say little, as it has not seen one, and would choose the model
    that happens to write the shortest sentences.

    It does not say that it knows open lengths: that token begins texts too long for any other, and
    headlines have yet to be written behind it.

    Args:
        settings: The experiment.
        pack: The corpus; of its validation texts the documents are used and not their headlines.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        super().__init__(settings, pack)
        self.held_out = _held_out(settings, pack)
        """Validation documents as they were in training, always with the same parts missing."""

    def validate(self) -> Mapping[str, float]:
        """Log-likelihood of what is missing, nats a token, at most 0; no validation texts: nothing."""
        total = tokens = 0.0
        for batch in self.held_out:
            loss = teacher_forcing(self.model, batch.to(self.model.device))
            total -= float(loss.parts["nll"] * loss.weight)
            tokens += float(loss.weight)
        return {"log_likelihood": total / tokens} if tokens else {}


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One turn a step."""
    batches = _batches(settings, pack, pack.documents, num_batches=settings.training.steps)
    return Experiment(Pretraining(settings, pack), batches)


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse a generator with too few positions, and documents without what the task needs.

    Raises:
        ConfigError: The generator has too few positions.
        InputError: The documents have not what the task needs.
    """
    wanted, room = settings.pretraining, settings.generator.max_positions
    name, longest = (
        ("mixture.source_tokens", settings.mixture.source_tokens)
        if wanted.task == "span_denoising"
        else ("pretraining.sentence_tokens", wanted.sentence_tokens)
    )
    if not settings.start and longest + 2 > room:
        raise ConfigError(
            f"{name} is {longest}, with <s> and a length token {longest + 2} tokens to be written, "
            f"and generator.max_positions is {room}: lower the one or raise the other"
        )
    _batches(settings, pack, pack.documents, num_batches=1)


def _held_out(settings: PipelineSettings, pack: TokenPack) -> list[Seq2SeqBatch]:
    try:
        return list(_batches(settings, pack, pack.validation_documents, num_batches=0).once())
    except InputError:  # none that suit the task, or none at all: training goes on unmeasured
        return []


def _batches(
    settings: PipelineSettings, pack: TokenPack, documents: Ragged, *, num_batches: int
) -> PretrainingDataset:
    return PretrainingDataset(
        documents,
        pack.vocabulary,
        settings.pretraining,
        settings.mixture,
        num_batches=num_batches,
        seed=settings.training.seed,
    )
