"""Discriminators: how much each token of a text looks like one that a person wrote.

They read token ids or *soft words*, distributions over the vocabulary, whose embedding is the mean
embedding. One-hot soft words are the ids themselves: both ways give the same scores. All of them
can be differentiated twice, on any device, because the gradient penalty needs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoConfig, AutoModel, PreTrainedModel

from summae.errors import ModelError
from summae.models.discriminator_config import DiscriminatorConfig
from summae.models.discriminator_layers import (
    CausalBlock,
    LongShortTermMemory,
    ResidualConvolutions,
)
from summae.models.generator import BOS
from summae.models.outputs import DiscriminatorOutput

DiscriminatorKind = Literal["convolutional", "recurrent", "transformer"]


class Discriminator(PreTrainedModel):  # type: ignore[no-untyped-call]
    """What all discriminators share: embeddings below, one score a token above."""

    config_class = DiscriminatorConfig
    scores_prefixes: ClassVar[bool] = False
    """Whether the score of a token rests on it and the tokens before it alone."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__(config)
        self.embedding = nn.Embedding(config.vocab_size, config.width)
        # A bias could not be learned from a difference of scores, nor from a gradient.
        self.verdict = nn.Linear(config.width, 1, bias=False)

    def forward(
        self, ids: Tensor | None = None, *, soft: Tensor | None = None, mask: Tensor
    ) -> DiscriminatorOutput:
        """Score every token.

        Args:
            ids: Texts as token ids, padded on the right with anything, (B, T).
            soft: Or as distributions over the vocabulary, (B, T, V).
            mask: True at real tokens, which come first, (B, T).

        Returns:
            Scores with gradient, 0 at padding, and the mask.

        Raises:
            ValueError: Both or neither of `ids` and `soft` came.
        """
        if (ids is None) == (soft is None):
            raise ValueError(
                "a discriminator reads either ids or soft words, got "
                + ("neither" if ids is None else "both")
            )
        # In half precision the norm of a gradient is mostly noise, and the rounding of a mean
        # embedding would give soft words away.
        with torch.autocast(mask.device.type, enabled=False):
            if soft is None:
                embedded = self.embedding(ids)
            else:
                embedded = soft.to(self.embedding.weight.dtype) @ self.embedding.weight
            states = self.read(embedded.masked_fill(~mask[..., None], 0.0), mask)
            scores = self.verdict(F.gelu(states))[..., 0]
        return DiscriminatorOutput(scores=scores.masked_fill(~mask, 0.0), mask=mask)

    def read(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Each token in the light of others: (B, T, D) from embeddings that are 0 at padding."""
        raise NotImplementedError

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight)
        elif module is self.verdict:
            # Small, so that slopes start near the 1 that a gradient penalty wants: with 8,000 words,
            # 64 to 256 wide, between 0.2 and 3.
            nn.init.normal_(module.weight, std=1 / self.config.width)
        elif isinstance(module, nn.Linear | nn.Conv1d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        else:
            super()._init_weights(module)  # type: ignore[no-untyped-call]


class ConvolutionalDiscriminator(Discriminator):  # type: ignore[no-untyped-call]
    """Residual convolutions: the critic of soft words (Wang & Lee, 2018, arXiv 1810.02851).

    Centred, not causal: its verdict reaches every soft word by gradient, so that no credit needs to
    be shared out along the text, and often it is the next word that makes one wrong. Its scores
    are no scores of prefixes.
    """

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__(config)
        self.blocks = nn.ModuleList(
            ResidualConvolutions(config.width, config.kernel_size) for _ in range(config.layers)
        )
        self.post_init()  # type: ignore[no-untyped-call]

    def read(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Each token among its neighbours, `layers * (kernel_size - 1)` to each side."""
        for block in self.blocks:
            embedded = block(embedded, mask)
        return embedded


class RecurrentDiscriminator(Discriminator):  # type: ignore[no-untyped-call]
    """An LSTM that scores every prefix (Wang & Lee, 2018)."""

    scores_prefixes = True

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__(config)
        self.memories = nn.ModuleList(
            LongShortTermMemory(config.width) for _ in range(config.layers)
        )
        self.post_init()  # type: ignore[no-untyped-call]

    def read(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Each token after those before it."""
        for memory in self.memories:
            embedded = memory(embedded)
        return embedded


class CausalTransformerDiscriminator(Discriminator):  # type: ignore[no-untyped-call]
    """Causal self-attention that scores every prefix: the recurrent one's faster sibling."""

    scores_prefixes = True

    def __init__(self, config: DiscriminatorConfig) -> None:
        if config.width % config.heads:
            raise ValueError(
                f"{config.heads} heads share the width evenly, got {config.width}: take a multiple"
            )
        super().__init__(config)
        self.blocks = nn.ModuleList(
            CausalBlock(config.width, config.heads) for _ in range(config.layers)
        )
        self.post_init()  # type: ignore[no-untyped-call]

    def read(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Each token after those before it."""
        # Padding stands on the right, where no real token looks.
        for block in self.blocks:
            embedded = block(embedded)
        return embedded


class LanguageModelDiscriminator(Discriminator):  # type: ignore[no-untyped-call]
    """A causal language model that scores every prefix, for it knows what headlines read like.

    Beginning there, as the classifiers of Radford et al. (2018) do, it needs far fewer examples.
    """

    scores_prefixes = True

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__(config)
        body = AutoConfig.for_model(**config.body)
        # Fused attention can be differentiated once only.
        self.body: PreTrainedModel = AutoModel.from_config(body, attn_implementation="eager")  # type: ignore[no-untyped-call]
        self.embedding = self.body.get_input_embeddings()
        self.body.set_input_embeddings(None)
        self.post_init()  # type: ignore[no-untyped-call]

    def read(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Each token after those before it, and `<s>` before them all.

        Raises:
            ModelError: The text is longer than the language model has positions.
        """
        texts, tokens, _ = embedded.shape
        room = getattr(self.body.config, "max_position_embeddings", None)
        if room and tokens >= room:
            raise ModelError(
                f"the discriminator reads {room - 1} tokens, as the language model that it began as, "
                f"and a text has {tokens}: shorten it, or begin with one of more positions"
            )
        begin = self.embedding.weight[BOS].expand(texts, 1, -1)
        # Padding stands on the right, where no real token looks.
        states: Tensor = self.body(
            inputs_embeds=torch.cat([begin, embedded], dim=1), use_cache=False
        ).last_hidden_state
        return states[:, 1:]


def build_discriminator(
    kind: DiscriminatorKind, *, vocab_size: int, width: int = 256, layers: int = 3, seed: int = 0
) -> Discriminator:
    """Make a discriminator with fresh weights.

    Args:
        kind: Convolutional for soft words; recurrent or transformer to score prefixes.
        vocab_size: Pieces of the tokenizer.
        width: Of embeddings and layers.
        layers: How many.
        seed: Of the weights.

    Raises:
        ValueError: There is no such kind.
    """
    if kind not in _CLASSES:
        raise ValueError(f"kind is one of {', '.join(_CLASSES)}, got {kind!r}.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _CLASSES[kind](
            DiscriminatorConfig(vocab_size=vocab_size, width=width, layers=layers)
        )


def discriminator_from(
    language_model: PreTrainedModel, *, seed: int = 0
) -> LanguageModelDiscriminator:
    """Make a discriminator that begins as a causal language model, and without its dropout.

    Args:
        language_model: Over the pieces that texts are encoded with; stays as it is.
        seed: Of what is fresh, the weights that turn its states into scores.

    Raises:
        ModelError: Its weights are not where a language model of transformers has them.
    """
    body: Any = language_model.base_model
    # Its scores are rewards, which should not depend on luck.
    still = {
        name: 0.0
        for name, value in body.config.to_dict().items()
        if isinstance(value, float) and "drop" in name
    }
    config = DiscriminatorConfig(
        vocab_size=body.config.vocab_size,
        width=body.get_input_embeddings().weight.shape[1],
        body={**body.config.to_dict(), **still},
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LanguageModelDiscriminator(config)
    model.embedding.load_state_dict(body.get_input_embeddings().state_dict())
    found = model.body.load_state_dict(body.state_dict(), strict=False)
    if found.missing_keys:  # more than the embeddings is kept elsewhere
        raise ModelError(
            f"{type(language_model).__name__} keeps {', '.join(found.missing_keys)} outside of its "
            "body: take a language model that the recipe language_model made"
        )
    return model


def load_discriminator(path: str | Path, *, vocab_size: int) -> Discriminator:
    """Read a saved discriminator of whatever kind.

    Args:
        path: Its folder, with `config.json` and weights.
        vocab_size: Pieces of the tokenizer that its texts are encoded with.

    Raises:
        ModelError: There is none, or it has another vocabulary.
    """
    try:
        config = DiscriminatorConfig.from_pretrained(path, local_files_only=True)
        known = (*_CLASSES.values(), LanguageModelDiscriminator)
        classes: dict[str, type[Discriminator]] = {saved.__name__: saved for saved in known}
        name = (config.architectures or ["no architecture"])[0]
        if name not in classes:
            raise ModelError(f"{path} holds {name}, which is no discriminator of summae")
        model: Discriminator = classes[name].from_pretrained(
            path, config=config, local_files_only=True
        )
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} holds no discriminator that can be read: {error}") from error
    if config.vocab_size != vocab_size:
        raise ModelError(
            f"{path} has {config.vocab_size} embeddings, the tokenizer {vocab_size} pieces: "
            "take the tokenizer that it was trained with, or start a fresh one"
        )
    return model


_CLASSES: dict[str, type[Discriminator]] = {
    "convolutional": ConvolutionalDiscriminator,
    "recurrent": RecurrentDiscriminator,
    "transformer": CausalTransformerDiscriminator,
}
