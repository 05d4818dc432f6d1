"""The score of a summary is its log-probability, and carries a gradient."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from torch.nn.parallel import DistributedDataParallel
from wide_generator import BANNED, PREFIXES, SOURCES, drawn, generator, rng

from summae.models.outputs import Sampled
from summae.models.sampling import draw, score, without


def step_by_step(
    model: transformers.PreTrainedModel, source: torch.Tensor, prefix: torch.Tensor, ids: list[int]
) -> float:
    """Log-probability of `ids`, a fresh forward pass for each of them."""
    total, written = 0.0, prefix.tolist()
    for token in ids:
        with torch.no_grad():
            logits = model(
                input_ids=source[None], decoder_input_ids=torch.tensor([written])
            ).logits[0, -1]
        logits[list(BANNED)] = -torch.inf
        total += float(logits.log_softmax(dim=-1)[token])
        written.append(token)
    return total


def test_probability_of_a_summary_is_the_product_of_its_steps() -> None:
    model = generator()
    sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=6, banned_ids=BANNED, rng=rng())
    assert {len(ids) for ids in drawn(sampled)} != {6}  # some end early: padding is at stake
    scored = score(model, SOURCES, sampled, banned_ids=BANNED)
    expected = [
        step_by_step(model, source[source != 0], prefix, ids)
        for source, prefix, ids in zip(SOURCES, PREFIXES, drawn(sampled), strict=True)
    ]
    torch.testing.assert_close(
        scored.log_probs.sum(dim=1), torch.tensor(expected), atol=1e-4, rtol=1e-5
    )


def test_order_and_company_change_no_score() -> None:
    model = generator()
    sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=8, rng=rng())
    together = score(model, SOURCES, sampled).log_probs
    order = torch.tensor([2, 0, 3, 1])
    shuffled = Sampled(sampled.ids[order], sampled.mask[order], sampled.prefix_ids[order])
    torch.testing.assert_close(score(model, SOURCES[order], shuffled).log_probs, together[order])
    for row, ids in enumerate(drawn(sampled)):
        alone = Sampled(
            torch.tensor([ids]),
            torch.ones((1, len(ids)), dtype=torch.bool),
            PREFIXES[row : row + 1],
        )
        source = SOURCES[row : row + 1, : int((SOURCES[row] != 0).sum())]
        torch.testing.assert_close(
            score(model, source, alone).log_probs[0], together[row, : len(ids)]
        )


def test_entropy_is_that_of_the_words_allowed() -> None:
    # Equal logits for the 43 words that are not banned: each step has entropy ln 43.
    model = generator()
    torch.nn.init.zeros_(model.lm_head.weight)
    model.final_logits_bias.zero_()
    sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=3, banned_ids=BANNED, rng=rng())
    scored = score(model, SOURCES, sampled, banned_ids=BANNED, with_entropy=True)
    expected = torch.full_like(scored.log_probs, math.log(43)).masked_fill(~sampled.mask, 0.0)
    torch.testing.assert_close(scored.entropy, expected)
    torch.testing.assert_close(scored.log_probs, -expected)


def test_banned_words_bring_no_nan_into_the_gradient() -> None:
    model = generator()
    sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=6, banned_ids=BANNED, rng=rng())
    scored = score(model, SOURCES, sampled, banned_ids=BANNED, with_entropy=True)
    (scored.log_probs.sum() + scored.entropy.sum()).backward()
    gradients = [p.grad for p in model.parameters() if p.requires_grad]
    assert all(bool(g.isfinite().all()) for g in gradients)
    assert any(bool(g.any()) for g in gradients)


def test_gradient_under_autocast_survives_the_drawing() -> None:
    # Autocast remembers the weights it has cast, also those cast without gradient.
    model = generator()
    with torch.autocast("cpu", torch.bfloat16):
        sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=4, rng=rng())
        value = score(model, SOURCES, sampled).log_probs.sum()
    value.backward()
    assert bool(model.model.decoder.layers[0].fc1.weight.grad.any())


@pytest.mark.usefixtures("one_process_group")
def test_scoring_works_through_the_data_parallel_wrapper() -> None:
    model = generator()
    sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=6, repeats=2, rng=rng())
    score(model, SOURCES, sampled).log_probs.sum().backward()
    plain = model.model.shared.weight.grad.clone()
    model.zero_grad()
    score(DistributedDataParallel(model), SOURCES, sampled).log_probs.sum().backward()
    torch.testing.assert_close(model.model.shared.weight.grad, plain)


def test_summaries_of_other_documents_are_refused() -> None:
    model = generator()
    sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=3, rng=rng())
    with pytest.raises(ValueError, match="4 summaries .* 3 documents"):
        score(model, SOURCES[:3], sampled)


def test_words_first_banned_outside_training_can_be_banned_in_it() -> None:
    banned = (4, 6)
    with torch.inference_mode():
        without(torch.zeros(2, 8), banned)
    logits = torch.zeros(2, 8, requires_grad=True)
    without(logits, banned).exp().sum().backward()
    assert logits.grad.tolist() == [[1.0, 1, 1, 1, 0, 1, 0, 1]] * 2
