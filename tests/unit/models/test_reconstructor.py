"""The reconstructor reads token ids only, starts by copying, and survives the disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from summae.errors import ConfigError
from summae.models.generator import build_generator
from summae.models.reconstructor import Reconstructor, build_reconstructor
from summae.models.shape import GeneratorShape

TINY = GeneratorShape(
    width=32, heads=4, feed_forward=64, encoder_layers=1, decoder_layers=2, max_positions=64
)
SUMMARY = torch.tensor([[11, 12, 3, 0]])
DOCUMENT = torch.tensor([[2, 21, 11, 12, 22]])


def logits(model: Reconstructor, summary: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        output = model(
            input_ids=summary,
            attention_mask=(summary != 0).long(),
            decoder_input_ids=DOCUMENT,
            use_cache=False,
        )
    result: torch.Tensor = output.logits
    return result


def test_soft_words_are_refused() -> None:
    model = build_reconstructor(TINY, vocab_size=50)
    with pytest.raises(ValueError, match="token ids only"):
        model(inputs_embeds=torch.zeros(1, 3, 32), decoder_input_ids=DOCUMENT)


def test_protection_survives_saving_and_loading(tmp_path: Path) -> None:
    model = build_reconstructor(TINY, vocab_size=50).eval()
    model.save_pretrained(tmp_path)
    loaded = Reconstructor.from_pretrained(tmp_path).eval()
    assert torch.equal(logits(model, SUMMARY), logits(loaded, SUMMARY))
    with pytest.raises(ValueError, match="token ids only"):
        loaded(inputs_embeds=torch.zeros(1, 3, 32), decoder_input_ids=DOCUMENT)


def test_checkpoint_is_a_plain_seq2seq_model_to_others(tmp_path: Path) -> None:
    model = build_reconstructor(TINY, vocab_size=50).eval()
    model.save_pretrained(tmp_path)
    other = transformers.AutoModelForSeq2SeqLM.from_pretrained(tmp_path).eval()
    assert torch.equal(logits(model, SUMMARY), logits(other, SUMMARY))


def test_padding_of_the_summary_changes_nothing() -> None:
    model = build_reconstructor(TINY, vocab_size=50).eval()
    torch.testing.assert_close(logits(model, SUMMARY[:, :3]), logits(model, SUMMARY))


def test_fresh_weights_copy_as_those_of_the_generator_do() -> None:
    ours = build_reconstructor(TINY, vocab_size=50, seed=4).state_dict()
    theirs = build_generator(TINY, vocab_size=50, seed=4).state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(weight, theirs[name]) for name, weight in ours.items())


def test_it_is_of_one_kind() -> None:
    with pytest.raises(ConfigError, match="pegasus-shaped, got 'bart'"):
        build_reconstructor(replace(TINY, kind="bart"), vocab_size=50)


def test_seed_decides_the_weights_and_nothing_else() -> None:
    before = torch.random.get_rng_state()
    one, same, other = (
        build_reconstructor(TINY, vocab_size=50, seed=seed).state_dict() for seed in (1, 1, 2)
    )
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["model.shared.weight"], other["model.shared.weight"])
    assert torch.equal(before, torch.random.get_rng_state())


def test_words_still_share_their_vectors() -> None:
    model = build_reconstructor(TINY, vocab_size=50)
    assert model.lm_head.weight is model.model.shared.weight


def test_it_writes_documents() -> None:
    model = build_reconstructor(TINY, vocab_size=50).eval()
    written = model.generate(input_ids=SUMMARY, max_new_tokens=5, num_beams=2, do_sample=False)
    assert written[0, 0] == 2
