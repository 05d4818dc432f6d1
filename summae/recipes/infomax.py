"""Deep InfoMax: an encoder learns what a document's vector and its sentences' have in common."""

from __future__ import annotations

import torch

from summae.data.sentences_pack import SentencePack
from summae.recipes.experiment import Experiment
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.representation_unit import experiment
from summae.representations.encoders import build_encoder
from summae.representations.infomax import InfoMax


def build(settings: RepresentationSettings, pack: SentencePack) -> Experiment:
    """One turn a step, of encoder, critic and judge together."""
    own, shape, seed = settings.infomax, settings.encoder, settings.training.seed
    encoder = build_encoder(shape, len(pack.vocabulary), seed=seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = InfoMax(
            encoder,
            shape.output,
            critic=own.critic,
            estimator=own.estimator,
            prior_weight=own.prior_weight,
        )
    return experiment(settings, pack, module)
