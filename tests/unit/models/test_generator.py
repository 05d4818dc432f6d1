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

KINDS = ("pegasus", "mbart", "bart", "t5")
TINY = GeneratorShape(
    width=32, heads=4, feed_forward=64, encoder_layers=1, decoder_layers=2, max_positions=64
)
SHAPES = {kind: replace(TINY, kind=kind, encoder_layers=2) for kind in KINDS}
SHAPES["untied"] = replace(TINY, tie_embeddings=False)
RECORDED = [[0.0, -0.0086, 0.1193, -0.0194], [-0.0213, -0.0453, -0.0215, 0.0319]]
SOURCE = torch.tensor([[11, 12, 13, 3]])
TARGET = torch.tensor([[2, 21, 22]])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_padding_changes_no_logit(attention: str, kind: str) -> None:
    model = build_generator(SHAPES[kind], vocab_size=50).eval()
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


@pytest.mark.parametrize("kind", KINDS)
def test_kind_decides_on_norms_and_positions(kind: str) -> None:
    names = build_generator(SHAPES[kind], vocab_size=50).state_dict().keys()
    # A norm after the last block is left out where each block ends with one.
    assert any(name.endswith("encoder.layer_norm.weight") for name in names) is (
        kind in ("pegasus", "mbart")
    )
    assert any("layernorm_embedding" in name for name in names) is (kind in ("mbart", "bart"))
    assert any("relative_attention_bias" in name for name in names) is (kind == "t5")
    assert any(name.endswith("final_layer_norm.bias") for name in names) is (kind != "t5")


@pytest.mark.parametrize("kind", KINDS)
def test_only_tables_of_sines_do_not_learn(kind: str) -> None:
    model = build_generator(SHAPES[kind], vocab_size=50)
    fixed = {name for name, weight in model.named_parameters() if not weight.requires_grad}
    sines = {f"model.{stack}coder.embed_positions.weight" for stack in ("en", "de")}
    assert fixed == (sines if kind == "pegasus" else set())


@pytest.mark.parametrize("kind", KINDS)
def test_decoding_starts_with_the_begin_token(kind: str) -> None:
    model = build_generator(SHAPES[kind], vocab_size=50).eval()
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


def test_default_weights_are_those_of_earlier_versions() -> None:
    # What a seed stands for must not change under experiments that name it.
    weights = build_generator(TINY, vocab_size=50, seed=1).state_dict()
    words = weights["model.shared.weight"][5, 3:7]  # the last of those left to positions first
    plain = weights["model.encoder.layers.0.fc1.weight"][0, :4]
    found, recorded = torch.stack([words, plain]), torch.tensor(RECORDED)
    torch.testing.assert_close(found, recorded, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", SHAPES)
def test_saving_and_loading_changes_no_logit(name: str, tmp_path: Path) -> None:
    model = build_generator(SHAPES[name], vocab_size=50).eval()
    with torch.no_grad():
        for weight in model.parameters():  # no two matrices alike that are not one
            weight += 0.1 * torch.randn_like(weight)
    model.save_pretrained(tmp_path)
    loaded = transformers.AutoModelForSeq2SeqLM.from_pretrained(tmp_path).eval()
    with torch.no_grad():
        before, after = (
            m(input_ids=SOURCE, decoder_input_ids=TARGET).logits for m in (model, loaded)
        )
    assert torch.equal(before, after)
    assert loaded.config.bos_token_id == 2
    assert loaded.generation_config.decoder_start_token_id == 2


@pytest.mark.parametrize("kind", KINDS)
def test_input_and_output_words_share_their_vectors(kind: str) -> None:
    model = build_generator(SHAPES[kind], vocab_size=50)
    words = model.get_input_embeddings().weight
    assert model.lm_head.weight is words
    assert all(
        stack.get_input_embeddings().weight is words
        for stack in (model.get_encoder(), model.get_decoder())
    )


@pytest.mark.parametrize("kind", ["pegasus", "mbart", "bart"])
def test_untied_words_have_vectors_of_their_own(kind: str) -> None:
    model = build_generator(replace(SHAPES[kind], tie_embeddings=False), vocab_size=50)
    words = {
        model.lm_head.weight,
        *(stack.embed_tokens.weight for stack in (model.get_encoder(), model.get_decoder())),
    }
    assert len(words) == 3


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
