"""Greedy writing is that of transformers, whatever the architecture."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from wide_generator import BANNED, PREFIXES, SOURCES, drawn, generator, rng

from summae.models.sampling import draw, greedy


def bart() -> transformers.PreTrainedModel:
    torch.manual_seed(1)
    config = transformers.BartConfig(
        vocab_size=50, d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, init_std=0.6,
        max_position_embeddings=64, pad_token_id=0, bos_token_id=2, eos_token_id=3,
        decoder_start_token_id=2, forced_eos_token_id=None,
    )  # fmt: skip
    return transformers.BartForConditionalGeneration(config).eval()


def t5() -> transformers.PreTrainedModel:
    torch.manual_seed(1)
    config = transformers.T5Config(
        vocab_size=50, d_model=32, d_kv=16, d_ff=32, num_layers=1, num_heads=2,
        initializer_factor=3.0, pad_token_id=0, eos_token_id=3, decoder_start_token_id=2,
    )  # fmt: skip
    return transformers.T5ForConditionalGeneration(config).eval()


@pytest.mark.parametrize("make", [generator, bart, t5])
def test_greedy_is_that_of_transformers(make: type) -> None:
    model = make()
    expected = model.generate(
        input_ids=SOURCES,
        attention_mask=(SOURCES != 0).long(),
        decoder_input_ids=PREFIXES,
        max_new_tokens=10,
        num_beams=1,
        do_sample=False,
    )
    written = greedy(model, SOURCES, prefix_ids=PREFIXES, max_tokens=10)
    assert len({len(set(ids)) for ids in drawn(written)}) > 1  # not the same word over and over
    assert torch.cat([PREFIXES, written.ids], dim=1).tolist() == expected.tolist()


def test_drawing_among_one_word_is_greedy() -> None:
    model = generator()
    arguments = {"prefix_ids": PREFIXES, "max_tokens": 8, "banned_ids": BANNED}
    one = draw(model, SOURCES, top_k=1, rng=rng(), **arguments)
    assert one.ids.tolist() == greedy(model, SOURCES, **arguments).ids.tolist()
