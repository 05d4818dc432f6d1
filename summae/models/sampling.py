"""Drawing summaries from the generator without gradient, and scoring what was drawn with one.

A policy gradient needs the log-probability of what it drew. To keep the graph of the drawing would
mean one forward pass a token; so draw first, then score all tokens in one teacher-forced pass, in
which the hooks of a data-parallel wrapper fire once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from summae.models.generator import EOS, PAD
from summae.models.outputs import Sampled, Scored

_COMPACT_BELOW = 0.75
"""Share of unfinished rows at which the finished ones leave the batch. Dropping them copies the
cache, so not at each step: 0.75 was the fastest of 0, 0.5, 0.75, 0.9 and 1 on a CPU."""

Pick = Callable[[Tensor, Tensor, int], Tensor]
"""(logits (R, V), numbers of these rows (R,), step) -> ids (R,)."""


def encode(model: PreTrainedModel, source_ids: Tensor) -> Tensor:
    """Read documents once, without gradient, for several of `draw` and `greedy`; (B, S, D).

    Args:
        model: The generator, not wrapped.
        source_ids: Documents, padded with 0, (B, S).
    """
    with _undisturbed(model):
        return _encode(model, source_ids)


def draw(
    model: PreTrainedModel,
    source_ids: Tensor,
    *,
    prefix_ids: Tensor,
    max_tokens: int,
    temperature: float = 1.0,
    top_k: int = 0,
    rng: torch.Generator | None = None,
    repeats: int = 1,
    banned_ids: Sequence[int] = (),
    chances: Tensor | None = None,
    encoded: Tensor | None = None,
) -> Sampled:
    """Draw summaries word by word from the generator's own distribution.

    Dropout is off meanwhile. A word takes one random number, and each row has its own from the
    start: with whom it shares the batch, and that another row ends early, changes nothing.

    Args:
        model: Any Hugging Face encoder-decoder, not wrapped.
        source_ids: Documents ending in `</s>`, padded with 0, (B, S).
        prefix_ids: What each decoder is given first: `<s>` and, mostly, a length token; (B, P).
        max_tokens: Tokens after the prefix at most; a summary cut there has no `</s>`.
        temperature: Divides the logits; below 1 the likely words become likelier.
        top_k: Draw among so many likeliest words only; 0 is all. `score` knows nothing of it.
        rng: Source of randomness, on any device; None is torch's own.
        repeats: Summaries for each document, K; rows of the result are ordered by document.
        banned_ids: Tokens never to be drawn; the others share their probability.
        chances: The random numbers themselves instead of their source, uniform in [0, 1), best in
            float64; (B * K, max_tokens).
        encoded: The documents as `encode` read them, if they were.

    Returns:
        Summaries, (B * K, T) with T the tokens of the longest.

    Raises:
        ValueError: An argument is out of its range.
    """
    if temperature <= 0:
        raise ValueError(
            f"temperature must be above 0, got {temperature}; for the limit use greedy"
        )
    if top_k < 0:
        raise ValueError(f"top_k counts words and must be at least 0 (all of them), got {top_k}")
    _check(source_ids, prefix_ids, max_tokens, repeats)
    shape = (len(source_ids) * repeats, max_tokens)
    if chances is None:
        chances = _chances(shape, rng, source_ids.device)
    elif rng is not None or chances.shape != shape:
        raise ValueError(
            f"chances must be {shape}, one for each token of each summary, and take the place of "
            f"rng; got {tuple(chances.shape)} and rng={rng}"
        )
    uniform = chances.to(source_ids.device)  # (B * K, max_tokens)

    def pick(logits: Tensor, rows: Tensor, step: int) -> Tensor:
        if top_k:
            kept = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
            logits = logits.masked_fill(logits < kept, -torch.inf)
        return _at_chance(_tempered(logits, temperature), uniform[rows, step])

    with _undisturbed(model):
        return _decode(
            model,
            source_ids,
            prefix_ids=prefix_ids,
            max_tokens=max_tokens,
            repeats=repeats,
            banned_ids=banned_ids,
            encoded=encoded,
            pick=pick,
        )


def greedy(
    model: PreTrainedModel,
    source_ids: Tensor,
    *,
    prefix_ids: Tensor,
    max_tokens: int,
    banned_ids: Sequence[int] = (),
    encoded: Tensor | None = None,
) -> Sampled:
    """Write summaries that take the likeliest word at each step.

    Args:
        model: Any Hugging Face encoder-decoder, not wrapped.
        source_ids: Documents ending in `</s>`, padded with 0, (B, S).
        prefix_ids: What each decoder is given first, (B, P).
        max_tokens: Tokens after the prefix at most.
        banned_ids: Tokens never to be written.
        encoded: The documents as `encode` read them, if they were.

    Raises:
        ValueError: An argument is out of its range.
    """
    _check(source_ids, prefix_ids, max_tokens, 1)
    with _undisturbed(model):
        return _decode(
            model,
            source_ids,
            prefix_ids=prefix_ids,
            max_tokens=max_tokens,
            repeats=1,
            banned_ids=banned_ids,
            encoded=encoded,
            pick=lambda logits, rows, step: logits.argmax(dim=-1),
        )


def score(
    model: nn.Module,
    source_ids: Tensor,
    sampled: Sampled,
    *,
    temperature: float = 1.0,
    banned_ids: Sequence[int] = (),
    with_entropy: bool = False,
) -> Scored:
    """Log-probabilities of drawn summaries, in one forward pass that carries the gradient.

    With the temperature and the banned tokens of the drawing these are the probabilities that it
    drew with, unless dropout is on: the mode of `model` is the caller's choice.

    Args:
        model: The generator, wrapped for data-parallel training or not.
        source_ids: Documents, (B, S).
        sampled: Summaries of them, K for each document in the order of `draw`, (B * K, T).
        temperature: As in `draw`.
        banned_ids: As in `draw`.
        with_entropy: Give the entropy of each step's distribution, too.

    Returns:
        Scores, (B * K, T); log-probability and entropy are 0 where the mask is False.

    Raises:
        ValueError: The summaries are not a whole number for each document.
    """
    repeats, rest = divmod(len(sampled.ids), len(source_ids))
    if rest or not repeats:
        raise ValueError(
            f"{len(sampled.ids)} summaries were drawn and {len(source_ids)} documents given; "
            "give the documents that they were drawn for, each once"
        )
    if repeats > 1:
        source_ids = source_ids.repeat_interleave(repeats, dim=0)
    logits: Tensor = model(
        input_ids=source_ids,
        attention_mask=(source_ids != PAD).long(),
        decoder_input_ids=torch.cat([sampled.prefix_ids, sampled.ids[:, :-1]], dim=1),
        use_cache=False,
    ).logits[:, sampled.prefix_ids.shape[1] - 1 :]
    logits = without(_tempered(at_least_float32(logits), temperature), banned_ids)
    log_probs = logits.log_softmax(dim=-1)  # (B, T, V)
    chosen = log_probs.gather(-1, sampled.ids[..., None])[..., 0]  # (B, T)
    entropy = None
    if with_entropy:
        # A banned word counts 0 * -inf, which is nan, and must count nothing.
        summands = log_probs.exp() * log_probs.masked_fill(log_probs == -torch.inf, 0.0)
        entropy = -summands.sum(dim=-1).masked_fill(~sampled.mask, 0.0)
    return Scored(chosen.masked_fill(~sampled.mask, 0.0), sampled.mask, entropy)


def without(logits: Tensor, banned_ids: Sequence[int]) -> Tensor:
    """The same logits with no probability left for banned tokens, (..., V)."""
    if not banned_ids:
        return logits
    return logits.index_fill(-1, _indices(tuple(banned_ids), logits.device), -torch.inf)


@cache
def _indices(ids: tuple[int, ...], device: torch.device) -> Tensor:
    """Copied to a GPU once and not for each word, since a copy waits for it."""
    with torch.inference_mode(False):  # it is used in training, too
        return torch.tensor(ids, device=device)


def at_least_float32(logits: Tensor) -> Tensor:
    """Half precision widened, everything else as it is."""
    return logits if logits.dtype == torch.float64 else logits.float()


def through_first_end(ids: Tensor) -> Tensor:
    """True up to and with the first `</s>` of each row; all True where there is none; (B, T)."""
    is_end = (ids == EOS).long()
    return is_end.cumsum(dim=1) == is_end


def _decode(
    model: PreTrainedModel,
    source_ids: Tensor,
    *,
    prefix_ids: Tensor,
    max_tokens: int,
    repeats: int,
    banned_ids: Sequence[int],
    encoded: Tensor | None,
    pick: Pick,
) -> Sampled:
    states = _encode(model, source_ids) if encoded is None else encoded
    source_mask = (source_ids != PAD).long()
    output = _step(model, states, source_mask, prefix_ids, None)
    logits, cache = output.logits[:, -1], output.past_key_values
    if repeats > 1:  # the summaries of a document part only now
        cache.batch_repeat_interleave(repeats)
        logits, states, source_mask, prefix_ids = (
            each.repeat_interleave(repeats, dim=0)
            for each in (logits, states, source_mask, prefix_ids)
        )
    ids = prefix_ids.new_full((len(prefix_ids), max_tokens), PAD)
    rows = torch.arange(len(ids), device=ids.device)  # those still in the batch
    is_open = torch.ones_like(rows, dtype=torch.bool)
    for step in range(max_tokens):
        written = pick(without(logits.float(), banned_ids), rows, step)
        written = written.masked_fill(~is_open, PAD)
        ids[rows, step] = written
        is_open &= written != EOS
        open_count = int(is_open.sum())
        if open_count == 0 or step + 1 == max_tokens:
            break
        if open_count < _COMPACT_BELOW * len(rows):
            kept = is_open.nonzero()[:, 0]
            cache.batch_select_indices(kept)
            written, states, source_mask = written[kept], states[kept], source_mask[kept]
            rows, is_open = rows[kept], is_open[kept]
        logits = _step(model, states, source_mask, written[:, None], cache).logits[:, -1]
    ids = ids[:, : step + 1]
    return Sampled(ids, through_first_end(ids), prefix_ids)


def _encode(model: PreTrainedModel, source_ids: Tensor) -> Tensor:
    encoder: Any = model.get_encoder()
    output = encoder(input_ids=source_ids, attention_mask=(source_ids != PAD).long())
    states: Tensor = output.last_hidden_state
    return states


def _step(
    model: PreTrainedModel, states: Tensor, source_mask: Tensor, read_ids: Tensor, cache: Any
) -> Any:
    return model(
        encoder_outputs=BaseModelOutput(last_hidden_state=states),
        attention_mask=source_mask,
        decoder_input_ids=read_ids,
        past_key_values=cache,
        use_cache=True,
    )


def _tempered(logits: Tensor, temperature: float) -> Tensor:
    return logits if temperature == 1 else logits / temperature


def _chances(shape: tuple[int, int], rng: torch.Generator | None, device: torch.device) -> Tensor:
    # In float64, so that words rarer than 2^-24 keep their chance.
    return torch.rand(
        shape, generator=rng, dtype=torch.float64, device=device if rng is None else rng.device
    )


def _at_chance(logits: Tensor, chances: Tensor) -> Tensor:
    """The word at which the cumulative probability passes `chances` in [0, 1), (R,).

    It takes one random number, where `torch.multinomial` takes one for each word there is.
    """
    weights = (logits - logits.amax(dim=-1, keepdim=True)).exp()
    cumulative = weights.cumsum(dim=-1, dtype=torch.float64)
    points = chances[:, None] * cumulative[:, -1:]
    # On the right of equal ones, so that a word of no probability is passed over.
    found = torch.searchsorted(cumulative, points, right=True)[:, 0]
    return found.clamp(max=logits.shape[-1] - 1)  # rounding may point past the end


@contextmanager
def _undisturbed(model: nn.Module) -> Iterator[None]:
    """Neither gradient nor dropout inside, and nothing left behind for the pass that learns."""
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in training:
            module.training = True
        # Up to pytorch#165068 autocast keeps the weights that it cast here and uses them there, where
        # they then get no gradient.
        torch.clear_autocast_cache()


def _check(source_ids: Tensor, prefix_ids: Tensor, max_tokens: int, repeats: int) -> None:
    if len(prefix_ids) != len(source_ids) or prefix_ids.shape[1] == 0:
        raise ValueError(
            "each document needs a prefix of at least <s>, got documents "
            f"{tuple(source_ids.shape)} and prefixes {tuple(prefix_ids.shape)}"
        )
    if max_tokens < 1 or repeats < 1:
        raise ValueError(
            f"max_tokens and repeats must be at least 1, got {max_tokens} and {repeats}"
        )
