"""The size of the generator; apart from the network, so that it can be read without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GeneratorShape:
    """Size of the default generator; deep encoder, shallow decoder, since decoding costs the user time."""

    width: int = 320
    encoder_layers: int = 6
    decoder_layers: int = 2
    heads: int = 5
    feed_forward: int = 1280
    dropout: float = 0.1
    max_positions: int = 512
