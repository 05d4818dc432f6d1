"""A trained encoder as a module of sentence-transformers, for its losses, evaluators and tools.

    SentenceTransformer(modules=[SentenceVectors.of_checkpoint("runs/quick-thought/best")])

Nothing of sentence-transformers is imported here: it takes any module that has these methods. What
it saves with one it loads again, from version 6 on by `trust_remote_code=True`, as for every class
that is not its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from torch import Tensor, nn

from summae.data.transforms import model_text
from summae.representations.checkpoint import load_encoder
from summae.representations.encoders import build_encoder
from summae.representations.encoding import joined, pad
from summae.representations.shape import EncoderShape

_ABOUT, _WEIGHTS, _TOKENIZER = "encoder.json", "encoder.pt", "tokenizer.model"
_UNKNOWN = 1
"""What is read of a text without a token."""


class SentenceVectors(nn.Module):
    """Texts to vectors: reads the text, runs the encoders, puts their vectors side by side.

    Args:
        encoders: Of one shape.
        tokenizer_model: The SentencePiece model that they were trained with.
        about: What `encoder.json` of the checkpoint says.
    """

    save_in_root = False

    def __init__(
        self, encoders: Sequence[nn.Module], tokenizer_model: bytes, about: dict[str, Any]
    ) -> None:
        super().__init__()
        self.encoders = nn.ModuleList(encoders)
        self.tokenizer = sentencepiece.SentencePieceProcessor(model_proto=tokenizer_model)
        self.about = about

    @classmethod
    def of_checkpoint(cls, folder: str | Path) -> SentenceVectors:
        """Read a checkpoint that `summae train` wrote.

        Raises:
            ModelError: `folder` holds no sentence encoder.
        """
        encoders, about = load_encoder(folder)
        return cls(encoders, (Path(folder) / _TOKENIZER).read_bytes(), about)

    @property
    def max_seq_length(self) -> int:
        """Tokens of a text that are read."""
        return int(self.about["max_tokens"])

    def get_embedding_dimension(self) -> int:
        """Width of the vectors."""
        return int(self.about["dimensions"])

    def get_sentence_embedding_dimension(self) -> int:
        """Width of the vectors, by the name of before version 6."""
        return self.get_embedding_dimension()

    def preprocess(
        self, inputs: Sequence[str], prompt: str | None = None, **_options: Any
    ) -> dict[str, Tensor]:
        """Clean texts, turn them to simplified script, and to padded ids and a mask, (N, T)."""
        texts = [model_text(f"{prompt or ''}{text}") for text in inputs]
        rows = self.tokenizer.encode(texts)
        ids, mask = pad([row[: self.max_seq_length] or [_UNKNOWN] for row in rows])
        return {"input_ids": ids, "attention_mask": mask.long()}

    def tokenize(self, texts: Sequence[str], **_options: Any) -> dict[str, Tensor]:
        """`preprocess` by the name of before version 6."""
        return self.preprocess(texts)

    def forward(self, features: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Add `sentence_embedding` (N, dimensions) to the features."""
        vectors = joined(self.encoders, features["input_ids"], features["attention_mask"].bool())
        if self.about["normalize"]:
            vectors = nn.functional.normalize(vectors, dim=1)
        return {**features, "sentence_embedding": vectors}

    def save(self, output_path: str, *_arguments: Any, **_options: Any) -> None:
        """Write what `load` reads into a folder that is there."""
        folder = Path(output_path)
        text = json.dumps(self.about, ensure_ascii=False, indent=1)
        (folder / _ABOUT).write_text(text + "\n", encoding="utf-8")
        torch.save(self.encoders.state_dict(), folder / _WEIGHTS)
        (folder / _TOKENIZER).write_bytes(self.tokenizer.serialized_model_proto())

    @classmethod
    def load(cls, input_path: str) -> SentenceVectors:
        """Read what `save` wrote."""
        folder = Path(input_path)
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        shape = EncoderShape(**about["shape"])
        encoders = [
            build_encoder(shape, about["vocabulary"], seed=0) for _ in range(about["parts"])
        ]
        module = cls(encoders, (folder / _TOKENIZER).read_bytes(), about)
        module.encoders.load_state_dict(torch.load(folder / _WEIGHTS, weights_only=True))
        return module.eval()
