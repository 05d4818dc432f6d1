"""The default generator: what padding, fresh weights and the disk may not change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from summae.errors import ModelError
from summae.models.generator import build_generator, load_generator
from summae.models.shape import GeneratorShape

TINY = GeneratorShape(
    width=32, heads=4, feed_forward=64, encoder_layers=1, decoder_layers=2, max_positions=64
)
SOURCE = torch.tensor([[11, 12, 13, 3]])
TARGET = torch.tensor([[2, 21, 22]])


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_padding_changes_no_logit(attention: str) -> None:
    model = build_generator(TINY, vocab_size=50).eval()
    model.set_attn_implementation(attention)
    padding = torch.zeros((1, 5), dtype=torch.int64)
    padded = torch.cat([SOURCE, padding], dim=1)
    with torch.no_grad():
        plain = model(
            input_ids=SOURCE, attention_mask=(SOURCE != 0).long(), decoder_input_ids=TARGET
        ).logits
        wider = model(
            input_ids=padded,
            attention_mask=(padded != 0).long(),
            decoder_input_ids=torch.cat([TARGET, padding], dim=1),
        ).logits[:, : TARGET.shape[1]]
    torch.testing.assert_close(plain, wider, atol=1e-5, rtol=1e-5)


def test_fresh_generator_continues_the_document() -> None:
    # Given any token of the source, the likeliest next one is the token that follows it there.
    shape = replace(TINY, width=256, encoder_layers=2, feed_forward=256)
    model = build_generator(shape, vocab_size=500).eval()
    document = torch.randperm(400, generator=torch.Generator().manual_seed(0))[:24] + 50
    source = torch.cat([document, torch.tensor([3])]).repeat(24, 1)
    written = torch.stack([torch.full((24,), 2), document], dim=1)  # begin, and one token
    with torch.no_grad():
        logits = model(input_ids=source, decoder_input_ids=written).logits[:, -1]
    is_continued = logits[:-1].argmax(dim=-1) == document[1:]
    assert is_continued.float().mean() > 0.4  # chance is 1 in 500


def test_decoding_starts_with_the_begin_token() -> None:
    model = build_generator(TINY, vocab_size=50).eval()
    config = model.config
    assert (config.pad_token_id, config.bos_token_id, config.eos_token_id) == (0, 2, 3)
    assert config.decoder_start_token_id == 2
    written = model.generate(input_ids=SOURCE, max_new_tokens=3, num_beams=1, do_sample=False)
    assert written[0, 0] == 2


def test_seed_decides_the_weights_and_nothing_else() -> None:
    before = torch.random.get_rng_state()
    one, same = (build_generator(TINY, vocab_size=50, seed=1).state_dict() for _ in range(2))
    other = build_generator(TINY, vocab_size=50, seed=2).state_dict()
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(
        one["model.encoder.layers.0.fc1.weight"], other["model.encoder.layers.0.fc1.weight"]
    )
    assert torch.equal(before, torch.random.get_rng_state())


def test_saving_and_loading_changes_no_logit(tmp_path: Path) -> None:
    model = build_generator(TINY, vocab_size=50).eval()
    model.save_pretrained(tmp_path)
    loaded = transformers.AutoModelForSeq2SeqLM.from_pretrained(tmp_path).eval()
    with torch.no_grad():
        before, after = (
            m(input_ids=SOURCE, decoder_input_ids=TARGET).logits for m in (model, loaded)
        )
    assert torch.equal(before, after)
    assert loaded.config.bos_token_id == 2
    assert loaded.generation_config.decoder_start_token_id == 2


def test_input_and_output_words_share_their_vectors() -> None:
    model = build_generator(TINY, vocab_size=50)
    assert model.lm_head.weight is model.model.shared.weight
    assert model.model.encoder.embed_tokens.weight is model.model.shared.weight


def test_saved_generator_can_be_trained_further(tmp_path: Path) -> None:
    model = build_generator(TINY, vocab_size=50)
    model.save_pretrained(tmp_path)
    loaded = load_generator(tmp_path, vocab_size=50).state_dict()
    assert all(torch.equal(weight, loaded[name]) for name, weight in model.state_dict().items())


def test_generator_of_another_vocabulary_is_refused(tmp_path: Path) -> None:
    build_generator(TINY, vocab_size=50).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="50.*60|60.*50"):
        load_generator(tmp_path, vocab_size=60)


def test_folder_without_a_generator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no seq2seq checkpoint"):
        load_generator(tmp_path, vocab_size=50)
