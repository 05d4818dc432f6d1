"""Deep InfoMax: a document's vector and those of its sentences shall know each other (2019).

Hjelm et al., https://arxiv.org/abs/1808.06670, with its local objective: a critic tells sentences of
a document from sentences of others by nothing but their vectors and the document's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor, nn

from summae.data.sentence_batches import SentenceBatch
from summae.objectives.contrastive import info_nce
from summae.objectives.loss import Loss
from summae.objectives.mutual_information import auroc, donsker_varadhan, jsd, reversed_gradient
from summae.representations.critics import BilinearCritic, PerceptronCritic
from summae.representations.encoding import pad
from summae.representations.gathering import all_rows, is_repeated

CriticKind = Literal["bilinear", "perceptron"]
Estimator = Literal["jsd", "info_nce", "donsker_varadhan"]
_SEED = 1
"""Of the uniform draws outside of training."""


class InfoMax(nn.Module):
    """An encoder of sentences, what makes a document of them, and a critic.

    Args:
        encoder: Of a sentence, whose vector is a local feature.
        dimensions: Of its vectors, and of a document's.
        critic: What scores a sentence and a document, T.
        estimator: How scores become a bound of what the two tell of each other.
        prior_weight: How hard documents' vectors, brought to (0, 1) by a sigmoid, are pushed to be
            spread evenly there; 0 for not at all. The judge who knows them from uniform draws
            learns in the same step, through a turned gradient, in place of turns of its own; what is
            pushed circles around an even spread, the wider the higher the learning rate.
    """

    def __init__(
        self,
        encoder: nn.Module,
        dimensions: int,
        *,
        critic: CriticKind = "bilinear",
        estimator: Estimator = "jsd",
        prior_weight: float = 0.1,
    ) -> None:
        super().__init__()
        self.encoder, self.estimator, self.prior_weight = encoder, estimator, prior_weight
        self.features = _perceptron(dimensions, dimensions)
        kinds: dict[str, type[nn.Module]] = {
            "bilinear": BilinearCritic,
            "perceptron": PerceptronCritic,
        }
        self.critic = kinds[critic](dimensions, dimensions)
        self.judge = _perceptron(dimensions, 1) if prior_weight else None

    @property
    def encoders(self) -> Sequence[nn.Module]:
        """Sentences only; a document is the mean of its own."""
        return (self.encoder,)

    def forward(self, batch: SentenceBatch) -> Loss:
        """A mean over sentences, each with its document; strangers are the sentences of all others.

        Those of other processes are among them. With `info_nce` the update is that of one process;
        the other two estimators average strangers in each process by itself, and the prior its
        documents, which only comes near it.

        With a prior the judge's loss comes on top, about 2 ln 2 where it is at a loss. Parts: those
        of the estimator; `prior`, by how much the judge knows documents' vectors from uniform
        draws: a lower bound of a divergence of at most ln 2 nats; and outside of training `auroc`,
        how often the critic puts a sentence of the document before a stranger.
        """
        vectors = self.encoder(batch.ids, batch.mask)  # c (N, D)
        row = torch.unique_consecutive(batch.document, return_inverse=True)[1]  # (N,)
        own = self.documents(vectors, row)  # y
        candidates, document, place = map(all_rows, (vectors, batch.document, batch.place))
        is_new = ~is_repeated(document, place)
        document, place = document[is_new], place[is_new]  # (M,)
        scores = self.critic(
            candidates[is_new], own
        )  # of all with each document of these, (M, ...)
        scores = scores.T[row]  # of each sentence's document with all, (N, M)
        belongs = batch.document[:, None] == document
        is_pair = belongs & (batch.place[:, None] == place)
        loss = self._estimated(scores, is_pair, ~belongs)
        if not self.training and belongs.any() and not belongs.all():
            known = {"auroc": auroc(scores[is_pair], scores[~belongs])}
            loss = replace(loss, parts={**loss.parts, **known})
        if self.judge is None:
            return loss
        levels = own.float().sigmoid()
        prior = jsd(
            self.judge(self._uniform(levels)),
            self.judge(reversed_gradient(levels, self.prior_weight)),
        )
        parts = {**loss.parts, "prior": prior.parts["bound"]}
        return Loss(loss.value + prior.value, parts, weight=loss.weight)

    def documents(self, vectors: Tensor, row: Tensor) -> Tensor:
        """Mean feature of each document's sentences, (documents, D).

        Args:
            vectors: Of the sentences, (N, D).
            row: Number of each one's document, from 0 without a gap, (N,).
        """
        features = self.features(vectors)
        sums = features.new_zeros(int(row.max()) + 1, features.shape[1])
        means: Tensor = sums.index_add(0, row, features) / row.bincount()[:, None]
        return means

    def _uniform(self, levels: Tensor) -> Tensor:
        """Uniform draws beside the levels, (documents, D); outside of training always the same.

        A validation is then no matter of luck, and takes none away from the training that goes on.
        """
        if self.training:
            return torch.rand_like(levels)
        source = torch.Generator(device=levels.device).manual_seed(_SEED)
        return torch.rand(levels.shape, generator=source, device=levels.device)

    def _estimated(self, scores: Tensor, is_pair: Tensor, is_strange: Tensor) -> Loss:
        if self.estimator == "info_nce":
            # Among sentences, for so the scores of one document's compare; of the pairs one at a time.
            return info_nce(scores, is_pair, is_pair | is_strange)
        estimate = {"jsd": jsd, "donsker_varadhan": donsker_varadhan}[self.estimator]
        return estimate(scores[is_pair], scores[is_strange])


@torch.no_grad()
def salience(model: InfoMax, sentences: Sequence[Sequence[int]]) -> Tensor:
    """How much each sentence of a document sounds like the whole of it, by the critic, (S,).

    Scores of one document compare; those of two need not. They are best of a critic trained by
    `jsd`: those of the other two grow without end where pairs are easily known.

    Args:
        model: In evaluation mode.
        sentences: Token ids, without special tokens.
    """
    device = next(model.parameters()).device
    ids, mask = pad(sentences)
    vectors = model.encoder(ids.to(device), mask.to(device))
    document = model.documents(vectors, torch.zeros(len(ids), dtype=torch.int64, device=device))
    scores: Tensor = model.critic(vectors, document)
    return scores[:, 0]


def _perceptron(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Linear(inputs, inputs), nn.ReLU(), nn.Linear(inputs, outputs))
