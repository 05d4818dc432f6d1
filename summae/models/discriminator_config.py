"""The size of a discriminator: what its weights need to be read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transformers import PreTrainedConfig


class DiscriminatorConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """Size of any of the discriminators of `summae.models.discriminator`.

    Args:
        vocab_size: Pieces of the tokenizer.
        width: Of embeddings and of every layer.
        layers: Residual blocks, recurrent layers or attention blocks.
        kernel_size: Tokens that a convolution sees, odd; the other networks pass over it.
        heads: Of attention; the other networks pass over it.
        body: Configuration of the language model that it began as; the other networks pass over it.
        others: As in any configuration of transformers.

    Raises:
        ValueError: The kernel has no middle.
    """

    model_type = "summae-discriminator"

    def __init__(
        self,
        vocab_size: int = 8000,
        width: int = 256,
        layers: int = 3,
        kernel_size: int = 5,
        heads: int = 4,
        body: Mapping[str, Any] | None = None,
        **others: Any,
    ) -> None:
        if kernel_size % 2 == 0:
            raise ValueError(
                f"a kernel looks as far to the left as to the right, so its size is odd, got {kernel_size}"
            )
        self.vocab_size = vocab_size
        self.width = width
        self.layers = layers
        self.kernel_size = kernel_size
        self.heads = heads
        self.body = dict(body or {})
        super().__init__(**others)
