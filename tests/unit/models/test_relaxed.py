"""Soft words: hard ones give greedy decoding, and the gradient is that of the function."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from summae.models.generator import build_generator
from summae.models.outputs import SoftWords
from summae.models.relaxed import RelaxedDecoder
from summae.models.sampling import greedy
from summae.models.shape import GeneratorShape

TINY = GeneratorShape(
    width=16, heads=2, feed_forward=32, encoder_layers=1, decoder_layers=2, max_positions=32
)
SOURCES = torch.tensor([[11, 12, 13, 3], [14, 15, 3, 0]])
PREFIXES = torch.tensor([[2, 5], [2, 6]])


def pegasus(*, end_bias: float = 0.0) -> transformers.PreTrainedModel:
    """The generator's architecture with wide weights, so that its words differ."""
    config = build_generator(TINY, vocab_size=20).config
    config.init_std = 0.8
    torch.manual_seed(1)
    model = transformers.PegasusForConditionalGeneration(config).eval()
    model.final_logits_bias[0, 3] = end_bias
    return model


def scaled_bart() -> transformers.PreTrainedModel:
    torch.manual_seed(3)
    config = transformers.BartConfig(
        vocab_size=20, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, init_std=0.6,
        max_position_embeddings=64, pad_token_id=0, bos_token_id=2, eos_token_id=3,
        decoder_start_token_id=2, forced_eos_token_id=None, scale_embedding=True,
    )  # fmt: skip
    return transformers.BartForConditionalGeneration(config).eval()


def softmax(logits: Tensor) -> Tensor:
    return logits.softmax(dim=-1)


def hardest(logits: Tensor) -> Tensor:
    one_hot = torch.nn.functional.one_hot(logits.argmax(dim=-1), logits.shape[-1])
    return one_hot.to(logits.dtype)


def write(
    model: transformers.PreTrainedModel, relax: Callable[[Tensor], Tensor], max_tokens: int = 4
) -> SoftWords:
    words: SoftWords = RelaxedDecoder(model)(
        SOURCES, prefix_ids=PREFIXES, max_tokens=max_tokens, relax=relax
    )
    return words


@pytest.mark.parametrize("make", [partial(pegasus, end_bias=3.0), scaled_bart])
def test_hard_words_give_greedy_decoding(make: Callable[[], transformers.PreTrainedModel]) -> None:
    model = make()
    words = write(model, hardest, max_tokens=8)
    expected = greedy(model, SOURCES, prefix_ids=PREFIXES, max_tokens=8)
    assert len(set(expected.ids.flatten().tolist())) > 4  # not one word over and over
    assert words.mask.tolist() == expected.mask.tolist()
    assert words.ids[words.mask].tolist() == expected.ids[expected.mask].tolist()


def test_mask_ends_with_the_first_end() -> None:
    # Row 0 ends at its second word and says 3 once more; row 1 never ends.
    told = iter(torch.tensor([[7, 8], [3, 8], [9, 8], [3, 8]]))

    def say(logits: Tensor) -> Tensor:
        return torch.nn.functional.one_hot(next(told), logits.shape[-1]).to(logits.dtype)

    words = write(pegasus(), say)
    assert words.ids.tolist() == [[7, 3, 9, 3], [8, 8, 8, 8]]
    assert words.mask.tolist() == [[True, True, False, False], [True] * 4]


def test_writing_ends_with_the_last_row() -> None:
    model = pegasus()
    model.final_logits_bias[0, 3] = 99.0
    assert write(model, softmax).probabilities.shape == (2, 1, 20)


def test_words_are_distributions_over_those_allowed() -> None:
    words = RelaxedDecoder(pegasus())(
        SOURCES, prefix_ids=PREFIXES, max_tokens=4, relax=softmax, banned_ids=(0, 1, 2)
    )
    torch.testing.assert_close(words.probabilities.sum(dim=-1), torch.ones(2, 4))
    assert not words.probabilities[..., :3].any()
    assert bool((words.probabilities[..., 3:] > 0).all())


def reward(words: SoftWords) -> Tensor:
    """Some smooth function of the soft words."""
    weights = torch.linspace(-1.0, 1.0, words.probabilities[0].numel(), dtype=torch.float64)
    return (words.probabilities.square() * weights.view_as(words.probabilities[0])).sum()


def gradient(model: transformers.PreTrainedModel, value: Tensor) -> dict[str, Tensor]:
    model.zero_grad()
    value.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.requires_grad}


def test_gradient_agrees_with_finite_differences() -> None:
    # Along a random direction u of all weights: (f(w + hu) - f(w - hu)) / 2h = <grad f, u> + O(h^2).
    model, step = pegasus().double(), 1e-6
    words = write(model, softmax)
    assert words.ids.shape == (2, 4)
    found = gradient(model, reward(words))
    rng = torch.Generator().manual_seed(0)
    start = {name: p.detach().clone() for name, p in model.named_parameters() if name in found}
    direction = {
        name: torch.randn(p.shape, generator=rng, dtype=p.dtype) for name, p in start.items()
    }

    def moved(by: float) -> float:
        with torch.no_grad():
            for name, p in model.named_parameters():
                if name in start:
                    p.copy_(start[name] + by * direction[name])
            return float(reward(write(model, softmax)))

    numeric = (moved(step) - moved(-step)) / (2 * step)
    exact = sum(float((found[name] * direction[name]).sum()) for name in found)
    assert abs(exact) > 0.1
    assert exact == pytest.approx(numeric, rel=1e-5)


def uncached(model: transformers.PreTrainedModel, max_tokens: int) -> SoftWords:
    """The same unrolling from the definition: all embeddings read again at each step."""
    embeddings = model.model.shared.weight
    read = embeddings[PREFIXES]
    words: list[Tensor] = []
    for _ in range(max_tokens):
        logits = model(
            input_ids=SOURCES,
            attention_mask=(SOURCES != 0).long(),
            decoder_inputs_embeds=read,
            use_cache=False,
        ).logits[:, -1]
        words.append(softmax(logits))
        read = torch.cat([read, (words[-1] @ embeddings)[:, None]], dim=1)
    probabilities = torch.stack(words, dim=1)
    ids = probabilities.argmax(dim=-1)
    return SoftWords(probabilities, ids, torch.ones_like(ids, dtype=torch.bool))


def test_the_cache_changes_neither_words_nor_gradient() -> None:
    model = pegasus().double()
    cached, plain = write(model, softmax), uncached(model, 4)
    torch.testing.assert_close(cached.probabilities, plain.probabilities)
    torch.testing.assert_close(gradient(model, reward(cached)), gradient(model, reward(plain)))


def test_last_word_teaches_the_steps_before_it() -> None:
    # Hard words stop there: the last word then depends on the first logits through nothing.
    model = pegasus()
    seen: list[Tensor] = []

    def watched(logits: Tensor) -> Tensor:
        logits.retain_grad()
        seen.append(logits)
        return softmax(logits)

    write(model, watched).probabilities[:, -1, 7].sum().backward()
    assert all(bool(logits.grad.any()) for logits in seen)


@pytest.mark.usefixtures("one_process_group")
def test_gradient_passes_the_data_parallel_wrapper() -> None:
    model = pegasus().double()
    plain = gradient(model, reward(write(model, softmax)))
    wrapped = DistributedDataParallel(RelaxedDecoder(model))
    words = wrapped(SOURCES, prefix_ids=PREFIXES, max_tokens=4, relax=softmax)
    torch.testing.assert_close(gradient(model, reward(words)), plain)


def test_gradient_checkpointing_is_refused() -> None:
    model = pegasus().train()
    # By whichever name this version of transformers has for it.
    enable = getattr(model, "activation_checkpointing_enable", None)
    (enable or model.gradient_checkpointing_enable)()
    with pytest.raises(ValueError, match="gradient checkpointing is on, turn it off"):
        write(model, softmax)


def test_writing_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="max_tokens must be at least 1, got 0"):
        write(pegasus(), softmax, max_tokens=0)
