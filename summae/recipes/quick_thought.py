"""Quick-thought: two encoders learn which sentences stand beside each other."""

from __future__ import annotations

from summae.data.sentences_pack import SentencePack
from summae.recipes.experiment import Experiment
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.representation_unit import experiment
from summae.representations.encoders import build_encoder
from summae.representations.quick_thought import QuickThought


def build(settings: RepresentationSettings, pack: SentencePack) -> Experiment:
    """One turn a step; the encoders of a sentence and of its neighbours begin differently."""
    vocab_size, seed = len(pack.vocabulary), settings.training.seed
    query, candidate = (
        build_encoder(settings.encoder, vocab_size, seed=2 * seed + number) for number in (0, 1)
    )
    context = settings.quick_thought.context
    return experiment(settings, pack, QuickThought(query, candidate, context=context))
