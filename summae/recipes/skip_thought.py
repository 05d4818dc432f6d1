"""Skip-thought: an encoder learns what two decoders need to write the neighbours of a sentence."""

from __future__ import annotations

import torch

from summae.data.sentences_pack import SentencePack
from summae.recipes.experiment import Experiment
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.representation_unit import experiment
from summae.representations.encoders import build_encoder
from summae.representations.skip_thought import SkipThought


def build(settings: RepresentationSettings, pack: SentencePack) -> Experiment:
    """One turn a step, of encoder and decoders together."""
    own, shape, seed = settings.skip_thought, settings.encoder, settings.training.seed
    encoder = build_encoder(shape, len(pack.vocabulary), seed=seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = SkipThought(
            encoder,
            shape.output,
            len(pack.vocabulary),
            decoder=own.decoder,
            target=own.target,
            width=own.width,
            word_dropout=own.word_dropout,
        )
    return experiment(settings, pack, module)
