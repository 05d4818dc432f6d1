"""Drawing and scoring agree with each other, with the exact distribution, and with transformers."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils.rnn import pad_sequence

from summae.models.generator import build_generator
from summae.models.outputs import Sampled
from summae.models.sampling import _at_chance, draw, encode, greedy, score
from summae.models.shape import GeneratorShape

TINY = GeneratorShape(
    width=32, heads=4, feed_forward=64, encoder_layers=1, decoder_layers=2, max_positions=64
)
SOURCES = torch.tensor(
    [
        [11, 12, 13, 14, 3, 0],
        [21, 22, 23, 24, 25, 3],
        [31, 3, 0, 0, 0, 0],
        [41, 42, 43, 3, 0, 0],
    ]
)
PREFIXES = torch.tensor([[2, 5], [2, 6], [2, 5], [2, 7]])
BANNED = (0, 1, 2, 4, 5, 6, 7)


def generator(*, vocab_size: int = 50, end_bias: float = 0.0) -> transformers.PreTrainedModel:
    """The generator's architecture with wide weights: summaries of many words that end anywhere."""
    config = build_generator(TINY, vocab_size=vocab_size).config
    config.init_std = 0.5
    torch.manual_seed(1)
    model = transformers.PegasusForConditionalGeneration(config).eval()
    model.final_logits_bias[0, 3] = end_bias
    return model


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


def drawn(sampled: Sampled) -> list[list[int]]:
    """Each row's tokens without padding."""
    return [row[keep].tolist() for row, keep in zip(sampled.ids, sampled.mask, strict=True)]


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


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


def every_summary(words: tuple[int, ...], *, max_tokens: int) -> list[tuple[int, ...]]:
    """All that can be drawn: ended by 3, or cut."""
    ended = [
        (*body, 3)
        for length in range(max_tokens)
        for body in itertools.product(words, repeat=length)
    ]
    return ended + list(itertools.product(words, repeat=max_tokens))


def as_sampled(summaries: list[tuple[int, ...]], prefix: list[int]) -> Sampled:
    ids = pad_sequence([torch.tensor(s) for s in summaries], batch_first=True)
    mask = ids != 0
    return Sampled(ids, mask, torch.tensor([prefix] * len(summaries)))


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_drawn_summaries_have_their_exact_frequencies(temperature: float) -> None:
    # Two words and an end, two tokens at most: 1 + 2 ended and 4 cut summaries. Pearson's statistic
    # of 7 outcomes exceeds 22.46 once in a thousand draws of 4000.
    model = generator(vocab_size=8)
    banned = (0, 1, 2, 4, 5)
    summaries = every_summary((6, 7), max_tokens=2)
    assert len(summaries) == 7
    source, count = SOURCES[2:3].clamp(max=7), 4000
    exact = score(
        model, source, as_sampled(summaries, [2]), banned_ids=banned, temperature=temperature
    )
    expected = exact.log_probs.detach().sum(dim=1).exp()
    torch.testing.assert_close(expected.sum(), torch.tensor(1.0))
    sampled = draw(
        model,
        source,
        prefix_ids=torch.tensor([[2]]),
        max_tokens=2,
        banned_ids=banned,
        temperature=temperature,
        repeats=count,
        rng=rng(7),
    )
    found = Counter(tuple(ids) for ids in drawn(sampled))
    assert set(found) <= set(summaries)
    statistic = sum(
        (found[summary] - count * float(p)) ** 2 / (count * float(p))
        for summary, p in zip(summaries, expected, strict=True)
    )
    assert statistic < 22.46
    uniform = sum((found[s] - count / 7) ** 2 / (count / 7) for s in summaries)
    assert uniform > 100  # the test can tell distributions apart


def test_words_that_are_banned_are_never_drawn() -> None:
    model, sources = generator(vocab_size=12), SOURCES.clamp(max=11)
    free, held = (
        {
            token
            for ids in drawn(
                draw(
                    model,
                    sources,
                    prefix_ids=PREFIXES,
                    max_tokens=8,
                    banned_ids=banned,
                    repeats=20,
                    rng=rng(),
                )
            )
            for token in ids
        }
        for banned in ((), BANNED)
    )
    assert free & set(BANNED)
    assert not held & set(BANNED)


def test_the_same_rng_gives_the_same_draw() -> None:
    model = generator()
    one, same, other = (
        draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=8, rng=rng(seed)).ids.tolist()
        for seed in (1, 1, 2)
    )
    assert one == same != other


def test_chances_given_by_hand_are_those_of_the_rng_and_go_with_their_row() -> None:
    model, order = generator(), torch.tensor([2, 0, 3, 1])
    chances = torch.rand((4, 8), generator=rng(), dtype=torch.float64)
    by_rng = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=8, rng=rng())
    by_hand = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=8, chances=chances)
    assert by_rng.ids.tolist() == by_hand.ids.tolist()
    shuffled = draw(
        model, SOURCES[order], prefix_ids=PREFIXES[order], max_tokens=8, chances=chances[order]
    )
    assert drawn(shuffled) == [drawn(by_hand)[row] for row in order.tolist()]


@pytest.mark.parametrize(("chance", "word"), [(0.0, 1), (0.1999, 1), (0.2001, 3), (0.9999999, 3)])
def test_a_chance_picks_the_word_whose_share_it_falls_into(chance: float, word: int) -> None:
    # Shares of the words 0 to 4: none, 0.2, none, 0.8, none.
    logits = torch.tensor([0.0, 0.2, 0.0, 0.8, 0.0]).log()[None]
    assert _at_chance(logits, torch.tensor([chance], dtype=torch.float64)).tolist() == [word]


def test_padding_of_documents_changes_no_draw() -> None:
    model = generator()
    plain, padded = (
        drawn(draw(model, sources, prefix_ids=PREFIXES, max_tokens=8, rng=rng()))
        for sources in (SOURCES, torch.nn.functional.pad(SOURCES, (0, 7)))
    )
    assert plain == padded


def test_repeats_are_draws_of_the_same_document_in_a_row() -> None:
    model = generator()
    repeated = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=8, repeats=3, rng=rng())
    by_hand = draw(
        model,
        SOURCES.repeat_interleave(3, dim=0),
        prefix_ids=PREFIXES.repeat_interleave(3, dim=0),
        max_tokens=8,
        rng=rng(),
    )
    assert repeated.ids.tolist() == by_hand.ids.tolist()
    assert repeated.prefix_ids.tolist() == by_hand.prefix_ids.tolist()
    torch.testing.assert_close(
        score(model, SOURCES, repeated).log_probs,
        score(model, SOURCES.repeat_interleave(3, dim=0), by_hand).log_probs,
    )


def test_rows_that_end_early_leave_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = generator()
    patient, eager = (_with_compaction(monkeypatch, share, model) for share in (0.0, 2.0))
    lengths = patient.mask.sum(dim=1)
    assert lengths.min() < lengths.max() - 2
    assert patient.ids.tolist() == eager.ids.tolist()


def _with_compaction(
    monkeypatch: pytest.MonkeyPatch, share: float, model: transformers.PreTrainedModel
) -> Sampled:
    monkeypatch.setattr("summae.models.sampling._COMPACT_BELOW", share)
    return draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=12, repeats=4, rng=rng(1))


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


def test_drawing_among_a_few_words_keeps_to_them() -> None:
    model = generator()
    arguments = {"prefix_ids": PREFIXES, "max_tokens": 1, "repeats": 100}
    few = draw(model, SOURCES, top_k=3, rng=rng(), **arguments).ids.view(4, 100)
    with torch.no_grad():
        logits = model(
            input_ids=SOURCES, attention_mask=(SOURCES != 0).long(), decoder_input_ids=PREFIXES
        ).logits[:, -1]
    for row, best in zip(few.tolist(), logits.topk(3).indices.tolist(), strict=True):
        assert set(row) == set(best)


def test_a_document_read_once_serves_several_draws() -> None:
    model = generator()
    encoded = encode(model, SOURCES)
    arguments = {"prefix_ids": PREFIXES, "max_tokens": 8}
    plain = draw(model, SOURCES, rng=rng(), repeats=2, **arguments)
    shared = draw(model, SOURCES, rng=rng(), repeats=2, encoded=encoded, **arguments)
    assert plain.ids.tolist() == shared.ids.tolist()
    assert (
        greedy(model, SOURCES, encoded=encoded, **arguments).ids.tolist()
        == greedy(model, SOURCES, **arguments).ids.tolist()
    )


def test_drawing_ends_with_the_last_row() -> None:
    sampled = draw(generator(end_bias=99.0), SOURCES, prefix_ids=PREFIXES, max_tokens=9, rng=rng())
    assert sampled.ids.tolist() == [[3]] * 4
    assert sampled.mask.all()


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


def test_drawing_uses_no_dropout_and_puts_the_modes_back() -> None:
    model = generator().train()
    model.model.encoder.eval()
    one, same = (
        draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=8, rng=rng()).ids.tolist()
        for _ in range(2)
    )
    assert one == same
    assert model.model.decoder.training
    assert not model.model.encoder.training


def test_gradient_under_autocast_survives_the_drawing() -> None:
    # Autocast remembers the weights it has cast, also those cast without gradient.
    model = generator()
    with torch.autocast("cpu", torch.bfloat16):
        sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=4, rng=rng())
        value = score(model, SOURCES, sampled).log_probs.sum()
    value.backward()
    assert bool(model.model.decoder.layers[0].fc1.weight.grad.any())


@pytest.fixture
def one_process_group() -> Iterator[None]:
    store = torch.distributed.HashStore()
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


@pytest.mark.usefixtures("one_process_group")
def test_scoring_works_through_the_data_parallel_wrapper() -> None:
    model = generator()
    sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=6, repeats=2, rng=rng())
    score(model, SOURCES, sampled).log_probs.sum().backward()
    plain = model.model.shared.weight.grad.clone()
    model.zero_grad()
    score(DistributedDataParallel(model), SOURCES, sampled).log_probs.sum().backward()
    torch.testing.assert_close(model.model.shared.weight.grad, plain)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"max_tokens": 0}, "max_tokens .* at least 1, got 0"),
        ({"repeats": 0}, "repeats must be at least 1"),
        ({"temperature": 0.0}, "temperature must be above 0.*greedy"),
        ({"top_k": -1}, "top_k .* at least 0"),
        ({"prefix_ids": PREFIXES[:3]}, "each document needs a prefix"),
        ({"chances": torch.zeros(4, 2)}, r"chances must be \(4, 3\)"),
    ],
)
def test_arguments_out_of_range_are_refused(wrong: dict[str, object], message: str) -> None:
    arguments = {"prefix_ids": PREFIXES, "max_tokens": 3, **wrong}
    with pytest.raises(ValueError, match=message):
        draw(generator(), SOURCES, **arguments)


def test_summaries_of_other_documents_are_refused() -> None:
    model = generator()
    sampled = draw(model, SOURCES, prefix_ids=PREFIXES, max_tokens=3, rng=rng())
    with pytest.raises(ValueError, match="4 summaries .* 3 documents"):
        score(model, SOURCES[:3], sampled)
