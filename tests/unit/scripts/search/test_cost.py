"""The formula for training's cost agrees with what torch counts, and sees what each setting costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from torch.utils.flop_counter import FlopCounterMode

from search.cost import cost_of, forward_flops
from summae.config import from_mapping
from summae.data.batches import Seq2SeqBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.models.generator import build_generator
from summae.models.shape import GeneratorShape
from summae.recipes.generator_unit import teacher_forcing
from summae.recipes.players import with_fastest_attention
from summae.recipes.settings import PipelineSettings

SHAPE = GeneratorShape(
    width=32, heads=4, feed_forward=96, encoder_layers=3, decoder_layers=2, max_positions=64
)


@pytest.mark.parametrize("kind", ["pegasus", "mbart", "bart", "t5"])
def test_the_formula_is_what_torch_counts(kind: Any) -> None:
    shape, vocab_size, read, written = replace(SHAPE, kind=kind), 120, 21, 9
    model = with_fastest_attention(build_generator(shape, vocab_size=vocab_size))
    ids = torch.randint(4, vocab_size, (3, read + written))
    batch = Seq2SeqBatch(ids[:, :read], ids[:, read:], ids[:, read:])
    with FlopCounterMode(display=False) as counter:
        teacher_forcing(model, batch).value.backward()  # type: ignore[no-untyped-call]
    lengths = np.array([read] * 3), np.array([written] * 3)
    forward = forward_flops(shape, vocab_size=vocab_size, sources=lengths[0], targets=lengths[1])
    assert 3 * forward.sum() == pytest.approx(counter.get_total_flops(), rel=0.02)


SIZE = {"width": 128, "heads": 4, "feed_forward": 512, "encoder_layers": 3, "decoder_layers": 2}


def settings_of(**sections: Any) -> PipelineSettings:
    mixture = {"batch_size": 4, "bucket_batches": 2, "source_tokens": 40}
    values = {"recipe": "supervised", "mixture": mixture, "generator": SIZE}
    return from_mapping(PipelineSettings, {**values, **sections})


def test_a_whole_pack_is_its_own_sample(pack_with_pairs: TokenPack) -> None:
    # Two batches of four are all eight pairs, so the means are those of the pack.
    cost = cost_of(settings_of(), pack_with_pairs)
    pairs = pack_with_pairs.supervised
    assert pairs is not None
    assert cost.source_tokens == np.diff(pairs.documents.offsets).mean() + 1  # </s>
    assert cost.target_tokens == np.diff(pairs.headlines.offsets).mean() + 2  # length and </s>
    # 12 width² in each layer of the encoder, 16 in the decoder's, a vector for each piece; the rest
    # are biases and norms.
    width, vocab_size = 128, len(pack_with_pairs.vocabulary)
    matrices = (3 * 12 + 2 * 16) * width**2 + vocab_size * width
    assert cost.parameters == pytest.approx(matrices, rel=0.02)


def test_r_drop_pays_twice(pack_with_pairs: TokenPack) -> None:
    once = cost_of(settings_of(), pack_with_pairs)
    twice = cost_of(settings_of(optimizer={"r_drop": 1.0}), pack_with_pairs)
    assert twice.flops_per_document == 2 * once.flops_per_document


def test_a_game_has_no_cost_that_could_be_told(pack_with_pairs: TokenPack) -> None:
    with pytest.raises(ConfigError, match="language_model does not learn from sources and targets"):
        cost_of(settings_of(recipe="language_model"), pack_with_pairs)
