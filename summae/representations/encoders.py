"""Sentence encoders: token ids in, one vector for each sentence out; padding never matters.

All are called with ids (N, T), padded on the right, and a mask (N, T) that is True at real tokens,
and return (N, output) without any normalisation.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence
from transformers import BertConfig, BertModel

from summae.representations.shape import MAX_POSITIONS, EncoderShape

BIGRAM_FACTOR = 1_000_003
"""Tokens a, b hash to bucket (a * BIGRAM_FACTOR + b) mod `bigrams`."""


def build_encoder(shape: EncoderShape, vocab_size: int, seed: int) -> nn.Module:
    """Make an encoder with fresh weights.

    Args:
        shape: Its kind and size.
        vocab_size: Pieces of the tokenizer; padding is 0.
        seed: Of the weights.
    """
    kinds: dict[str, type[nn.Module]] = {
        "bag": BagEncoder,
        "gru": GruEncoder,
        "cnn": CnnEncoder,
        "transformer": TransformerEncoder,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return kinds[shape.kind](shape, vocab_size)


class BagEncoder(nn.Module):
    """Mean of the vectors of tokens and hashed bigrams, through a small perceptron.

    Rows `vocab_size` and up of the table are buckets of bigrams, as in fastText (Bojanowski et al.,
    2017, arXiv 1607.04606); tokens and bigrams count alike in the mean.
    """

    def __init__(self, shape: EncoderShape, vocab_size: int) -> None:
        super().__init__()
        self.vocab_size, self.bigrams = vocab_size, shape.bigrams
        self.embedding = nn.EmbeddingBag(vocab_size + shape.bigrams, shape.width, mode="mean")
        widths = [shape.width, *[shape.feed_forward] * (shape.layers - 1), shape.output]
        layers: list[nn.Module] = [nn.Dropout(shape.dropout)]
        for width, next_width in pairwise(widths):
            layers += [nn.Linear(width, next_width), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        if self.bigrams:
            buckets = (ids[:, :-1] * BIGRAM_FACTOR + ids[:, 1:]) % self.bigrams
            ids = torch.cat([ids, self.vocab_size + buckets], dim=1)
            mask = torch.cat([mask, mask[:, :-1] & mask[:, 1:]], dim=1)
        counts = mask.sum(dim=1)
        mean = self.embedding(ids[mask], counts.cumsum(0) - counts)  # (N, width)
        vectors: Tensor = self.layers(mean)
        return vectors


class GruEncoder(nn.Module):
    """The last states of recurrent networks that read both ways, as in Quick-thought's paper."""

    def __init__(self, shape: EncoderShape, vocab_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, shape.width)
        self.dropout = nn.Dropout(shape.dropout)
        self.gru = nn.GRU(
            shape.width,
            shape.width // 2,
            num_layers=shape.layers,
            dropout=shape.dropout if shape.layers > 1 else 0.0,
            bidirectional=True,
            batch_first=True,
        )
        self.output = nn.Linear(shape.width, shape.output)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        # A sentence of no token is read as one of padding: packed ones have at least one.
        lengths = mask.sum(dim=1).clamp(min=1).cpu()
        packed = pack_padded_sequence(
            self.dropout(self.embedding(ids)), lengths, batch_first=True, enforce_sorted=False
        )
        _, states = self.gru(packed)  # (layers * 2, N, width / 2), the last layer's last
        vectors: Tensor = self.output(self.dropout(torch.cat([states[-2], states[-1]], dim=1)))
        return vectors


class CnnEncoder(nn.Module):
    """Convolutions over three tokens, and of each feature the strongest answer in the sentence."""

    def __init__(self, shape: EncoderShape, vocab_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, shape.width)
        self.dropout = nn.Dropout(shape.dropout)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(shape.width, shape.width, kernel_size=3, padding=1)
            for _ in range(shape.layers)
        )
        self.output = nn.Linear(shape.width, shape.output)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        is_real = mask[:, None, :]  # (N, 1, T)
        features = self.dropout(self.embedding(ids)).transpose(1, 2)  # (N, width, T)
        for convolution in self.convolutions:
            # Zeros behind the last token, as there are in front of the first.
            features = convolution(features.masked_fill(~is_real, 0.0)).relu()
        # No answer is below 0, so padding of 0 is never the strongest.
        strongest = features.masked_fill(~is_real, 0.0).amax(dim=2)
        vectors: Tensor = self.output(self.dropout(strongest))
        return vectors


class TransformerEncoder(nn.Module):
    """The mean of BERT's last states (Devlin et al., 2019, arXiv 1810.04805), through a linear map.

    `bert` is a plain `BertModel` without its pooler, so that whatever runs BERT can run it.
    """

    def __init__(self, shape: EncoderShape, vocab_size: int) -> None:
        super().__init__()
        config = BertConfig(
            vocab_size=vocab_size,
            hidden_size=shape.width,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.feed_forward,
            hidden_dropout_prob=shape.dropout,
            attention_probs_dropout_prob=shape.dropout,
            max_position_embeddings=MAX_POSITIONS,
            type_vocab_size=1,
            pad_token_id=0,
        )
        self.bert = BertModel(config, add_pooling_layer=False)
        self.output = nn.Linear(shape.width, shape.output)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        states = self.bert(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        counts = mask.sum(dim=1, keepdim=True).clamp(min=1)
        mean = states.masked_fill(~mask[:, :, None], 0.0).sum(dim=1) / counts  # (N, width)
        vectors: Tensor = self.output(mean)
        return vectors
