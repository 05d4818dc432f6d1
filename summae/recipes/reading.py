"""Reading documents back from summaries: what is to be recovered, and how well it was."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from summae.data.pack import TokenPack
from summae.models.reconstructor import Reconstructor, build_reconstructor, load_reconstructor
from summae.objectives.reconstruction import (
    TargetBatch,
    inverse_document_frequencies,
    reconstruction_reward,
    reconstruction_targets,
)
from summae.recipes.judges import frozen, without_dropout
from summae.recipes.players import with_fastest_attention
from summae.recipes.positions import longest_target
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import Written
from summae.text.vocabulary import PAD_ID

_ROWS = 128
"""Documents read back at a time: the logits of more would fill a gigabyte."""


class Reading:
    """What there is to be recovered of a document, and how much of it a reader recovers.

    Args:
        settings: The experiment.
        pack: The corpus.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        self._target = settings.reconstructor.target
        self._spell = pack.vocabulary.decode
        self.max_tokens = longest_target(settings)
        """Longest target."""
        self._idf = _idf(pack) if self._target.kind == "content" else None

    def targets(self, source_ids: Tensor) -> TargetBatch:
        """What a reader has to write of these documents."""
        return reconstruction_targets(source_ids, self._target, idf=self._idf)

    @torch.no_grad()
    def recovered(self, reader: PreTrainedModel, summary_ids: Tensor, source_ids: Tensor) -> Tensor:
        """How well the documents can be read back, nats a token of their targets, at most 0, (B,)."""
        parts = []
        with without_dropout(reader):
            for summaries, sources in zip(
                torch.split(summary_ids, _ROWS), torch.split(source_ids, _ROWS), strict=True
            ):
                targets = self.targets(sources)
                logits = read(reader, summaries, targets.inputs)
                parts.append(reconstruction_reward(logits, targets.labels))
        return torch.cat(parts)

    def gain(self, reader: PreTrainedModel, written: Written) -> float:
        """What the summary of a document tells more of it than that of another, nats a token."""
        own = self.recovered(reader, written.summary_ids, written.source_ids)
        others = self.recovered(reader, written.summary_ids.roll(1, dims=0), written.source_ids)
        return float((own - others).mean())

    def spelled(self, reader: PreTrainedModel, summary_ids: Tensor) -> Sequence[str]:
        """What a reader makes of summaries, word by likeliest word."""
        ids = reader.generate(  # type: ignore[operator]
            input_ids=summary_ids,
            attention_mask=(summary_ids != PAD_ID).long(),
            max_new_tokens=self.max_tokens,
            num_beams=1,
            do_sample=False,
        )
        return [self._spell(row) for row in ids.tolist()]


def read(reader: nn.Module, summary_ids: Tensor, target_inputs: Tensor) -> Tensor:
    """Logits of the target after each of its tokens, having read the summary, (B, U, V).

    Args:
        reader: A reconstructor, wrapped for data-parallel training or not.
        summary_ids: Padded with 0, (B, T).
        target_inputs: What the decoder reads of the target: all but its last token, (B, U).
    """
    logits: Tensor = reader(
        input_ids=summary_ids,
        attention_mask=(summary_ids != PAD_ID).long(),
        decoder_input_ids=target_inputs,
        use_cache=False,
    ).logits
    return logits


def make_reconstructor(settings: PipelineSettings, pack: TokenPack) -> Reconstructor:
    """The checkpoint `reconstructor.start`, or fresh weights of `reconstructor.shape`."""
    wanted, vocab_size = settings.reconstructor, len(pack.vocabulary)
    if wanted.start:
        return with_fastest_attention(load_reconstructor(wanted.start, vocab_size=vocab_size))
    # Another seed than the generator's: they should not think alike from the start.
    seed = settings.training.seed + 1
    return with_fastest_attention(
        build_reconstructor(wanted.shape, vocab_size=vocab_size, seed=seed)
    )


def independent_reconstructor(settings: PipelineSettings, pack: TokenPack) -> Reconstructor | None:
    """The checkpoint `reconstructor.independent`, where there is one."""
    path = settings.reconstructor.independent
    if not path:
        return None
    reader = load_reconstructor(path, vocab_size=len(pack.vocabulary))
    return with_fastest_attention(frozen(reader))


def _idf(pack: TokenPack) -> Tensor:
    documents = (pack.documents[row] for row in range(len(pack.documents)))
    counted = inverse_document_frequencies(documents, vocab_size=len(pack.vocabulary))
    return torch.from_numpy(counted)
