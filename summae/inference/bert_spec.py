"""Weights of a BERT, named as transformers names them, to a CTranslate2 folder; torch not needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from summae.errors import ModelError
from summae.text.vocabulary import Vocabulary

_EPSILON = 1e-12
"""Of BERT's layer normalisation."""


def write_bert(
    weights: Mapping[str, NDArray[Any]],
    prefix: str,
    shape: Mapping[str, Any],
    vocabulary: Vocabulary,
    folder: Path,
    quantization: str,
) -> None:
    """Write a BERT (Devlin et al., 2019, arXiv 1810.04805) with one type of token and no pooler.

    Args:
        weights: By name.
        prefix: Of the names that are meant.
        shape: `layers` and `heads`.
        vocabulary: Pieces by id.
        folder: To be made.
        quantization: "int8" or "float32".

    Raises:
        ModelError: A weight is missing, or CTranslate2 refuses them.
    """
    from ctranslate2.specs import common_spec, transformer_spec

    def weight(name: str) -> NDArray[np.float32]:
        return np.ascontiguousarray(weights[prefix + name], dtype=np.float32)

    def set_linear(spec: Any, name: str) -> None:
        spec.weight, spec.bias = weight(f"{name}.weight"), weight(f"{name}.bias")

    def set_norm(spec: Any, name: str) -> None:
        spec.gamma, spec.beta = weight(f"{name}.weight"), weight(f"{name}.bias")

    encoder = transformer_spec.TransformerEncoderSpec(
        shape["layers"],
        shape["heads"],
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
    )
    model = transformer_spec.TransformerEncoderModelSpec(encoder)
    encoder.scale_embeddings = False
    try:
        encoder.embeddings[0].weight = weight("embeddings.word_embeddings.weight")
        # All tokens are of one type, so its vector may as well be part of each position's.
        encoder.position_encodings.encodings = weight(
            "embeddings.position_embeddings.weight"
        ) + weight("embeddings.token_type_embeddings.weight")
        set_norm(encoder.layernorm_embedding, "embeddings.LayerNorm")
        for number, layer in enumerate(encoder.layer):
            block = f"encoder.layer.{number}"
            attention = layer.self_attention
            for kind in ("weight", "bias"):
                names = [f"{block}.attention.self.{n}.{kind}" for n in ("query", "key", "value")]
                joined = np.concatenate([weight(name) for name in names])
                setattr(attention.linear[0], kind, joined)
            set_linear(attention.linear[1], f"{block}.attention.output.dense")
            set_norm(attention.layer_norm, f"{block}.attention.output.LayerNorm")
            set_linear(layer.ffn.linear_0, f"{block}.intermediate.dense")
            set_linear(layer.ffn.linear_1, f"{block}.output.dense")
            set_norm(layer.ffn.layer_norm, f"{block}.output.LayerNorm")
    except KeyError as error:
        raise ModelError(f"the checkpoint lacks {error}, expected a BERT") from error
    model.config.unk_token = "<unk>"
    model.config.layer_norm_epsilon = _EPSILON
    model.register_vocabulary(list(vocabulary.pieces))
    try:
        model.validate()
        model.optimize(quantization=None if quantization == "float32" else quantization)
        folder.mkdir(parents=True)
        model.save(str(folder))
    except (ValueError, RuntimeError, AttributeError) as error:
        raise ModelError(f"CTranslate2 cannot store this transformer: {error}") from error
