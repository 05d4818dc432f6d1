"""The size of a sentence encoder; apart from the network, so that it can be read without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EncoderKind = Literal["bag", "gru", "cnn", "transformer"]
MAX_POSITIONS = 128
"""Tokens of a sentence that a transformer can read or write."""


@dataclass(frozen=True, kw_only=True)
class EncoderShape:
    """What reads a sentence, and how large it is."""

    kind: EncoderKind = "bag"
    """bag: mean of the tokens' vectors; gru: both ways; cnn: windows of three, the strongest answer
    counts; transformer: BERT's."""
    width: int = 256
    """Of the tokens' vectors and of what each layer makes of them."""
    layers: int = 2
    """Layers between the tokens' vectors and the sentence's; those of a bag are linear maps with a
    ramp between them, the last of which gives the vector."""
    heads: int = 4
    """Of a transformer."""
    feed_forward: int = 1024
    """Width within the layers of a bag and of a transformer."""
    output: int = 256
    """Dimensions of the vector."""
    dropout: float = 0.0
    bigrams: int = 0
    """Buckets into which a bag hashes pairs of neighbouring tokens, each with a vector of its own;
    0 for none."""

    def __post_init__(self) -> None:
        sizes = (self.width, self.layers, self.heads, self.feed_forward, self.output)
        if min(sizes) < 1 or self.bigrams < 0:
            raise ValueError(
                "width, layers, heads, feed_forward and output are at least 1 and bigrams at least "
                f"0, got {sizes} and {self.bigrams}"
            )
        if self.kind == "transformer" and self.width % self.heads:
            raise ValueError(
                f"width is shared out evenly among heads, got {self.width} for {self.heads} heads; "
                "make it a multiple"
            )
        if self.kind == "gru" and self.width % 2:
            raise ValueError(f"a gru halves its width for its two ways, got {self.width}")
        if self.bigrams and self.kind != "bag":
            raise ValueError(
                f"bigrams are for a bag, which knows no order; a {self.kind} has it: leave them 0"
            )
