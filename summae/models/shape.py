"""The sizes of networks; apart from the networks, so that they can be read without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class GeneratorShape:
    """The default generator's size; deep encoder, shallow decoder, since decoding costs the user time."""

    kind: Literal["pegasus", "bart", "mbart", "t5"] = "pegasus"
    """Where it normalises and how it knows positions: `pegasus` before each block, sinusoids;
    `mbart` before, learned table; `bart` after, learned table; `t5` before and by the root mean
    square, distances within each attention."""
    width: int = 320
    encoder_layers: int = 6
    decoder_layers: int = 2
    heads: int = 5
    feed_forward: int = 1280
    dropout: float = 0.1
    """Of embeddings and of what each block adds; in `t5` of attention and within feed-forward, too."""
    max_positions: int = 512
    """Tokens that can be read or written; `t5` itself has no such limit."""
    tie_embeddings: bool = True
    """One vector for a word wherever it is read or written; if not, one for each of encoder, decoder
    and output. `t5` always ties them."""
    copying_start: bool = True
    """Fresh weights begin by continuing the document (see `summae.models.copying`); if not, they are
    those that Transformers gives the kind."""

    def __post_init__(self) -> None:
        for name in ("encoder_layers", "decoder_layers", "feed_forward"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is at least 1, got {getattr(self, name)}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is a share from 0 to below 1, got {self.dropout}")
        if self.heads < 1 or self.width % self.heads:
            raise ValueError(
                f"width is shared out evenly among heads, got {self.width} for {self.heads} heads; "
                "make it a multiple"
            )
        if self.kind == "t5" and not self.tie_embeddings:
            raise ValueError(
                "a t5 generator has one vector for a word wherever it stands, as its configuration "
                "in Transformers can say nothing else: leave tie_embeddings at true or take another kind"
            )
        if self.kind == "t5" and self.decoder_layers > self.encoder_layers:
            raise ValueError(
                "Transformers remembers as many layers of a t5 decoder as the encoder has: make "
                f"decoder_layers, {self.decoder_layers}, at most encoder_layers, {self.encoder_layers}"
            )


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
