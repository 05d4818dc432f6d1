"""Summaries are drawn from the exact distribution, each row by itself."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from torch.nn.utils.rnn import pad_sequence
from wide_generator import BANNED, PREFIXES, SOURCES, drawn, generator, rng

from summae.models.outputs import Sampled
from summae.models.sampling import _at_chance, draw, encode, greedy, score


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
