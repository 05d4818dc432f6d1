"""All that a summary can earn: rewards of its text, and the verdicts of networks that do not learn."""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import PreTrainedModel

from summae.data.pack import TokenPack
from summae.models.language_model import sequence_log_probs
from summae.objectives.prior import prior_reward
from summae.objectives.rewards import weighted
from summae.recipes.judges import beside, frozen, frozen_language_model
from summae.recipes.reading import Reading, make_reconstructor
from summae.recipes.settings import PipelineSettings
from summae.text.vocabulary import PAD_ID

_CORPUS_SAMPLE = 5_000
"""Documents from which rewards learn which words are common."""


class Rewarding:
    """What `settings.reward_tuned` says that a summary is worth.

    Args:
        settings: The experiment.
        pack: The corpus.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        self._wanted = wanted = settings.reward_tuned
        self._spell = pack.vocabulary.decode
        rows = range(0, len(pack.documents), max(1, len(pack.documents) // _CORPUS_SAMPLE))
        corpus = [self._spell(pack.documents[row]) for row in rows]
        self._reward = weighted(wanted.rewards, options=wanted.options, documents=corpus)
        self._reading = Reading(settings, pack)
        self._reader: PreTrainedModel | None = None
        self._language_model: PreTrainedModel | None = None
        if wanted.reconstruction_weight:
            self._reader = frozen(make_reconstructor(settings, pack))
        if wanted.fluency_weight:
            self._language_model = frozen_language_model(settings, pack)

    def judge(self, source_ids: Tensor, summary_ids: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """What summaries earn, (B,), and the mean of each part, not weighted.

        Args:
            source_ids: A document for each, ending in `</s>`, padded with 0, (B, S).
            summary_ids: Padded with 0, (B, T).
        """
        documents, summaries = (
            [self._spell(row) for row in ids.tolist()] for ids in (source_ids, summary_ids)
        )
        judgement = self._reward.judge(documents, summaries)
        reward = torch.tensor(judgement.total, device=summary_ids.device)
        parts = {name: torch.tensor(mean) for name, mean in judgement.means().items()}
        if self._reader is not None:
            reader = beside(self._reader, summary_ids)
            recovered = self._reading.recovered(reader, summary_ids, source_ids)
            reward = reward + self._wanted.reconstruction_weight * recovered
            parts["recovered"] = recovered.mean()
        if self._language_model is not None:
            fluency = _fluency(beside(self._language_model, summary_ids), summary_ids)
            reward = reward + self._wanted.fluency_weight * fluency
            parts["fluency"] = fluency.mean()
        return reward, parts


@torch.no_grad()
def _fluency(language_model: PreTrainedModel, summary_ids: Tensor) -> Tensor:
    """Mean log-likelihood of each summary, nats a token, (B,)."""
    mask = summary_ids != PAD_ID
    return prior_reward(sequence_log_probs(language_model, summary_ids, mask), mask)
