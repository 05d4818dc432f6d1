"""Decoders follow their equations, look back only, and listen to the sentence vector."""

from __future__ import annotations

from typing import get_args

import pytest

torch = pytest.importorskip("torch")

from summae.representations.decoders import ConditionalGru, DecoderKind, build_decoder

each_kind = pytest.mark.parametrize("kind", get_args(DecoderKind))


def test_conditional_gru_is_the_recurrence_of_the_paper() -> None:
    torch.manual_seed(1)
    decoder = ConditionalGru(3, 2)
    tokens, vector = torch.randn(1, 4, 3), torch.randn(1, 2)
    w_r, w_z, w = decoder.read.weight.chunk(3)
    b_r, b_z, b = decoder.read.bias.chunk(3)
    c_r, c_z, c = decoder.told.weight.chunk(3)
    u_r, u_z = decoder.gates.weight.chunk(2)
    u = decoder.proposal.weight
    v, h = vector[0], torch.zeros(3)
    states = decoder(tokens, vector)[0]
    for step, x in enumerate(tokens[0]):
        r = torch.sigmoid(w_r @ x + b_r + u_r @ h + c_r @ v)
        z = torch.sigmoid(w_z @ x + b_z + u_z @ h + c_z @ v)
        proposal = torch.tanh(w @ x + b + u @ (r * h) + c @ v)
        h = (1 - z) * h + z * proposal
        torch.testing.assert_close(states[step], h)
    torch.testing.assert_close(u @ u.T, torch.eye(3), atol=1e-5, rtol=0)  # how it begins


@each_kind
def test_later_tokens_change_nothing_and_the_vector_everything(kind: DecoderKind) -> None:
    torch.manual_seed(1)
    decoder = build_decoder(kind, 8, 5)
    tokens, vectors = torch.randn(2, 6, 8), torch.randn(2, 5)
    states = decoder(tokens, vectors)
    assert states.shape == (2, 6, 8)
    changed = tokens.clone()
    changed[:, 4:] = 9.0
    torch.testing.assert_close(decoder(changed, vectors)[:, :4], states[:, :4])
    torch.testing.assert_close(decoder(tokens[:, :3], vectors), states[:, :3])
    other = decoder(tokens, vectors.flip(0))
    assert ((other - states).abs().amax(dim=2) > 1e-4).all()
    # Sentences do not see each other.
    torch.testing.assert_close(decoder(tokens[1:], vectors[1:]), states[1:])
    assert decoder(tokens[:0], vectors[:0]).shape == (0, 6, 8)


@each_kind
def test_every_weight_learns(kind: DecoderKind) -> None:
    torch.manual_seed(1)
    decoder = build_decoder(kind, 8, 5)
    decoder(torch.randn(2, 3, 8), torch.randn(2, 5)).square().mul(
        torch.randn(2, 3, 8)
    ).sum().backward()
    for name, weight in decoder.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name
