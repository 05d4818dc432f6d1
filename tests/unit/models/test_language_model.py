"""The headline language model: a distribution over texts that padding and the disk do not change."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from summae.models.language_model import (
    LanguageModelShape,
    build_language_model,
    sequence_log_probs,
)

TINY = LanguageModelShape(width=16, layers=2, heads=2, feed_forward=32, max_positions=16)
IDS = torch.tensor([[11, 12, 13, 3], [14, 3, 0, 0]])
MASK = IDS != 0


def test_padding_and_company_change_nothing() -> None:
    model = build_language_model(TINY, vocab_size=20).eval()
    together = sequence_log_probs(model, IDS, MASK)
    alone = sequence_log_probs(model, IDS[1:, :2], MASK[1:, :2])
    torch.testing.assert_close(together[1:, :2], alone)
    noisy = IDS.masked_fill(~MASK, 17)
    torch.testing.assert_close(sequence_log_probs(model, noisy, MASK), together)
    assert together[~MASK].tolist() == [0.0, 0.0]


def test_each_token_is_read_after_those_before_it() -> None:
    # From the definition: log p(12 | <s> 11) is in the last row of the network's answer to <s> 11.
    model = build_language_model(TINY, vocab_size=20).eval()
    with torch.no_grad():
        last = model(input_ids=torch.tensor([[2, 11]])).logits[0, -1]
    torch.testing.assert_close(
        sequence_log_probs(model, IDS, MASK)[0, 1], last.log_softmax(dim=-1)[12]
    )


def test_probabilities_of_all_texts_sum_to_one() -> None:
    # Six words, two places: 36 beginnings of texts.
    model = build_language_model(TINY, vocab_size=6).eval()
    ids = torch.tensor(list(itertools.product(range(6), repeat=2)))
    total = sequence_log_probs(model, ids, torch.ones_like(ids, dtype=torch.bool)).sum(dim=1)
    torch.testing.assert_close(total.exp().sum(), torch.tensor(1.0))


def test_it_learns_a_headline() -> None:
    model = build_language_model(TINY, vocab_size=20)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(30):
        loss = -sequence_log_probs(model, IDS, MASK)[MASK].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.3 * losses[0]


def test_saving_and_loading_changes_no_probability(tmp_path: Path) -> None:
    model = build_language_model(TINY, vocab_size=20).eval()
    model.save_pretrained(tmp_path)
    loaded = transformers.AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    assert torch.equal(sequence_log_probs(model, IDS, MASK), sequence_log_probs(loaded, IDS, MASK))
    assert (loaded.config.pad_token_id, loaded.config.bos_token_id) == (0, 2)
    assert loaded.lm_head.weight is loaded.transformer.wte.weight


def test_seed_decides_the_weights_and_nothing_else() -> None:
    before = torch.random.get_rng_state()
    one, same, other = (
        build_language_model(TINY, vocab_size=20, seed=seed).state_dict() for seed in (1, 1, 2)
    )
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["lm_head.weight"], other["lm_head.weight"])
    assert torch.equal(before, torch.random.get_rng_state())
