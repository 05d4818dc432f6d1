"""Contrastive predictive coding: an encoder learns what can be foretold of later sentences or windows."""

from __future__ import annotations

import torch

from summae.data.sentences_pack import SentencePack
from summae.recipes.experiment import Experiment
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.representation_unit import experiment
from summae.representations.cpc import Cpc
from summae.representations.encoders import build_encoder


def build(settings: RepresentationSettings, pack: SentencePack) -> Experiment:
    """One turn a step, of encoder, memory and critics together."""
    own, shape, seed = settings.cpc, settings.encoder, settings.training.seed
    encoder = build_encoder(shape, len(pack.vocabulary), seed=seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = Cpc(
            encoder,
            shape.output,
            steps=own.steps,
            history=own.history,
            level=own.level,
            window=own.window,
        )
    return experiment(settings, pack, module)
