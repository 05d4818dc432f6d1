"""The sizes of networks; apart from the networks, so that they can be read without torch."""

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


@dataclass(frozen=True, kw_only=True)
class LanguageModelShape:
    """Size of the language model; headlines are short and many, so it is small."""

    width: int = 256
    layers: int = 4
    heads: int = 4
    feed_forward: int = 1024
    dropout: float = 0.1
    max_positions: int = 64
    """Longest headline in tokens, `</s>` included."""
