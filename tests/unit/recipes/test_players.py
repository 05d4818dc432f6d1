"""What of a network learns, and what is only carried along."""

from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from summae.models.attention import FUSED
from summae.models.generator import build_generator
from summae.models.shape import GeneratorShape
from summae.recipes.game_settings import OptimizerSettings
from summae.recipes.players import player, with_fastest_attention

TINY = GeneratorShape(
    width=32, heads=4, feed_forward=64, encoder_layers=2, decoder_layers=2, max_positions=64
)


@pytest.mark.parametrize(
    ("kind", "is_tied"),
    [
        *((kind, True) for kind in ("pegasus", "mbart", "bart", "t5")),
        *((kind, False) for kind in ("pegasus", "mbart", "bart")),  # a t5 is always tied
    ],
)
def test_every_weight_of_a_generator_that_may_learn_gets_a_gradient(
    kind: str, is_tied: bool
) -> None:
    # One that gets none would stop several processes, which wait for each other's.
    shape = replace(TINY, kind=kind, tie_embeddings=is_tied)
    model = with_fastest_attention(build_generator(shape, vocab_size=50))
    module = player(model, OptimizerSettings()).module
    source, target = torch.tensor([[11, 12, 13, 3]]), torch.tensor([[2, 21, 22]])
    module(input_ids=source, decoder_input_ids=target).logits.sum().backward()
    named = dict(module.named_parameters())
    assert {n for n, w in named.items() if w.requires_grad and w.grad is None} == set()
    fixed = {name.split(".")[-2] for name, w in named.items() if not w.requires_grad}
    expected = {"embed_positions"} if kind == "pegasus" else set()
    assert fixed == (expected if is_tied else expected | {"shared"})


def test_a_gpu_gets_fused_attention_but_not_that_of_cudnn(monkeypatch: pytest.MonkeyPatch) -> None:
    model = with_fastest_attention(build_generator(TINY, vocab_size=50))
    assert model.config._attn_implementation == "eager"
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    before = torch.backends.cuda.cudnn_sdp_enabled()
    torch.backends.cuda.enable_cudnn_sdp(True)
    try:
        assert with_fastest_attention(model).config._attn_implementation == FUSED
        assert not torch.backends.cuda.cudnn_sdp_enabled()
    finally:
        torch.backends.cuda.enable_cudnn_sdp(before)
